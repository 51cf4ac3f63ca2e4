"""`muster import`: a legacy sheet into the directory."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine, inspect, make_url
from sqlalchemy.orm import Session

from app.cli.database import database, open_engine
from app.cli.exports import check_target, replace_file
from app.config import read_settings
from app.db import make_engine
from app.errors import DomainError
from app.queries.imports.directory import catalogue
from app.queries.imports.notes import Annotation, facts_of, notes_of
from app.queries.imports.plans import plan_import
from app.queries.imports.preview import preview_document, preview_lines
from app.queries.imports.remembered_choices import remembered_choices
from app.queries.schema import schema_fault
from app.rendering import plural
from app.services import starter
from app.services.audit import COMMAND_LINE
from app.services.imports import batches
from app.services.imports.annotated_copies import annotated_copy
from importers import Action, Choices, Plan, Reading, Refusal, Severity, load_choices
from models import Base

MOST_SHOWN = 50


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--dry-run", is_flag=True, help="Show what would change; write nothing. Exit code 1 when there are errors."
)
@click.option("--sheet", "sheets", multiple=True, metavar="NAME", help="Only this sheet; may be given several times.")
@click.option("--mapping", type=click.Path(path_type=Path), help="JSON file: layout and columns by hand.")
@click.option("--answers", type=click.Path(path_type=Path), help="JSON file: answers to the importer's questions.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write a copy of FILE with notes on its cells, a .xlsx."
)
@click.option("--json", "as_json", is_flag=True, help="Print muster-import/1.")
def import_file(
    file: Path,
    dry_run: bool,
    sheets: tuple[str, ...],
    mapping: Path | None,
    answers: Path | None,
    report: Path | None,
    as_json: bool,
) -> int:
    """Import the skills sheet FILE: all that has no open question, and all of it when the answers are given."""
    content = file_bytes(file)
    choices = read_choices(sheets, mapping, answers)
    if report is not None:
        check_report(report)
    with known_directory() if dry_run else database() as session:
        known, remembered = catalogue(session), remembered_choices(session)
        session.rollback()  # reading may take a minute, and nobody should wait for it
        if sys.stderr.isatty():
            click.echo(f"Reading {file.name}", err=True)
        reading = batches.read_file(known, content, file.name, choices, remembered=remembered)
        if dry_run:
            plan, batch_id = plan_import(session, reading), None
        else:
            plan, batch_id = apply_file(session, content, reading)
    if report is not None:
        write_report(report, content, reading, plan, done=not dry_run)
    click.echo(json.dumps(plan.to_json(batch=batch_id), ensure_ascii=False) if as_json else plan_text(plan))
    if not as_json:
        click.echo("Dry run: nothing was written." if dry_run else outcome(plan, batch_id))
    return 1 if dry_run and any(problem.severity is Severity.ERROR for problem in plan.problems) else 0


def apply_file(session: Session, content: bytes, reading: Reading) -> tuple[Plan, int | None]:
    """What was applied, and the number of its batch; None where nothing had to change, and then nothing is stored."""
    batch = batches.stage(
        session, COMMAND_LINE, content=content, filename=reading.file, choices=reading.choices, reading=reading
    )
    if not batch.counts["changes"]:
        session.rollback()
        return plan_import(session, reading), None
    with progress_bar("Applying") as progress:
        applied = batches.apply(
            session, COMMAND_LINE, batch, expected_digest=batch.plan_digest, reading=reading, progress=progress
        )
        session.commit()
    return applied.plan, batch.id


def write_report(path: Path, content: bytes, reading: Reading, plan: Plan, *, done: bool) -> None:
    told = "What this import did" if done else "What importing this file would do"
    notes = notes_of(preview_document(reading, plan), preview_lines(plan), done=done)
    facts = facts_of(plan.file, told, plan.summary, plan.counts())
    try:
        _, copy = annotated_copy(Annotation(plan.file, content, notes, facts))
        replace_file(path, copy)
    except DomainError as error:
        # The import itself is done, and says so; a missing report must not look like a missing import.
        click.echo(f"muster: there is no report: {error.sentence}", err=True)


def check_report(path: Path) -> None:
    """Before anything is written: afterwards it would be too late to refuse."""
    if path.suffix.lower() != ".xlsx":
        raise DomainError(f"The report's name must end in .xlsx; {path} does not.")
    check_target(path)


@contextmanager
def known_directory() -> Iterator[Session]:
    """A session that only reads. Where there is no database yet, it is an empty directory with the shipped catalogue,
    so that a sheet can be tried before anything is set up."""
    engine = existing_database() or shipped_directory()
    try:
        with Session(engine, autoflush=False) as session:
            yield session
    finally:
        engine.dispose()


def existing_database() -> Engine | None:
    """The configured database; None when it has no table yet. A missing SQLite file is not made by looking."""
    url = make_url(read_settings().database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    engine = open_engine()
    if not inspect(engine).get_table_names():
        engine.dispose()
        return None
    if fault := schema_fault(engine):
        raise DomainError(fault)
    return engine


def shipped_directory() -> Engine:
    engine = make_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        starter.load(session)
        session.commit()
    return engine


def file_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise DomainError(f"{path} is a folder. Name the file to import.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise DomainError(f"{path} cannot be read: {error.strerror}.") from error


def read_choices(sheets: tuple[str, ...], mapping: Path | None, answers: Path | None) -> Choices:
    try:
        return load_choices(
            sheets=sheets,
            mapping=file_bytes(mapping) if mapping else None,
            answers=file_bytes(answers) if answers else None,
        )
    except Refusal as refusal:
        raise DomainError(str(refusal)) from refusal


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error when that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // max(total, 1) - bar.pos)


def plan_text(plan: Plan) -> str:
    lines = [f"{plan.file}: {plan.summary}"]
    for sheet in plan.sheets:
        row = f", header in row {sheet.header_row}" if sheet.header_row else ""
        used = sheet.layout.value if sheet.used else "left out"
        lines.append(f"  {sheet.name}: {used}{row}. {sheet.why}")
    lines += [f"{kind}: {counted}" for kind, counted in tallies(plan)]
    for question in plan.open_questions:
        lines.append(f"Open question ({question.sheet}, {question.code}): {question.text}")
        if question.proposed is not None:
            lines.append(f"  Proposed answer: {json.dumps(question.proposed, ensure_ascii=False)}")
    for problem in plan.problems[:MOST_SHOWN]:
        place = f"{problem.sheet}!{problem.cell}" if problem.cell else problem.sheet
        lines.append(f"{problem.severity.value.capitalize()} at {place}: {problem.text} {problem.remedy}")
    if len(plan.problems) > MOST_SHOWN:
        lines.append(f"... and {plural(len(plan.problems) - MOST_SHOWN, 'more problem', 'more problems')} (see --json)")
    return printable("\n".join(lines))


def tallies(plan: Plan) -> Iterator[tuple[str, str]]:
    """People: 5 create. Ratings: 30 create, 2 unchanged."""
    kinds = {
        "People": [p.action for p in plan.people],
        "Skills": [s.action for s in plan.skills],
        "Ratings": [r.action for r in plan.ratings],
        "Learning goals": [g.action for g in plan.goals],
        "Projects": [p.action for p in plan.projects],
        "Past projects": [h.action for h in plan.history],
        "Allocations": [a.action for a in plan.allocations],
    }
    for kind, actions in kinds.items():
        counted = [f"{actions.count(action):,} {action.value}" for action in Action if action in actions]
        if counted:
            yield kind, ", ".join(counted)


def outcome(plan: Plan, batch_id: int | None) -> str:
    if batch_id is None:
        return "Nothing to change: nothing was written."
    waiting = plural(len(plan.open_questions), "question is", "questions are")
    rest = f" {waiting} open; give the answers with --answers." if plan.open_questions else ""
    return f"Applied as import {batch_id}: {plural(plan.changes, 'change', 'changes')}.{rest}"


def printable(text: str) -> str:
    """Without the control characters by which a name in a sheet could steer the terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)
