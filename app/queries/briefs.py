"""What a project and its roles are described by, as plain values: pages, files and tests fill the same ones."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.errors import NotFound
from models import CatalogueRole, MeasureKind, Project, ProjectState, Role, RoleCommunication, SkillNeed, TeamTemplate


@dataclass(frozen=True, slots=True)
class Need:
    """`skill` is a name or an alias of the catalogue."""

    skill: str
    level: int
    must: bool = True
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RoleBrief:
    """A role of a project. `phase` and `subteam` name one of the project's; `catalogue_role` is a code."""

    name: str
    headcount: int = 1
    fte: Decimal = Decimal(1)
    starts_on: date | None = None
    ends_on: date | None = None
    function: str | None = None
    responsibilities: str | None = None
    """One responsibility a line."""
    phase: str | None = None
    subteam: str | None = None
    catalogue_role: str | None = None
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseBrief:
    """`id` is that of the stored phase; None for a new one. Sub-teams and measures likewise."""

    name: str
    starts_on: date
    ends_on: date
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SubteamBrief:
    name: str
    focus: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class MeasureBrief:
    """An outcome that is expected and, at the review, compared with what came."""

    name: str
    kind: MeasureKind
    unit: str | None = None
    expected: Decimal | None = None
    higher_is_better: bool = True
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Communication:
    """How much two roles talk; 1 is what every other pair does. A role may be paired with itself."""

    role_a: str
    role_b: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ProjectBrief:
    """A project without its roles. `team_template` is the code of the template that the roles are checked against."""

    name: str
    client: str | None = None
    domain: str | None = None
    description: str | None = None
    state: ProjectState = ProjectState.PLANNED
    starts_on: date | None = None
    ends_on: date | None = None
    priority: int = 3
    budget: Decimal | None = None
    team_template: str | None = None
    phases: tuple[PhaseBrief, ...] = ()
    subteams: tuple[SubteamBrief, ...] = ()
    measures: tuple[MeasureBrief, ...] = ()


def project_brief(session: Session, project_id: int) -> tuple[ProjectBrief, int]:
    """The project as it stands, with its version."""
    found = session.execute(
        select(Project, TeamTemplate.code)
        .outerjoin(TeamTemplate, TeamTemplate.id == Project.team_template_id)
        .where(Project.id == project_id)
        .options(selectinload(Project.phases), selectinload(Project.subteams), selectinload(Project.outcome_measures))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such project.")
    project, template = found
    brief = ProjectBrief(
        name=project.name,
        client=project.client,
        domain=project.domain,
        description=project.description,
        state=project.state,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        priority=project.priority,
        budget=project.budget,
        team_template=template,
        phases=tuple(PhaseBrief(phase.name, phase.starts_on, phase.ends_on, phase.id) for phase in project.phases),
        subteams=tuple(SubteamBrief(subteam.name, subteam.focus, subteam.id) for subteam in project.subteams),
        measures=tuple(
            MeasureBrief(row.name, row.kind, row.unit, row.expected, row.higher_is_better, row.id)
            for row in project.outcome_measures
        ),
    )
    return brief, project.version


def role_brief(session: Session, project_id: int, role_id: int) -> RoleBrief:
    found = session.execute(
        select(Role, CatalogueRole.code)
        .outerjoin(CatalogueRole, CatalogueRole.id == Role.catalogue_role_id)
        .where(Role.id == role_id, Role.project_id == project_id)
        .options(
            joinedload(Role.phase),
            joinedload(Role.subteam),
            selectinload(Role.needs).joinedload(SkillNeed.skill),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("The project has no such role.")
    role, code = found
    return RoleBrief(
        name=role.name,
        headcount=role.headcount,
        fte=role.fte,
        starts_on=role.starts_on,
        ends_on=role.ends_on,
        function=role.function,
        responsibilities=role.responsibilities,
        phase=role.phase.name if role.phase else None,
        subteam=role.subteam.name if role.subteam else None,
        catalogue_role=code,
        needs=tuple(Need(need.skill.name, need.level, need.must, need.weight) for need in role.needs),
    )


def communication(session: Session, project_id: int) -> tuple[Communication, ...]:
    """The pairs of roles whose communication is stated, in the order of the roles."""
    names = {
        role_id: (position, name)
        for position, (role_id, name) in enumerate(
            session.execute(
                select(Role.id, Role.name).where(Role.project_id == project_id).order_by(Role.position, Role.id)
            ).all()
        )
    }
    pairs = session.execute(
        select(RoleCommunication.role_a_id, RoleCommunication.role_b_id, RoleCommunication.amount)
        .join(Role, Role.id == RoleCommunication.role_a_id)
        .where(Role.project_id == project_id)
    ).all()
    ordered = sorted((names[one], names[other], amount) for one, other, amount in pairs)
    return tuple(Communication(one[1], other[1], amount) for one, other, amount in ordered)


def told(brief: Any) -> dict[str, Any]:
    """A brief in JSON's types, without ids, for the audit trail and for comparing."""
    plain: dict[str, Any] = _plain(asdict(brief))
    return plain


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _plain(inner) for key, inner in value.items() if key != "id"}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case Decimal():
            return format(value.normalize(), "f")
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
    return value


def fingerprint(*briefs: RoleBrief | Communication) -> str:
    """Changes whenever one of them does: what a form carries to notice that somebody else edited the same thing."""
    return hashlib.sha256(repr([told(brief) for brief in briefs]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what is saved and what somebody typed differ, both in JSON's types."""

    field: str
    saved: Any
    yours: Any


def differences(saved: ProjectBrief | RoleBrief, yours: ProjectBrief | RoleBrief) -> list[Difference]:
    one, other = told(saved), told(yours)
    return [Difference(field, one[field], other[field]) for field in one if one[field] != other[field]]
