"""Whom an erasure is about, what it would remove and what would stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.queries.privacy.spellings import Spellings, spellings_of
from importers.names import normal_form
from models import (
    BOOKED,
    Absence,
    Account,
    Allocation,
    AllocationState,
    Base,
    Endorsement,
    Engagement,
    ErasureRequest,
    LearningGoal,
    Practitioner,
    Rating,
    RatingChange,
    SignInSession,
    Tie,
    Visibility,
)

OWN: Sequence[type[Base]] = (RatingChange, Rating, LearningGoal, Absence, Visibility, ErasureRequest)
"""Tables whose rows of the person go, in this order."""
OPEN = (*BOOKED, AllocationState.PROPOSED)
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class ErasurePreview:
    """`goes` and `stays`: how many rows of what. `shared`: why mentions of the bare name stay, if they do."""

    id: int
    name: str
    asked_at: datetime | None
    goes: Mapping[str, int]
    stays: Mapping[str, int]
    shared: str | None


def find_anybody(session: Session, named: str) -> int:
    """The id of the one person, also one who left, that the text means: number, e-mail address, employee number or the
    exact name. NotFound with one sentence otherwise."""
    wanted = named.strip()
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 11 else 0
    exact: tuple[ColumnElement[bool], ...] = (
        Practitioner.email == wanted.lower(),
        Practitioner.external_id == wanted,
    )
    found = {*session.scalars(select(Practitioner.id).where(or_(*exact)))}
    if 0 < number <= LARGEST_ID and session.get(Practitioner, number) is not None:
        found.add(number)
    if not found:
        found = {*session.scalars(select(Practitioner.id).where(Practitioner.name_key == normal_form(wanted)))}
    if len(found) > 1:
        raise NotFound(f"{len(found)} people are meant by {named!r}. Name one by e-mail address.")
    if not found:
        raise NotFound(f"There is no person {named!r}. Give a number, an e-mail address or the whole name.")
    only: int = found.pop()
    return only


def person_to_erase(session: Session, practitioner_id: int, *, lock: bool = False) -> Practitioner:
    """Raises NotFound, and Conflict for somebody who is erased already."""
    person = session.get(Practitioner, practitioner_id, with_for_update=lock or None, populate_existing=True)
    if person is None:
        raise NotFound("There is no such person.")
    if person.erased_at is not None:
        raise Conflict(f"{person.name} is erased already.")
    return person


def accounts_of(session: Session, person: Practitioner) -> list[Account]:
    """The linked account, and one that nobody linked but has the person's address."""
    by_address = (Account.email == person.email) & Account.practitioner_id.is_(None)
    wanted = or_(Account.practitioner_id == person.id, by_address)
    return list(session.scalars(select(Account).where(wanted).order_by(Account.id)))


def own_rows(session: Session, practitioner_id: int) -> dict[str, list[int]]:
    """Ids of the rows about the person, by table, in tables that an import writes to."""
    kinds = (Rating, LearningGoal, Absence, Engagement, Allocation)
    rows = {
        kind.__tablename__: list(session.scalars(select(kind.id).where(kind.practitioner_id == practitioner_id)))
        for kind in kinds
    }
    return {"practitioners": [practitioner_id], **rows}


def open_bookings(session: Session, practitioner_id: int, today: date) -> list[Allocation]:
    return list(
        session.scalars(
            select(Allocation)
            .where(
                Allocation.practitioner_id == practitioner_id,
                Allocation.state.in_(OPEN),
                or_(Allocation.ends_on.is_(None), Allocation.ends_on >= today),
            )
            .order_by(Allocation.id)
            .with_for_update()
        )
    )


def preview_erasure(session: Session, practitioner_id: int, today: date) -> ErasurePreview:
    person = person_to_erase(session, practitioner_id)
    accounts = accounts_of(session, person)
    spellings: Spellings = spellings_of(session, person, accounts)
    mine = {kind: kind.practitioner_id == person.id for kind in (*OWN, Engagement, Allocation)}  # type: ignore[attr-defined]  # all of them have one

    def count(kind: type[Base], *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0

    account_ids = [account.id for account in accounts]
    held = len(open_bookings(session, person.id, today))
    goes = {
        "ratings": count(Rating, mine[Rating]),
        "values that ratings had": count(RatingChange, mine[RatingChange]),
        "learning goals": count(LearningGoal, mine[LearningGoal]),
        "absences": count(Absence, mine[Absence]),
        "choices of who sees what": count(Visibility, mine[Visibility]),
        "ties to colleagues": count(Tie, or_(Tie.person_a_id == person.id, Tie.person_b_id == person.id)),
        "endorsements given": count(Endorsement, Endorsement.endorsed_by_id.in_(account_ids)),
        "accounts": len(accounts),
        "sign-ins": count(SignInSession, SignInSession.account_id.in_(account_ids)),
        "open bookings, which are released": held,
    }
    stays = {
        "parts in projects": count(Engagement, mine[Engagement]),
        "earlier bookings": count(Allocation, mine[Allocation]) - held,
    }
    asked_at = session.scalar(select(ErasureRequest.asked_at).where(ErasureRequest.practitioner_id == person.id))
    return ErasurePreview(person.id, person.name, asked_at, goes, stays, spellings.ambiguous)
