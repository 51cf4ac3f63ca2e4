"""Sheets as bytes, and bringing one in as an administrator would, without the child process."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.queries.imports.directory import catalogue
from app.services.audit import Actor
from app.services.imports import batches
from importers import Choices, GivenAnswer, Reading, read
from models import (
    Allocation,
    Engagement,
    ImportBatch,
    ImportedValue,
    LearningGoal,
    Practitioner,
    Project,
    Rating,
    RatingChange,
    RatingSource,
    Skill,
)

IMPORTER = Actor("vera@example.org")
HEADER = ("Name", "Email", "Title", "Python", "SQL")
ANNA = ("Anna Berg", "anna@example.org", "Engineer", 4, 5)
TOM = ("Tom Rahman", "tom@example.org", "Analyst", 2, "")
COUNTED = (Practitioner, Rating, RatingChange, Skill, Project, Engagement, Allocation, LearningGoal, ImportedValue)
ALLOCATIONS = ("Person", "Project", "Role", "Share", "From", "To", "Status")
Stage = Callable[[bytes], str]
"""From a file to the address of its import, staged without a browser and a child process."""


def sheet(*rows: Sequence[object], header: Sequence[str] = HEADER) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def reading_of(session: Session, content: bytes, choices: Choices | None = None) -> Reading:
    return read(content, "skills.csv", catalogue=catalogue(session), choices=choices)


def staged(session: Session, content: bytes, *answers: GivenAnswer) -> ImportBatch:
    choices = Choices(answers=answers)
    reading = reading_of(session, content, choices)
    return batches.stage(session, IMPORTER, content=content, filename="skills.csv", choices=choices, reading=reading)


def applied(session: Session, content: bytes, *answers: GivenAnswer) -> batches.Applied:
    batch = staged(session, content, *answers)
    return apply_staged(session, batch)


def apply_staged(session: Session, batch: ImportBatch) -> batches.Applied:
    choices = Choices(answers=tuple(GivenAnswer(**given) for given in batch.choices["answers"]))
    reading = reading_of(session, batch.content, choices)
    return batches.apply(session, IMPORTER, batch, expected_digest=batch.plan_digest, reading=reading)


def sizes(session: Session) -> dict[str, int]:
    """Rows by table."""
    return {kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) or 0 for kind in COUNTED}


def levels(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(Practitioner.name, Skill.name, Rating.level)
        .join(Rating, Rating.practitioner_id == Practitioner.id)
        .join(Skill, Skill.id == Rating.skill_id)
    )
    return {(who, what): level for who, what, level in rows}


def one(session: Session, name: str) -> Practitioner:
    return session.scalars(select(Practitioner).where(Practitioner.name == name)).one()


def edit_rating(session: Session, name: str, skill: str, level: int) -> None:
    """As a profile page does: the row, and a step of its history without an import."""
    row = session.scalars(
        select(Rating)
        .join(Skill, Skill.id == Rating.skill_id)
        .where(Rating.practitioner_id == one(session, name).id, Skill.name == skill)
    ).one()
    row.level, row.source = level, RatingSource.MANAGER
    session.add(
        RatingChange(
            practitioner_id=row.practitioner_id, skill_id=row.skill_id, level=level, source=RatingSource.MANAGER
        )
    )
    session.flush()


def stored(engine: Engine, path: str) -> Any:
    """The choices and counts of the import."""
    with Session(engine) as session:
        batch = session.get_one(ImportBatch, int(path.rpartition("/")[2]))
        return batch.choices, batch.counts
