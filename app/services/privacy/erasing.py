"""Erasing a person: everything about them goes, in one transaction, and the history of projects stays consistent.

The row stays as "Erased person 17". What is left in the database file's free space and in its log is a second step,
after the commit (`app.free_space`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.accounts.entering import takes_last_administrator
from app.queries.privacy.erasure import (
    OWN,
    accounts_of,
    open_bookings,
    own_rows,
    person_to_erase,
)
from app.queries.privacy.spellings import Spellings, spellings_of
from app.services.audit import Actor, record
from app.services.privacy.erased_entries import redact_entries
from app.services.privacy.erased_imports import forget_in_imports
from app.services.privacy.scrubbing import scrub
from app.services.privacy.short_names import strike_short_names
from importers.names import normal_form
from models import (
    Account,
    Allocation,
    AllocationChange,
    AllocationState,
    Practitioner,
    SkillAlias,
    Tie,
)

RELEASED = "Released because the person's data was erased."
WHY = "The person's data was erased."


@dataclass(frozen=True)
class Erased:
    """`counts`: what was removed or changed. `left`: mentions by table and column that stay, and `why` they do."""

    id: int
    pseudonym: str
    counts: dict[str, int]
    left: dict[str, int]
    why: str | None


def erase(session: Session, actor: Actor, practitioner_id: int, at: datetime) -> Erased:
    """Erase the person; the caller commits, and then has the free space wiped.

    Raises NotFound, and Conflict for somebody erased already or the only administrator.
    """
    _forget_deleted_bytes(session)
    person = person_to_erase(session, practitioner_id, lock=True)
    accounts = accounts_of(session, person)
    if takes_last_administrator(session, accounts):
        raise Conflict(f"{person.name} is the only administrator. Make somebody else one first.")
    spellings = spellings_of(session, person, accounts)
    rows = own_rows(session, person.id)
    account_ids = [account.id for account in accounts]
    counts = {"bookings_released": _release(session, actor, person.id, at)}
    counts |= forget_in_imports(session, person.id, rows, spellings)
    counts |= _remove_rows(session, person.id, accounts, spellings)
    _empty(session, person, spellings.pseudonym, at)
    told = scrub(session, spellings)
    struck, short = strike_short_names(session, person.id, spellings)
    counts["texts"] = told.changed.total() + struck
    counts["audit_entries"] = redact_entries(session, actor, rows, account_ids, spellings, short, WHY)
    left = dict(sorted(told.left.items()))
    record(session, actor, "person.erase", "practitioner", person.id, after={**counts, "left": sum(left.values())})
    session.flush()
    session.expire_all()
    return Erased(practitioner_id, spellings.pseudonym, counts, left, spellings.ambiguous if left else None)


def _forget_deleted_bytes(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete=ON"))


def _release(session: Session, actor: Actor, practitioner_id: int, at: datetime) -> int:
    own = select(Allocation.id).where(Allocation.practitioner_id == practitioner_id)
    session.execute(update(AllocationChange).where(AllocationChange.allocation_id.in_(own)).values(reason=None))
    bookings = open_bookings(session, practitioner_id, at.date())
    for booking in bookings:
        booking.state = AllocationState.RELEASED
        session.add(
            AllocationChange(
                allocation_id=booking.id,
                state=AllocationState.RELEASED,
                changed_at=at,
                changed_by_id=actor.account_id,
                reason=RELEASED,
            )
        )
    session.flush()
    return len(bookings)


def _remove_rows(
    session: Session, practitioner_id: int, accounts: Sequence[Account], spellings: Spellings
) -> dict[str, int]:
    removals = [
        (
            Tie.__tablename__,
            delete(Tie).where(or_(Tie.person_a_id == practitioner_id, Tie.person_b_id == practitioner_id)),
        ),
        *((kind.__tablename__, delete(kind).where(kind.practitioner_id == practitioner_id)) for kind in OWN),  # type: ignore[attr-defined]  # all of them have one
        (Account.__tablename__, delete(Account).where(Account.id.in_([account.id for account in accounts]))),
    ]
    if spellings.ambiguous is None:
        # An alias that is nothing but the name was a slip: it says nothing of the skill.
        removals.append((SkillAlias.__tablename__, delete(SkillAlias).where(SkillAlias.alias_key.in_(spellings.keys))))
    for account in accounts:
        session.expunge(account)
    quietly = {"synchronize_session": False}
    return {
        name: session.execute(statement, execution_options=quietly).rowcount  # type: ignore[attr-defined]  # a delete's result has one
        for name, statement in removals
    }


def _empty(session: Session, person: Practitioner, pseudonym: str, at: datetime) -> None:
    person.name, person.name_key = pseudonym, normal_form(pseudonym)
    for column in ("email", "external_id", "title", "about", "location", "time_zone", "utc_offset_minutes"):
        setattr(person, column, None)
    person.home_unit_id = person.cost_band_id = None
    person.working_share, person.working_days = Decimal(1), "1111100"
    person.active, person.erased_at = False, at
    session.flush()
