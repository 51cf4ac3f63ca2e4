"""What happened to one person or one project: the entries about it and about what belongs to it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.audit.fields import OWNED, PEOPLE
from app.queries.audit.trail import AuditFilters, Trail, page_of_trail
from app.queries.sight.visibility import Viewer, listed_for, look_at
from models import (
    Allocation,
    AuditEntry,
    ImportBatch,
    ImportedValue,
    PersonalField,
    Practitioner,
    Project,
    RatingChange,
    Role,
)


class ImportOfPerson(NamedTuple):
    batch_id: int
    applied_at: datetime
    undone_at: datetime | None


def history_of_person(session: Session, viewer: Viewer, person_id: int, filters: AuditFilters) -> tuple[str, Trail]:
    """The name and a page of the history; for those to whom the matrix opens it."""
    name = session.scalar(select(Practitioner.name).where(Practitioner.id == person_id, listed_for(viewer)))
    if name is None:
        raise NotFound("There is no such person in the directory.")
    return name, page_of_trail(session, viewer, filters, about=about_person(person_id))


def about_person(person_id: int) -> ColumnElement[bool]:
    """Entries about somebody, and about what is theirs."""
    of_person = [_about(subject, _rows(table, person_id)) for subject, (table, _) in OWNED.items()]
    of_person.append(and_(AuditEntry.subject.in_(PEOPLE), AuditEntry.subject_id == person_id))
    return or_(*of_person, _about("allocation", _rows(Allocation, person_id)))


def imports_of_person(session: Session, viewer: Viewer, person_id: int) -> list[ImportOfPerson]:
    """The imports that wrote into the profile, and into the ratings if the viewer may see these; newest first. They
    stand in the trail as one entry each, about a file and not about the people in it."""
    sight = look_at(session, viewer, person_id)
    wrote: ColumnElement[bool] = ImportBatch.id.in_(
        select(ImportedValue.batch_id).where(
            ImportedValue.table_name == Practitioner.__tablename__, ImportedValue.row_id == person_id
        )
    )
    if sight is not None and PersonalField.RATINGS in sight.fields:
        wrote |= ImportBatch.id.in_(
            select(RatingChange.import_batch_id).where(
                RatingChange.practitioner_id == person_id, RatingChange.import_batch_id.is_not(None)
            )
        )
    found = (
        select(ImportBatch.id, ImportBatch.applied_at, ImportBatch.undone_at)
        .where(wrote, ImportBatch.applied_at.is_not(None))
        .order_by(ImportBatch.applied_at.desc(), ImportBatch.id.desc())
    )
    return [ImportOfPerson(*row) for row in session.execute(found)]  # type: ignore[arg-type]  # applied, so has its day


def history_of_project(session: Session, viewer: Viewer, project_id: int, filters: AuditFilters) -> tuple[str, Trail]:
    """The same of a project with its roles, those removed too, and its bookings."""
    name = session.scalar(select(Project.name).where(Project.id == project_id))
    if name is None:
        raise NotFound("There is no such project.")
    removed = select(AuditEntry.subject_id).where(
        AuditEntry.action == "role.delete", AuditEntry.before["project_id"].as_integer() == project_id
    )
    about = or_(
        and_(AuditEntry.subject == "project", AuditEntry.subject_id == project_id),
        _about("role", select(Role.id).where(Role.project_id == project_id)),
        _about("role", removed),
        _about("allocation", select(Allocation.id).where(Allocation.project_id == project_id)),
    )
    return name, page_of_trail(session, viewer, filters, about=about)


def _about(subject: str, ids: Any) -> ColumnElement[bool]:
    return and_(AuditEntry.subject == subject, AuditEntry.subject_id.in_(ids))


def _rows(table: Any, person_id: int) -> Any:
    return select(table.id).where(table.practitioner_id == person_id)
