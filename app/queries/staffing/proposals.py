"""Staffing runs as the pages show them. Every number was stored by the run itself; only names are read afresh."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.queries.sight.visibility import Viewer, led_by, listed_for
from app.queries.sight.withheld import counts_shown, withheld_people, withheld_runs
from app.queries.staffing.choices import Choices
from app.queries.staffing.columns import person_id, practitioner_id
from app.queries.staffing.reasons import Reason, reasons
from models import Account, Practitioner, Project, Proposal, ProposedSeat, Role, SkillNeed, StaffingRun
from staffing import Problem, read_problem
from staffing.packing import is_packed, unpack_problem
from staffing.terms import DEFAULT_WEIGHTS, Measure

LETTERS = "ABCDE"
SHOWN = (Measure.FIT, Measure.COHESION, Measure.TRACK, Measure.GROWTH, Measure.THRIFT, Measure.SPREAD)
"""The order of the measures on every card."""


@dataclass(frozen=True, slots=True)
class ProjectHeading:
    id: int
    name: str
    roles: Mapping[int, str]
    """Names by id, in the project's order."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    id: int
    project_id: int
    project: str
    requested_at: datetime
    requested_by: str | None
    status: str
    best_units: int | None
    teams: int | None
    """None where the run shows the viewer no team, as its own page does; `best_units` then, too."""


@dataclass(frozen=True, slots=True)
class SeatedPerson:
    """One seat of one team. `needs` are the stored points of each need (`staffing.NeedPoints`). `here`: neither left
    nor erased since."""

    id: int
    name: str
    title: str | None
    location: str | None
    fit: float
    needs: Sequence[Mapping[str, Any]]
    stretch: str | None
    mentor: str | None
    locked: bool
    here: bool


@dataclass(frozen=True, slots=True)
class TeamView:
    letter: str
    title: str
    """The measure in which this team is best against team A, or "best" for team A itself, or "close"."""
    units: int
    bound: int
    proven: bool
    measures: Mapping[Measure, float]
    deltas: Mapping[Measure, float | None]
    """Against team A; None on team A."""
    facts: Mapping[str, Any]
    people: Sequence[str]
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class RoleView:
    id: int
    name: str
    headcount: int
    fte: float
    needs: Sequence[tuple[str, int, bool]]
    """(skill, level, must-have)."""
    seats: Sequence[Sequence[SeatedPerson | None]]
    """Per team, the people on the role's seats."""
    same: bool
    """Whether every team fills the role alike."""


@dataclass(frozen=True, slots=True)
class RunView:
    id: int
    project_id: int
    project: str
    client: str | None
    starts_on: date | None
    ends_on: date | None
    budget: float | None
    requested_at: datetime
    requested_by: str | None
    status: str
    engine_version: str
    inputs_digest: str
    considered: Mapping[str, Any]
    infeasible: Mapping[str, Any] | None
    choices: Choices
    names: Mapping[int, str]
    """Of everybody whom the choices or the answer name, by practitioner id."""
    person_names: Mapping[str, str]
    """The same by the id that the engine knows them by."""
    roles: Sequence[RoleView]
    teams: Sequence[TeamView]
    withheld: bool
    """Somebody, who is not named, does not show the viewer what the run was worked out from: it has no teams then."""

    @property
    def fte(self) -> float:
        """Full-time equivalents that the roles ask for together."""
        return round(sum(role.fte * role.headcount for role in self.roles), 3)

    @property
    def role_names(self) -> Mapping[int, str]:
        return {role.id: role.name for role in self.roles}


def staffed_project(session: Session, project_id: int) -> ProjectHeading:
    project = session.execute(select(Project.id, Project.name).where(Project.id == project_id)).one_or_none()
    if project is None:
        raise NotFound("There is no such project.")
    roles = session.execute(select(Role.id, Role.name).where(Role.project_id == project_id).order_by(Role.position))
    return ProjectHeading(project.id, project.name, dict(roles.all()))


