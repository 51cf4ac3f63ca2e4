"""What an undo has to look at: the values that imports hold, the rows as they are now, and what refers to these."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, Enum, ForeignKey, Numeric, Table, select
from sqlalchemy.orm import Session

from app.queries.lists.id_lists import among
from models import Base, BatchState, ImportBatch, ImportedValue, RatingChange
from models.base import UtcDateTime

RowKey = tuple[str, int]
"""Table and row."""
Columns = Mapping[str, Any]
"""Column -> value as JSON keeps it."""

TABLES = (
    "allocations",
    "engagements",
    "learning_goals",
    "ratings",
    "accounts",
    "skill_aliases",
    "practitioners",
    "projects",
    "skills",
    "skill_categories",
    "units",
    "cost_bands",
)
"""What an import writes, those that refer to others first."""

BESIDE = frozenset({"id", "version", "created_at", "updated_at"})
"""Columns that tell nothing about what somebody stated."""

OWNED = frozenset({"allocation_changes", "ties"})
"""Tables whose rows go with the row they belong to, or are derived."""


@dataclass(slots=True)
class HeldValue:
    """What one import did to a row: the columns it set, and what stood there before. `columns_before` is None where it
    made the row; both are None where the import was applied before Muster kept them."""

    id: int
    batch_id: int
    holder: int
    row: RowKey
    made: bool
    columns_before: dict[str, Any] | None
    columns_after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Reference:
    """A row that refers to another through a column. `holder`: the import that wrote that and still holds."""

    table: str
    row_id: int
    column: str
    holder: int | None


def table_of(name: str) -> Table:
    return Base.metadata.tables[name]


def held_values(session: Session, batch_id: int) -> dict[RowKey, list[HeldValue]]:
    """Everything that imports hold of the rows of which this one holds something, oldest first."""
    mine = select(ImportedValue.table_name, ImportedValue.row_id).where(ImportedValue.held_by_id == batch_id)
    shared = ImportedValue.held_by_id.is_not(None) & (ImportedValue.held_by_id != batch_id)
    rows: dict[RowKey, list[HeldValue]] = defaultdict(list)
    for value in _values(session, ImportedValue.held_by_id == batch_id):
        rows[value.row].append(value)
    others = session.execute(select(ImportedValue.id).where(shared).limit(1)).first()
    if others is not None:
        same = mine.subquery()
        touching = select(ImportedValue.id).join(
            same, (same.c.table_name == ImportedValue.table_name) & (same.c.row_id == ImportedValue.row_id)
        )
        for value in _values(session, shared & ImportedValue.id.in_(touching)):
            rows[value.row].append(value)
        for values in rows.values():
            values.sort(key=lambda value: value.id)
    return dict(rows)


def _values(session: Session, wanted: Any) -> Iterator[HeldValue]:
    found = session.execute(
        select(
            ImportedValue.id,
            ImportedValue.batch_id,
            ImportedValue.held_by_id,
            ImportedValue.table_name,
            ImportedValue.row_id,
            ImportedValue.field,
            ImportedValue.after,
            ImportedValue.stored_before,
            ImportedValue.stored_after,
        )
        .where(wanted)
        .order_by(ImportedValue.id)
    )
    names = {name: frozenset(table_of(name).c.keys()) for name in TABLES}
    for key, batch, holder, table, row_id, field, after, stored_before, stored_after in found:
        made = not field
        columns = stored_after
        if made and stored_after is not None:
            columns = {name: value for name, value in (after or {}).items() if name in names[table]} | stored_after
        yield HeldValue(key, batch, holder, (table, row_id), made, None if made else stored_before, columns)


def current_rows(session: Session, batch_id: int, table_name: str) -> dict[int, dict[str, Any]]:
    """The rows of a table of which the import holds something, as they are now."""
    table = table_of(table_name)
    ids = select(ImportedValue.row_id).where(
        ImportedValue.held_by_id == batch_id, ImportedValue.table_name == table_name
    )
    names = table.c.keys()
    return {
        row.id: dict(zip(names, map(as_json, row), strict=True))
        for row in session.execute(select(table).where(table.c.id.in_(ids)))
    }


def born_with(session: Session, batches: Iterable[int]) -> dict[int, str | None]:
    """Import -> the moment that all its rows have as their first."""
    found = session.execute(select(ImportBatch.id, ImportBatch.applied_at).where(ImportBatch.id.in_(set(batches))))
    return {batch: moment.isoformat() if moment else None for batch, moment in found}


def names_of(session: Session, table_name: str, column: str = "name") -> dict[int, str]:
    table = table_of(table_name)
    return dict(session.execute(select(table.c.id, table.c[column])).all())


def references_to(session: Session, batch_id: int, table_name: str, ids: Sequence[int]) -> dict[int, list[Reference]]:
    """Who refers to these rows, and whose doing that is; rows that go with the one they belong to are left out."""
    found: dict[int, list[Reference]] = defaultdict(list)
    for child in Base.metadata.sorted_tables:
        if child.name in OWNED:
            continue
        for column in child.c:
            if any(key.column.table.name == table_name for key in column.foreign_keys):
                for target, reference in _references(session, batch_id, child, column, ids):
                    found[target].append(reference)
    return found


def _references(
    session: Session, batch_id: int, child: Table, column: Column[Any], ids: Sequence[int]
) -> Iterator[tuple[int, Reference]]:
    key = child.c.id if "id" in child.c else column
    if child.name == "rating_changes":
        yield from _history_of(session, column, ids)
        return
    rows = session.execute(select(key, column).where(among(session, column, ids))).all()
    writers = _writers(session, batch_id, child.name, column.name, [row[0] for row in rows]) if rows else {}
    for row_id, target in rows:
        yield target, Reference(child.name, row_id, column.name, writers.get((row_id, target)))


def _history_of(session: Session, column: Column[Any], ids: Sequence[int]) -> Iterator[tuple[int, Reference]]:
    rows = session.execute(
        select(RatingChange.id, column, RatingChange.import_batch_id, ImportBatch.state)
        .join(ImportBatch, ImportBatch.id == RatingChange.import_batch_id, isouter=True)
        .where(among(session, column, ids))
    )
    for row_id, target, batch, state in rows:
        yield target, Reference("rating_changes", row_id, column.name, batch if state is BatchState.APPLIED else None)


def _writers(
    session: Session, batch_id: int, table: str, column: str, ids: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Row and what its column says -> the other import that wrote this and holds it."""
    if table not in TABLES:
        return {}
    wanted = (
        (ImportedValue.table_name == table)
        & ImportedValue.held_by_id.is_not(None)
        & (ImportedValue.held_by_id != batch_id)
        & among(session, ImportedValue.row_id, ids)
    )
    return {
        (value.row[1], value.columns_after[column]): value.holder
        for value in _values(session, wanted)
        if value.columns_after and column in value.columns_after
    }


