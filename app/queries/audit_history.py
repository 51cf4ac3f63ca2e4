"""What happened to one person or one project: the entries about it and about what belongs to it."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.audit import AuditFilters, Trail, page_of_trail
from app.queries.audit_fields import OWNED, PEOPLE
from app.queries.visibility import Viewer, listed_for
from models import Allocation, AuditEntry, Practitioner, Project, Role


def history_of_person(session: Session, viewer: Viewer, person_id: int, filters: AuditFilters) -> tuple[str, Trail]:
    """The name and a page of the history; for those to whom the matrix opens it."""
    name = session.scalar(select(Practitioner.name).where(Practitioner.id == person_id, listed_for(viewer)))
    if name is None:
        raise NotFound("There is no such person in the directory.")
    of_person = [
        and_(AuditEntry.subject == subject, AuditEntry.subject_id.in_(_rows(table, person_id)))
        for subject, (table, _) in OWNED.items()
    ]
    of_person.append(and_(AuditEntry.subject.in_(PEOPLE), AuditEntry.subject_id == person_id))
    of_person.append(_about("allocation", _rows(Allocation, person_id)))
    return name, page_of_trail(session, viewer, filters, about=or_(*of_person))


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
