"""Whether the people of a proposed team can be held as things stand now, seat by seat, and what is in the way.

The rules are those that the team was proposed under, looked at again in the rows of today. Bookings on the project
itself take people's time here like any other: nobody is held for more than they have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.queries.availability import SHARE_SCALE, free_shares
from app.queries.sight.visibility import Viewer, hidden_fields
from app.queries.staffing.problem import AskedRoles, asked_roles, role_period
from app.queries.staffing.proposals import LETTERS, stored_problem
from models import (
    BOOKED,
    Allocation,
    LearningGoal,
    PersonalField,
    Practitioner,
    ProjectState,
    Proposal,
    ProposedSeat,
    Rating,
    Role,
    Skill,
    StaffingRun,
)
from staffing import Role as ProblemRole


class Obstacle(StrEnum):
    PROJECT_OVER = "project_over"
    PROJECT_MOVED = "project_moved"
    BUDGET = "budget"
    ROLE_CHANGED = "role_changed"
    ROLE_ADDED = "role_added"
    ROLE_GONE = "role_gone"
    PERSON_GONE = "person_gone"
    INACTIVE = "inactive"
    BUSY = "busy"
    LEVEL = "level"
    MENTOR = "mentor"
    GOAL = "goal"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing in the way; what does not belong to its kind is empty. Shares are parts of full time."""

    kind: Obstacle
    person_id: int | None = None
    person: str | None = None
    role: str | None = None
    week: date | None = None
    """Monday of the first week without room."""
    weeks: int = 0
    """How many weeks are without it."""
    free: float | None = None
    """In the fullest of them."""
    wanted: float | None = None
    skill: str | None = None
    level: int | None = None
    """None where the person shows no ratings to whoever decides."""
    needed: int | None = None
    holders: tuple[str, ...] = ()
    """Who has the seats."""


@dataclass(frozen=True, slots=True)
class SeatToHold:
    """`kept` is the allocation by which the person has a seat of this role already."""

    role_id: int
    role: str
    seat: int
    person_id: int
    starts_on: date
    ends_on: date
    share: Decimal
    kept: int | None = None


@dataclass(eq=False)
class Holding:
    """A team as it would be held on `today`; whole only without hindrances."""

    run: StaffingRun
    proposal: Proposal
    today: date
    seats: list[SeatToHold] = field(default_factory=list)
    hindrances: list[Hindrance] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Taken:
    allocation_id: int
    role_id: int | None
    seat: int | None
    person_id: int
    person: str
    starts_on: date


def proposed_team(session: Session, proposal_id: int) -> Proposal:
    """The team with its run and seats. Raises NotFound."""
    found = session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .options(selectinload(Proposal.seats), selectinload(Proposal.run).undefer(StaffingRun.inputs))
    )
    if found is None:
        raise NotFound("There is no such proposal.")
    return found


def holding(session: Session, viewer: Viewer, proposal: Proposal, today: date) -> Holding:
    """Skills and goals count as far as people show them to `viewer`, as when the team was worked out: whoever changes a
    role and tries again must not find out what is hidden.

    The caller keeps the project and the people from other writers, so that what is found here still holds when it is
    written. A constant number of statements. Raises DomainError for a project that cannot be staffed at all.
    """
    run = proposal.run
    held = Holding(run, proposal, today)
    now = asked_roles(session, run.project_id, today)
    held.hindrances += _of_the_project(session, run, now)
    people = _people(session, proposal)
    held.hindrances += _of_who_is_gone(session, run, proposal)
    _seats(session, held, now)
    held.hindrances += _of_the_people(held, people)
    held.hindrances += _of_their_time(session, held, now, people)
    held.hindrances += _of_their_skills(session, viewer, held, now, people)
    return held


def letter(proposal: Proposal) -> str:
    return LETTERS[proposal.position]


def _of_who_is_gone(session: Session, run: StaffingRun, proposal: Proposal) -> Iterator[Hindrance]:
    """Seats that somebody had who is in the directory no more."""
    names = role_names(session, run.project_id)
    names |= {number: name for name, number in run.choices.get("roles", {}).items()}
    assignments = run.result["teams"][proposal.position]["assignments"]
    filled = {(one["role"], one["seat"]) for one in assignments if one["person"] is not None}
    for seat in proposal.seats:
        if seat.practitioner_id is None and (names.get(seat.role_id), seat.seat) in filled:
            yield Hindrance(Obstacle.PERSON_GONE, role=names.get(seat.role_id))


