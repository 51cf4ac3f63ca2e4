"""The page of one person: what they can do, did, do now and want to learn, as far as the viewer may see it.

A part that the viewer may not see is none. The number of statements does not depend on how much there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.access import Action, Detail, Relation, Thing, allows
from app.errors import NotFound
from app.queries.availability import SHARE_SCALE, free_shares
from app.queries.people.expertise import Expertise, load_expertise
from app.queries.people.listing import Opening, first_day_shown, first_opening
from app.queries.people.provenance import Origin, origins_of
from app.queries.sight.visibility import Sight, Viewer, listed_for, look_at, visible_bookings
from app.queries.staffing.columns import mean_success
from models import (
    BOOKED,
    Absence,
    Allocation,
    AllocationState,
    CostBand,
    Engagement,
    LearningGoal,
    PersonalField,
    Practitioner,
    Project,
    Role,
    Skill,
    Tie,
    Unit,
)
from staffing import TrackPrior
from staffing.evidence import track_record

WEEKS = 26
SHOWN_TIES = 12
PART_OF = {
    "email": PersonalField.CONTACT,
    "external_id": PersonalField.CONTACT,
    "cost_band": PersonalField.COST,
    "success": PersonalField.OUTCOMES,
    "reason": PersonalField.ABSENCE_REASONS,
}
"""Columns that an import may write of somebody whose record is shown without them."""


class CostBandFact(NamedTuple):
    """`daily_cost` is none while nobody has said it."""

    name: str
    daily_cost: float | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    id: int
    name: str
    title: str | None
    about: str | None
    location: str | None
    unit: str | None
    time_zone: str | None
    utc_offset_minutes: int | None
    working_share: float
    working_days: str
    active: bool
    erased: bool
    email: str | None
    cost_band: CostBandFact | None


class Goal(NamedTuple):
    id: int
    skill_id: int
    skill: str
    target_level: int
    priority: int
    due_on: date | None


class Part(NamedTuple):
    """Somebody's part in a project. `success`: of the role where it is known apart, else of the project, 0..1."""

    id: int
    project_id: int
    project: str
    client: str | None
    domain: str | None
    role: str
    starts_on: date | None
    ends_on: date | None
    share: float | None
    technologies: str | None
    success: float | None


class Track(NamedTuple):
    """`rate` is drawn from the outcomes of `projects` toward the organisation's mean, the more the fewer they are."""

    successes: float
    projects: int
    rate: float
    mean: float


class Booking(NamedTuple):
    id: int
    project_id: int
    project: str
    role: str | None
    share: float
    starts_on: date
    ends_on: date | None
    state: AllocationState


class Away(NamedTuple):
    """`reason` is none also where the viewer may not know it."""

    id: int
    starts_on: date
    ends_on: date
    share: float
    reason: str | None


@dataclass(frozen=True, slots=True)
class Availability:
    """`free`: shares 0..1 of the coming weeks. `opening`: the first week in which any share is free.

    `rolls_off_on`: the last day of the last booking; none when nothing is booked or a booking has no end.
    """

    free: tuple[float, ...]
    opening: Opening | None
    bookings: tuple[Booking, ...]
    absences: tuple[Away, ...]
    rolls_off_on: date | None


class Colleague(NamedTuple):
    id: int
    name: str
    shared_projects: int
    last_together: date | None
    strength: float


@dataclass(frozen=True, slots=True)
class Profile:
    """`origins` are for managers: none for others. `traced`, `proposals_shown` and `verifiable`: whether the
    viewer may see the history of the record and where the person was proposed, and verify their ratings."""

    person: PersonFacts
    own: bool
    traced: bool
    proposals_shown: bool
    verifiable: bool
    expertise: Expertise | None
    goals: tuple[Goal, ...] | None
    history: tuple[Part, ...]
    track: Track | None
    availability: Availability | None
    colleagues: tuple[Colleague, ...]
    origins: tuple[Origin, ...] | None


