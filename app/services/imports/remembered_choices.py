"""Choices about a file, kept for the next file of its shape."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers import Choices
from importers.wire import to_wire
from models import ImportMapping


def remember(session: Session, shape: str, choices: Choices) -> None:
    """In place of what was remembered for the shape; also when nothing was chosen, since a choice may be taken back."""
    kept = session.scalar(select(ImportMapping).where(ImportMapping.shape == shape))
    if kept is None:
        session.add(ImportMapping(shape=shape, choices=to_wire(choices)))
    else:
        kept.choices = to_wire(choices)
    session.flush()
