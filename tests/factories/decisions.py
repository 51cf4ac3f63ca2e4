"""A run whose teams can be chosen, and somebody who may choose."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.audit import Actor
from models import Account, AccountRole, Allocation, Practitioner, Project, Proposal, StaffingRun
from tests.factories.people import person
from tests.factories.staffing import TODAY, project_to_staff, role, staff

AT = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)


def chooser(session: Session, email: str = "chooser@example.org") -> Actor:
    account = Account(email=email, name="Cora Chooser", role=AccountRole.MANAGER)
    session.add(account)
    session.flush()
    return Actor.of(account.id)


def staffable(session: Session, name: str = "Claims triage") -> Project:
    """Two roles; Anna and Ben fit both, Cleo is an engineer."""
    project = project_to_staff(session, name)
    role(session, project, "Engineer", {"Python": 3}, position=0)
    role(session, project, "Analyst", {"SQL": 3}, position=1)
    for who, skills in (("Anna", {"Python": 5, "SQL": 5}), ("Ben", {"Python": 4, "SQL": 4}), ("Cleo", {"Python": 3})):
        person(session, who, skills=skills)
    return project


def best(run: StaffingRun) -> Proposal:
    return run.proposals[0]


def proposed(session: Session, project: Project) -> Proposal:
    """The best team of a new run."""
    return best(staff(session, project.id))


def allocations(session: Session) -> list[Allocation]:
    return list(session.scalars(select(Allocation).order_by(Allocation.id)))


def named(session: Session, name: str) -> Practitioner:
    return session.scalars(select(Practitioner).where(Practitioner.name == name)).one()