def run_summaries(session: Session, viewer: Viewer, project_id: int | None = None, limit: int = 50) -> list[RunSummary]:
    """The latest runs, of one project or of all within the viewer's reach. Five statements."""
    wanted = (
        select(
            StaffingRun.id,
            StaffingRun.project_id,
            Project.name,
            StaffingRun.requested_at,
            Account.name,
            StaffingRun.status,
            func.max(Proposal.units),
            func.count(Proposal.id),
        )
        .join(Project, Project.id == StaffingRun.project_id)
        .outerjoin(Account, Account.id == StaffingRun.requested_by_id)
        .outerjoin(Proposal, Proposal.run_id == StaffingRun.id)
        .where(led_by(viewer))
        .group_by(StaffingRun.id, Project.name, Account.name)
        .order_by(StaffingRun.id.desc())
        .limit(limit)
    )
    if project_id is not None:
        wanted = wanted.where(StaffingRun.project_id == project_id)
    found = [RunSummary(*row) for row in session.execute(wanted)]
    withheld = _withheld_among(session, viewer, [run.id for run in found])
    return [replace(run, best_units=None, teams=None) if run.id in withheld else run for run in found]


def _withheld_among(session: Session, viewer: Viewer, runs: Collection[int]) -> frozenset[int]:
    rows = session.execute(
        select(StaffingRun.id, StaffingRun.choices, StaffingRun.result["infeasible"]).where(StaffingRun.id.in_(runs))
    ).all()
    seats = session.execute(
        select(Proposal.run_id, ProposedSeat.practitioner_id, ProposedSeat.mentor_id)
        .join(ProposedSeat, ProposedSeat.proposal_id == Proposal.id)
        .where(Proposal.run_id.in_(runs))
        .distinct()
    ).all()
    named = {run: _in_conflict(infeasible) for run, _, infeasible in rows}
    for run, *people in seats:
        named[run] |= {person for person in people if person is not None}
    chosen = {run: Choices.from_json(choices).people for run, choices, _ in rows}
    known = _listed(session, viewer, {person for people in chosen.values() for person in people})
    named = {run: people | (chosen[run] & known) for run, people in named.items()}
    return withheld_runs(session, viewer, {run: choices for run, choices, _ in rows}, named)


def _listed(session: Session, viewer: Viewer, people: Collection[int]) -> set[int]:
    return set(session.scalars(select(Practitioner.id).where(Practitioner.id.in_(people), listed_for(viewer))))


def stored_run(session: Session, run_id: int) -> StaffingRun:
    """The bare run, with its stored inputs."""
    run = session.get(StaffingRun, run_id)
    if run is None:
        raise NotFound("There is no such proposal.")
    return run


def choices_of(session: Session, project_id: int, run_id: int) -> Choices:
    """The choices of a run of the project; the usual ones for a run of another, as for one that is not there."""
    wanted = select(StaffingRun.choices).where(StaffingRun.id == run_id, StaffingRun.project_id == project_id)
    found = session.scalar(wanted)
    return Choices() if found is None else Choices.from_json(found)


def stored_problem(run: StaffingRun) -> Problem:
    """What the engine was asked."""
    return problem_in(run.inputs)


def problem_in(inputs: bytes) -> Problem:
    """The problem that a run keeps. Runs of earlier versions hold it as a compressed document."""
    if is_packed(inputs):
        return unpack_problem(inputs)
    return read_problem(json.loads(zlib.decompress(inputs)))


def run_with_people(session: Session, viewer: Viewer, run_id: int) -> RunView:
    """A run with its teams, role by role, or without them where somebody in it does not show the viewer what they were
    worked out from. At most nine statements, whatever the size of the teams."""
    run = session.scalar(
        select(StaffingRun)
        .where(StaffingRun.id == run_id)
        .options(
            selectinload(StaffingRun.proposals).selectinload(Proposal.seats),
            selectinload(StaffingRun.project)
            .selectinload(Project.roles)
            .selectinload(Role.needs)
            .joinedload(SkillNeed.skill),
        )
    )
    if run is None:
        raise NotFound("There is no such proposal.")
    choices = Choices.from_json(run.choices)
    people = _people(session, viewer, run)
    withheld = withheld_people(session, viewer, run, people)
    project = run.project
    requested_by = session.scalar(select(Account.name).where(Account.id == run.requested_by_id))
    return RunView(
        id=run.id,
        project_id=project.id,
        project=project.name,
        client=project.client,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        budget=float(project.budget) if project.budget is not None else None,
        requested_at=run.requested_at,
        requested_by=requested_by,
        status=run.status,
        engine_version=run.engine_version,
        inputs_digest=run.inputs_digest,
        considered=counts_shown(session, viewer, run, withheld),
        infeasible=None if withheld else run.result["infeasible"],
        choices=choices,
        names={number: person.name for number, person in people.items()},
        person_names={person_id(number): person.name for number, person in sorted(people.items())},
        roles=[_role(role, [] if withheld else run.proposals, people, choices) for role in project.roles],
        teams=[] if withheld else _teams(run.proposals, people),
        withheld=bool(withheld),
    )


