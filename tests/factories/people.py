"""People and what is known about them, as rows: each function adds, flushes and returns."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.names import normal_form
from models import (
    Absence,
    Allocation,
    AllocationState,
    Audience,
    Engagement,
    LearningGoal,
    PersonalField,
    Practitioner,
    Project,
    ProjectState,
    Rating,
    RatingSource,
    Skill,
    SkillAlias,
    SkillCategory,
    Tie,
    Unit,
    Visibility,
    VisibilityPolicy,
)

_numbers = itertools.count(1)
Row = TypeVar("Row")


def person(
    session: Session,
    name: str = "Anna Berg",
    *,
    skills: Mapping[str, int] | None = None,
    unit: str | None = None,
    share: float = 1,
    **columns: Any,
) -> Practitioner:
    """Somebody who can be staffed. `skills`: name -> level; a skill or unit that is not there yet is added."""
    added = Practitioner(
        name=name,
        name_key=normal_form(name),
        home_unit=home_unit(session, unit) if unit else None,
        working_share=Decimal(str(share)),
        **columns,
    )
    session.add(added)
    session.flush()
    for wanted, level in (skills or {}).items():
        rating(session, added, wanted, level)
    return added


def policy(session: Session, part: PersonalField, usual: Audience, **bounds: Audience) -> None:
    """The organisation's policy for one part of the record; people may choose anything unless `bounds` say less."""
    widest = {"narrowest": Audience.SELF, "widest": Audience.EVERYONE}
    session.merge(VisibilityPolicy(field=part, usual=usual, **(widest | bounds)))
    session.flush()


def keeps(session: Session, who: Practitioner, part: PersonalField, audience: Audience) -> None:
    """The person's own choice of who may see a part of their record."""
    session.add(Visibility(practitioner_id=who.id, field=part, audience=audience))
    session.flush()


def home_unit(session: Session, name: str) -> Unit:
    found = session.scalar(select(Unit).where(Unit.name == name))
    return found or _add(session, Unit(name=name))


def skill(session: Session, name: str, *, category: str | None = None, aliases: Sequence[str] = ()) -> Skill:
    """The skill of that name, the shipped one where the starter catalogue has it."""
    found = session.scalar(select(Skill).where(Skill.name_key == normal_form(name)))
    if found is None:
        found = Skill(name=name, name_key=normal_form(name))
        if category:
            shelf = session.scalar(select(SkillCategory).where(SkillCategory.name == category))
            found.category = shelf or SkillCategory(name=category)
        _add(session, found)
    for alias in aliases:
        _add(session, SkillAlias(skill_id=found.id, alias=alias, alias_key=normal_form(alias)))
    return found


def rating(session: Session, who: Practitioner, skill_name: str, level: int, **columns: Any) -> Rating:
    columns.setdefault("source", RatingSource.MANAGER)
    return _add(
        session,
        Rating(practitioner_id=who.id, skill_id=skill(session, skill_name).id, level=level, **columns),
    )


def goal(session: Session, who: Practitioner, skill_name: str, target_level: int = 3, **columns: Any) -> LearningGoal:
    wanted = skill(session, skill_name)
    return _add(session, LearningGoal(practitioner_id=who.id, skill_id=wanted.id, target_level=target_level, **columns))


def absence(session: Session, who: Practitioner, starts_on: date, ends_on: date, share: float = 1) -> Absence:
    return _add(
        session,
        Absence(practitioner_id=who.id, starts_on=starts_on, ends_on=ends_on, share=Decimal(str(share))),
    )


def booking(
    session: Session,
    who: Practitioner,
    starts_on: date,
    ends_on: date | None = None,
    share: float = 1,
    *,
    project: Project | None = None,
    state: AllocationState = AllocationState.CONFIRMED,
) -> Allocation:
    """An allocation that takes the person's time (unless `state` says otherwise), on a new project if none is given."""
    on = project or work(session)
    return _add(
        session,
        Allocation(
            practitioner_id=who.id,
            project_id=on.id,
            starts_on=starts_on,
            ends_on=ends_on,
            share=Decimal(str(share)),
            state=state,
        ),
    )


def work(session: Session, name: str | None = None, **columns: Any) -> Project:
    """A project without roles, running unless told otherwise."""
    name = name or f"Project {next(_numbers)}"
    columns.setdefault("state", ProjectState.ACTIVE)
    return _add(session, Project(name=name, name_key=normal_form(name), **columns))


def engagement(
    session: Session, who: Practitioner, project: Project, role_name: str = "Engineer", **columns: Any
) -> Engagement:
    return _add(session, Engagement(practitioner_id=who.id, project_id=project.id, role_name=role_name, **columns))


def tie(session: Session, one: Practitioner, other: Practitioner, strength: float = 0.5, shared: int = 1) -> Tie:
    first, second = sorted((one.id, other.id))
    return _add(
        session,
        Tie(person_a_id=first, person_b_id=second, strength=Decimal(str(strength)), shared_projects=shared),
    )


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