def show_person(session: Session, viewer: Viewer, practitioner_id: int, today: date) -> Profile:
    """NotFound for somebody who is not there and for somebody whom the viewer may not see alike."""
    sight = look_at(session, viewer, practitioner_id)
    if sight is None:
        raise NotFound("There is no such person in the directory.")
    person = _person(session, practitioner_id, sight)
    sees = sight.fields
    expertise = load_expertise(session, practitioner_id, today) if PersonalField.RATINGS in sees else None
    goals = _goals(session, practitioner_id) if PersonalField.GOALS in sees else None
    history = _history(session, practitioner_id, with_outcomes=PersonalField.OUTCOMES in sees)
    availability = _availability(session, viewer, person, sight, today) if PersonalField.AVAILABILITY in sees else None
    profile = Profile(
        person=person,
        own=sight.relation is Relation.OWN,
        traced=allows(viewer.role, Thing.PERSON, Action.TRACE, sight.relation),
        proposals_shown=allows(viewer.role, Thing.PROPOSED, Action.SEE, sight.relation),
        verifiable=expertise is not None
        and not person.erased
        and allows(viewer.role, Thing.PERSON, Action.VERIFY, sight.relation),
        expertise=expertise,
        goals=goals,
        history=history,
        track=_track(session, viewer, history) if PersonalField.OUTCOMES in sees else None,
        availability=availability,
        colleagues=_colleagues(session, viewer, practitioner_id),
        origins=None,
    )
    return replace(profile, origins=_origins(session, profile, sight)) if Detail.ORIGINS in sight.details else profile


def _person(session: Session, practitioner_id: int, sight: Sight) -> PersonFacts:
    person, unit, band, daily_cost = session.execute(
        select(Practitioner, Unit.name, CostBand.name, CostBand.daily_cost)
        .outerjoin(Unit, Unit.id == Practitioner.home_unit_id)
        .outerjoin(CostBand, CostBand.id == Practitioner.cost_band_id)
        .where(Practitioner.id == practitioner_id)
    ).one()
    costs = person.cost_band_id is not None and PersonalField.COST in sight.fields
    return PersonFacts(
        id=person.id,
        name=person.name,
        title=person.title,
        about=person.about,
        location=person.location,
        unit=unit,
        time_zone=person.time_zone,
        utc_offset_minutes=person.utc_offset_minutes,
        working_share=float(person.working_share),
        working_days=person.working_days,
        active=person.active,
        erased=person.erased_at is not None,
        email=person.email if PersonalField.CONTACT in sight.fields else None,
        cost_band=CostBandFact(band, None if daily_cost is None else float(daily_cost)) if costs else None,
    )


def _goals(session: Session, practitioner_id: int) -> tuple[Goal, ...]:
    rows = session.execute(
        select(
            LearningGoal.id,
            LearningGoal.skill_id,
            Skill.name,
            LearningGoal.target_level,
            LearningGoal.priority,
            LearningGoal.due_on,
        )
        .join(Skill, Skill.id == LearningGoal.skill_id)
        .where(LearningGoal.practitioner_id == practitioner_id)
        .order_by(LearningGoal.priority, Skill.name)
    )
    return tuple(Goal(*row) for row in rows)


def _history(session: Session, practitioner_id: int, *, with_outcomes: bool) -> tuple[Part, ...]:
    rows = session.execute(
        select(Engagement, Project.name, Project.client, Project.domain, Project.success)
        .join(Project, Project.id == Engagement.project_id)
        .where(Engagement.practitioner_id == practitioner_id)
    )
    parts = []
    for part, project, client, domain, whole in rows:
        success = part.success if part.success is not None else whole
        parts.append(
            Part(
                id=part.id,
                project_id=part.project_id,
                project=project,
                client=client,
                domain=domain,
                role=part.role_name,
                starts_on=part.starts_on,
                ends_on=part.ends_on,
                share=None if part.share is None else float(part.share),
                technologies=part.technologies,
                success=float(success) if with_outcomes and success is not None else None,
            )
        )
    return tuple(sorted(parts, key=lambda part: (part.ends_on or part.starts_on or date.min, part.id), reverse=True))