def _people(session: Session, proposal: Proposal) -> Mapping[int, Practitioner]:
    numbers = {number for seat in proposal.seats for number in (seat.practitioner_id, seat.mentor_id) if number}
    rows = session.scalars(
        select(Practitioner).where(Practitioner.id.in_(numbers)).execution_options(populate_existing=True)
    )
    return {person.id: person for person in rows}


def _of_the_project(session: Session, run: StaffingRun, now: AskedRoles) -> Iterator[Hindrance]:
    """What the project asks for, against what it asked for when the teams were worked out."""
    if now.project.state in (ProjectState.FINISHED, ProjectState.CANCELLED):
        yield Hindrance(Obstacle.PROJECT_OVER)
    problem = stored_problem(run)
    then = date.fromisoformat(run.choices["today"])
    same_day = asked_roles(session, run.project_id, then)
    if (first := run.choices.get("first")) and date.fromisoformat(first) != same_day.first:
        yield Hindrance(Obstacle.PROJECT_MOVED)
    if problem.rules.budget is not None:
        budget = None if now.project.budget is None else float(now.project.budget)
        if budget is None or budget < problem.rules.budget:
            yield Hindrance(Obstacle.BUDGET, free=budget, wanted=problem.rules.budget)
    asked = {role.id: role for role in problem.roles}
    names = {number: name for name, number in run.choices.get("roles", {}).items()}
    for number, role in same_day.roles.items():
        before = asked.pop(names.get(number, role.id), None)
        if before is None:
            yield Hindrance(Obstacle.ROLE_ADDED, role=role.id)
        elif _hard(before) != _hard(role):
            yield Hindrance(Obstacle.ROLE_CHANGED, role=role.id)
    for name in asked:
        yield Hindrance(Obstacle.ROLE_GONE, role=name)


def _hard(role: ProblemRole) -> tuple[object, ...]:
    """What decides who may sit where; what is only nice to have is left out."""
    musts = frozenset((need.skill, need.level) for need in role.needs if need.must)
    return musts, role.start, role.stop, role.seats, role.fte


def _seats(session: Session, held: Holding, now: AskedRoles) -> None:
    """Give everybody a seat of their role: the one they have already, else the lowest free one."""
    taken = _taken(session, held.run.project_id, held.today)
    by_role = {role.id: role for role in now.project.roles}
    for role_id, proposed in _by_role(held.proposal.seats).items():
        role = by_role.get(role_id)
        if role is None or role_id not in now.roles:
            gone = role.name if role else None
            if gone and all(one.role != gone for one in held.hindrances):
                held.hindrances.append(Hindrance(Obstacle.ROLE_GONE, role=gone))
            continue
        starts_on, ends_on = role_period(role, now.project)
        starts_on = max(starts_on, held.today)
        here = [one for one in taken if one.role_id == role_id and one.starts_on <= ends_on]
        own = {one.person_id: one for one in here}
        new = [seat for seat in proposed if seat.practitioner_id not in own]
        free = [n for n in range(1, role.headcount + 1) if n not in {one.seat for one in here}]
        room = role.headcount - len(here)
        if len(new) > room:
            others = tuple(one.person for one in here if one.person_id not in {s.practitioner_id for s in proposed})
            held.hindrances.append(Hindrance(Obstacle.TAKEN, role=role.name, holders=others))
        for seat in proposed:
            assert seat.practitioner_id is not None
            if (mine := own.get(seat.practitioner_id)) is not None:
                number, kept = mine.seat or seat.seat, mine.allocation_id
            else:
                number, kept = (free.pop(0) if free else seat.seat), None
            held.seats.append(
                SeatToHold(role_id, role.name, number, seat.practitioner_id, starts_on, ends_on, role.fte, kept)
            )


def _by_role(seats: Sequence[ProposedSeat]) -> dict[int, list[ProposedSeat]]:
    found: dict[int, list[ProposedSeat]] = {}
    for seat in seats:
        if seat.practitioner_id is not None:
            found.setdefault(seat.role_id, []).append(seat)
    return found


def _taken(session: Session, project_id: int, today: date) -> list[_Taken]:
    """Bookings on the project's roles that are not over."""
    rows = session.execute(
        select(
            Allocation.id,
            Allocation.role_id,
            Allocation.seat,
            Allocation.practitioner_id,
            Practitioner.name,
            Allocation.starts_on,
        )
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .where(
            Allocation.project_id == project_id,
            Allocation.role_id.is_not(None),
            Allocation.state.in_(BOOKED),
            or_(Allocation.ends_on.is_(None), Allocation.ends_on >= today),
        )
        .order_by(Allocation.id)
    )
    return [_Taken(*row) for row in rows]


