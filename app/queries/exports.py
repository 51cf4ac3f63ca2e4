"""What an export tells: the directory in the words of the last import where they still mean what is stored, so that
reading the file back changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.directory import existing
from importers import Existing, ExistingPerson
from importers.exported import ExportedAllocation, ExportedGoal, ExportedPerson, ExportedRating
from models import LearningGoal, Practitioner, Rating, Skill, SkillAlias, SkillCategory


@dataclass(frozen=True)
class ExportedDirectory:
    """People by name. `aliases`: the other names of each skill that has any.

    Those who left are not exported: a file cannot say so, and reading it back would bring them in again.
    """

    people: Sequence[ExportedPerson]
    ratings: Sequence[ExportedRating]
    allocations: Sequence[ExportedAllocation]
    aliases: dict[str, list[str]]


def exported_directory(session: Session) -> ExportedDirectory:
    """A constant number of statements, however large the directory is."""
    known = existing(session)
    names = select(Practitioner.id).where(Practitioner.active).order_by(Practitioner.name_key, Practitioner.id)
    active = session.scalars(names).all()
    goals = _goals(session)
    by_id = {person.id: person for person in known.people}
    return ExportedDirectory(
        people=[_person(by_id[person], goals[person]) for person in active],
        ratings=_ratings(session),
        allocations=_allocations(known, active),
        aliases=_aliases(session),
    )


def _person(known: ExistingPerson, goals: Sequence[ExportedGoal]) -> ExportedPerson:
    return ExportedPerson(
        id=known.id,
        name=known.name,
        external_id=next(iter(known.external_ids), None),
        email=next(iter(known.emails), None),
        title=known.title,
        unit=known.unit,
        office=known.office,
        time_zone=known.time_zone,
        working_share=known.working_share,
        cost_band=known.cost_band,
        goals=tuple(goals),
    )


def _goals(session: Session) -> defaultdict[int, list[ExportedGoal]]:
    goals = defaultdict(list)
    for person, skill, target in session.execute(
        select(LearningGoal.practitioner_id, Skill.name, LearningGoal.target_level)
        .join(Skill, Skill.id == LearningGoal.skill_id)
        .order_by(LearningGoal.practitioner_id, LearningGoal.priority, Skill.name)
    ):
        goals[person].append(ExportedGoal(skill, target))
    return goals


def _ratings(session: Session) -> list[ExportedRating]:
    rows = session.execute(
        select(Rating.practitioner_id, Skill.name, Rating.level, SkillCategory.name, Rating.rated_on, Rating.last_used)
        .join(Skill, Skill.id == Rating.skill_id)
        .join(Practitioner, Practitioner.id == Rating.practitioner_id)
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .where(Practitioner.active)
        .order_by(Practitioner.name_key, Practitioner.id, Skill.name)
    )
    return [ExportedRating(*row) for row in rows]


def _allocations(known: Existing, people: Sequence[int]) -> list[ExportedAllocation]:
    order = {person: place for place, person in enumerate(people)}
    clients = {project.name: project.client for project in known.projects}
    allocations = [
        ExportedAllocation(a.person, a.project, a.role, a.share, a.start, a.end, clients[a.project], a.status)
        for a in known.allocations
        if a.person in order
    ]
    return sorted(allocations, key=lambda allocation: order[allocation.person])


def _aliases(session: Session) -> dict[str, list[str]]:
    aliases = defaultdict(list)
    for skill, alias in session.execute(
        select(Skill.name, SkillAlias.alias).join(SkillAlias, SkillAlias.skill_id == Skill.id).order_by(SkillAlias.id)
    ):
        aliases[skill].append(alias)
    return dict(aliases)
