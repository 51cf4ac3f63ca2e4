"""The start page, by role: what waits for a manager, for a practitioner, for an administrator."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, distinct, func, or_, select
from sqlalchemy.orm import Session

from app.access import Action, Thing, opens
from app.queries.people.profile import Booking, bookings_of
from app.queries.sight.visibility import Viewer, led_by, manages, seen_by, visible_bookings
from app.queries.staffing.proposals import RunSummary, run_summaries
from models import (
    BOOKED,
    Allocation,
    BatchState,
    ImportBatch,
    LearningGoal,
    PersonalField,
    Practitioner,
    Project,
    ProjectState,
    Rating,
    Role,
)

SHOWN = 6
ROLL_OFF = timedelta(weeks=6)
STALE = timedelta(days=365)


class OpenProject(NamedTuple):
    """`open` of its `seats` have nobody booked."""

    id: int
    name: str
    client: str | None
    starts_on: date | None
    seats: int
    open: int


class RollOff(NamedTuple):
    """Somebody whose last booking ends on `on`."""

    id: int
    name: str
    title: str | None
    on: date


class Import(NamedTuple):
    id: int
    filename: str
    state: BatchState
    uploaded_at: datetime
    counts: dict[str, Any]


class Freshness(NamedTuple):
    """`stale` of the `ratings` were neither used nor given within a year, or nobody knows when."""

    ratings: int
    stale: int
    goals: int


@dataclass(frozen=True, slots=True)
class OwnPage:
    practitioner_id: int
    freshness: Freshness
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A part is none for those whom it does not concern."""

    people: int
    own: OwnPage | None
    to_staff: tuple[OpenProject, ...] | None
    runs: tuple[RunSummary, ...] | None
    rolling_off: tuple[RollOff, ...] | None
    imports: tuple[Import, ...] | None


def start_page(session: Session, viewer: Viewer, today: date) -> Home:
    people = session.scalar(select(func.count()).select_from(Practitioner).where(Practitioner.active)) or 0
    return Home(
        people=people,
        own=_own(session, viewer, today),
        to_staff=_to_staff(session, viewer) if manages(viewer) else None,
        runs=tuple(run_summaries(session, viewer, limit=SHOWN)) if manages(viewer) else None,
        rolling_off=_rolling_off(session, viewer, today) if manages(viewer) else None,
        imports=_imports(session) if opens(viewer.role, Thing.IMPORT, Action.SEE) else None,
    )


def _own(session: Session, viewer: Viewer, today: date) -> OwnPage | None:
    if viewer.practitioner_id is None:
        return None
    evidence = func.coalesce(Rating.last_used, Rating.rated_on)
    stale = case((or_(evidence.is_(None), evidence < today - STALE), 1), else_=0)
    goals = select(func.count()).where(LearningGoal.practitioner_id == viewer.practitioner_id).scalar_subquery()
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(stale), 0), goals).where(
            Rating.practitioner_id == viewer.practitioner_id
        )
    ).one()
    bookings = bookings_of(session, viewer, viewer.practitioner_id, today)
    return OwnPage(viewer.practitioner_id, Freshness(*row), bookings)


def _to_staff(session: Session, viewer: Viewer) -> tuple[OpenProject, ...]:
    """Planned projects with seats on which the viewer sees nobody booked, the next to start first."""
    booked = (
        select(Allocation.role_id, func.count(distinct(Allocation.practitioner_id)).label("people"))
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .where(Allocation.state.in_(BOOKED), Allocation.role_id.is_not(None), visible_bookings(session, viewer))
        .group_by(Allocation.role_id)
        .subquery()
    )
    people = func.coalesce(booked.c.people, 0)
    open_seats = func.sum(case((people < Role.headcount, Role.headcount - people), else_=0))
    rows = session.execute(
        select(Project.id, Project.name, Project.client, Project.starts_on, func.sum(Role.headcount), open_seats)
        .join(Role, Role.project_id == Project.id)
        .outerjoin(booked, booked.c.role_id == Role.id)
        .where(Project.state == ProjectState.PLANNED, led_by(viewer))
        .group_by(Project.id)
        .having(open_seats > 0)
        .order_by(Project.starts_on.is_(None), Project.starts_on, Project.priority.desc(), Project.name_key)
        .limit(SHOWN)
    )
    return tuple(OpenProject(*row) for row in rows)


def _rolling_off(session: Session, viewer: Viewer, today: date) -> tuple[RollOff, ...]:
    """Whose last booking ends within six weeks; a booking without an end keeps somebody for good."""
    last = func.max(Allocation.ends_on)
    rows = session.execute(
        select(Practitioner.id, Practitioner.name, Practitioner.title, last)
        .join(Allocation, Allocation.practitioner_id == Practitioner.id)
        .where(
            Practitioner.active,
            seen_by(session, viewer, PersonalField.AVAILABILITY),
            Allocation.state.in_(BOOKED),
            or_(Allocation.ends_on.is_(None), Allocation.ends_on >= today),
        )
        .group_by(Practitioner.id)
        .having(func.count() == func.count(Allocation.ends_on), last <= today + ROLL_OFF)
        .order_by(last, Practitioner.name_key)
        .limit(SHOWN)
    )
    return tuple(RollOff(number, name, title, on) for number, name, title, on in rows if on)


def _imports(session: Session) -> tuple[Import, ...]:
    rows = session.execute(
        select(ImportBatch.id, ImportBatch.filename, ImportBatch.state, ImportBatch.uploaded_at, ImportBatch.counts)
        .order_by(ImportBatch.id.desc())
        .limit(SHOWN)
    )
    return tuple(Import(*row) for row in rows)