def _of_the_people(held: Holding, people: Mapping[int, Practitioner]) -> Iterator[Hindrance]:
    for number in sorted({seat.person_id for seat in held.seats}):
        if not people[number].active:
            yield Hindrance(Obstacle.INACTIVE, number, people[number].name)


def _of_their_time(
    session: Session, held: Holding, now: AskedRoles, people: Mapping[int, Practitioner]
) -> Iterator[Hindrance]:
    """Week by week at the role's share, seat after seat: two seats of one person must fit together."""
    new = [seat for seat in held.seats if seat.kept is None]
    numbers = sorted({seat.person_id for seat in new})
    if not numbers:
        return
    weeks = max(now.roles[seat.role_id].stop for seat in new)
    left = dict(zip(numbers, free_shares(session, numbers, now.first, weeks), strict=True))
    for seat in new:
        role = now.roles[seat.role_id]
        free = left[seat.person_id][role.start : role.stop]
        short = [week for week, share in enumerate(free.tolist()) if share < role.fte]
        if short:
            yield Hindrance(
                Obstacle.BUSY,
                seat.person_id,
                people[seat.person_id].name,
                seat.role,
                week=now.first + timedelta(weeks=role.start + short[0]),
                weeks=len(short),
                free=max(0, int(free[short].min())) / SHARE_SCALE,
                wanted=role.fte / SHARE_SCALE,
            )
        free -= role.fte


def _of_their_skills(
    session: Session, viewer: Viewer, held: Holding, now: AskedRoles, people: Mapping[int, Practitioner]
) -> Iterator[Hindrance]:
    """Every must-have at its level; on a stretch seat one of them a level short, if it is still a goal and the mentor
    still has it."""
    hidden = hidden_fields(session, viewer, people)
    levels = _levels(session, Rating.level, Rating, _showing(hidden, PersonalField.RATINGS), now)
    goals = _levels(session, LearningGoal.target_level, LearningGoal, _showing(hidden, PersonalField.GOALS), now)
    stretches = {(seat.role_id, seat.practitioner_id): seat for seat in held.proposal.seats if seat.points["stretch"]}
    for seat in held.seats:
        person = people[seat.person_id]
        stretched = stretches.get((seat.role_id, seat.person_id))
        for need in now.roles[seat.role_id].needs:
            level = levels.get((person.id, need.skill), 0)
            if not need.must or level >= need.level:
                continue
            fact: dict[str, Any] = {"role": seat.role, "skill": need.skill, "needed": need.level}
            if PersonalField.RATINGS in hidden[person.id]:
                yield Hindrance(Obstacle.LEVEL, person.id, person.name, **fact)
            elif stretched is None or stretched.points["stretch"] != need.skill or level < need.level - 1:
                yield Hindrance(Obstacle.LEVEL, person.id, person.name, level=level, **fact)
            elif goals.get((person.id, need.skill), 0) < need.level:
                yield Hindrance(Obstacle.GOAL, person.id, person.name, **fact)
            elif levels.get((stretched.mentor_id or 0, need.skill), 0) < need.level:
                yield Hindrance(Obstacle.MENTOR, person.id, person.name, **fact)


def _showing(hidden: Mapping[int, frozenset[PersonalField]], part: PersonalField) -> list[int]:
    return [number for number, fields in hidden.items() if part not in fields]


def _levels(
    session: Session, level: Any, kind: type[Rating] | type[LearningGoal], people: Sequence[int], now: AskedRoles
) -> dict[tuple[int, str], int]:
    skills = {need.skill for role in now.roles.values() for need in role.needs if need.must}
    rows = session.execute(
        select(kind.practitioner_id, Skill.name, level)
        .join(Skill, Skill.id == kind.skill_id)
        .where(kind.practitioner_id.in_(people), Skill.name.in_(skills))
    )
    return {(person, skill): found for person, skill, found in rows}


def people_of(proposal: Proposal) -> list[int]:
    """Everybody on a seat or teaching on one, in the order in which they are locked."""
    found = {number for seat in proposal.seats for number in (seat.practitioner_id, seat.mentor_id) if number}
    return sorted(found)


def role_names(session: Session, project_id: int) -> dict[int, str]:
    return dict(session.execute(select(Role.id, Role.name).where(Role.project_id == project_id)).all())
