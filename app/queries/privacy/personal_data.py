"""Everything that Muster stores about one person, table by table, without anybody else's data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.privacy.erasure import own_rows
from app.queries.privacy.personal_tables import PARTS, Part
from app.queries.staffing.considered import Considered, runs_considering
from models import Account, Base, Practitioner

YOU, COLLEAGUE = "you", "a colleague"
PEOPLE = ("practitioners", "accounts")
AUDITED = {
    "practitioner": "practitioners",
    "rating": "ratings",
    "learning_goal": "learning_goals",
    "absence": "absences",
    "allocation": "allocations",
    "account": "accounts",
}
"""What an audit entry is about -> the table of its rows."""

Own = Mapping[str, Sequence[int]]
"""Table -> ids of the person's rows in it."""


@dataclass(frozen=True)
class PersonalTable:
    """`rows` of plain values of JSON, in the order of `columns`."""

    table: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class PersonalData:
    name: str
    practitioner_id: int | None
    tables: Sequence[PersonalTable]

    def to_json(self, at: datetime) -> dict[str, Any]:
        return {
            "format": "muster-personal-data/1",
            "about": self.name,
            "made_at": at.isoformat(),
            "tables": {
                table.table: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in self.tables
            },
        }


def data_of_person(session: Session, practitioner_id: int) -> PersonalData:
    person = session.get(Practitioner, practitioner_id)
    if person is None:
        raise NotFound("There is no such person.")
    accounts = session.scalars(select(Account.id).where(Account.practitioner_id == practitioner_id)).all()
    own = {**own_rows(session, practitioner_id), "accounts": list(accounts)}
    return PersonalData(person.name, person.id, _tables(session, own))


def data_of_account(session: Session, account_id: int) -> PersonalData:
    """Also of an account behind which nobody of the directory stands."""
    account = session.get_one(Account, account_id)
    if account.practitioner_id is not None:
        return data_of_person(session, account.practitioner_id)
    return PersonalData(account.name, None, _tables(session, {"accounts": [account_id]}))


def _tables(session: Session, own: Own) -> list[PersonalTable]:
    tables = [_table(session, part, own) for part in PARTS]
    people = own.get("practitioners", ())
    return [*tables, *(_considered(runs_considering(session, person)) for person in people)]


def _table(session: Session, part: Part, own: Own) -> PersonalTable:
    table = Base.metadata.tables[part.table]
    wanted = [table.c[name] for name in part.shown]
    rows = session.execute(select(*wanted).where(_about(table, part, own)).order_by(*table.primary_key)).all()
    names = {name: _names(session, table, name, [row[n] for row in rows], own) for n, name in enumerate(part.shown)}
    told = [
        tuple(
            _told(part, name, value, names[name], dict(zip(part.shown, row, strict=True)), own)
            for name, value in zip(part.shown, row, strict=True)
        )
        for row in rows
    ]
    return PersonalTable(part.table, part.title, tuple(_label(name) for name in part.shown), told)


def _about(table: Table, part: Part, own: Own) -> ColumnElement[bool]:
    return or_(false(), *(condition for name in part.by for condition in _by(table, name, own)))


def _by(table: Table, name: str, own: Own) -> Iterator[ColumnElement[bool]]:
    column = table.c[name]
    if name == "row_id":
        for target, ids in own.items():
            yield and_(table.c.table_name == target, column.in_(ids))
    elif name == "subject_id":
        for subject, target in AUDITED.items():
            yield and_(table.c.subject == subject, column.in_(own.get(target, ())))
    elif name == "id":
        yield column.in_(own.get(table.name, ()))
    else:
        for key in column.foreign_keys:
            yield column.in_(own.get(key.column.table.name, ()))


def _names(session: Session, table: Table, name: str, values: Sequence[Any], own: Own) -> Mapping[Any, Any]:
    """What to write for the ids in a column: names of skills and projects; of people only whether it is them."""
    key = next(iter(table.c[name].foreign_keys), None)
    if key is None:
        return {}
    target = key.column.table
    if target.name in PEOPLE:
        return {value: YOU if value in own.get(target.name, ()) else COLLEAGUE for value in values}
    if "name" not in target.c:
        return {}
    rows = session.execute(
        select(key.column, target.c.name).where(key.column.in_({v for v in values if v is not None}))
    )
    return dict(rows.all())


def _told(part: Part, name: str, value: Any, names: Mapping[Any, Any], row: Mapping[Any, Any], own: Own) -> Any:
    if value is None:
        return None
    if part.table == "audit_entries" and name in {"before", "after", "reason", "subject_id"}:
        # What somebody did to others is theirs to know as a deed; the values are the others'.
        target = AUDITED.get(row["subject"])
        if target is None or row["subject_id"] not in own.get(target, ()):
            return None
    if (
        part.table == "proposed_seats"
        and name == "points"
        and row["practitioner_id"] not in own.get("practitioners", ())
    ):
        # Of a seat on which the person would only teach, the numbers are those of whoever would sit there.
        return None
    if part.table == "endorsements" and name == "rating_id" and value not in own.get("ratings", ()):
        return None
    return names.get(value, _plain(value)) if names else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _label(name: str) -> str:
    return name.removesuffix("_id") if name != "external_id" else name


def _considered(runs: Sequence[Considered]) -> PersonalTable:
    columns = ("run", "project", "requested_at", "proposed", "chosen")
    rows = [(run.id, run.project, run.requested_at.isoformat(), run.proposed, run.chosen) for run in runs]
    return PersonalTable("staffing_runs_considering_you", "Proposals that looked at you", columns, rows)
