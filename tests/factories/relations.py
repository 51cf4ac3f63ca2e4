"""One thing of each kind for every relation in which somebody can stand to it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.access import Relation
from models import (
    Account,
    AccountRole,
    Allocation,
    AllocationState,
    ApiToken,
    Decision,
    DecisionKind,
    Job,
    JobState,
    ManagedUnit,
    Reach,
    Scope,
    SignInSession,
)
from tests.factories.people import person
from tests.factories.staffing import project_to_staff, role, staff


@dataclass
class World:
    """`ids`: name of an id in an address -> relation -> the id of a thing that stands so to `account_id`."""

    account_id: int
    ids: dict[str, dict[Relation, int]] = field(default_factory=dict)


def world(session: Session, role_of: AccountRole, reach: Reach = Reach.ASSIGNED) -> World:
    """Somebody of the role who is a practitioner too, unless they are a viewer; with people and projects inside and
    outside of what a manager of one unit, or of everything, manages."""
    people = {
        Relation.OWN: person(session, "Own Record", unit="Own unit", skills={"Python": 3}),
        Relation.MANAGED: person(session, "Inside Reach", unit="Data", skills={"Python": 4}),
        Relation.OTHER: person(session, "Outside Reach", unit="Far away", skills={"Python": 4}),
    }
    if role_of is AccountRole.VIEWER:
        del people[Relation.OWN]
    account, stranger = (
        Account(email=f"{name}@example.org", name=f"Test {name}", role=role_of, reach=reach)
        for name in ("asking", "stranger")
    )
    session.add_all([account, stranger])
    session.flush()
    if Relation.OWN in people:
        account.practitioner_id = people[Relation.OWN].id
    unit = people[Relation.MANAGED].home_unit_id
    assert unit is not None
    session.add(ManagedUnit(account_id=account.id, unit_id=unit))
    projects = {}
    for relation, leads in ((Relation.MANAGED, account), (Relation.OTHER, stranger)):
        projects[relation] = project_to_staff(session, f"Led by {leads.name}", manager_id=leads.id)
        role(session, projects[relation], "Engineer", {"Python": 3})
    runs = {relation: staff(session, project.id).id for relation, project in projects.items()}
    jobs = {
        relation: Job(kind="import.read", subject="import_batch", subject_id=number, request={}, state=JobState.DONE,
                      asked_by_id=asking.id, actor="a test")
        for number, (relation, asking) in enumerate(((Relation.OWN, account), (Relation.OTHER, stranger)), start=1)
    }  # fmt: skip
    session.add_all(jobs.values())
    sessions = {
        relation: SignInSession(token_hash=relation.value, account_id=owner.id)
        for relation, owner in ((Relation.OWN, account), (Relation.OTHER, stranger))
    }
    tokens = {
        relation: ApiToken(account_id=owner.id, name="Report", token_hash=f"of {relation}", prefix="muster_x",
                           scopes=[Scope.READ_DIRECTORY.value], expires_at=datetime(2099, 1, 1, tzinfo=UTC))
        for relation, owner in ((Relation.OWN, account), (Relation.OTHER, stranger))
    }  # fmt: skip
    session.add_all([*sessions.values(), *tokens.values()])
    session.flush()
    decisions = {
        relation: Decision(run_id=run, kind=DecisionKind.SET_ASIDE, reason="Not now") for relation, run in runs.items()
    }
    session.add_all(decisions.values())
    allocations = {
        relation: Allocation(practitioner_id=people[Relation.OTHER].id, project_id=project.id, share=Decimal(1),
                             starts_on=project.starts_on, ends_on=project.ends_on, state=AllocationState.PROPOSED)
        for relation, project in projects.items()
    }  # fmt: skip
    session.add_all(allocations.values())
    session.flush()
    return World(
        account.id,
        {
            "person_id": {relation: one.id for relation, one in people.items()},
            "project_id": {relation: one.id for relation, one in projects.items()},
            "run_id": runs,
            "decision_id": {relation: one.id for relation, one in decisions.items()},
            "allocation_id": {relation: one.id for relation, one in allocations.items()},
            "job_id": {relation: one.id for relation, one in jobs.items()},
            "token_id": {relation: one.id for relation, one in tokens.items()},
            "session_id": {relation: one.id for relation, one in sessions.items()},
            "account_id": {Relation.OWN: account.id, Relation.OTHER: stranger.id},
        },
    )
