"""The accounts as an administrator lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from app.queries.accounts.entering import can_enter, was_entered
from importers.names import normal_form
from models import Account, AccountRole, Practitioner, SignInSession

A_PAGE = 50
MOST_WORDS = 10


class AccountState(StrEnum):
    """`INVITED` has never been entered; `UNLINKED` stands for nobody of the directory."""

    ALL = "all"
    ACTIVE = "active"
    INVITED = "invited"
    DEACTIVATED = "deactivated"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class AccountFilters:
    text: str = ""
    role: AccountRole | None = None
    state: AccountState = AccountState.ALL
    page: int = 1


class AccountRow(NamedTuple):
    """`signed_in_at`: the latest sign-in whose session is still kept."""

    id: int
    name: str
    email: str
    role: AccountRole
    active: bool
    entered: bool
    person_id: int | None
    person: str | None
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountList:
    """`counts` holds every state under the search and the role in force; `first` is the first row's number."""

    filters: AccountFilters
    rows: list[AccountRow]
    counts: Mapping[AccountState, int]
    total: int
    pages: int
    first: int


def list_accounts(session: Session, filters: AccountFilters) -> AccountList:
    """By name; two statements. A page behind the last one is the last one."""
    found = _found(filters)
    states = list(AccountState)
    told = session.execute(_counts(states).where(found)).one()
    counts = dict(zip(states, told, strict=True))
    total = counts[filters.state]
    pages = max(1, -(-total // A_PAGE))
    page = min(max(filters.page, 1), pages)
    rows = session.execute(_rows().where(found, _in_state(filters.state)).limit(A_PAGE).offset((page - 1) * A_PAGE))
    kept = AccountFilters(filters.text, filters.role, filters.state, page)
    return AccountList(kept, [AccountRow(*row) for row in rows], counts, total, pages, (page - 1) * A_PAGE + 1)


def every_account(session: Session) -> list[AccountRow]:
    """All of them, by name, in one statement."""
    return [AccountRow(*row) for row in session.execute(_rows())]


def count_accounts(session: Session) -> dict[AccountState, int]:
    """How many accounts there are in each state, in one statement."""
    states = list(AccountState)
    return dict(zip(states, session.execute(_counts(states)).one(), strict=True))


def signed_in_at() -> ScalarSelect[datetime]:
    return (
        select(func.max(SignInSession.created_at))
        .where(SignInSession.account_id == Account.id, ~SignInSession.pending)
        .scalar_subquery()
    )


def _rows() -> Select[int, str, str, AccountRole, bool, bool, int, str, datetime]:
    return (
        select(
            Account.id,
            Account.name,
            Account.email,
            Account.role,
            Account.active,
            was_entered(),
            Practitioner.id.label("person_id"),
            Practitioner.name.label("person"),
            signed_in_at(),
        )
        .outerjoin(Practitioner, Practitioner.id == Account.practitioner_id)
        .order_by(func.lower(Account.name), Account.id)
    )


def _counts(states: list[AccountState]) -> Select[Any]:
    return (
        select(*(func.coalesce(func.sum(case((_in_state(state), 1), else_=0)), 0) for state in states))
        .select_from(Account)
        .outerjoin(Practitioner, Practitioner.id == Account.practitioner_id)
    )


def _in_state(state: AccountState) -> ColumnElement[bool]:
    return {
        AccountState.ALL: true(),
        AccountState.ACTIVE: can_enter(),
        AccountState.INVITED: and_(Account.active, ~was_entered()),
        AccountState.DEACTIVATED: ~Account.active,
        AccountState.UNLINKED: Account.practitioner_id.is_(None),
    }[state]


def _found(filters: AccountFilters) -> ColumnElement[bool]:
    words = filters.text.lower().split()[:MOST_WORDS]
    role = true() if filters.role is None else Account.role == filters.role
    return and_(true(), role, *(_has(word) for word in words))


def _has(word: str) -> ColumnElement[bool]:
    """In the name, the address or the linked person's name, whose normal form knows no accents."""
    key = normal_form(word)
    return or_(
        func.lower(Account.name).contains(word, autoescape=True),
        Account.email.contains(word, autoescape=True),
        *([Practitioner.name_key.contains(key, autoescape=True)] if key else []),
    )
