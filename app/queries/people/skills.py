"""The skill catalogue with the people behind it: who has each skill, who wants to learn it, where one person is all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.errors import NotFound
from app.queries.lists.paging import Page, page_of
from app.queries.people.expertise import SOLID, UNSORTED
from app.queries.sight.visibility import Viewer, seen_by
from importers.names import normal_form
from models import LearningGoal, PersonalField, Practitioner, Rating, Skill, SkillAlias, SkillCategory

SHOWN_PEOPLE = 48
SKILLS_A_PAGE = 100


class Person(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SkillRow:
    """`solid`: people at level 3 or above; `only`: that person, where there is exactly one."""

    id: int
    name: str
    category: str
    people: int
    solid: int
    learners: int
    only: Person | None


@dataclass(frozen=True, slots=True)
class SkillGroup:
    category: str
    skills: tuple[SkillRow, ...]


class CategoryOption(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SkillFilters:
    """`single`: only skills that exactly one person has at level 3 or above."""

    text: str = ""
    category: int | None = None
    single: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    filters: SkillFilters
    groups: tuple[SkillGroup, ...]
    total: int
    categories: tuple[CategoryOption, ...]


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`groups`: the skills of this page by category; a category that a page ends in goes on with the next."""

    whole: Catalogue
    page: Page[SkillRow]
    groups: tuple[SkillGroup, ...]

    @property
    def first(self) -> int:
        return (self.page.page - 1) * SKILLS_A_PAGE + 1


class Holder(NamedTuple):
    id: int
    name: str
    title: str | None
    level: int
    last_used: date | None
    rated_on: date | None
    verified: bool


class Learner(NamedTuple):
    id: int
    name: str
    title: str | None
    target_level: int
    due_on: date | None
    level: int | None


