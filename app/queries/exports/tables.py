"""What an export tells: the directory in the words of the last import where they still mean what is stored, so that
reading the file back changes nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from app.queries.imports.directory import existing
from app.queries.sight.visibility import Viewer, hidden_fields, led_by, seen_by, shown_of, visible_bookings
from importers import Existing, ExistingPerson
from importers.exports.exported import ExportedAllocation, ExportedGoal, ExportedPart, ExportedPerson, ExportedRating
from models import (
    Allocation,
    Engagement,
    LearningGoal,
    PersonalField,
    Practitioner,
    Project,
    Rating,
    Skill,
    SkillCategory,
)


@dataclass(frozen=True)
class ExportedDirectory:
    """People by name, their parts in past projects by first day, as far as the viewer may see them.

    Those who left are not exported: a file cannot say so, and reading it back would bring them in again.
    """

    people: Sequence[ExportedPerson]
    ratings: Sequence[ExportedRating]
    allocations: Sequence[ExportedAllocation]
    parts: Sequence[ExportedPart]


class ExportChoices(NamedTuple):
    """What there is to take out: how many people and projects, and the one project asked for, if there is one."""

    people: int
    projects: int
    project: Row[int, str] | None


def export_choices(session: Session, project_id: int | None) -> ExportChoices:
    people = session.scalar(select(func.count()).select_from(Practitioner).where(Practitioner.active)) or 0
    projects = session.scalar(select(func.count()).select_from(Project)) or 0
    project = session.execute(select(Project.id, Project.name).where(Project.id == project_id)).one_or_none()
    return ExportChoices(people, projects, project)


def exported_directory(session: Session, viewer: Viewer) -> ExportedDirectory:
    """A constant number of statements, however large the directory is."""
    known = existing(session)
    names = select(Practitioner.id).where(Practitioner.active).order_by(Practitioner.name_key, Practitioner.id)
    active = session.scalars(names).all()
    hidden, goals = hidden_fields(session, viewer, active), _goals(session, viewer)
    by_id = {person.id: person for person in known.people}
    return ExportedDirectory(
        people=[_person(by_id[person], goals[person], hidden[person]) for person in active],
        ratings=_ratings(session, viewer),
        allocations=_allocations(session, viewer, known, active),
        parts=_parts(session, hidden),
    )


def _person(known: ExistingPerson, goals: Sequence[ExportedGoal], hidden: frozenset[PersonalField]) -> ExportedPerson:
    reachable = PersonalField.CONTACT not in hidden
    return ExportedPerson(
        id=known.id,
        name=known.name,
        external_id=next(iter(known.external_ids), None) if reachable else None,
        email=next(iter(known.emails), None) if reachable else None,
        title=known.title,
        unit=known.unit,
        office=known.office,
        time_zone=known.time_zone,
        working_share=known.working_share,
        cost_band=None if PersonalField.COST in hidden else known.cost_band,
        goals=tuple(goals),
    )


def _goals(session: Session, viewer: Viewer) -> defaultdict[int, list[ExportedGoal]]:
    goals = defaultdict(list)
    for person, skill, target, category in session.execute(
        select(LearningGoal.practitioner_id, Skill.name, LearningGoal.target_level, SkillCategory.name)
        .join(Skill, Skill.id == LearningGoal.skill_id)
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .where(shown_of(session, viewer, PersonalField.GOALS, LearningGoal.practitioner_id))
        .order_by(LearningGoal.practitioner_id, LearningGoal.priority, Skill.name)
    ):
        goals[person].append(ExportedGoal(skill, target, category))
    return goals


def _ratings(session: Session, viewer: Viewer) -> list[ExportedRating]:
    rows = session.execute(
        select(Rating.practitioner_id, Skill.name, Rating.level, SkillCategory.name, Rating.rated_on, Rating.last_used)
        .join(Skill, Skill.id == Rating.skill_id)
        .join(Practitioner, Practitioner.id == Rating.practitioner_id)
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .where(Practitioner.active, seen_by(session, viewer, PersonalField.RATINGS))
        .order_by(Practitioner.name_key, Practitioner.id, Skill.name)
    )
    return [ExportedRating(*row) for row in rows]


def _allocations(session: Session, viewer: Viewer, known: Existing, people: Sequence[int]) -> list[ExportedAllocation]:
    seen = set(
        session.scalars(
            select(Allocation.id)
            .join(Practitioner, Practitioner.id == Allocation.practitioner_id)
            .join(Project, Project.id == Allocation.project_id)
            .where(
                visible_bookings(session, viewer),
                or_(seen_by(session, viewer, PersonalField.AVAILABILITY), led_by(viewer)),
            )
        )
    )
    order = {person: place for place, person in enumerate(people)}
    clients = {project.name: project.client for project in known.projects}
    allocations = [
        ExportedAllocation(a.person, a.project, a.role, a.share, a.start, a.end, clients[a.project], a.status)
        for a in known.allocations
        if a.person in order and a.id in seen
    ]
    return sorted(allocations, key=lambda allocation: order[allocation.person])


def _parts(session: Session, hidden: Mapping[int, frozenset[PersonalField]]) -> list[ExportedPart]:
    """What of a part is not known apart holds as for its project. Parts that went like their project come first: an
    import takes the project's score from the first one."""
    rows = session.execute(
        select(
            Engagement.practitioner_id,
            Project.name,
            Project.client,
            Project.domain,
            Engagement.role_name,
            Engagement.starts_on,
            Engagement.ends_on,
            Engagement.share,
            func.coalesce(Engagement.success, Project.success).label("score"),
            Engagement.technologies,
        )
        .join(Project, Project.id == Engagement.project_id)
        .order_by(Engagement.success.is_not(None), Engagement.starts_on, Engagement.id)
    )
    return [
        ExportedPart(
            person=row.practitioner_id,
            project=row.name,
            client=row.client,
            domain=row.domain,
            role=row.role_name or None,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            share=_number(row.share),
            score=None if PersonalField.OUTCOMES in hidden[row.practitioner_id] else _number(row.score),
            technologies=row.technologies,
        )
        for row in rows
        if row.practitioner_id in hidden
    ]


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
