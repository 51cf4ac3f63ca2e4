"""Projects as the pages show them: the list, and one project with everything that describes what it needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access import Detail, Thing, shows
from app.errors import NotFound
from app.queries.briefs import Communication, communication
from app.queries.stretches import Stretch
from app.queries.visibility import Viewer, relation_to_project, visible_bookings
from importers.names import normal_form
from models import (
    BOOKED,
    Allocation,
    AllocationState,
    CatalogueRole,
    MeasureKind,
    Practitioner,
    Project,
    ProjectState,
    Role,
    SkillNeed,
    TeamTemplate,
)

PAGE_SIZE = 24
DONE = (*BOOKED, AllocationState.COMPLETED)
"""States of an allocation that mean: this seat has or had somebody."""


class Shown(StrEnum):
    OPEN = "open"
    PLANNED = "planned"
    ACTIVE = "active"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ALL = "all"

    @property
    def states(self) -> tuple[ProjectState, ...]:
        if self is Shown.OPEN:
            return (ProjectState.PLANNED, ProjectState.ACTIVE)
        return tuple(ProjectState) if self is Shown.ALL else (ProjectState(self.value),)


class Sort(StrEnum):
    START = "start"
    NAME = "name"
    PRIORITY = "priority"


ORDER: dict[Sort, Sequence[ColumnElement[Any]]] = {
    Sort.START: [Project.starts_on.desc().nulls_last(), Project.name_key.asc()],
    Sort.NAME: [Project.name_key.asc()],
    Sort.PRIORITY: [Project.priority.desc(), Project.starts_on.asc().nulls_last()],
}


class ProjectRow(NamedTuple):
    id: int
    name: str
    client: str | None
    state: ProjectState
    starts_on: date | None
    ends_on: date | None
    priority: int
    seats: int
    filled: int


@dataclass(frozen=True, slots=True)
class ProjectFilters:
    """`text` is looked for in name, client and industry; `page` counts from 1."""

    text: str = ""
    shown: Shown = Shown.OPEN
    sort: Sort = Sort.START
    page: int = 1


@dataclass(frozen=True, slots=True)
class ProjectList:
    """One page of the projects found; the last one when the address asks for more.

    `counts` says how many the text finds under each choice of states.
    """

    filters: ProjectFilters
    pages: int
    rows: Sequence[ProjectRow]
    counts: Mapping[Shown, int]

    @property
    def total(self) -> int:
        return self.counts[self.filters.shown]

    @property
    def first(self) -> int:
        return (self.filters.page - 1) * PAGE_SIZE + 1


def list_projects(session: Session, filters: ProjectFilters, stretch: Stretch | None = None) -> ProjectList:
    """One page of the projects, or with `stretch` those after a certain one."""
    found = _search(session, filters.text)
    in_state = dict(session.execute(select(Project.state, func.count()).where(*found).group_by(Project.state)).all())
    counts = {shown: sum(in_state.get(state, 0) for state in shown.states) for shown in Shown}
    pages = max(1, -(-counts[filters.shown] // PAGE_SIZE))
    filters = replace(filters, page=min(filters.page, pages))
    size, begin = PAGE_SIZE, (filters.page - 1) * PAGE_SIZE
    if stretch is not None:
        ranked = select(Project.id).where(*found, Project.state.in_(filters.shown.states))
        size, begin = stretch.reach, stretch.begin_in(session, ranked, [*ORDER[filters.sort], Project.id.asc()])
    wanted = (
        select(
            Project.id,
            Project.name,
            Project.client,
            Project.state,
            Project.starts_on,
            Project.ends_on,
            Project.priority,
        )
        .where(*found, Project.state.in_(filters.shown.states))
        .order_by(*ORDER[filters.sort], Project.id)
        .limit(size)
        .offset(begin)
    )
    projects = session.execute(wanted).all()
    seats = _seats(session, [row.id for row in projects])
    return ProjectList(filters, pages, [ProjectRow(*row, *seats[row.id]) for row in projects], counts)


def _search(session: Session, text: str) -> list[ColumnElement[bool]]:
    """Clients and industries are compared in normal form here: there are few, and no database folds accents alike."""
    key = normal_form(text)
    if not key:
        return []
    clients, domains = (
        [value for value in session.scalars(select(column).distinct()) if value and key in normal_form(value)]
        for column in (Project.client, Project.domain)
    )
    return [
        or_(
            Project.name_key.contains(key, autoescape=True),
            Project.client.in_(clients),
            Project.domain.in_(domains),
        )
    ]


def _seats(session: Session, project_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Seats of each project, and how many of them have somebody."""
    filled = (
        select(Allocation.role_id, func.count(distinct(Allocation.practitioner_id)).label("people"))
        .where(Allocation.project_id.in_(project_ids), Allocation.state.in_(DONE))
        .group_by(Allocation.role_id)
        .subquery()
    )
    rows = session.execute(
        select(Role.project_id, Role.headcount, func.coalesce(filled.c.people, 0))
        .outerjoin(filled, filled.c.role_id == Role.id)
        .where(Role.project_id.in_(project_ids))
    ).all()
    seats: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for project_id, headcount, people in rows:
        needed, taken = seats[project_id]
        seats[project_id] = (needed + headcount, taken + min(headcount, people))
    return seats


