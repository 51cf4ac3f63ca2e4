"""The journal of one import: rows written in bulk, and for each value its cell and what stood there before."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.queries.imports.sheet_words import short_text
from app.queries.lists.id_lists import among
from app.services.audit import Actor
from app.services.imports.bulk import ROWS_A_TIME, Row, insert_rows, picked
from models import Base, ImportBatch, ImportedValue

LONGEST_CELL = 20
MOST_KEPT = 50_000
"""Values of new rows that wait to be stored; a large sheet has millions."""
PLAIN = (int, str, type(None))
NOTHING: Mapping[str, Any] = {}
CREATED = ("table_name", "row_id", "sheet", "cell", "raw", "after", "stored_after")
CHANGED = ("table_name", "row_id", "field", "sheet", "cell", "raw", "before", "after", "stored_before", "stored_after")
"""The columns of the values that tell of a new row, and of a changed one."""


class Place(Protocol):
    """A record of the file: it knows where it stands."""

    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...


@dataclass
class Journal:
    """`written`: table -> rows created or changed. `progress` hears of how many of `changes` are written."""

    session: Session
    actor: Actor
    batch: ImportBatch
    now: datetime
    changes: int
    progress: Callable[[int, int], None]
    written: Counter[str] = field(default_factory=Counter)
    _created: list[Row] = field(default_factory=list)
    _changed: list[Row] = field(default_factory=list)
    _told: dict[int, tuple[Mapping[str, Any], dict[str, Any]]] = field(default_factory=dict)
    _new: dict[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)
    _old: dict[tuple[str, int], tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    """Table and row -> the columns that were set, before and after."""

    def insert(self, kind: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
        """The ids of the new rows, in the order given: nobody else writes the table meanwhile, so they are those behind
        the last one. To have them returned takes SQLite a statement a row."""
        if not rows:
            return []
        column = kind.__table__.c.id
        last = self.session.scalar(select(func.max(column))) or 0
        self.add(kind, rows)
        self._count(kind, len(rows))
        ids = list(self.session.scalars(select(column).where(column > last).order_by(column)))
        self._new.update(zip(((kind.__tablename__, row_id) for row_id in ids), rows, strict=True))
        return ids

    def add(self, kind: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows whose ids nobody needs: the history beside other rows."""
        table = kind.__table__
        # Rows of one import are born at one moment, by which its undo tells them from later ones under the same number.
        first = {name: value for name, value in self._first.items() if name in table.c}
        names = [*rows[0]] if rows else []
        values = [*map(picked(names), rows)]
        insert_rows(self.session.connection(), table, names, values, first)  # type: ignore[arg-type]  # all real tables

    def update(self, kind: type[Base], changes: Mapping[int, Mapping[str, Any]]) -> None:
        """Set columns by row id; rows with the same columns go together. Their version and time of change move on."""
        table = kind.__table__
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for row_id, values in changes.items():
            alike[tuple(sorted(values))].append(
                {f"new_{name}": value for name, value in values.items()} | {"row": row_id}
            )
        for columns, rows in alike.items():
            new: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
            if "version" in table.c:
                new["version"] = table.c.version + 1
            if "updated_at" in table.c:
                new["updated_at"] = self.now
            if columns:
                self._remember(kind, columns, rows)
            statement = update(table).where(table.c.id == bindparam("row")).values(new)  # type: ignore[arg-type]
            for start in range(0, len(rows), ROWS_A_TIME):
                self.session.connection().execute(statement, rows[start : start + ROWS_A_TIME])
                self._count(kind, len(rows[start : start + ROWS_A_TIME]))

    def created(self, kind: type[Base], row_id: int, after: Mapping[str, Any], place: Place, raw: Any = None) -> None:
        """Many rows may be told of by one and the same mapping."""
        if id(after) not in self._told:
            self._told[id(after)] = after, plain(after)
        told, table = self._told[id(after)][1], kind.__tablename__
        row = self._new.pop((table, row_id), NOTHING)
        stored = {
            name: plain_value(value)
            for name, value in row.items()
            if name not in told or (value is not told[name] and plain_value(value) != told[name])
        }
        self._created.append((table, row_id, *_where(place), _raw(raw), told, stored))
        if len(self._created) >= MOST_KEPT:
            self._store_created()

    def changed(
        self, kind: type[Base], row_id: int, name: str, before: Any, after: Any, place: Place, raw: Any = None
    ) -> None:
        """`before` and `after` are values, or mappings where several columns change as one."""
        told = _wrapped(before), _wrapped(after)
        self._changed.append((kind.__tablename__, row_id, name, *_where(place), _raw(raw), *told))

    def close(self) -> None:
        """Store where everything came from, and what undo restores."""
        self._store_created()
        stored = [self._old.pop(row[:2], ({}, {})) for row in self._changed]
        changed = [row + old for row, old in zip(self._changed, stored, strict=True)]
        self._store(CHANGED, changed, {})
        assert not self._old, "every changed row has a value that tells of it"
        for kept in (self._changed, self._new, self._told):
            kept.clear()

    def _store_created(self) -> None:
        self._store(CREATED, self._created, {"field": "", "before": None, "stored_before": None})
        self._created.clear()

    def _store(self, names: Sequence[str], rows: Sequence[Row], same: Mapping[str, Any]) -> None:
        ours = {"batch_id": self.batch.id, "held_by_id": self.batch.id}
        insert_rows(self.session.connection(), ImportedValue.__table__, names, rows, {**ours, **same})  # type: ignore[arg-type]  # a real table

    @property
    def _first(self) -> dict[str, Any]:
        return {"version": 1, "created_at": self.now, "updated_at": self.now}

    def _remember(self, kind: type[Base], columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
        table = kind.__table__
        wanted = select(table.c.id, *(table.c[name] for name in columns))
        for start in range(0, len(rows), ROWS_A_TIME):
            new = {row["row"]: row for row in rows[start : start + ROWS_A_TIME]}
            for row_id, *old in self.session.execute(wanted.where(among(self.session, table.c.id, list(new)))):
                before = plain(dict(zip(columns, old, strict=True)))
                after = plain({name: new[row_id][f"new_{name}"] for name in columns})
                first, last = self._old.get((kind.__tablename__, row_id), ({}, {}))
                self._old[kind.__tablename__, row_id] = before | first, last | after

    def _count(self, kind: type[Base], rows: int) -> None:
        self.written[kind.__tablename__] += rows
        self.progress(min(self.written.total(), self.changes), self.changes)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: days as 2026-01-31, shares as numbers."""
    return {name: plain_value(value) for name, value in values.items()}


def plain_value(value: Any) -> Any:
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _where(place: Place) -> tuple[str, str]:
    return short_text(place.sheet) or "", place.cell[:LONGEST_CELL]


def _raw(raw: Any) -> str | None:
    return None if raw is None else str(raw)


def _wrapped(value: Any) -> dict[str, Any]:
    return plain(value if isinstance(value, Mapping) else {"value": value})
