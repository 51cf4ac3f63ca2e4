"""Imports as their pages find them: the history of all, and one with what it said and would change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app.errors import Conflict, NotFound
from app.queries.imports.undo_lines import Stayed, read_stayed
from importers import Choices, SkillChoice, normal_form
from importers.terms import Answer
from importers.wire import from_wire
from models import Account, AuditEntry, BatchState, ImportBatch

BATCHES_A_PAGE = 30
PENDING = "pending"
"""Among a batch's counts: decisions were made since its preview."""
UNREAD = frozenset({BatchState.READING, BatchState.REFUSED})
UNDECIDED = frozenset({BatchState.READING, BatchState.STAGED})


class BatchRow(NamedTuple):
    id: int
    filename: str
    sha256: str
    state: BatchState
    sample: bool
    counts: dict[str, Any]
    uploaded_at: datetime
    uploaded_by: str | None
    applied_at: datetime | None
    undone_at: datetime | None


class History(NamedTuple):
    """`undone_by`: import -> whoever took it back."""

    rows: Sequence[BatchRow]
    undone_by: Mapping[int, str]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class ImportView:
    """One import as its pages show it. `document` is its preview without the lines, {} where none is kept."""

    batch: BatchRow
    digest: str
    document: Mapping[str, Any]
    choices: Choices

    @property
    def is_staged(self) -> bool:
        return self.batch.state is BatchState.STAGED

    @property
    def is_kept(self) -> bool:
        """Whether there is a preview to look at."""
        return bool(self.document)

    @property
    def pending(self) -> bool:
        """Whether decisions were made that the preview does not hold yet."""
        return self.is_staged and bool(self.batch.counts.get(PENDING))

    @property
    def sheets(self) -> Sequence[Mapping[str, Any]]:
        return self._list("sheets")

    @property
    def problems(self) -> Sequence[Mapping[str, Any]]:
        return self._list("problems")

    @property
    def stayed(self) -> Stayed:
        """What the undo of the import left."""
        return read_stayed(self.document)

    @property
    def missing(self) -> Sequence[Mapping[str, Any]]:
        return self._list("missing")

    def _list(self, name: str) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.document.get(name, ())
        return found

    @cached_property
    def questions(self) -> Sequence[Mapping[str, Any]]:
        """With the answers that are given by now."""
        given = GivenAnswers(self.choices)
        return [question | {"answer": given.to(question)} for question in self.document.get("questions", ())]

    def choices_about_skills(self, changed: Mapping[str, SkillChoice | None]) -> Choices:
        """The choices in force with others about some skills; None for no choice any more."""
        forms = {normal_form(name) or name for name in changed}
        kept = {name: told for name, told in self.choices.skills.items() if (normal_form(name) or name) not in forms}
        made = {name: told for name, told in changed.items() if told is not None}
        return replace(self.choices, skills={**kept, **made})

    @cached_property
    def open_questions(self) -> int:
        return sum(question["answer"] is None for question in self.questions)


class GivenAnswers:
    """The answers of some choices, each found without looking through all: a sheet may leave thousands of questions."""

    def __init__(self, choices: Choices) -> None:
        self._last = {
            (given.code, given.sheet, given.subject): (place, given.answer)
            for place, given in enumerate(choices.answers)
        }

    def to(self, question: Mapping[str, Any]) -> Answer | None:
        """The answer in force: the last one given that fits, or the one that the question has already."""
        sheet, subject = question["sheet"], question["subject"]
        places = [(question["code"], s, x) for s in (sheet, None) for x in (subject, None)]
        found = [self._last[place] for place in places if place in self._last]
        if not found:
            answer: Answer | None = question["answer"]
            return answer
        _, given = max(found, key=itemgetter(0))
        return question["proposed"] if given is True else given


def import_history(session: Session, page: int) -> History:
    """Every import, latest first."""
    total = session.scalar(select(func.count()).select_from(ImportBatch)) or 0
    pages = max(1, -(-total // BATCHES_A_PAGE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _batches().order_by(ImportBatch.id.desc()).limit(BATCHES_A_PAGE).offset((page - 1) * BATCHES_A_PAGE)
    )
    batches = [BatchRow(*row) for row in rows]
    return History(batches, undone_by(session, [batch.id for batch in batches]), total, page, pages)


def undone_by(session: Session, batch_ids: Sequence[int]) -> dict[int, str]:
    undone = select(AuditEntry.subject_id, func.coalesce(Account.name, AuditEntry.actor)).where(
        AuditEntry.subject == "import_batch", AuditEntry.action == "import.undo", AuditEntry.subject_id.in_(batch_ids)
    )
    rows = session.execute(undone.join(Account, Account.id == AuditEntry.account_id, isouter=True))
    return {batch_id: who for batch_id, who in rows if batch_id is not None}


def find_import(session: Session, batch_id: int) -> ImportView:
    wanted = _batches().add_columns(ImportBatch.plan_digest, ImportBatch.plan, ImportBatch.choices)
    found = session.execute(wanted.where(ImportBatch.id == batch_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such import.")
    *columns, digest, document, choices = found
    return ImportView(BatchRow(*columns), digest, document, from_wire(Choices, choices))


def lock_import(session: Session, batch_id: int) -> None:
    """Keep other writers from the import, if it is there, until the transaction ends, without loading its file."""
    session.execute(select(ImportBatch.id).where(ImportBatch.id == batch_id).with_for_update())


def earlier_import(session: Session, batch: BatchRow) -> BatchRow | None:
    """The latest other import of the very same bytes that was applied."""
    same_file = _batches().where(
        ImportBatch.sha256 == batch.sha256, ImportBatch.state == BatchState.APPLIED, ImportBatch.id != batch.id
    )
    found = session.execute(same_file.order_by(ImportBatch.id.desc()).limit(1)).one_or_none()
    return BatchRow(*found) if found else None


def keeps_file(session: Session, batch_id: int) -> bool:
    """Whether the uploaded file is still there: erasing somebody in it and the time that files are kept remove it."""
    return bool(session.scalar(select(func.length(ImportBatch.content)).where(ImportBatch.id == batch_id)))


def staged_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The batch with its file and plan. `lock`: kept from other writers until the transaction ends.

    Raises Conflict when it is decided already, or not read yet.
    """
    batch = undecided_batch(session, batch_id, lock=lock)
    if batch.state is BatchState.READING:
        raise Conflict("This file is still being read. Wait for its preview.")
    return batch


def filename_of(session: Session, batch_id: int) -> str:
    name = session.scalar(select(ImportBatch.filename).where(ImportBatch.id == batch_id))
    if name is None:
        raise NotFound("There is no such import.")
    return name


def undecided_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The batch that is staged or still being read; raises Conflict when it is decided."""
    wanted = select(ImportBatch).where(ImportBatch.id == batch_id)
    wanted = wanted.options(undefer(ImportBatch.content), undefer(ImportBatch.plan))
    batch = session.scalar((wanted.with_for_update() if lock else wanted).execution_options(populate_existing=True))
    if batch is None:
        raise NotFound("There is no such import.")
    if batch.state not in UNDECIDED:
        raise Conflict(f"This import is {batch.state.value} already. Upload the file again to import it once more.")
    return batch


def _batches() -> Any:
    return select(
        ImportBatch.id,
        ImportBatch.filename,
        ImportBatch.sha256,
        ImportBatch.state,
        ImportBatch.sample,
        ImportBatch.counts,
        ImportBatch.uploaded_at,
        Account.name,
        ImportBatch.applied_at,
        ImportBatch.undone_at,
    ).join(Account, Account.id == ImportBatch.uploaded_by_id, isouter=True)
