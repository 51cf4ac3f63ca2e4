"""Projects as an export tells them, with what they need and who is on their seats."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, case, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from app.queries.sight.outcomes import outcome_shown
from app.queries.sight.visibility import Viewer, led_by, seen_by, visible_bookings
from importers.exports.exported_projects import (
    ExportedMeasure,
    ExportedNeed,
    ExportedPhase,
    ExportedProject,
    ExportedRole,
    ExportedSeat,
)
from models import (
    BOOKED,
    Allocation,
    AllocationState,
    PersonalField,
    Practitioner,
    Project,
    Role,
    RoleCommunication,
    SkillNeed,
)

TAKEN = frozenset({*BOOKED, AllocationState.PROPOSED, AllocationState.COMPLETED})
"""States of an allocation that belong on its seat; the others are told among the allocations."""
FILLED = frozenset({*BOOKED, AllocationState.COMPLETED})


def exported_projects(session: Session, viewer: Viewer, project_id: int | None = None) -> list[ExportedProject]:
    """Every project by name, or the one. A constant number of statements. Seats do not name people who left, nor
    those of whom the viewer may not know that they sit there; a project has no score that somebody hides."""
    wanted = select(Project, outcome_shown(session, viewer).label("score_shown")).order_by(Project.name_key)
    wanted = wanted.execution_options(populate_existing=True)
    wanted = wanted.options(
        selectinload(Project.phases),
        selectinload(Project.subteams),
        selectinload(Project.outcome_measures),
        selectinload(Project.roles).options(
            joinedload(Role.phase), joinedload(Role.subteam), selectinload(Role.needs).joinedload(SkillNeed.skill)
        ),
    )
    found = session.execute(wanted if project_id is None else wanted.where(Project.id == project_id)).all()
    taken, pairs = _taken_seats(session, viewer, project_id), _communication(session, project_id)
    return [_project(project, taken, pairs[project.id], score_shown=shown) for project, shown in found]


def _project(
    project: Project, taken: dict[int, list[Row[Any]]], pairs: Sequence[tuple[str, str, float]], *, score_shown: bool
) -> ExportedProject:
    return ExportedProject(
        name=project.name,
        client=project.client,
        domain=project.domain,
        state=project.state.value,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        priority=project.priority,
        budget=_number(project.budget),
        score=_number(project.success) if score_shown else None,
        description=project.description,
        phases=tuple(ExportedPhase(phase.name, phase.starts_on, phase.ends_on) for phase in project.phases),
        subteams=tuple((subteam.name, subteam.focus) for subteam in project.subteams),
        roles=tuple(_role(role, taken[role.id]) for role in project.roles),
        communication=tuple(pairs),
        measures=tuple(
            ExportedMeasure(m.name, m.kind.value, m.unit, _number(m.expected), _number(m.actual), m.higher_is_better)
            for m in project.outcome_measures
        ),
    )


def _role(role: Role, taken: Sequence[Row[Any]]) -> ExportedRole:
    return ExportedRole(
        name=role.name,
        function=role.function,
        headcount=role.headcount,
        share=float(role.fte),
        starts_on=role.starts_on,
        ends_on=role.ends_on,
        phase=role.phase.name if role.phase else None,
        subteam=role.subteam.name if role.subteam else None,
        responsibilities=role.responsibilities,
        needs=tuple(ExportedNeed(n.skill.name, n.level, n.must, float(n.weight)) for n in role.needs),
        seats=tuple(_seats(role, taken)),
    )


def _seats(role: Role, taken: Sequence[Row[Any]]) -> Iterator[ExportedSeat]:
    """Those that somebody is on, then the open ones; a seat without a number fills the first that is free."""
    for row in taken:
        name, number = (row.name, row.external_id) if row.active else (None, None)
        when = (_number(row.share), row.starts_on, row.ends_on) if row.timed else (None, None, None)
        yield ExportedSeat(row.seat, name, number, row.state.value, *when)
    filled = [row for row in taken if row.state in FILLED]
    numbered = {row.seat for row in filled if row.seat is not None}
    free = [number for number in range(1, role.headcount + 1) if number not in numbered]
    for number in free[sum(row.seat is None for row in filled) :]:
        yield ExportedSeat(number)


def _taken_seats(session: Session, viewer: Viewer, project_id: int | None) -> dict[int, list[Row[Any]]]:
    """Role -> its allocations that the viewer sees, by seat and first day."""
    wanted = (
        select(
            Allocation.role_id,
            Allocation.seat,
            Allocation.state,
            Allocation.share,
            Allocation.starts_on,
            Allocation.ends_on,
            Practitioner.name,
            case((seen_by(session, viewer, PersonalField.CONTACT), Practitioner.external_id)).label("external_id"),
            Practitioner.active,
            or_(seen_by(session, viewer, PersonalField.AVAILABILITY), led_by(viewer)).label("timed"),
        )
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(Allocation.role_id.is_not(None), Allocation.state.in_(TAKEN), visible_bookings(session, viewer))
        .order_by(Allocation.seat.is_(None), Allocation.seat, Allocation.starts_on, Allocation.id)
    )
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    rows: Iterable[Row[Any]] = session.execute(
        wanted if project_id is None else wanted.where(Allocation.project_id == project_id)
    )
    for row in rows:
        found[row.role_id].append(row)
    return found


def _communication(session: Session, project_id: int | None) -> dict[int, list[tuple[str, str, float]]]:
    """Project -> pairs of its roles with how much they talk."""
    one, other = aliased(Role), aliased(Role)
    wanted = (
        select(one.project_id, one.name, other.name, RoleCommunication.amount)
        .join(one, one.id == RoleCommunication.role_a_id)
        .join(other, other.id == RoleCommunication.role_b_id)
        .order_by(one.position, one.id, other.position, other.id)
    )
    found: dict[int, list[tuple[str, str, float]]] = defaultdict(list)
    for project, first, second, amount in session.execute(
        wanted if project_id is None else wanted.where(one.project_id == project_id)
    ):
        found[project].append((first, second, float(amount)))
    return found


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
