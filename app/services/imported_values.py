"""The journal of one import: rows written in bulk, and for each value its cell and what stood there before."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.queries.id_lists import among
from app.queries.sheet_words import short_text
from app.services.audit import Actor
from models import Base, ImportBatch, ImportedValue

ROWS_A_TIME = 5_000
LONGEST_CELL = 20
NOT_TOLD = object()


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
    _values: list[dict[str, Any]] = field(default_factory=list)
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
        for start in range(0, len(rows), ROWS_A_TIME):
            part = [first | dict(row) for row in rows[start : start + ROWS_A_TIME]]
            self.session.connection().execute(insert(table), part)  # type: ignore[arg-type]  # ours are all real tables

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
            self._remember(kind, columns, rows)
            statement = update(table).where(table.c.id == bindparam("row")).values(new)  # type: ignore[arg-type]
            for start in range(0, len(rows), ROWS_A_TIME):
                self.session.connection().execute(statement, rows[start : start + ROWS_A_TIME])
                self._count(kind, len(rows[start : start + ROWS_A_TIME]))

    def created(self, kind: type[Base], row_id: int, after: Mapping[str, Any], place: Place, raw: Any = None) -> None:
        told, row = plain(after), self._new.pop((kind.__tablename__, row_id), {})
        stored = {name: value for name, value in plain(row).items() if told.get(name, NOT_TOLD) != value}
        self._note(kind, row_id, "", None, told, place, raw, stored)

    def changed(
        self, kind: type[Base], row_id: int, name: str, before: Any, after: Any, place: Place, raw: Any = None
    ) -> None:
        """`before` and `after` are values, or mappings where several columns change as one."""
        self._note(kind, row_id, name, _wrapped(before), _wrapped(after), place, raw)

    def close(self) -> None:
        """Store where everything came from, and what undo restores."""
        for value in self._values:
            if value["field"]:
                key = value["table_name"], value["row_id"]
                value["stored_before"], value["stored_after"] = self._old.pop(key, (None, None))
        assert not self._old, "every changed row has a value that tells of it"
        self.add(ImportedValue, self._values)
        self._values.clear()
        self._new.clear()

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

    def _note(
        self,
        kind: type[Base],
        row_id: int,
        name: str,
        before: dict[str, Any] | None,
        after: dict[str, Any],
        place: Place,
        raw: Any,
        stored: dict[str, Any] | None = None,
    ) -> None:
        self._values.append(
            {
                "batch_id": self.batch.id,
                "held_by_id": self.batch.id,
                "table_name": kind.__tablename__,
                "row_id": row_id,
                "field": name,
                "sheet": short_text(place.sheet) or "",
                "cell": place.cell[:LONGEST_CELL],
                "raw": None if raw is None else str(raw),
                "before": before,
                "after": after,
                "stored_before": None,
                "stored_after": stored,
            }
        )

    def _count(self, kind: type[Base], rows: int) -> None:
        self.written[kind.__tablename__] += rows
        self.progress(min(self.written.total(), self.changes), self.changes)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON keeps it: days as 2026-01-31, shares as numbers."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _wrapped(value: Any) -> dict[str, Any]:
    return plain(value if isinstance(value, Mapping) else {"value": value})