class SkillName(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SkillPage:
    """`by_level`: people at level 1..5. `holders` are the best `SHOWN_PEOPLE`, `learners` those who want it most."""

    id: int
    name: str
    category: str
    description: str | None
    aliases: tuple[str, ...]
    parent: SkillName | None
    children: tuple[SkillName, ...]
    by_level: tuple[int, ...]
    holders: tuple[Holder, ...]
    learners: tuple[Learner, ...]
    learner_count: int

    @property
    def people(self) -> int:
        return sum(self.by_level)

    @property
    def solid(self) -> int:
        return sum(self.by_level[SOLID - 1 :])


def list_skills(session: Session, viewer: Viewer, filters: SkillFilters) -> Catalogue:
    """The catalogue by category. Two statements."""
    held = (
        _ratings(session, viewer, Rating.skill_id, func.count(), func.sum(_solid()), func.min(_solid_holder()))
        .group_by(Rating.skill_id)
        .subquery("held")
    )
    people, solid, holder = (held.c[position] for position in (1, 2, 3))
    wanted = (
        select(LearningGoal.skill_id, func.count().label("learners"))
        .join(Practitioner, Practitioner.id == LearningGoal.practitioner_id)
        .where(Practitioner.active, seen_by(session, viewer, PersonalField.GOALS))
        .group_by(LearningGoal.skill_id)
        .subquery("wanted")
    )
    category = func.coalesce(SkillCategory.name, UNSORTED)
    found = (
        select(
            Skill.id,
            Skill.name,
            category.label("category"),
            func.coalesce(people, 0).label("people"),
            func.coalesce(solid, 0).label("solid"),
            func.coalesce(wanted.c.learners, 0).label("learners"),
            Practitioner.id.label("holder_id"),
            Practitioner.name.label("holder"),
        )
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .outerjoin(held, held.c.skill_id == Skill.id)
        .outerjoin(wanted, wanted.c.skill_id == Skill.id)
        .outerjoin(Practitioner, (Practitioner.id == holder) & (solid == 1))
        .where(*_chosen(filters))
        .order_by(Skill.category_id.is_(None), category, Skill.name_key)
    )
    if filters.single:
        found = found.where(solid == 1)
    rows = [
        SkillRow(
            id=row.id,
            name=row.name,
            category=row.category,
            people=row.people,
            solid=row.solid,
            learners=row.learners,
            only=Person(row.holder_id, row.holder) if row.solid == 1 else None,
        )
        for row in session.execute(found)
    ]
    categories = session.execute(select(SkillCategory.id, SkillCategory.name).order_by(SkillCategory.name))
    return Catalogue(
        filters=filters,
        groups=_by_category(rows),
        total=len(rows),
        categories=tuple(CategoryOption(*row) for row in categories),
    )


def page_of_skills(session: Session, viewer: Viewer, filters: SkillFilters, number: int) -> CataloguePage:
    """The same, `SKILLS_A_PAGE` skills of it; the last page for one that lies behind it."""
    whole = list_skills(session, viewer, filters)
    page = page_of([row for group in whole.groups for row in group.skills], number, SKILLS_A_PAGE)
    return CataloguePage(whole, page, _by_category(page.rows))


def _by_category(rows: Sequence[SkillRow]) -> tuple[SkillGroup, ...]:
    return tuple(SkillGroup(name, tuple(some)) for name, some in groupby(rows, key=lambda row: row.category))


def _chosen(filters: SkillFilters) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.text:
        key = normal_form(filters.text)
        alias = exists().where(SkillAlias.skill_id == Skill.id, SkillAlias.alias_key.contains(key, autoescape=True))
        # A text of signs alone has no normal form; it is a part of every name, and stands for none.
        conditions.append(or_(Skill.name_key.contains(key, autoescape=True), alias) if key else false())
    if filters.category is not None:
        conditions.append(Skill.category_id == filters.category)
    return conditions


def show_skill(session: Session, viewer: Viewer, skill_id: int) -> SkillPage:
    parent = aliased(Skill)
    row = session.execute(
        select(Skill, SkillCategory.name, parent.id, parent.name)
        .outerjoin(SkillCategory, SkillCategory.id == Skill.category_id)
        .outerjoin(parent, parent.id == Skill.parent_id)
        .where(Skill.id == skill_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such skill in the catalogue.")
    skill, category, parent_id, parent_name = row
    counts: dict[int, int] = dict(
        session.execute(
            _ratings(session, viewer, Rating.level, func.count())
            .where(Rating.skill_id == skill_id)
            .group_by(Rating.level)
        ).all()
    )
    aliases = select(SkillAlias.alias).where(SkillAlias.skill_id == skill_id).order_by(SkillAlias.alias_key)
    children = select(Skill.id, Skill.name).where(Skill.parent_id == skill_id).order_by(Skill.name_key)
    learners, learner_count = _learners(session, viewer, skill_id)
    return SkillPage(
        id=skill.id,
        name=skill.name,
        category=category or UNSORTED,
        description=skill.description,
        aliases=tuple(session.scalars(aliases)),
        parent=SkillName(parent_id, parent_name) if parent_id else None,
        children=tuple(SkillName(*child) for child in session.execute(children)),
        by_level=tuple(counts.get(level, 0) for level in range(1, 6)),
        holders=_holders(session, viewer, skill_id),
        learners=learners,
        learner_count=learner_count,
    )


def _holders(session: Session, viewer: Viewer, skill_id: int) -> tuple[Holder, ...]:
    rows = session.execute(
        _ratings(
            session,
            viewer,
            Practitioner.id,
            Practitioner.name,
            Practitioner.title,
            Rating.level,
            Rating.last_used,
            Rating.rated_on,
            Rating.verified_at.is_not(None),
        )
        .where(Rating.skill_id == skill_id)
        .order_by(Rating.level.desc(), Practitioner.name_key, Practitioner.id)
        .limit(SHOWN_PEOPLE)
    )
    return tuple(Holder(*row) for row in rows)


def _learners(session: Session, viewer: Viewer, skill_id: int) -> tuple[tuple[Learner, ...], int]:
    """The first learners, and how many there are."""
    rows = session.execute(
        select(
            Practitioner.id,
            Practitioner.name,
            Practitioner.title,
            LearningGoal.target_level,
            LearningGoal.due_on,
            case((seen_by(session, viewer, PersonalField.RATINGS), Rating.level)),
            func.count().over(),
        )
        .join(Practitioner, Practitioner.id == LearningGoal.practitioner_id)
        .outerjoin(Rating, (Rating.practitioner_id == Practitioner.id) & (Rating.skill_id == LearningGoal.skill_id))
        .where(LearningGoal.skill_id == skill_id, Practitioner.active, seen_by(session, viewer, PersonalField.GOALS))
        .order_by(LearningGoal.priority, Practitioner.name_key, Practitioner.id)
        .limit(SHOWN_PEOPLE)
    ).all()
    return tuple(Learner(*row[:6]) for row in rows), rows[0][6] if rows else 0


def _ratings(session: Session, viewer: Viewer, *columns: Any) -> Select[Any]:
    """Ratings that say that an active person has the skill, as far as the viewer may see them."""
    return (
        select(*columns)
        .select_from(Rating)
        .join(Practitioner, Practitioner.id == Rating.practitioner_id)
        .where(Rating.level >= 1, Practitioner.active, seen_by(session, viewer, PersonalField.RATINGS))
    )


def _solid() -> ColumnElement[int]:
    return case((Rating.level >= SOLID, 1), else_=0)


def _solid_holder() -> ColumnElement[int | None]:
    return case((Rating.level >= SOLID, Rating.practitioner_id))
