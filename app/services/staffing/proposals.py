"""Staffing runs: ask the engine for teams, and keep what it was asked and what it answered.

Three steps, so that nobody waits for the engine: a transaction that reads, the search without any, a transaction that
writes.
"""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.access import Action, Thing
from app.db import reading_session
from app.errors import Conflict, NotFound
from app.queries.sight.relations import require_project
from app.queries.sight.visibility import Viewer, hidden_fields
from app.queries.sight.withheld import unseen_json
from app.queries.staffing.choices import Choices
from app.queries.staffing.columns import practitioner_id
from app.queries.staffing.problem import LoadedProblem, load_problem
from app.queries.staffing.proposals import named_in_run
from app.services.audit import Actor, record
from models import Practitioner, Project, Proposal, ProposedSeat, Role, StaffingRun
from staffing import ENGINE_VERSION, Result, Team, propose
from staffing.facts import team_facts
from staffing.packing import pack_problem
from staffing.proposal import Assignment
from staffing.stopping import Progress


@dataclass(frozen=True, eq=False)
class Answer:
    """What the engine was asked, from what people show to `viewer`, and what it answered."""

    viewer: Viewer
    asked: LoadedProblem
    result: Result


def work_out(
    engine: Engine, viewer: Viewer, project_id: int, choices: Choices, today: date, progress: Progress | None = None
) -> Answer:
    """Teams for the project as it stands on `today`, from what people show to `viewer`. Reads in a transaction of its
    own, which is over before the engine begins. Raises DomainError for a project that cannot be staffed yet."""
    with reading_session(engine) as session:
        require_project(session, viewer, project_id, Thing.PROPOSAL, Action.CREATE)
        asked = load_problem(session, viewer, project_id, choices, today)
    return Answer(viewer, asked, propose(asked.problem, progress=progress))


def store_run(session: Session, actor: Actor, answer: Answer) -> StaffingRun:
    """Store the answer with what it was worked out from; an infeasible one too: its reasons are the answer.

    A project that was changed since is no obstacle, a run says how things stood. Raises NotFound when the project was
    deleted since, and Conflict when a role or somebody proposed was.
    """
    asked, result = answer.asked, answer.result
    _refuse_what_was_deleted(session, answer)
    run = StaffingRun(
        project_id=asked.project_id,
        requested_by_id=actor.account_id,
        engine_version=ENGINE_VERSION,
        status=result.status.value,
        choices=asked.choices.to_json()
        | {"today": asked.today.isoformat(), "first": asked.first.isoformat(), "roles": dict(asked.role_ids)},
        inputs_digest=asked.problem.digest(),
        inputs=pack_problem(asked.problem),
        result=result.to_json(),
        proposals=[_proposal(asked, position, team) for position, team in enumerate(result.teams)],
    )
    run.choices |= unseen_json(hidden_fields(session, answer.viewer, named_in_run(run)))
    session.add(run)
    session.flush()
    after = {"run": run.id, "status": run.status, "inputs": run.inputs_digest, "choices": run.choices}
    record(session, actor, "staffing.propose", "project", asked.project_id, after=after)
    return run


def _refuse_what_was_deleted(session: Session, answer: Answer) -> None:
    """Also keeps what the run refers to from being deleted before it is stored."""
    asked = answer.asked
    roles = set(asked.role_ids.values())
    seated = {practitioner_id(person) for team in answer.result.teams for person in team.people if person}
    if _there(session, Project, {asked.project_id}) != {asked.project_id}:
        raise NotFound(f"{asked.project} was deleted while its teams were being worked out.")
    if _there(session, Role, roles) != roles:
        raise Conflict(f"A role of {asked.project} was deleted while its teams were being worked out. Propose again.")
    if _there(session, Practitioner, seated) != seated:
        raise Conflict(f"Somebody proposed for {asked.project} was deleted in the meantime. Propose again.")


def _there(session: Session, kind: type[Project | Role | Practitioner], numbers: set[int]) -> set[int]:
    wanted = select(kind.id).where(kind.id.in_(numbers)).with_for_update(read=True, key_share=True)
    return set(session.scalars(wanted))


def _proposal(asked: LoadedProblem, position: int, team: Team) -> Proposal:
    return Proposal(
        position=position,
        units=team.units,
        bound=team.bound,
        proven=team.proven,
        measures={measure.value: value for measure, value in team.measures.items()},
        facts=team_facts(asked.problem, team).to_json(),
        seats=[_seat(asked, assignment) for assignment in team.assignments],
    )


def _seat(asked: LoadedProblem, assignment: Assignment) -> ProposedSeat:
    """The engine counts a skill that is not stated as level 0; here the two are told apart again."""
    person, mentor = assignment.person, assignment.mentor
    number = practitioner_id(person) if person else None
    return ProposedSeat(
        role_id=asked.role_ids[assignment.role],
        seat=assignment.seat,
        practitioner_id=number,
        mentor_id=practitioner_id(mentor) if mentor else None,
        points={
            "measures": {measure.value: value for measure, value in assignment.measures.items()},
            "points": {measure.value: value for measure, value in assignment.points.items()},
            "needs": [
                asdict(need) | {"stated": need.level > 0 or number in asked.rated_nothing.get(need.skill, ())}
                for need in assignment.needs
            ],
            "stretch": assignment.stretch,
        },
    )