def missing_targets(session: Session, wanted: Mapping[str, set[int]]) -> set[RowKey]:
    """Those rows that are not there any more. `wanted`: table -> ids."""
    gone = set()
    for name, ids in wanted.items():
        key = table_of(name).c.id
        there = set(session.scalars(select(key).where(among(session, key, sorted(ids)))))
        gone |= {(name, row_id) for row_id in ids - there}
    return gone


def taken_elsewhere(
    session: Session, table_name: str, column: str, values: Mapping[int, Any], leaving: Collection[int]
) -> set[int]:
    """Of rows that should get a value back which nobody else may have: those whose value somebody else has by now and
    keeps. `leaving`: rows that go."""
    table = table_of(table_name)
    found = session.execute(select(table.c[column], table.c.id).where(table.c[column].in_(set(values.values()))))
    owners = {value: row_id for value, row_id in found if row_id not in values and row_id not in leaving}
    return {row_id for row_id, value in values.items() if value in owners}


def steps_of(session: Session, batch_id: int) -> dict[int, tuple[int, int]]:
    """The steps of ratings' history that an import wrote -> person and skill."""
    found = session.execute(
        select(RatingChange.id, RatingChange.practitioner_id, RatingChange.skill_id).where(
            RatingChange.import_batch_id == batch_id
        )
    )
    return {key: (person, skill) for key, person, skill in found}


def promises_to(session: Session, table: str, ids: Collection[int]) -> Iterator[tuple[int, HeldValue, str]]:
    """References to the rows that undoing an import would put back: the row, the import's value and the column. Of all
    that imports write, only people change what they refer to."""
    people = table_of("practitioners")
    columns = [column.name for column in people.c if target_of(people, column.name) == table]
    changes = ImportedValue.held_by_id.is_not(None) & (ImportedValue.table_name == people.name)
    for value in _values(session, changes & ImportedValue.stored_before.is_not(None)) if columns else ():
        for column in columns:
            target: int | None = (value.columns_before or {}).get(column)
            if target is not None and target in ids:
                yield target, value, column


def target_of(table: Table, column: str) -> str | None:
    """The table that a column refers to."""
    keys: set[ForeignKey] = table.c[column].foreign_keys
    return next((key.column.table.name for key in keys), None)


def usual_row(table: Table) -> dict[str, Any]:
    """What the columns hold that nobody stated."""
    return {
        column.name: as_json(column.default.arg) if column.default is not None and column.default.is_scalar else None  # type: ignore[attr-defined]  # a scalar default has an argument
        for column in table.c
        if column.name not in BESIDE
    }


def as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value.value if isinstance(value, StrEnum) else value


def from_json(column: Column[Any], value: Any) -> Any:
    """The value for the column's type."""
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Enum):
        kind = column.type.enum_class
        return kind(value) if kind else value
    return Decimal(str(value)) if isinstance(column.type, Numeric) else value
