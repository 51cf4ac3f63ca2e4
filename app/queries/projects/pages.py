"""One project as a viewer may see it: its roles with the people on them, its phases, sub-teams and measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, case, or_, select
from sqlalchemy.orm import Session, selectinload

from app.access import Action, Detail, Thing, allows, shows
from app.errors import NotFound
from app.queries.briefs import Communication, communication
from app.queries.sight.visibility import Viewer, led_by, relation_to_project, seen_by, visible_bookings
from models import (
    BOOKED,
    Account,
    Allocation,
    AllocationState,
    CatalogueRole,
    MeasureKind,
    PersonalField,
    Practitioner,
    Project,
    ProjectState,
    Role,
    SkillNeed,
    TeamTemplate,
)

DONE = (*BOOKED, AllocationState.COMPLETED)


@dataclass(frozen=True, slots=True)
class NeededSkill:
    id: int
    name: str
    level: int
    must: bool


class AllocatedPerson(NamedTuple):
    """`share` and days are None where the person does not show the viewer when they are free."""

    role_id: int | None
    id: int
    name: str
    state: AllocationState
    role_name: str | None
    share: Decimal | None
    starts_on: date | None
    ends_on: date | None


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
    """`budget` is None for those who may not see it. `others` are on the project without one of its roles. `managed`:
    whether the viewer may change the project."""

    id: int
    managed: bool
    led_by: str | None
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
    project, template, led_by = found
    people = _people(session, viewer, project_id)
    codes = _catalogue_codes(session, project_id)
    return ProjectView(
        id=project.id,
        managed=allows(viewer.role, Thing.PROJECT, Action.CHANGE, relation),
        led_by=led_by,
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


def _whole_project(project_id: int) -> Select[Project, str | None, str | None]:
    return (
        select(Project, TeamTemplate.code, Account.name)
        .outerjoin(TeamTemplate, TeamTemplate.id == Project.team_template_id)
        .outerjoin(Account, Account.id == Project.manager_id)
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
    timed = or_(seen_by(session, viewer, PersonalField.AVAILABILITY), led_by(viewer))
    over = (AllocationState.DECLINED, AllocationState.RELEASED)
    rows = session.execute(
        select(
            Allocation.role_id,
            Practitioner.id,
            Practitioner.name,
            Allocation.state,
            Allocation.role_name,
            *(case((timed, column)) for column in (Allocation.share, Allocation.starts_on, Allocation.ends_on)),
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
