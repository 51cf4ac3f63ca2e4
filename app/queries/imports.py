"""What the pages of imports show: the history, and one import with what was understood and what it changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from app.errors import Conflict, NotFound
from app.queries.import_lines import LineFilters, Show, page_of_lines, show_of
from app.queries.import_preview import Line
from models import Account, BatchState, ImportBatch

BATCHES_A_PAGE = 30
PROBLEMS_SHOWN = 200
SKILLS_SHOWN = 60
QUESTIONS_SHOWN = 50
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


class History(NamedTuple):
    rows: Sequence[BatchRow]
    total: int
    page: int
    pages: int


class PreviewRow(NamedTuple):
    """`person_id` is None for somebody who is not in the directory yet."""

    person: str | None
    person_id: int | None
    line: Line
    show: Show


@dataclass(frozen=True)
class BatchView:
    """`earlier` is the latest applied import of the very same bytes. `lines` counts the preview's lines by filter."""

    batch: BatchRow
    digest: str
    summary: str
    sheets: Sequence[Mapping[str, Any]]
    questions: Sequence[Mapping[str, Any]]
    more_questions: int
    open_questions: int
    problems: Sequence[Mapping[str, Any]]
    more_problems: int
    new_skills: Sequence[Mapping[str, Any]]
    more_skills: int
    filters: LineFilters
    lines: Mapping[Show, int]
    rows: Sequence[PreviewRow]
    found: int
    pages: int
    earlier: BatchRow | None


def import_history(session: Session, page: int) -> History:
    """Every import, latest first."""
    total = session.scalar(select(func.count()).select_from(ImportBatch)) or 0
    pages = max(1, -(-total // BATCHES_A_PAGE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _batches().order_by(ImportBatch.id.desc()).limit(BATCHES_A_PAGE).offset((page - 1) * BATCHES_A_PAGE)
    )
    return History([BatchRow(*row) for row in rows], total, page, pages)


def show_import(session: Session, batch_id: int, filters: LineFilters) -> BatchView:
    found = session.execute(
        _batches().add_columns(ImportBatch.plan_digest, ImportBatch.plan).where(ImportBatch.id == batch_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such import.")
    *columns, digest, document = found
    batch = BatchRow(*columns)
    same_file = _batches().where(
        ImportBatch.sha256 == batch.sha256, ImportBatch.state == BatchState.APPLIED, ImportBatch.id != batch.id
    )
    earlier = session.execute(same_file.order_by(ImportBatch.id.desc()).limit(1)).one_or_none()
    people = document.get("people", [])
    page = page_of_lines(session, batch_id, [name for name, _ in people], filters)
    # The open ones first: they are what waits for somebody.
    questions = sorted(document.get("questions", []), key=lambda question: question["answer"] is not None)
    problems = document.get("problems", [])
    # Those that look like a skill of the catalogue first: they want a second look.
    new_skills = sorted(document.get("new_skills", []), key=lambda skill: not skill["suggestions"])
    return BatchView(
        batch=batch,
        digest=digest,
        summary=document.get("summary", ""),
        sheets=document.get("sheets", []),
        questions=questions[:QUESTIONS_SHOWN],
        more_questions=max(0, len(questions) - QUESTIONS_SHOWN),
        open_questions=sum(question["answer"] is None for question in questions),
        problems=problems[:PROBLEMS_SHOWN],
        more_problems=max(0, len(problems) - PROBLEMS_SHOWN),
        new_skills=new_skills[:SKILLS_SHOWN],
        more_skills=max(0, len(new_skills) - SKILLS_SHOWN),
        filters=filters._replace(page=page.page),
        lines=page.counts,
        rows=[_row(line, people) for line in page.lines],
        found=page.found,
        pages=page.pages,
        earlier=BatchRow(*earlier) if earlier else None,
    )


def staged_batch(session: Session, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The batch with its file and plan. `lock`: kept from other writers until the transaction ends.

    Raises Conflict when it is decided already, or not read yet.
    """
    batch = undecided_batch(session, batch_id, lock=lock)
    if batch.state is BatchState.READING:
        raise Conflict("This file is still being read. Wait for its preview.")
    return batch


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
    ).join(Account, Account.id == ImportBatch.uploaded_by_id, isouter=True)


def _row(line: Line, people: Sequence[tuple[str | None, int | None]]) -> PreviewRow:
    name, person_id = people[line.person] if line.person is not None else (None, None)
    return PreviewRow(name, person_id, line, show_of(line))
