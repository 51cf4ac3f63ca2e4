"""Undoing an import: everything it did goes back, except for what somebody built on since."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.imports.undo_lines import Undone
from app.queries.imports.undo_values import TABLES, from_json, table_of
from app.queries.imports.undoing import ALONE, UndoPlan, applied_batch, plan_undo
from app.queries.lists.id_lists import among
from app.services.audit import Actor, record
from app.services.imports.batches import stop_other_writers
from app.services.ties import refresh_ties
from models import BatchState, ImportBatch, ImportedValue, RatingChange

ROWS_A_TIME = 5_000


def undo(
    session: Session, actor: Actor, batch_id: int, *, progress: Callable[[int, int], None] = lambda _done, _total: None
) -> Undone:
    """Take back what the import did, in one transaction, and tell what went, what stays and why.

    What stays is nobody's but Muster's from then on, or goes with the undo of the later import that builds on it; there
    is no second undo. Raises Conflict when the import is not applied, or undone already.
    """
    batch = applied_batch(session, batch_id, lock=True)
    stop_other_writers(session)
    plan, now = plan_undo(session, batch_id), datetime.now(UTC)
    try:
        _Writing(session, plan, now, progress).write()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(
            "What stood there before does not fit the directory any more, so nothing was undone. "
            "Look at the preview of the undo again."
        ) from error
    _close(session, batch, plan, now)
    record(
        session, actor, "import.undo", "import_batch", batch.id, after={"file": batch.filename, **plan.told.counts()}
    )
    return plan.told


class _Writing:
    def __init__(self, session: Session, plan: UndoPlan, now: datetime, progress: Callable[[int, int], None]) -> None:
        self.session, self.undo, self.now, self.progress = session, plan, now, progress
        self.total = sum(len(ids) for ids in plan.deleted.values()) + len(plan.restored)
        self.done = 0

    def write(self) -> None:
        self._restore()
        self._forget_history()
        for table in TABLES:
            self._delete(table)
        self._let_go()
        if any(row[0] in {"engagements", "projects"} for row in self.undo.restored) or (
            self.undo.deleted["engagements"] | self.undo.deleted["projects"]
        ):
            refresh_ties(self.session, self.now.date())

    def _restore(self) -> None:
        self._vacate()
        alike: dict[tuple[str, tuple[str, ...]], list[tuple[int, Mapping[str, Any]]]] = defaultdict(list)
        for (name, row_id), row in self.undo.restored.items():
            alike[name, tuple(sorted(row))].append((row_id, row))
        for (name, columns), rows in alike.items():
            table = table_of(name)
            new: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
            if "version" in table.c:
                new["version"] = table.c.version + 1
            if "updated_at" in table.c:
                new["updated_at"] = self.now
            statement = update(table).where(table.c.id == bindparam("row")).values(new)
            values = [
                {"row": row_id} | {f"new_{column}": from_json(table.c[column], row[column]) for column in columns}
                for row_id, row in rows
            ]
            self._execute(statement, values)

    def _vacate(self) -> None:
        """Two people may get each other's address back: nobody has one for a moment."""
        for name, columns in ALONE.items():
            for column in columns:
                rows = [
                    {"row": row[1]} for row, values in self.undo.restored.items() if row[0] == name and column in values
                ]
                if rows:
                    table = table_of(name)
                    nothing = update(table).where(table.c.id == bindparam("row")).values({column: None})
                    self.session.connection().execute(nothing, rows)

    def _forget_history(self) -> None:
        """The steps of ratings that go back; those of ratings that stay are their history."""
        steps = RatingChange.import_batch_id == self.undo.batch_id
        if self.undo.kept_ratings:
            found = self.session.execute(
                select(RatingChange.id, RatingChange.practitioner_id, RatingChange.skill_id).where(steps)
            )
            gone = [key for key, person, skill in found if (person, skill) not in self.undo.kept_ratings]
            steps = among(self.session, RatingChange.id, gone)
        self.session.execute(delete(RatingChange).where(steps), execution_options={"synchronize_session": False})

    def _delete(self, name: str) -> None:
        table, ids = table_of(name), sorted(self.undo.deleted[name])
        for start in range(0, len(ids), ROWS_A_TIME):
            part = ids[start : start + ROWS_A_TIME]
            self.session.execute(delete(table).where(among(self.session, table.c.id, part)))
            self._tell(len(part))

    def _let_go(self) -> None:
        """The import holds nothing any more."""
        quietly = {"synchronize_session": False}
        self.session.execute(
            update(ImportedValue).where(ImportedValue.held_by_id == self.undo.batch_id).values(held_by_id=None),
            execution_options=quietly,
        )
        table = ImportedValue.__table__
        handed = update(table).where(table.c.id == bindparam("row")).values(held_by_id=bindparam("holder"))  # type: ignore[arg-type]  # ours are all real tables
        if self.undo.handed:
            self.session.connection().execute(
                handed, [{"row": key, "holder": holder} for key, holder in self.undo.handed.items()]
            )
        for value in self.undo.spliced.values():
            self.session.execute(
                update(ImportedValue)
                .where(ImportedValue.id == value.id)
                .values(stored_before=value.columns_before, stored_after=value.columns_after),
                execution_options=quietly,
            )

    def _execute(self, statement: Any, values: Sequence[Mapping[str, Any]]) -> None:
        for start in range(0, len(values), ROWS_A_TIME):
            part = values[start : start + ROWS_A_TIME]
            self.session.connection().execute(statement, part)
            self._tell(len(part))

    def _tell(self, rows: int) -> None:
        self.done += rows
        self.progress(self.done, self.total)


def _close(session: Session, batch: ImportBatch, plan: UndoPlan, now: datetime) -> None:
    told = plan.told
    batch.state = BatchState.UNDONE
    batch.undone_at = now
    batch.counts = {**batch.counts, "undone": told.counts()}
    batch.plan = {**batch.plan, "undone": {"kept": told.kept, "impossible": told.impossible}}
    session.flush()
