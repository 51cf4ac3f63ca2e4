"""Handing a project over: whoever leads it manages it, and the people confirmed on it."""

from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.queries.leading import leading
from app.services.audit import Actor, record
from app.services.flushing import flush
from app.services.staffing.projects import lock_project


def hand_over(session: Session, actor: Actor, project_id: int, leader_id: int | None, version: int) -> None:
    """Into the hands of an active manager or administrator, or into nobody's: then whoever manages everything does.

    Raises Conflict when the project changed since `version`, DomainError for somebody who cannot lead."""
    project = lock_project(session, project_id)
    if project.version != version:
        raise Conflict(
            "Somebody else changed this project in the meantime. Look at who leads it now, and choose again."
        )
    if leader_id not in {None, *(leader.id for leader in leading(session, project_id).leaders)}:
        raise DomainError("Choose an active manager or administrator.", "leader")
    if leader_id == project.manager_id:
        return
    before = {"manager": project.manager_id}
    project.manager_id = leader_id
    flush(session)
    record(session, actor, "project.hand_over", "project", project_id, before=before, after={"manager": leader_id})
