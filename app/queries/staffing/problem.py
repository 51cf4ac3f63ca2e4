"""Rows -> a staffing problem. The one place where the database and the engine meet.

Reads only what the project's roles name: a constant number of statements, whatever the size of the organisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.errors import DomainError, NotFound
from app.queries.availability import SHARE_SCALE, monday_of
from app.queries.sight.visibility import Viewer
from app.queries.staffing import columns
from app.queries.staffing.choices import Choices
from app.queries.staffing.pool import Everybody, Wanted, choose_pool, read_abilities, read_everybody
from models import Project, Role, RoleCommunication, Skill, SkillNeed
from staffing import Need, Problem, Rules, TeamSkill, TrackPrior
from staffing import Role as ProblemRole
from staffing.terms import Measure

LONGEST_WEEKS = 156
MOST_SEATS = 60
"""More are several projects; the search for one team among them would take minutes."""
PRIOR_STRENGTH = 4.0


@dataclass(frozen=True, eq=False)
class LoadedProblem:
    """A problem whose roles are known by name and its people by `staffing_columns.person_id`.

    Plain values only: it outlives the transaction that read it.
    """

    project_id: int
    project: str
    choices: Choices
    today: date
    problem: Problem
    first: date
    """The Monday of its first week."""
    role_ids: Mapping[str, int]
    rated_nothing: columns.RatedNothing


@dataclass(frozen=True, eq=False)
class AskedRoles:
    """What a project asks for on a day: its roles that are not over, in weeks from the Monday `first` on."""

    project: Project
    first: date
    roles: Mapping[int, ProblemRole]


def asked_roles(session: Session, project_id: int, today: date) -> AskedRoles:
    """Raises DomainError, with the remedy, for a project that cannot be staffed."""
    project = _project(session, project_id)
    first, weeks = _calendar(project, today)
    return AskedRoles(project, first, _roles(project, first, weeks))


def load_problem(session: Session, viewer: Viewer, project_id: int, choices: Choices, today: date) -> LoadedProblem:
    """The staffing problem of a project as it stands on `today`; weeks and roles that are over are left out, and so is
    whatever people do not show to `viewer`.

    Its people are those who could matter (`staffing_pool`), the rest is counted in `Problem.others`. Bookings on the
    project itself do not make anybody busy. Raises DomainError, with the remedy, for a project that
    cannot be staffed yet.
    """
    project = _project(session, project_id)
    first, weeks = _calendar(project, today)
    roles = _roles(project, first, weeks)
    names = {number: role.id for number, role in roles.items()}
    skills = _skill_names(session, project, choices)
    everybody = read_everybody(session, viewer)
    held = _held_choices(choices, names, everybody)
    wanted = Wanted(
        project_id=project.id,
        first=first,
        weeks=weeks,
        roles=tuple(roles.values()),
        named=held.people,
        excluded=frozenset(held.exclude),
        stretch=held.stretch,
    )
    abilities = read_abilities(session, viewer, everybody, skills, wanted.roles)
    pool = choose_pool(session, wanted, everybody, abilities)
    bands = columns.load_bands(session)
    ratings, rated_nothing = columns.load_ratings(session, viewer, skills, pool, today)
    problem = Problem(
        weeks=weeks,
        people=columns.load_people(session, viewer, everybody, pool, bands, first),
        roles=wanted.roles,
        ratings=ratings,
        goals=columns.goals(abilities, pool),
        ties=columns.load_ties(session, pool),
        communication=_communication(session, names),
        weights={measure: float(choices.weights.get(measure, 0)) for measure in Measure},
        cost_range=columns.cost_range(bands),
        track_prior=TrackPrior(mean=columns.mean_success(session, viewer), strength=PRIOR_STRENGTH),
        rules=_rules(project, names, held, skills),
        teams=choices.teams,
        min_difference=choices.min_difference,
        share_scale=SHARE_SCALE,
        others=pool.others,
    )
    role_ids = {name: number for number, name in names.items()}
    return LoadedProblem(project.id, project.name, choices, today, problem, first, role_ids, rated_nothing)


def _project(session: Session, project_id: int) -> Project:
    project = session.scalar(
        select(Project)
        .where(Project.id == project_id)
        .options(
            selectinload(Project.roles).selectinload(Role.needs).joinedload(SkillNeed.skill),
            selectinload(Project.roles).joinedload(Role.phase),
        )
    )
    if project is None:
        raise NotFound("There is no such project.")
    if not project.roles:
        raise DomainError(f"{project.name} has no roles yet. Add the roles it needs, or start from a team template.")
    if project.starts_on is None or project.ends_on is None:
        raise DomainError(f"{project.name} has no dates yet. Say when it starts and ends.")
    return project


def _calendar(project: Project, today: date) -> tuple[date, int]:
    """First Monday and number of weeks from it."""
    assert project.starts_on is not None
    assert project.ends_on is not None
    if project.ends_on < today:
        raise DomainError(f"{project.name} ended on {project.ends_on}. Move its end to staff it.")
    first = monday_of(max(project.starts_on, today))
    weeks = (project.ends_on - first).days // 7 + 1
    if weeks > LONGEST_WEEKS:
        raise DomainError(f"{project.name} lasts {weeks} weeks; at most {LONGEST_WEEKS} can be staffed. Split it up.")
    return first, weeks


def _roles(project: Project, first: date, weeks: int) -> dict[int, ProblemRole]:
    """By id, those that are not over."""
    outside = [role.name for role in project.roles if not _lies_inside(role, project)]
    if outside:
        raise DomainError(
            f"{project.name} runs from {project.starts_on} to {project.ends_on}. These roles lie outside: "
            f"{', '.join(outside)}. Move them, or the project."
        )
    roles = {role.id: asked for role in project.roles if (asked := _role(role, project, first, weeks))}
    if not roles:
        raise DomainError(f"Every role of {project.name} is over. Move a role's dates, or add one, to staff it.")
    if (seats := sum(role.seats for role in roles.values())) > MOST_SEATS:
        raise DomainError(
            f"{project.name} has {seats} seats; at most {MOST_SEATS} can be staffed at once. Split it up."
        )
    return roles


def _lies_inside(role: Role, project: Project) -> bool:
    """False after the project moved away from a role with dates of its own."""
    assert project.starts_on is not None
    assert project.ends_on is not None
    starts_on, ends_on = role_period(role, project)
    return project.starts_on <= starts_on <= ends_on <= project.ends_on


def role_period(role: Role, project: Project) -> tuple[date, date]:
    """Own dates, else the phase's, else the project's. Both days included."""
    assert project.starts_on is not None
    assert project.ends_on is not None
    starts_on = role.starts_on or (role.phase.starts_on if role.phase else project.starts_on)
    ends_on = role.ends_on or (role.phase.ends_on if role.phase else project.ends_on)
    return starts_on, ends_on


def _role(role: Role, project: Project, first: date, weeks: int) -> ProblemRole | None:
    """None for a role that is over."""
    starts_on, ends_on = role_period(role, project)
    start = max(0, (starts_on - first).days // 7)
    stop = min(weeks, (ends_on - first).days // 7 + 1)
    if start >= stop:
        return None
    needs = tuple(Need(need.skill.name, need.level, need.must, float(need.weight)) for need in role.needs)
    return ProblemRole(role.name, needs, start, stop, role.headcount, round(float(role.fte) * SHARE_SCALE))


def _skill_names(session: Session, project: Project, choices: Choices) -> dict[int, str]:
    """The skills that matter: those that the roles and the team need."""
    names = {need.skill_id: need.skill.name for role in project.roles for need in role.needs}
    wished = [wish.skill_id for wish in choices.team_skills if wish.skill_id not in names]
    if wished:
        names |= dict(session.execute(select(Skill.id, Skill.name).where(Skill.id.in_(wished))).all())
    return names


def _held_choices(choices: Choices, roles: Mapping[int, str], everybody: Everybody) -> Choices:
    """The choices that still say something: about people who are in the directory and roles that are not over."""
    present = everybody.among(choices.people)
    locks = tuple((role, person) for role, person in choices.locks if role in roles)
    if not {person for _, person in locks} <= present:
        raise DomainError(
            "Somebody locked to a role is no longer in the directory, or no longer shows you when they are free. "
            "Remove that lock and propose again."
        )
    return replace(choices.keeping(present), locks=locks)


def _communication(session: Session, names: dict[int, str]) -> dict[tuple[str, str], float]:
    """Between the roles of these ids."""
    rows = session.execute(
        select(RoleCommunication.role_a_id, RoleCommunication.role_b_id, RoleCommunication.amount).where(
            RoleCommunication.role_a_id.in_(names), RoleCommunication.role_b_id.in_(names)
        )
    )
    return {(names[one], names[other]): float(amount) for one, other, amount in rows}


def _rules(project: Project, roles: dict[int, str], choices: Choices, skills: dict[int, str]) -> Rules:
    """The chosen rules in the problem's names."""
    person_id = columns.person_id
    return Rules(
        locks=tuple((roles[role], person_id(person)) for role, person in choices.locks),
        exclude=tuple(person_id(person) for person in choices.exclude),
        never_together=tuple((person_id(one), person_id(other)) for one, other in choices.never_together),
        max_seats_per_person=choices.max_seats_per_person,
        max_people=choices.max_people,
        budget=float(project.budget) if choices.within_budget and project.budget is not None else None,
        team_skills=tuple(TeamSkill(skills[wish.skill_id], wish.level, wish.people) for wish in choices.team_skills),
        stretch=choices.stretch,
        allow_gaps=choices.allow_gaps,
    )