def _track(session: Session, viewer: Viewer, history: Sequence[Part]) -> Track:
    outcomes = [part.success for part in history if part.success is not None]
    mean = mean_success(session, viewer)
    successes = round(sum(outcomes), 3)
    rate = float(track_record(successes, len(outcomes), mean, TrackPrior().strength))
    return Track(successes, len(outcomes), rate, mean)


def _availability(session: Session, viewer: Viewer, person: PersonFacts, sight: Sight, today: date) -> Availability:
    first = first_day_shown(today)
    free = free_shares(session, [person.id], first, WEEKS)[0].tolist()
    bookings = bookings_of(session, viewer, person.id, today)
    booked = [one.ends_on for one in bookings if one.state in BOOKED]
    return Availability(
        free=tuple(share / SHARE_SCALE for share in free),
        opening=first_opening(free, 1, first),
        bookings=bookings,
        absences=_absences(session, person.id, sight, today),
        rolls_off_on=max((day for day in booked if day), default=None) if None not in booked else None,
    )


def bookings_of(session: Session, viewer: Viewer, practitioner_id: int, today: date) -> tuple[Booking, ...]:
    """Running and coming ones, as far as the viewer may see them."""
    rows = session.execute(
        select(
            Allocation.id,
            Allocation.project_id,
            Project.name,
            func.coalesce(Role.name, Allocation.role_name),
            Allocation.share,
            Allocation.starts_on,
            Allocation.ends_on,
            Allocation.state,
        )
        .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
        .join(Project, Project.id == Allocation.project_id)
        .outerjoin(Role, Role.id == Allocation.role_id)
        .where(
            Allocation.practitioner_id == practitioner_id,
            Allocation.state.in_((*BOOKED, AllocationState.PROPOSED)),
            visible_bookings(session, viewer),
            or_(Allocation.ends_on.is_(None), Allocation.ends_on >= today),
        )
        .order_by(Allocation.starts_on, Allocation.id)
    )
    return tuple(Booking(*row[:4], float(row[4]), *row[5:]) for row in rows)


def _absences(session: Session, practitioner_id: int, sight: Sight, today: date) -> tuple[Away, ...]:
    reasons = PersonalField.ABSENCE_REASONS in sight.fields
    rows = session.scalars(
        select(Absence)
        .where(Absence.practitioner_id == practitioner_id, Absence.ends_on >= today)
        .order_by(Absence.starts_on, Absence.id)
    )
    return tuple(
        Away(row.id, row.starts_on, row.ends_on, float(row.share), row.reason if reasons else None) for row in rows
    )


def _colleagues(session: Session, viewer: Viewer, practitioner_id: int) -> tuple[Colleague, ...]:
    """Those with the strongest ties, of the people whom the viewer may see."""
    other = case((Tie.person_a_id == practitioner_id, Tie.person_b_id), else_=Tie.person_a_id)
    rows = session.execute(
        select(Practitioner.id, Practitioner.name, Tie.shared_projects, Tie.last_together, Tie.strength)
        .join(Tie, other == Practitioner.id)
        .where(or_(Tie.person_a_id == practitioner_id, Tie.person_b_id == practitioner_id), listed_for(viewer))
        .order_by(Tie.strength.desc(), Practitioner.name)
        .limit(SHOWN_TIES)
    )
    return tuple(Colleague(*row[:4], float(row[4])) for row in rows)


def _origins(session: Session, profile: Profile, sight: Sight) -> tuple[Origin, ...]:
    skills = (
        [skill for category in profile.expertise.categories for skill in category.skills] if profile.expertise else []
    )
    bookings, absences = (
        (profile.availability.bookings, profile.availability.absences) if profile.availability else ((), ())
    )
    return origins_of(
        session,
        {
            "practitioners": {profile.person.id: profile.person.name},
            "ratings": {skill.rating_id: skill.name for skill in skills},
            "learning_goals": {goal.id: f"Goal: {goal.skill}" for goal in profile.goals or ()},
            "engagements": {part.id: part.project for part in profile.history},
            "allocations": {booking.id: booking.project for booking in bookings},
            "absences": {absence.id: "Absence" for absence in absences},
        },
        except_columns={column for column, field in PART_OF.items() if field not in sight.fields},
    )
