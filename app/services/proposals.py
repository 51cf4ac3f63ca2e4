"""Staffing runs: ask the engine for teams, and keep what it was asked and what it answered."""

import json
import zlib
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.queries.choices import Choices
from app.queries.staffing import LoadedProblem, load_problem
from app.queries.staffing_columns import RatedNothing, practitioner_id, rated_nothing
from app.services.audit import Actor, record
from models import Proposal, ProposedSeat, StaffingRun
from staffing import ENGINE_VERSION, Team, propose
from staffing.facts import team_facts
from staffing.proposal import Assignment


def run_staffing(session: Session, actor: Actor, project_id: int, choices: Choices, today: date) -> StaffingRun:
    """Propose teams for the project as it stands on `today` and store the run; an infeasible one too: its reasons are
    the answer. Raises DomainError for a project that cannot be staffed yet."""
    loaded = load_problem(session, project_id, choices, today)
    result = propose(loaded.problem)
    seated = {practitioner_id(person) for team in result.teams for person in team.people if person}
    nothing = rated_nothing(session, seated)
    run = StaffingRun(
        project_id=project_id,
        requested_by_id=actor.account_id,
        engine_version=ENGINE_VERSION,
        status=result.status.value,
        choices=choices.to_json() | {"today": today.isoformat()},
        inputs_digest=loaded.problem.digest(),
        inputs=pack(loaded.problem.to_json()),
        result=result.to_json(),
        proposals=[_proposal(loaded, nothing, position, team) for position, team in enumerate(result.teams)],
    )
    session.add(run)
    session.flush()
    after = {"run": run.id, "status": run.status, "inputs": run.inputs_digest, "choices": run.choices}
    record(session, actor, "staffing.propose", "project", project_id, after=after)
    return run


def _proposal(loaded: LoadedProblem, nothing: RatedNothing, position: int, team: Team) -> Proposal:
    return Proposal(
        position=position,
        units=team.units,
        bound=team.bound,
        proven=team.proven,
        measures={measure.value: value for measure, value in team.measures.items()},
        facts=team_facts(loaded.problem, team).to_json(),
        seats=[_seat(loaded, nothing, assignment) for assignment in team.assignments],
    )


def _seat(loaded: LoadedProblem, nothing: RatedNothing, assignment: Assignment) -> ProposedSeat:
    """The engine counts a skill that is not stated as level 0; here the two are told apart again."""
    person, mentor = assignment.person, assignment.mentor
    return ProposedSeat(
        role_id=loaded.role_ids[assignment.role],
        seat=assignment.seat,
        practitioner_id=practitioner_id(person) if person else None,
        mentor_id=practitioner_id(mentor) if mentor else None,
        points={
            "measures": {measure.value: value for measure, value in assignment.measures.items()},
            "points": {measure.value: value for measure, value in assignment.points.items()},
            "needs": [
                asdict(need) | {"stated": need.level > 0 or (person, need.skill) in nothing}
                for need in assignment.needs
            ],
            "stretch": assignment.stretch,
        },
    )


def pack(document: dict[str, Any]) -> bytes:
    """JSON in its smallest form, compressed; `queries.proposals.stored_problem` reads it."""
    return zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), 6)
