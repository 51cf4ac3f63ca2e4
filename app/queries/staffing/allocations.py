"""Allocations with their steps, and who may take the next one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.sight.visibility import Viewer, led_by
from models import (
    STEPS,
    Account,
    Allocation,
    AllocationChange,
    AllocationState,
    Decision,
    Practitioner,
    Project,
    Role,
)


class Seen(NamedTuple):
    """What somebody was shown of an allocation before they took a step."""

    version: int
    state: AllocationState


class Step(NamedTuple):
    state: AllocationState
    at: datetime
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Taken:
    """An allocation that is no longer as it was shown."""

    allocation_id: int
    person: str
    shown: AllocationState
    stored: AllocationState
    last: Step | None


@dataclass(frozen=True, slots=True)
class AllocationView:
    """`may`: the states that this viewer may bring allocations of this project to; `next`: those within reach now."""

    id: int
    version: int
    state: AllocationState
    person_id: int
    person: str
    project_id: int
    project: str
    role: str | None
    seat: int | None
    share: float
    starts_on: date
    ends_on: date | None
    decision_id: int | None
    steps: Sequence[Step]
    may: frozenset[AllocationState]

    @property
    def next(self) -> frozenset[AllocationState]:
        return STEPS[self.state] & self.may


MANAGED_STEPS = frozenset(
    {AllocationState.HELD, AllocationState.CONFIRMED, AllocationState.DECLINED, AllocationState.RELEASED}
)
OWN_STEPS = frozenset({AllocationState.DECLINED})


def _may_take(viewer: Viewer, practitioner_id: int, *, managed: bool) -> frozenset[AllocationState]:
    """Managers of the project take every step; the person may decline."""
    own = OWN_STEPS if viewer.practitioner_id == practitioner_id else frozenset()
    return MANAGED_STEPS if managed else own


def show_allocation(session: Session, viewer: Viewer, allocation_id: int) -> AllocationView:
    """For managers and for the person; NotFound for everybody else, as for one that is not there."""
    found = _views(session, viewer, Allocation.id == allocation_id)
    if not found:
        raise NotFound("There is no such allocation.")
    return found[0]


def allocations_of_decision(session: Session, viewer: Viewer, decision: Decision) -> list[AllocationView]:
    """Of the people whom the decision held or left on their seats, as they stand now."""
    record = decision.record or {}
    numbers = [one["allocation"] for one in record.get("held", ())] + record.get("kept", [])
    return _views(session, viewer, Allocation.id.in_(numbers)) if numbers else []


def _views(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> list[AllocationView]:
    """Two statements."""
    decision = (
        select(func.max(Decision.id))
        .where(Decision.proposal_id == Allocation.proposal_id)
        .correlate(Allocation)
        .scalar_subquery()
    )
    wanted = (
        select(
            Allocation,
            Practitioner.name,
            Project.name,
            func.coalesce(Role.name, Allocation.role_name),
            decision,
            led_by(viewer).label("managed"),
        )
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .outerjoin(Role, Role.id == Allocation.role_id)
        .where(which, or_(led_by(viewer), Allocation.practitioner_id == viewer.practitioner_id))
        .order_by(Role.position, Allocation.seat, Allocation.id)
    )
    rows = session.execute(wanted).all()
    steps = _steps(session, [row[0].id for row in rows])
    return [
        AllocationView(
            id=one.id,
            version=one.version,
            state=one.state,
            person_id=one.practitioner_id,
            person=person,
            project_id=one.project_id,
            project=project,
            role=role,
            seat=one.seat,
            share=float(one.share),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            decision_id=decision_id if managed else None,
            steps=steps.get(one.id, ()),
            may=_may_take(viewer, one.practitioner_id, managed=managed),
        )
        for one, person, project, role, decision_id, managed in rows
    ]


def _steps(session: Session, numbers: Sequence[int]) -> dict[int, list[Step]]:
    rows = session.execute(
        select(
            AllocationChange.allocation_id,
            AllocationChange.state,
            AllocationChange.changed_at,
            Account.name,
            AllocationChange.reason,
        )
        .outerjoin(Account, Account.id == AllocationChange.changed_by_id)
        .where(AllocationChange.allocation_id.in_(numbers))
        .order_by(AllocationChange.id)
    )
    found: dict[int, list[Step]] = {}
    for number, state, at, by, reason in rows:
        found.setdefault(number, []).append(Step(state, at, by, reason))
    return found


def last_steps(session: Session, shown: Mapping[int, Seen]) -> tuple[Taken, ...]:
    """What became of allocations that are no longer as they were shown."""
    rows = session.execute(
        select(Allocation.id, Practitioner.name, Allocation.state)
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .where(Allocation.id.in_(shown))
        .order_by(Allocation.id)
    ).all()
    steps = _steps(session, list(shown))
    return tuple(
        Taken(number, person, shown[number].state, state, steps[number][-1] if number in steps else None)
        for number, person, state in rows
    )
