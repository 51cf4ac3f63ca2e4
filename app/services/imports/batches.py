"""Imports: read a file, keep what it would change for a person to look at, and apply exactly that.

Nothing is written before `apply`, and `apply` plans again on the same bytes: preview and apply are one function, and a
digest of the plan tells whether the directory has moved between the two.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Stopped, from_integrity_error
from app.queries.imports.batches import staged_batch, undecided_batch
from app.queries.imports.directory import catalogue
from app.queries.imports.lines import LINES_A_PIECE, all_lines, pieces
from app.queries.imports.plans import plan_import
from app.queries.imports.preview import Moved, moves, preview_document, preview_lines
from app.queries.imports.remembered_choices import remembered_choices
from app.queries.imports.sheet_words import short_text
from app.services.audit import Actor, record
from app.services.imports.remembered_choices import remember
from app.services.imports.rows import write_plan
from app.services.ties import refresh_ties
from importers import Abandoned, Catalogue, Choices, Plan, Reading, Refusal, read_in_child
from importers.collecting import paused_collections
from importers.readings.remembering import lasting
from importers.wire import from_wire, to_wire
from models import BatchState, ImportBatch, ImportLines

NO_CHOICES = Choices()
WRITTEN_TABLES = (
    "accounts, practitioners, units, cost_bands, skills, skill_categories, skill_aliases, ratings, rating_changes, "
    "learning_goals, projects, engagements, allocations"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """`written`: table -> how many rows were created or changed in it."""

    batch: ImportBatch
    plan: Plan
    written: dict[str, int]


def read_file(
    known: Catalogue,
    content: bytes,
    filename: str,
    choices: Choices,
    stopped: Callable[[], bool] | None = None,
    *,
    remembered: Mapping[str, Choices] | None = None,
) -> Reading:
    """What the file says, read in a process of its own. It may take a minute: hold no transaction that others wait
    for. `remembered` choices, by the shape of files, hold where `choices` say nothing; the reading has those in force.
    Raises DomainError with the sentence of a file that cannot be read, and `Stopped` soon after `stopped`."""
    try:
        return read_in_child(
            content, filename, catalogue=known, choices=choices, remembered=remembered, stopped=stopped
        )
    except Abandoned as abandoned:
        raise Stopped from abandoned
    except Refusal as refusal:
        raise DomainError(str(refusal), "file") from refusal


def receive(session: Session, actor: Actor, *, content: bytes, filename: str) -> ImportBatch:
    """A batch that keeps the file until it is read."""
    batch = _new_batch(actor, content, filename)
    batch.state = BatchState.READING
    batch.choices, batch.plan, batch.plan_digest, batch.counts = {}, {}, "", {}
    session.add(batch)
    session.flush()
    return batch


@paused_collections()
def stage(
    session: Session,
    actor: Actor,
    *,
    content: bytes,
    filename: str,
    choices: Choices = NO_CHOICES,
    reading: Reading | None = None,
) -> ImportBatch:
    """A batch that keeps the file and what it would change; the directory stays as it is.

    `reading`: the file's, when it was read before with the same choices. Raises DomainError for an unreadable file.
    """
    reading = reading or read_file(catalogue(session), content, filename, choices)
    batch = _new_batch(actor, content, filename)
    session.add(batch)
    _keep_plan(session, batch, reading)
    record(session, actor, "import.stage", "import_batch", batch.id, after=_told(batch))
    return batch


@paused_collections()
def keep(
    session: Session,
    actor: Actor,
    batch_id: int,
    reading: Reading,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportBatch:
    """What the batch's file says and would change, read for the first time, with other answers, or because the
    directory has moved. `progress` hears how many of the preview's lines are written."""
    batch = undecided_batch(session, batch_id, lock=True)
    batch.state = BatchState.STAGED
    _keep_plan(session, batch, reading, progress)
    record(session, actor, "import.stage", "import_batch", batch.id, after=_told(batch))
    return batch