def names_in(session: Session, viewer: Viewer, choices: Choices) -> dict[int, str]:
    """Names of everybody whom the choices name and the viewer may know of: anybody can be excluded by a number."""
    wanted = select(Practitioner.id, Practitioner.name).where(Practitioner.id.in_(choices.people), listed_for(viewer))
    return dict(session.execute(wanted).all())


def _people(session: Session, viewer: Viewer, run: StaffingRun) -> dict[int, Practitioner]:
    chosen, answered = Choices.from_json(run.choices).people, _answered(run)
    known = or_(Practitioner.id.in_(answered), and_(Practitioner.id.in_(chosen), listed_for(viewer)))
    return {person.id: person for person in session.scalars(select(Practitioner).where(known))}


def named_in_run(run: StaffingRun) -> set[int]:
    """Everybody whom the run's teams, its choices or its reasons name."""
    return _answered(run) | Choices.from_json(run.choices).people


def _answered(run: StaffingRun) -> set[int]:
    seated = {
        number
        for proposal in run.proposals
        for seat in proposal.seats
        for number in (seat.practitioner_id, seat.mentor_id)
        if number is not None
    }
    return seated | _in_conflict(run.result["infeasible"])


def _in_conflict(infeasible: Mapping[str, Any] | None) -> set[int]:
    """Everybody whom the reasons against a team name."""
    if infeasible is None:
        return set()
    named = {person for conflict in infeasible["conflicts"] for person in conflict["people"]}
    named |= {near["person"] for people in infeasible["nearest"].values() for near in people}
    named |= {change["person"] for change in infeasible["relaxations"] if change["person"]}
    return {practitioner_id(person) for person in named}


def _role(role: Role, proposals: Sequence[Proposal], people: Mapping[int, Practitioner], choices: Choices) -> RoleView:
    by_team = [
        [_seated(seat, people, choices) for seat in proposal.seats if seat.role_id == role.id] for proposal in proposals
    ]
    holders = [[person.id if person else None for person in seats] for seats in by_team]
    return RoleView(
        id=role.id,
        name=role.name,
        headcount=role.headcount,
        fte=float(role.fte),
        needs=[(need.skill.name, need.level, need.must) for need in role.needs],
        seats=by_team,
        same=len(holders) > 1 and all(held == holders[0] for held in holders),
    )


def _seated(seat: ProposedSeat, people: Mapping[int, Practitioner], choices: Choices) -> SeatedPerson | None:
    person = people.get(seat.practitioner_id) if seat.practitioner_id is not None else None
    if person is None:
        return None
    mentor = people.get(seat.mentor_id) if seat.mentor_id is not None else None
    return SeatedPerson(
        id=person.id,
        name=person.name,
        title=person.title,
        location=person.location,
        fit=seat.points["measures"][Measure.FIT],
        needs=seat.points["needs"],
        stretch=seat.points["stretch"],
        mentor=mentor.name if mentor else None,
        locked=(seat.role_id, person.id) in choices.locks,
        here=person.active,
    )


def _teams(proposals: Sequence[Proposal], people: Mapping[int, Practitioner]) -> list[TeamView]:
    teams = []
    for letter, proposal in zip(LETTERS, proposals, strict=False):
        measures = {measure: float(proposal.measures[measure]) for measure in SHOWN}
        first = {measure: float(proposals[0].measures[measure]) for measure in SHOWN}
        leads = proposal is proposals[0]
        deltas = {measure: None if leads else measures[measure] - first[measure] for measure in SHOWN}
        members = dict.fromkeys(seat.practitioner_id for seat in proposal.seats if seat.practitioner_id in people)
        teams.append(
            TeamView(
                letter=letter,
                title="best" if leads else _strength(deltas),
                units=proposal.units,
                bound=proposal.bound,
                proven=proposal.proven,
                measures=measures,
                deltas=deltas,
                facts=proposal.facts,
                people=[people[number].name for number in members if number is not None],
                reasons=reasons(proposal.facts, None if leads else proposals[0].facts),
            )
        )
    return teams


def _strength(deltas: Mapping[Measure, float | None]) -> str:
    """The measure in which the team is most ahead of team A, weighed as usual; "close" if there is none."""
    ahead = {measure: (delta or 0) * DEFAULT_WEIGHTS[measure] for measure, delta in deltas.items()}
    best = max(SHOWN, key=lambda measure: ahead[measure])
    return best.value if ahead[best] >= 0.05 else "close"
