"""What was chosen for earlier files, by the shape of the file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers import Choices
from importers.wire import from_wire
from models import ImportMapping


def remembered_choices(session: Session) -> dict[str, Choices]:
    rows = session.execute(select(ImportMapping.shape, ImportMapping.choices).order_by(ImportMapping.id))
    return {shape: from_wire(Choices, choices) for shape, choices in rows}
