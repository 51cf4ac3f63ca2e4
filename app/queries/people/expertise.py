"""What one person can do: ratings by category with the evidence behind each, and how broad and deep they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Account, Endorsement, Rating, RatingChange, RatingSource, Skill, SkillCategory

UNSORTED = "Other skills"
SOLID = 3
DEEP = 4
DEEP_SKILLS = 2
"""So many skills at `DEEP`, or one at the highest level, make a specialist of a category."""
BROAD_CATEGORIES = 4
"""So many categories with a skill at `SOLID` make a generalist."""
DAYS_A_MONTH = 30.4375


class Change(NamedTuple):
    """One value that a rating took; none says that it was withdrawn."""

    level: int | None
    source: RatingSource
    rated_on: date | None
    recorded_on: date
    recorded_by: str | None


@dataclass(frozen=True, slots=True)
class RatedSkill:
    """`months`: age of the evidence, from the last use or else from the rating itself; none where nobody knows.

    `history` has the latest change first.
    """

    rating_id: int
    skill_id: int
    name: str
    category: str
    level: int
    source: RatingSource
    rated_on: date | None
    last_used: date | None
    months: int | None
    verified_by: str | None
    verified_on: date | None
    endorsements: int
    history: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    skills: tuple[RatedSkill, ...]

    def at_least(self, level: int) -> int:
        return sum(skill.level >= level for skill in self.skills)

    @property
    def by_level(self) -> tuple[int, ...]:
        """How many skills at level 1, 2, 3, 4 and 5."""
        return tuple(sum(skill.level == level for skill in self.skills) for level in range(1, 6))


@dataclass(frozen=True, slots=True)
class Expertise:
    """`specialities`: categories known in depth, deepest first. `areas`: how many categories are known solidly."""

    categories: tuple[Category, ...]
    specialities: tuple[str, ...]
    areas: int

    @property
    def generalist(self) -> bool:
        return self.areas >= BROAD_CATEGORIES


def load_expertise(session: Session, practitioner_id: int, today: date) -> Expertise:
    """Two statements. Level 0 ("none") is kept: it is a statement, not a gap."""
    changes = _changes(session, practitioner_id)
    confirmed = select(func.count()).where(Endorsement.rating_id == Rating.id).scalar_subquery().label("endorsements")
    rows = session.execute(
        select(
            Rating.id,
            Rating.skill_id,
            Skill.name,
            func.coalesce(SkillCategory.name, UNSORTED).label("category"),
            Rating.level,
            Rating.source,
            Rating.rated_on,
            Rating.last_used,
            Account.name.label("verified_by"),
            Rating.verified_at,
            confirmed,
        )
        .join(Skill, Skill.id == Rating.skill_id)
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .outerjoin(Account, Account.id == Rating.verified_by_id)
        .where(Rating.practitioner_id == practitioner_id)
    )
    return expertise_of(
        [
            RatedSkill(
                rating_id=row.id,
                skill_id=row.skill_id,
                name=row.name,
                category=row.category,
                level=row.level,
                source=row.source,
                rated_on=row.rated_on,
                last_used=row.last_used,
                months=_months(row.last_used or row.rated_on, today),
                verified_by=row.verified_by,
                verified_on=row.verified_at.date() if row.verified_at else None,
                endorsements=row.endorsements,
                history=tuple(changes.get(row.skill_id, ())),
            )
            for row in rows
        ]
    )


def expertise_of(skills: Sequence[RatedSkill]) -> Expertise:
    """Best category and best skill first."""
    ordered = sorted(skills, key=lambda skill: (skill.category, -skill.level, skill.name))
    found = [Category(name, tuple(members)) for name, members in groupby(ordered, key=lambda skill: skill.category)]
    found.sort(key=lambda category: (-category.at_least(DEEP), -category.at_least(SOLID), category.name))
    deep = [one for one in found if one.at_least(DEEP) >= DEEP_SKILLS or one.at_least(5)]
    return Expertise(
        categories=tuple(found),
        specialities=tuple(category.name for category in deep),
        areas=sum(category.at_least(SOLID) > 0 for category in found),
    )


def _changes(session: Session, practitioner_id: int) -> dict[int, list[Change]]:
    rows = session.execute(
        select(RatingChange, Account.name)
        .outerjoin(Account, Account.id == RatingChange.recorded_by_id)
        .where(RatingChange.practitioner_id == practitioner_id)
        .order_by(RatingChange.id.desc())
    )
    changes: dict[int, list[Change]] = {}
    for change, author in rows:
        changes.setdefault(change.skill_id, []).append(
            Change(change.level, change.source, change.rated_on, change.recorded_at.date(), author)
        )
    return changes


def _months(since: date | None, today: date) -> int | None:
    return None if since is None else max(0, round((today - since).days / DAYS_A_MONTH))