def refuse(session: Session, actor: Actor, batch_id: int) -> None:
    """Give up a file that could not be read, or whose reading was stopped, and keep no more than that it was there.
    A batch that was read before stays as it was."""
    batch = undecided_batch(session, batch_id, lock=True)
    if batch.state is BatchState.READING:
        batch.state = BatchState.REFUSED
        batch.content = b""
        session.flush()
        record(session, actor, "import.refuse", "import_batch", batch.id, after=_told(batch))


@paused_collections()
def apply(
    session: Session,
    actor: Actor,
    batch: ImportBatch,
    *,
    expected_digest: str,
    reading: Reading | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Applied:
    """Write every change that needs no answer, with where each value came from; all of it or, on any error, nothing.

    Raises `Moved` unless the plan on today's directory is the one of `expected_digest`, which a person has seen.
    `progress` hears how many changes of how many are written.
    """
    batch = staged_batch(session, batch.id, lock=True)
    choices = from_wire(Choices, batch.choices)
    reading = reading or read_file(catalogue(session), batch.content, batch.filename, choices)
    stop_other_writers(session)
    plan = plan_import(session, reading)
    if plan.digest != expected_digest or batch.plan_digest != expected_digest:
        names = [planned.person.name for planned in plan.people]
        raise Moved(moves(all_lines(session, batch.id), preview_lines(plan)), names)
    now = datetime.now(UTC)
    try:
        written, ids = write_plan(session, actor, batch, plan, now, progress or (lambda done, total: None))
    except IntegrityError as error:
        session.rollback()
        raise from_integrity_error(error) or Conflict(
            "A value of the file does not fit the directory, so nothing was applied. Open the preview again."
        ) from error
    if "engagements" in written:
        refresh_ties(session, now.date())
    batch.state = BatchState.APPLIED
    batch.applied_at = now
    batch.counts = {**batch.counts, "written": written}
    batch.plan = {**batch.plan, "people": [[p.person.name, ids.get(p.person.key)] for p in plan.people]}
    earlier = remembered_choices(session).get(reading.shape)
    remember(session, reading.shape, lasting(reading, earlier))
    session.flush()
    record(session, actor, "import.apply", "import_batch", batch.id, after=_told(batch))
    return Applied(batch, plan, written)


def discard(session: Session, actor: Actor, batch_id: int) -> None:
    """Give a staged import up. The file and what it said are removed; that it was there stays."""
    batch = staged_batch(session, batch_id, lock=True)
    batch.state = BatchState.DISCARDED
    batch.content = b""
    batch.plan = {}
    _drop_lines(session, batch)
    session.flush()
    record(session, actor, "import.discard", "import_batch", batch.id, before=_told(batch))


def _new_batch(actor: Actor, content: bytes, filename: str) -> ImportBatch:
    return ImportBatch(
        filename=short_text(filename) or "file",
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by_id=actor.account_id,
    )


def _keep_plan(
    session: Session,
    batch: ImportBatch,
    reading: Reading,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    plan = plan_import(session, reading)
    batch.choices = to_wire(reading.choices)
    batch.plan_digest = plan.digest
    batch.counts = {**plan.counts(), "changes": plan.changes}
    batch.plan = batch.plan or {}
    held: list[dict[str, int]] = []
    session.flush()
    _drop_lines(session, batch)
    total = sum(map(len, (plan.people, plan.ratings, plan.goals, plan.history, plan.allocations)))
    for piece in pieces(preview_lines(plan), held):
        session.execute(insert(ImportLines).values(batch_id=batch.id, **piece))
        progress(min(len(held) * LINES_A_PIECE, total), total)
    batch.plan = preview_document(reading, plan) | {"lines": held}
    session.flush()


def _drop_lines(session: Session, batch: ImportBatch) -> None:
    session.execute(delete(ImportLines).where(ImportLines.batch_id == batch.id))


def stop_other_writers(session: Session) -> None:
    """From the comparison to the last row the directory stands still; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {WRITTEN_TABLES} IN SHARE ROW EXCLUSIVE MODE"))


def _told(batch: ImportBatch) -> dict[str, object]:
    return {
        "file": batch.filename,
        "sha256": batch.sha256,
        "plan": batch.plan_digest,
        "counts": batch.counts,
    }
