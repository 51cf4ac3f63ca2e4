"""Projects as the pages show them: the list, and one project with everything that describes what it needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, distinct, func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.lists.stretches import Stretch
from app.queries.sight.visibility import Viewer, visible_bookings
from importers.names import normal_form
from models import (
    BOOKED,
    Allocation,
    AllocationState,
    Practitioner,
    Project,
    ProjectState,
    Role,
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


def list_projects(
    session: Session, viewer: Viewer, filters: ProjectFilters, stretch: Stretch | None = None
) -> ProjectList:
    """One page of the projects, or with `stretch` those after a certain one. A seat is filled where the project's page
    shows the viewer somebody on it."""
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
    seats = _seats(session, viewer, [row.id for row in projects])
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


def _seats(session: Session, viewer: Viewer, project_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Seats of each project, and on how many of them the viewer sees somebody."""
    filled = (
        select(Allocation.role_id, func.count(distinct(Allocation.practitioner_id)).label("people"))
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(Allocation.project_id.in_(project_ids), Allocation.state.in_(DONE), visible_bookings(session, viewer))
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
