"""`muster personal-data`, `muster erase` and `muster retention`: what people may ask of those who keep their data."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.database import ready_engine
from app.cli.exports import check_target, replace_file
from app.config import read_settings
from app.db import reading_session, writing_session
from app.errors import DomainError
from app.free_space import wipe_file, wipe_free_space
from app.jobs import queue_file
from app.queries.privacy.erasure import ErasurePreview, find_anybody, preview_erasure
from app.queries.privacy.retention import USUAL, count_expired
from app.rendering import plural
from app.services.audit import COMMAND_LINE
from app.services.privacy.erasing import Erased, erase
from app.services.privacy.personal_data import export_of_person
from app.services.privacy.retention import run as run_retention
from models import RetentionKind

LEFT_BEHIND = (
    "Somebody was using the database, so old bytes may still stand in its free space. "
    "The next retention run wipes them."
)


@click.command("personal-data")
@click.argument("person")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def personal_data(person: str, file: Path, force: bool) -> None:
    """Write all that is stored about PERSON (number, e-mail address, employee number or name) to FILE, a .zip."""
    if file.suffix.lower() != ".zip":
        raise DomainError("The file's name must end in .zip.")
    check_target(file)
    if file.exists() and not force:
        raise DomainError(f"{file} exists already. Name another file, or add --force to replace it.")
    with ready_engine() as engine, writing_session(engine) as session:
        practitioner_id = find_anybody(session, person)
        content = export_of_person(session, COMMAND_LINE, practitioner_id, datetime.now(UTC))
        replace_file(file, content)
        session.commit()
    click.echo(f"Wrote the personal data of person {practitioner_id} to {file}.")


@click.command("erase")
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Print muster-erasure/1.")
def erase_person(person: str, yes: bool, as_json: bool) -> int:
    """Erase PERSON (number, e-mail address, employee number or name) for good. The history of projects stays, under a
    number instead of a name. Backups made before still hold the person."""
    now = datetime.now(UTC)
    with ready_engine() as engine:
        with reading_session(engine) as session:
            practitioner_id = find_anybody(session, person)
            preview = preview_erasure(session, practitioner_id, now.date())
        if not yes:
            click.echo(preview_text(preview), err=True)
            if not click.confirm(f"Erase {preview.name} for good?", err=True):
                return 1
        with writing_session(engine) as session:
            erased = erase(session, COMMAND_LINE, practitioner_id, now)
            session.commit()
        queue_wiped = wipe_file(queue_file(read_settings()))
        wiped = wipe_free_space(engine) and queue_wiped
    if as_json:
        click.echo(json.dumps(erasure_document(erased, wiped=wiped)))
    else:
        click.echo(erased_text(erased, wiped=wiped))
    return 0


def preview_text(preview: ErasurePreview) -> str:
    goes = [f"  {count:,} {what}" for what, count in preview.goes.items() if count]
    stays = [f"  {count:,} {what}" for what, count in preview.stays.items() if count]
    lines = [f"This goes, with the profile of {preview.name}:", *(goes or ["  nothing else"])]
    if stays:
        lines += ["This stays, under a number instead of a name:", *stays]
    if preview.shared:
        lines.append(f"Mentions of the name in texts stay, because {preview.shared}.")
    return "\n".join(lines)


def erased_text(erased: Erased, *, wiped: bool) -> str:
    counts = erased.counts
    lines = [
        f"Erased. The row stays as {erased.pseudonym!r}.",
        f"  {plural(counts['bookings_released'], 'booking was', 'bookings were')} released.",
        f"  {plural(counts['import_files'], 'uploaded file was', 'uploaded files were')} removed; upload them no more.",
        f"  {plural(counts['texts'], 'text was', 'texts were')} changed.",
        f"  {plural(counts['audit_entries'], 'audit entry was', 'audit entries were')} redacted.",
    ]
    lines += [f"  Left, because {erased.why}: {count:,} in {where}" for where, count in erased.left.items()]
    if not wiped:
        lines.append(LEFT_BEHIND)
    lines.append("Backups made before this still hold the person: see docs/privacy.md.")
    return "\n".join(lines)


def erasure_document(erased: Erased, *, wiped: bool) -> dict[str, object]:
    return {
        "format": "muster-erasure/1",
        "person": erased.id,
        "pseudonym": erased.pseudonym,
        "counts": erased.counts,
        "left": erased.left,
        "why_left": erased.why,
        "free_space_wiped": wiped,
    }


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@click.option("--json", "as_json", is_flag=True, help="Print muster-retention/1.")
def retention(dry_run: bool, as_json: bool) -> None:
    """Remove what was kept for long enough: ended sign-ins, old links, undecided imports, files of old imports,
    finished work, old proposals without a decision. The worker does it once a day."""
    now = datetime.now(UTC)
    with ready_engine() as engine:
        with writing_session(engine) as session:
            if dry_run:
                counts = count_expired(session, now)
            else:
                counts = run_retention(session, COMMAND_LINE, now)
                session.commit()
        if not dry_run:
            wipe_free_space(engine)
            wipe_file(queue_file(read_settings()))
    if as_json:
        click.echo(json.dumps({"format": "muster-retention/1", "dry_run": dry_run, "removed": counts}))
        return
    told = [
        f"  {count:,} {USUAL[RetentionKind(kind)].label[:1].lower()}{USUAL[RetentionKind(kind)].label[1:]}"
        for kind, count in counts.items()
        if count
    ]
    click.echo("\n".join([("Would go:" if dry_run else "Removed:"), *(told or ["  nothing"])]))
