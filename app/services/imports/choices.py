"""Decisions about an import that are kept before its file is read again: a page of questions or of skills at a time."""

from sqlalchemy.orm import Session

from app.queries.imports.batches import PENDING, staged_batch
from importers import Choices
from importers.wire import from_wire, to_wire
from models import ImportBatch


def keep_choices(session: Session, batch_id: int, choices: Choices) -> ImportBatch:
    """The preview stays as it is, and says that it is older, until the file is read again."""
    batch = staged_batch(session, batch_id, lock=True)
    if choices != from_wire(Choices, batch.choices):
        batch.choices = to_wire(choices)
        batch.counts = {**batch.counts, PENDING: True}
        session.flush()
    return batch
