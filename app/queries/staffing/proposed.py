"""Where somebody was proposed and why: the stored numbers of their seat in every run, and what was decided."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.queries.sight.visibility import Viewer, hidden_fields, led_by
from app.queries.staffing.considered import runs_considering
from app.queries.staffing.proposals import LETTERS, SHOWN
from models import (
    Account,
    Decision,
    DecisionKind,
    PersonalField,
    Practitioner,
    Project,
    Proposal,
    ProposedSeat,
    Role,
    StaffingRun,
)
from staffing.terms import Measure

LATEST_RUNS = 300
"""Runs that are searched for somebody who was looked at and not proposed: each has to be unpacked."""

DRAWN_FROM: Mapping[Measure, PersonalField] = {
    Measure.FIT: PersonalField.RATINGS,
    Measure.GROWTH: PersonalField.GOALS,
    Measure.TRACK: PersonalField.OUTCOMES,
    Measure.THRIFT: PersonalField.COST,
    Measure.SPREAD: PersonalField.AVAILABILITY,
}
"""The part of a record that a measure of one seat is worked out from."""


class Need(NamedTuple):
    """`level` is none where nobody has stated any."""

    skill: str
    level: int | None
    wanted: int


@dataclass(frozen=True)
class Seat:
    """`place`: of the team among those of the run, from 1. `points`: of a hundred that the seat brought the team, by
    measure. `mentors`: the seat is somebody else's, who would learn from the person."""

    letter: str
    place: int
    role: str
    measures: Mapping[Measure, float]
    points: Mapping[Measure, float]
    needs: Sequence[Need]
    stretch: str | None
    mentors: bool
    chosen: bool


@dataclass(frozen=True)
class Decided:
    """`chosen`: a team was chosen, and not all set aside. `with_you`: the person is on it."""

    chosen: bool
    with_you: bool
    by: str | None
    at: datetime
    reason: str


@dataclass(frozen=True)
class ProposedIn:
    """`led`: the project is within the viewer's reach, so that the run's page opens."""

    run_id: int
    project_id: int
    project: str
    requested_at: datetime
    requested_by: str | None
    teams: int
    seats: Sequence[Seat]
    decisions: Sequence[Decided]
    led: bool


@dataclass(frozen=True)
class Proposed:
    """`considered`: project and moment of the latest runs that looked at the person and proposed others."""

    name: str
    runs: Sequence[ProposedIn]
    considered: Sequence[tuple[str, datetime]]


def where_proposed(session: Session, viewer: Viewer, practitioner_id: int) -> Proposed:
    """Latest first, without the numbers of what the person does not show to the viewer. What is stored with a run says
    how things stood then, and does not change."""
    name = session.scalars(select(Practitioner.name).where(Practitioner.id == practitioner_id)).one()
    hidden = hidden_fields(session, viewer, [practitioner_id])[practitioner_id]
    seats = _seats(session, practitioner_id)
    asker = aliased(Account)
    rows = session.execute(
        select(
            StaffingRun.id, Project.id, Project.name, StaffingRun.requested_at, asker.name, led_by(viewer).label("led")
        )
        .join(Project, Project.id == StaffingRun.project_id)
        .outerjoin(asker, asker.id == StaffingRun.requested_by_id)
        .where(StaffingRun.id.in_(seats))
        .order_by(StaffingRun.id.desc())
    ).all()
    teams = _teams(session, list(seats))
    decisions = _decisions(session, list(seats))
    runs = []
    for run_id, project_id, project, requested_at, requested_by, led in rows:
        chosen = {decision.proposal_id for decision, _ in decisions[run_id] if decision.kind is DecisionKind.CHOSEN}
        mine = {seat.proposal_id for seat, _, _ in seats[run_id]}
        told = [_decided(decision, by, mine) for decision, by in decisions[run_id]]
        shown = [_seat(seat, position, role, practitioner_id, chosen, hidden) for seat, position, role in seats[run_id]]
        runs.append(
            ProposedIn(
                run_id, project_id, project, requested_at, requested_by, len(teams[run_id]), shown, told, bool(led)
            )
        )
    looked = [run for run in runs_considering(session, practitioner_id, LATEST_RUNS) if run.id not in seats]
    return Proposed(name, runs, [(run.project, run.requested_at) for run in looked])


def _seats(session: Session, practitioner_id: int) -> dict[int, list[tuple[ProposedSeat, int, str]]]:
    rows = session.execute(
        select(Proposal.run_id, ProposedSeat, Proposal.position, Role.name)
        .join(Proposal, Proposal.id == ProposedSeat.proposal_id)
        .join(Role, Role.id == ProposedSeat.role_id)
        .where(or_(ProposedSeat.practitioner_id == practitioner_id, ProposedSeat.mentor_id == practitioner_id))
        .order_by(Proposal.run_id, Proposal.position, ProposedSeat.id)
    )
    found: dict[int, list[tuple[ProposedSeat, int, str]]] = defaultdict(list)
    for run_id, seat, position, role in rows:
        found[run_id].append((seat, position, role))
    return found


def _teams(session: Session, runs: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for run_id, proposal_id in session.execute(
        select(Proposal.run_id, Proposal.id).where(Proposal.run_id.in_(runs)).order_by(Proposal.position)
    ):
        found[run_id].append(proposal_id)
    return found


def _decisions(session: Session, runs: Sequence[int]) -> dict[int, list[tuple[Decision, str | None]]]:
    found: dict[int, list[tuple[Decision, str | None]]] = defaultdict(list)
    wanted = (
        select(Decision, Account.name)
        .outerjoin(Account, Account.id == Decision.decided_by_id)
        .where(Decision.run_id.in_(runs))
        .order_by(Decision.decided_at, Decision.id)
    )
    for decision, by in session.execute(wanted):
        found[decision.run_id].append((decision, by))
    return found


def _decided(decision: Decision, by: str | None, mine: set[int]) -> Decided:
    chosen = decision.kind is DecisionKind.CHOSEN
    return Decided(chosen, chosen and decision.proposal_id in mine, by, decision.decided_at, decision.reason)


def _seat(
    seat: ProposedSeat,
    position: int,
    role: str,
    practitioner_id: int,
    chosen: set[int | None],
    hidden: frozenset[PersonalField],
) -> Seat:
    """Of a seat where the person would only mentor, nothing is told of whoever sits there."""
    mentors = seat.practitioner_id != practitioner_id
    told: Mapping[str, Any] = {} if mentors else seat.points
    measures, points = told.get("measures", {}), told.get("points", {})
    shown = [measure for measure in SHOWN if DRAWN_FROM.get(measure) not in hidden]
    learns = None if PersonalField.GOALS in hidden else told.get("stretch")
    # A level short of what a seat asks tells that the seat is one to learn on.
    tells = PersonalField.RATINGS in hidden or learns != told.get("stretch")
    return Seat(
        letter=LETTERS[position] if position < len(LETTERS) else str(position + 1),
        place=position + 1,
        role=role,
        measures={measure: float(measures[measure]) for measure in shown if measure in measures},
        points={measure: float(points[measure]) for measure in shown if measure in points},
        needs=[
            Need(need["skill"], need["level"] if need["stated"] else None, need["needed"])
            for need in (() if tells else told.get("needs", ()))
        ],
        stretch=learns,
        mentors=mentors,
        chosen=seat.proposal_id in chosen,
    )