class ProjectName(NamedTuple):
    """Enough of a project to head the pages of its roles."""

    id: int
    name: str
    starts_on: date | None
    ends_on: date | None


def project_name(session: Session, project_id: int) -> ProjectName:
    row = session.execute(
        select(Project.id, Project.name, Project.starts_on, Project.ends_on).where(Project.id == project_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such project.")
    return ProjectName(*row)


@dataclass(frozen=True, slots=True)
class NeededSkill:
    id: int
    name: str
    level: int
    must: bool


class AllocatedPerson(NamedTuple):
    role_id: int | None
    id: int
    name: str
    state: AllocationState
    share: Decimal
    starts_on: date
    ends_on: date | None
    role_name: str | None


@dataclass(frozen=True, slots=True)
class ProjectRole:
    """The period is the one in force: the role's own dates, else its phase's, else the project's."""

    id: int
    name: str
    function: str | None
    responsibilities: tuple[str, ...]
    headcount: int
    fte: Decimal
    starts_on: date | None
    ends_on: date | None
    phase: str | None
    subteam: str | None
    catalogue_role: str | None
    needs: tuple[NeededSkill, ...]
    people: tuple[AllocatedPerson, ...]

    @property
    def filled(self) -> int:
        return min(self.headcount, len({person.id for person in self.people if person.state in DONE}))


class NamedPeriod(NamedTuple):
    name: str
    starts_on: date
    ends_on: date


class NamedSubteam(NamedTuple):
    name: str
    focus: str | None


class Measure(NamedTuple):
    name: str
    kind: MeasureKind
    unit: str | None
    expected: Decimal | None
    actual: Decimal | None
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class ProjectView:
    """`budget` is None for those who may not see it. `others` are on the project without one of its roles."""

    id: int
    name: str
    client: str | None
    domain: str | None
    description: str | None
    state: ProjectState
    starts_on: date | None
    ends_on: date | None
    priority: int
    budget: Decimal | None
    team_template: str | None
    roles: tuple[ProjectRole, ...]
    phases: tuple[NamedPeriod, ...]
    subteams: tuple[NamedSubteam, ...]
    measures: tuple[Measure, ...]
    communication: tuple[Communication, ...]
    others: tuple[AllocatedPerson, ...]

    @property
    def period(self) -> tuple[date, date] | None:
        return (self.starts_on, self.ends_on) if self.starts_on and self.ends_on else None

    @property
    def seats(self) -> int:
        return sum(role.headcount for role in self.roles)

    @property
    def filled(self) -> int:
        return sum(role.filled for role in self.roles)

    @property
    def fte(self) -> Decimal:
        return sum((role.headcount * role.fte for role in self.roles), Decimal(0))


def project_view(session: Session, viewer: Viewer, project_id: int) -> ProjectView:
    """One project as `viewer` may see it."""
    found = session.execute(_whole_project(project_id)).one_or_none()
    relation = relation_to_project(session, viewer, project_id)
    if found is None or relation is None:
        raise NotFound("There is no such project.")
    project, template = found
    people = _people(session, viewer, project_id)
    codes = _catalogue_codes(session, project_id)
    return ProjectView(
        id=project.id,
        name=project.name,
        client=project.client,
        domain=project.domain,
        description=project.description,
        state=project.state,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        priority=project.priority,
        budget=project.budget if shows(viewer.role, Thing.PROJECT, Detail.BUDGET, relation) else None,
        team_template=template,
        roles=tuple(_role(project, role, codes.get(role.id), people) for role in project.roles),
        phases=tuple(NamedPeriod(phase.name, phase.starts_on, phase.ends_on) for phase in project.phases),
        subteams=tuple(NamedSubteam(subteam.name, subteam.focus) for subteam in project.subteams),
        measures=tuple(
            Measure(row.name, row.kind, row.unit, row.expected, row.actual, row.higher_is_better)
            for row in project.outcome_measures
        ),
        communication=communication(session, project_id),
        others=tuple(person for person in people if person.role_id is None),
    )


def _whole_project(project_id: int) -> Select[Project, str | None]:
    return (
        select(Project, TeamTemplate.code)
        .outerjoin(TeamTemplate, TeamTemplate.id == Project.team_template_id)
        .where(Project.id == project_id)
        .options(
            selectinload(Project.roles).joinedload(Role.phase),
            selectinload(Project.roles).joinedload(Role.subteam),
            selectinload(Project.roles).selectinload(Role.needs).joinedload(SkillNeed.skill),
            selectinload(Project.phases),
            selectinload(Project.subteams),
            selectinload(Project.outcome_measures),
        )
        .execution_options(populate_existing=True)
    )


def _people(session: Session, viewer: Viewer, project_id: int) -> list[AllocatedPerson]:
    over = (AllocationState.DECLINED, AllocationState.RELEASED)
    rows = session.execute(
        select(
            Allocation.role_id,
            Practitioner.id,
            Practitioner.name,
            Allocation.state,
            Allocation.share,
            Allocation.starts_on,
            Allocation.ends_on,
            Allocation.role_name,
        )
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(
            Allocation.project_id == project_id,
            Allocation.state.not_in(over),
            visible_bookings(session, viewer),
        )
        .order_by(Practitioner.name_key, Allocation.starts_on)
    )
    return [AllocatedPerson(*row) for row in rows]


def _catalogue_codes(session: Session, project_id: int) -> dict[int, str]:
    return dict(
        session.execute(
            select(Role.id, CatalogueRole.code)
            .join(CatalogueRole, CatalogueRole.id == Role.catalogue_role_id)
            .where(Role.project_id == project_id)
        ).all()
    )


def _role(project: Project, role: Role, code: str | None, people: Sequence[AllocatedPerson]) -> ProjectRole:
    frame = role.phase or project
    return ProjectRole(
        id=role.id,
        name=role.name,
        function=role.function,
        responsibilities=tuple(line for line in (role.responsibilities or "").splitlines() if line.strip()),
        headcount=role.headcount,
        fte=role.fte,
        starts_on=role.starts_on or frame.starts_on,
        ends_on=role.ends_on or frame.ends_on,
        phase=role.phase.name if role.phase else None,
        subteam=role.subteam.name if role.subteam else None,
        catalogue_role=code,
        needs=tuple(NeededSkill(need.skill_id, need.skill.name, need.level, need.must) for need in role.needs),
        people=tuple(person for person in people if person.role_id == role.id),
    )
