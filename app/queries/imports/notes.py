"""What an import has to say about the cells of its file: for the annotated copy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from app.errors import Conflict, NotFound
from app.queries.imports.lines import all_lines
from app.queries.imports.preview import REASONS, Line
from app.rendering import format_date
from importers import Action, Note, Outcome, Severity
from models import BatchState, ImportBatch

OUTCOMES = {Severity.ERROR: Outcome.NOT_TAKEN, Severity.WARNING: Outcome.LOOK, Severity.NOTE: Outcome.LEFT_OUT}
NO_FILE = {
    BatchState.READING: "This file is still being read. Wait for its preview.",
    BatchState.REFUSED: "This file could not be read and is not kept. Upload one that can be read.",
    BatchState.DISCARDED: "This import was discarded and its file is no longer kept. Upload the file again.",
    BatchState.UNDONE: "This import was undone, so there is nothing to say about its cells. Upload the file again.",
}
FILE_GONE = (
    "The file is no longer kept: it was removed when the data of somebody in it was erased, or after the time that "
    "files are kept. Upload it again."
)
ANSWER = "Answer the question that is open, and import the file again."
DECIDE = "Decide in the questions: keep what Muster holds, or take the file's."


@dataclass(frozen=True)
class Annotation:
    """All that an annotated copy is made of. `facts` stand at its top."""

    filename: str
    content: bytes
    notes: Sequence[Note]
    facts: Sequence[tuple[str, str]]


def annotation(session: Session, batch_id: int) -> Annotation:
    """Of a staged import what it would do, of an applied one what it did. Raises Conflict when there is no file."""
    batch = session.scalar(
        select(ImportBatch)
        .where(ImportBatch.id == batch_id)
        .options(undefer(ImportBatch.content), undefer(ImportBatch.plan))
    )
    if batch is None:
        raise NotFound("There is no such import.")
    if batch.state in NO_FILE:
        raise Conflict(NO_FILE[batch.state])
    if not batch.content:
        raise Conflict(FILE_GONE)
    done = batch.state is BatchState.APPLIED
    notes = notes_of(batch.plan, all_lines(session, batch_id), done=done)
    told = f"What the import of {format_date(batch.applied_at)} did" if done else "What importing this file would do"
    facts = facts_of(batch.filename, told, batch.plan.get("summary", ""), batch.counts)
    return Annotation(batch.filename, batch.content, notes, facts)


def facts_of(filename: str, told: str, summary: str, counts: Mapping[str, Any]) -> list[tuple[str, str]]:
    people = f"{counts['create']:,} new, {counts['update']:,} changed, {counts['unchanged']:,} unchanged"
    ratings = ", ".join(
        f"{counts[f'ratings_{action}']:,} {word}"
        for action, word in (("create", "new"), ("update", "changed"), ("unchanged", "unchanged"))
    )
    left_out = f"{ratings}, {counts['skipped']:,} left out"
    return [("File", filename), ("This report", told), ("Found", summary), ("People", people), ("Ratings", left_out)]


def notes_of(document: Mapping[str, Any], lines: Iterable[Line], *, done: bool) -> list[Note]:
    """Every problem, every change and everything left out, each with its cell; open questions with their sheet.

    `document` is that of `preview_document`.
    """
    problems = document.get("problems", ())
    names = [name for name, _ in document.get("people", ())]
    explained = {(problem["sheet"], problem["cell"]) for problem in problems}
    notes = [
        Note(p["sheet"], p["cell"], OUTCOMES[Severity(p["severity"])], p["text"], p["remedy"] or "") for p in problems
    ]
    notes += [
        Note(question["sheet"] or "", None, Outcome.WAITING, question["text"], ANSWER)
        for question in document.get("questions", ())
        if question["answer"] is None
    ]
    for line in lines:
        whose = names[line.person] if line.person is not None else None
        if line.reason != REASONS[Action.SKIPPED] or (line.sheet, line.cell) not in explained:
            notes += note_of(line, whose, done=done)
    return notes


def note_of(line: Line, whose: str | None, *, done: bool) -> Iterator[Note]:
    """None for what is new or unchanged: there is nothing to look at."""
    what = f"{whose}: {line.subject}" if whose and line.kind != "person" else line.subject
    reason = line.reason or ""
    match line.action:
        case Action.UPDATE:
            verb = "changed" if done else "will change"
            text = f"{what} {verb} from {shown(line.before)} to {shown(line.after)}."
            yield Note(line.sheet, line.cell, Outcome.CHANGED, text)
        case Action.CONFLICT:
            text = f"{what} stays {shown(line.before)}; the file says {shown(line.after)}. {reason}".strip()
            yield Note(line.sheet, line.cell, Outcome.KEPT, text, DECIDE)
        case Action.AMBIGUOUS:
            yield Note(line.sheet, line.cell, Outcome.WAITING, f"{what}. {reason}".strip(), ANSWER)
        case Action.SKIPPED if line.before is not None and line.before != line.after:
            text = f"{what} stays {shown(line.before)}; the file says {shown(line.after)}. {reason}".strip()
            yield Note(line.sheet, line.cell, Outcome.KEPT, text)
        case Action.SKIPPED:
            yield Note(line.sheet, line.cell, Outcome.NOT_TAKEN, f"{what}. {reason}".strip())


def shown(value: object) -> str:
    return "nothing" if value is None or value == "" else str(value)
