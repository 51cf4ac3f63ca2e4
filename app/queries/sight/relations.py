"""What the thing in an address is to whoever asks for it, by the name of its id in the address."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Action, Relation, Thing, allows
from app.errors import Forbidden, NotFound
from app.queries.sight.visibility import Viewer, relation_to_person, relation_to_project
from models import Account, Allocation, ApiToken, Decision, Job, SignInSession, StaffingRun

Locate = Callable[[Session, Viewer, int], Relation | None]
"""None for a thing that is not there, and for one whose being there is nobody's business."""


def relation_to_run(session: Session, viewer: Viewer, run_id: int) -> Relation | None:
    """A run is what its project is."""
    project_id = session.scalar(select(StaffingRun.project_id).where(StaffingRun.id == run_id))
    return None if project_id is None else relation_to_project(session, viewer, project_id)


def relation_to_decision(session: Session, viewer: Viewer, decision_id: int) -> Relation | None:
    run_id = session.scalar(select(Decision.run_id).where(Decision.id == decision_id))
    return None if run_id is None else relation_to_run(session, viewer, run_id)


def relation_to_allocation(session: Session, viewer: Viewer, allocation_id: int) -> Relation | None:
    """One's own, or what its project is."""
    found = session.execute(
        select(Allocation.practitioner_id, Allocation.project_id).where(Allocation.id == allocation_id)
    ).one_or_none()
    if found is None:
        return None
    if found.practitioner_id == viewer.practitioner_id:
        return Relation.OWN
    return relation_to_project(session, viewer, found.project_id)


def relation_to_job(session: Session, viewer: Viewer, job_id: int) -> Relation | None:
    asked_by = session.execute(select(Job.asked_by_id).where(Job.id == job_id)).one_or_none()
    return None if asked_by is None else _own(viewer, asked_by[0])


def relation_to_account(session: Session, viewer: Viewer, account_id: int) -> Relation | None:
    found = session.scalar(select(Account.id).where(Account.id == account_id))
    return None if found is None else _own(viewer, found)


def relation_to_session(session: Session, viewer: Viewer, session_id: int) -> Relation | None:
    account_id = session.scalar(select(SignInSession.account_id).where(SignInSession.id == session_id))
    return None if account_id is None else _own(viewer, account_id)


def relation_to_token(session: Session, viewer: Viewer, token_id: int) -> Relation | None:
    account_id = session.scalar(select(ApiToken.account_id).where(ApiToken.id == token_id))
    return None if account_id is None else _own(viewer, account_id)


def _own(viewer: Viewer, account_id: int | None) -> Relation:
    return Relation.OWN if account_id is not None and account_id == viewer.account_id else Relation.OTHER


def require_project(session: Session, viewer: Viewer, project_id: int, thing: Thing, action: Action) -> None:
    """For a project that a form or a program names, not the address. Raises NotFound and Forbidden."""
    relation = relation_to_project(session, viewer, project_id)
    if relation is None:
        raise NotFound("There is no such project.")
    if not allows(viewer.role, thing, action, relation):
        raise Forbidden("This is for the managers of the project.")


LOCATORS: Mapping[str, Locate] = {
    "person_id": relation_to_person,
    "project_id": relation_to_project,
    "run_id": relation_to_run,
    "decision_id": relation_to_decision,
    "allocation_id": relation_to_allocation,
    "job_id": relation_to_job,
    "account_id": relation_to_account,
    "session_id": relation_to_session,
    "token_id": relation_to_token,
}
