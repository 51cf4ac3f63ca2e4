"""The tables of an export, under headings and in an order of columns that the importer reads without a question.

Both matter. People, their profile and their ratings stand in one long list, because a bare list of people with short
codes in it (cost bands A to E) can pass for a matrix of levels. And where a cell may be blank, a short text or a word
such as "Senior" below another one with nothing at its left can pass for a legend: such columns stand right of a filled
one, texts that describe levels ("Machine learning") right of none of them, and no two of them side by side.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from importers.headings import role_of
from importers.scales import is_mark
from importers.skills import ListedSkill, listed_skills
from importers.writing import LEGEND, Cell, Level, Table


@dataclass(frozen=True, slots=True)
class ExportedGoal:
    skill: str
    target: int


@dataclass(frozen=True, slots=True)
class ExportedPerson:
    """`working_share` is 0..1."""

    id: int
    name: str
    external_id: str | None
    email: str | None
    title: str | None
    unit: str | None
    office: str | None
    time_zone: str | None
    working_share: float | None
    cost_band: str | None
    goals: tuple[ExportedGoal, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedRating:
    person: int
    skill: str
    level: int
    category: str | None = None
    rated_on: date | None = None
    last_used: date | None = None


@dataclass(frozen=True, slots=True)
class ExportedAllocation:
    """`role` as the source called it. No end day: until further notice."""

    person: int
    project: str
    role: str | None
    share: float | None
    starts_on: date | None
    ends_on: date | None
    client: str | None
    state: str | None


IDENTITY = ("Employee number", "E-mail")
PEOPLE = (
    *("Name", "Title", "Working share", "Skill", "Level", "Category", "Rated on", "Last used", "Cost band"),
    *(*IDENTITY, "Unit", "Time zone", "Office"),
)


def people_sheets(people: Sequence[ExportedPerson], ratings: Iterable[ExportedRating]) -> tuple[Table, ...]:
    """`people_list`, everybody's learning goals, and what the levels mean."""
    goals = [
        (person.name, goal_list(person.goals), person.email, None if person.email else person.external_id)
        for person in people
        if person.goals
    ]
    headings = ("Name", "Wants to learn", "E-mail", "Employee number")
    return people_list(people, ratings), Table("Learning goals", headings, goals), LEGEND


def people_list(people: Sequence[ExportedPerson], ratings: Iterable[ExportedRating]) -> Table:
    """One row a rating, with the person's profile; somebody without ratings has one row. No learning goals: the
    importer knows no list that holds both."""
    rated: dict[int, list[ExportedRating | None]] = {person.id: [] for person in people}
    for rating in ratings:
        rated[rating.person].append(rating)
    rows = [
        (
            *(person.name, person.title, person.working_share, *rating_cells(rating), person.cost_band),
            *(*identity(person), person.unit, person.time_zone, person.office),
        )
        for person in people
        for rating in rated[person.id] or [None]
    ]
    return Table("People", PEOPLE, rows)


def matrix_sheets(
    people: Sequence[ExportedPerson], ratings: Sequence[ExportedRating], aliases: Mapping[str, Sequence[str]]
) -> tuple[Table, ...]:
    """People down, skills across, and what the levels mean. `aliases` are the other names of each skill."""
    held = {(r.person, r.skill): Level(r.level) for r in ratings}
    skills = sorted({r.skill for r in ratings}, key=str.casefold)
    rows = [
        (person.name, person.working_share, *identity(person), *(held.get((person.id, skill)) for skill in skills))
        for person in people
    ]
    headings = ["Name", "Working share", *IDENTITY, *(heading(skill, aliases.get(skill, ())) for skill in skills)]
    return Table("Matrix", headings, rows), LEGEND


def allocation_table(people: Sequence[ExportedPerson], allocations: Iterable[ExportedAllocation]) -> Table:
    known = {person.id: person for person in people}
    rows = [
        (who.name, a.project, a.role, a.share, a.starts_on, a.ends_on, a.client, a.state, *identity(who))
        for a in allocations
        for who in [known[a.person]]
    ]
    return Table("Allocations", ("Name", "Project", "Role", "Share", "From", "To", "Client", "Status", *IDENTITY), rows)


def rating_cells(rating: ExportedRating | None) -> tuple[Cell, ...]:
    if rating is None:
        return (None,) * 5
    return rating.skill, Level(rating.level), rating.category, rating.rated_on, rating.last_used


def identity(person: ExportedPerson) -> tuple[Cell, ...]:
    return person.external_id, person.email


def goal_list(goals: Sequence[ExportedGoal]) -> str:
    """`Python: 4, SQL: 3`; as JSON where a name holds signs that would read otherwise."""
    plain = ", ".join(f"{goal.skill}: {goal.target}" for goal in goals)
    if listed_skills(plain, is_mark) == [ListedSkill(goal.skill, goal.target) for goal in goals]:
        return plain
    return json.dumps([{"skill": goal.skill, "level": goal.target} for goal in goals], ensure_ascii=False)


def heading(skill: str, aliases: Sequence[str]) -> str:
    """The skill's name, or an alias where the name would be taken for another column ("Infrastructure as code")."""
    return next((name for name in (skill, *aliases) if role_of(name) is None), skill)
