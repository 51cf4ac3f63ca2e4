"""One account as an administrator sees it, and what may be changed of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import ROLE_WORDS
from app.errors import NotFound
from app.queries.accounts.entering import was_entered
from app.queries.accounts.listing import signed_in_at
from app.queries.briefs import Difference
from models import (
    Account,
    AccountRole,
    LinkPurpose,
    ManagedUnit,
    OneTimeLink,
    Practitioner,
    Reach,
    Unit,
)

REACH_WORDS = {
    Reach.ORGANISATION: "The whole organisation",
    Reach.ASSIGNED: "The units chosen below and the projects they lead",
}
NO_ACCOUNT = "There is no such account."


@dataclass(frozen=True, slots=True)
class AccountBrief:
    """What an administrator says of an account. `reach` and `units` (ids, ascending) are a manager's; of every other
    role they say nothing and are left at the whole organisation and none."""

    name: str
    role: AccountRole
    reach: Reach = Reach.ORGANISATION
    units: tuple[int, ...] = ()


class OpenLink(NamedTuple):
    purpose: LinkPurpose
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccountRecord:
    id: int
    email: str
    brief: AccountBrief
    version: int
    active: bool
    entered: bool
    person_id: int | None
    person: str | None
    created_at: datetime
    signed_in_at: datetime | None
    open_link: OpenLink | None


class UnitChoice(NamedTuple):
    """`path`: the unit below the units that it belongs to, "Delivery / Data"."""

    id: int
    path: str


def account_record(session: Session, account_id: int, at: datetime) -> AccountRecord:
    """Three statements. Raises NotFound."""
    found = session.execute(
        select(Account, was_entered(), signed_in_at(), Practitioner.name)
        .outerjoin(Practitioner, Practitioner.id == Account.practitioner_id)
        .where(Account.id == account_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(NO_ACCOUNT)
    account, entered, last, person = found
    link = session.execute(
        select(OneTimeLink.purpose, OneTimeLink.expires_at)
        .where(
            OneTimeLink.account_id == account_id,
            OneTimeLink.purpose != LinkPurpose.EMAIL,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.replaced_at.is_(None),
            OneTimeLink.expires_at > at,
        )
        .order_by(OneTimeLink.id.desc())
        .limit(1)
    ).one_or_none()
    return AccountRecord(
        id=account.id,
        email=account.email,
        brief=brief_of(session, account),
        version=account.version,
        active=account.active,
        entered=entered,
        person_id=account.practitioner_id,
        person=person,
        created_at=account.created_at,
        signed_in_at=last,
        open_link=OpenLink(*link) if link else None,
    )


def brief_of(session: Session, account: Account) -> AccountBrief:
    units = session.scalars(
        select(ManagedUnit.unit_id).where(ManagedUnit.account_id == account.id).order_by(ManagedUnit.unit_id)
    )
    return AccountBrief(account.name, account.role, account.reach, tuple(units))


def told(brief: AccountBrief) -> dict[str, Any]:
    """The brief in JSON's types, for the audit trail."""
    known: dict[str, Any] = {"name": brief.name, "role": brief.role.value}
    if brief.role is AccountRole.MANAGER:
        known |= {"reach": brief.reach.value, "units": list(brief.units)}
    return known


def account_differences(saved: AccountBrief, yours: AccountBrief, units: list[UnitChoice]) -> list[Difference]:
    """The fields of the form in which both differ, in words."""
    one, other = _in_words(saved, units), _in_words(yours, units)
    return [Difference(field, one[field], other[field]) for field in one if one[field] != other[field]]


def _in_words(brief: AccountBrief, units: list[UnitChoice]) -> dict[str, Any]:
    return {
        "name": brief.name,
        "role": ROLE_WORDS[brief.role],
        "reach": REACH_WORDS[brief.reach],
        "units": [unit.path for unit in units if unit.id in brief.units],
    }


def unit_choices(session: Session) -> list[UnitChoice]:
    """Every unit with those above it, in the order of their paths."""
    rows = {row.id: row for row in session.execute(select(Unit.id, Unit.name, Unit.parent_id))}
    choices = []
    for number in rows:
        path: list[str] = []
        passed: set[int] = set()
        above: int | None = number
        # No constraint forbids a unit below itself.
        while above is not None and above not in passed:
            passed.add(above)
            path.append(rows[above].name)
            above = rows[above].parent_id
        choices.append(UnitChoice(number, " / ".join(reversed(path))))
    return sorted(choices, key=lambda choice: choice.path.casefold())
