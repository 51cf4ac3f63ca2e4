"""The work of imports that runs in the background: reading, applying, undoing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.queries.imports.batches import staged_batch, undecided_batch
from app.queries.imports.directory import catalogue
from app.queries.imports.remembered_choices import remembered_choices
from app.queries.imports.undoing import applied_batch
from app.services.audit import Actor
from app.services.imports import batches, undoing
from app.services.jobs import Claim, Progress, ask
from importers import Choices
from importers.wire import from_wire, to_wire
from models import BatchState, Job

SUBJECT = "import_batch"
READ, APPLY, UNDO = "import.read", "import.apply", "import.undo"


@dataclass(frozen=True, slots=True)
class Kind:
    """`work` writes in the session's last transaction and does not commit; what it returns is kept with the job.
    `give_up` writes what is left when it failed or was stopped."""

    work: Callable[[Session, Claim, Progress], Mapping[str, Any] | None]
    give_up: Callable[[Session, Claim], None] = lambda _session, _claim: None


def ask_read(session: Session, actor: Actor, batch_id: int, choices: Choices = batches.NO_CHOICES) -> Job:
    """Read the batch's file with these choices and lay it against the directory."""
    undecided_batch(session, batch_id)
    return ask(session, actor, READ, SUBJECT, batch_id, {"choices": to_wire(choices)})


def ask_apply(session: Session, actor: Actor, batch_id: int, expected_digest: str) -> Job:
    """Apply the batch as a person saw it."""
    staged_batch(session, batch_id)
    return ask(session, actor, APPLY, SUBJECT, batch_id, {"digest": expected_digest})


def ask_undo(session: Session, actor: Actor, batch_id: int) -> Job:
    """Take the applied batch back."""
    applied_batch(session, batch_id)
    return ask(session, actor, UNDO, SUBJECT, batch_id)


def read(session: Session, claim: Claim, progress: Progress) -> None:
    progress(0, 0, "Reading the file")
    batch, choices = undecided_batch(session, claim.subject_id), from_wire(Choices, claim.request["choices"])
    content, filename, known = batch.content, batch.filename, catalogue(session)
    # What was remembered is among the batch's choices from its first reading on, and may be taken back there.
    remembered = remembered_choices(session) if batch.state is BatchState.READING else {}
    session.rollback()  # Reading may take a minute, and others write meanwhile.
    reading = batches.read_file(known, content, filename, choices, progress.stopped, remembered=remembered)
    progress(0, 0, "Comparing with the directory")

    def written(done: int, total: int) -> None:
        progress(done, total, "Writing the preview")

    batches.keep(session, claim.actor, claim.subject_id, reading, written)


def stop_reading(session: Session, claim: Claim) -> None:
    batches.refuse(session, claim.actor, claim.subject_id)


def apply(session: Session, claim: Claim, progress: Progress) -> None:
    progress(0, 0, "Reading the file")
    batch = staged_batch(session, claim.subject_id)
    content, filename, known = batch.content, batch.filename, catalogue(session)
    choices = from_wire(Choices, batch.choices)
    session.rollback()
    reading = batches.read_file(known, content, filename, choices, progress.stopped)
    progress(0, 0, "Comparing with the directory")
    batch = staged_batch(session, claim.subject_id)

    def written(done: int, total: int) -> None:
        progress(done, total, "Writing")

    batches.apply(
        session, claim.actor, batch, expected_digest=claim.request["digest"], reading=reading, progress=written
    )


def undo(session: Session, claim: Claim, progress: Progress) -> Mapping[str, Any]:
    progress(0, 0, "Looking at what has changed since")

    def written(done: int, total: int) -> None:
        progress(done, total, "Undoing")

    return undoing.undo(session, claim.actor, claim.subject_id, progress=written).counts()


KINDS = {READ: Kind(read, stop_reading), APPLY: Kind(apply), UNDO: Kind(undo)}
