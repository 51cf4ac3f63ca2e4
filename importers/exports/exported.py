"""The tables of an export. `layouts.exported` reads them back to the letter, by their headings alone.

Somebody may rename a heading or add a column; then the file is read like any other sheet. So people, their profile and
their ratings stand in one long list, because a bare list of people with short codes in it (cost bands A to E) can pass
for a matrix of levels, and columns that may be blank stand right of a filled one, where they pass for no legend.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from openpyxl.utils import get_column_letter

from importers.exports.writing import LEGEND, Cell, Level, Look, Plain, Shown, Table
from importers.marks.scales import is_mark
from importers.skills.catalogue import ListedSkill, listed_skills


@dataclass(frozen=True, slots=True)
class ExportedGoal:
    skill: str
    target: int
    category: str | None = None


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


@dataclass(frozen=True, slots=True)
class ExportedPart:
    """A person's part in a past project. `score` is how it went, 0..1; `technologies` as written."""

    person: int
    project: str
    client: str | None
    domain: str | None
    role: str | None
    starts_on: date | None
    ends_on: date | None
    share: float | None
    score: float | None
    technologies: str | None


IDENTITY = ("Employee number", "E-mail")
GOAL = "Learning goal"
PEOPLE = (
    *("Name", "Title", "Working share", "Skill", "Level", "Category", "Rated on", "Last used", GOAL, "Cost band"),
    *(*IDENTITY, "Unit", "Time zone", "Office"),
)
PARTS = (
    *("Name", "Project", "Role", "From", "To", "Share", "Project score", "Technologies", "Client", "Domain"),
    *IDENTITY,
)
ALLOCATIONS = ("Name", "Project", "Role", "Share", "From", "To", "Client", "Status", *IDENTITY)

MATRIX_TITLE = "Muster skills matrix"
MATRIX = ("Name", "Working share", *IDENTITY)
GOALS = "Wants to learn"
LEVEL_FILLS = (None, "DCEFE9", "A9D8D0", "5FB3B3", "23798A", "0E4158")
LEVEL_INKS = ("5B6A71", "22444A", "123A40", "06262B", "FFFFFF", "FFFFFF")
"""The levels' colours on a light page, each with the ink that is readable on it."""
GOAL_FILLS = {1: "FFF3D6", 2: "FFE6A8", 3: "FFD573", 4: "FBC043", 5: "F2A71B"}
"""One colour a target level, from pale to strong."""
GOAL_INK = "3D2B00"
MOST_COLOURED = 150_000
"""Cells beyond which only learning goals have a colour: a reader that gives up on colours would lose the goals."""


def people_sheets(
    people: Sequence[ExportedPerson], ratings: Iterable[ExportedRating], parts: Iterable[ExportedPart]
) -> tuple[Table, ...]:
    """Everybody with their ratings and learning goals, their past projects, and what the levels mean."""
    return people_list(people, ratings), parts_table(people, parts), LEGEND


def people_list(people: Sequence[ExportedPerson], ratings: Iterable[ExportedRating]) -> Table:
    """One row a person and skill, with the level, the target of the learning goal, or both; somebody without either
    has one row."""
    rated: dict[int, dict[str, ExportedRating]] = {person.id: {} for person in people}
    for rating in ratings:
        rated[rating.person][rating.skill] = rating
    rows: list[tuple[Cell, ...]] = []
    for person in people:
        wanted = {goal.skill: goal for goal in person.goals}
        for skill in dict.fromkeys((*rated[person.id], *wanted)) or (None,):
            held = rated[person.id].get(skill) if skill is not None else None
            goal = wanted.get(skill) if skill is not None else None
            rows.append(
                (
                    *(person.name, person.title, person.working_share, skill, *rating_cells(held, goal)),
                    *(person.cost_band, *identity(person)),
                    *(person.unit, person.time_zone, person.office),
                )
            )
    return Table("People", PEOPLE, rows)


def parts_table(people: Sequence[ExportedPerson], parts: Iterable[ExportedPart]) -> Table:
    """A part that went otherwise than its project stands below one that went like it: the importer takes the project's
    own score from the first."""
    known = {person.id: person for person in people}
    rows = [
        (
            *(who.name, p.project, p.role, p.starts_on, p.ends_on, p.share, p.score, p.technologies, p.client),
            *(p.domain, *identity(who)),
        )
        for p in parts
        for who in [known[p.person]]
    ]
    return Table("Past projects", PARTS, rows)


def matrix_sheets(people: Sequence[ExportedPerson], ratings: Sequence[ExportedRating]) -> tuple[Table, ...]:
    """People down, skills across under their categories, in colours, and what the levels mean.

    A learning goal is a colour for its target level, explained above the headings. A text file has a column of goals
    instead: its table is `matrix_list`.
    """
    skills = skills_across(people, ratings)
    held = {(r.person, r.skill): r.level for r in ratings}
    coloured = len(ratings) + sum(len(person.goals) for person in people) <= MOST_COLOURED
    rows = [
        (
            *(person.name, person.working_share, *identity(person)),
            *(matrix_cell(held.get((person.id, skill)), wanted.get(skill), coloured=coloured) for skill, _ in skills),
        )
        for person in people
        for wanted in [{goal.skill: goal.target for goal in person.goals}]
    ]
    upright = Look(bold=True, upright=True)
    above, merges = matrix_legend(), []
    categories: list[Cell] = [None] * len(MATRIX)
    for category, run in groupby(category for _, category in skills):
        first, size = len(categories) + 1, len(list(run))
        categories += [Shown(category, Look(bold=True, centred=True)) if category else None, *[None] * (size - 1)]
        if category and size > 1:
            row = len(above) + 1
            merges.append(f"{get_column_letter(first)}{row}:{get_column_letter(first + size - 1)}{row}")
    headings: tuple[Cell, ...] = (*MATRIX, *(Shown(skill, upright) for skill, _ in skills))
    above = [*above, tuple(categories)]
    return Table("Matrix", headings, rows, above, merges, f"B{len(above) + 2}"), LEGEND


def matrix_list(people: Sequence[ExportedPerson], ratings: Sequence[ExportedRating]) -> Table:
    skills = [skill for skill, _ in skills_across(people, ratings)]
    held = {(r.person, r.skill): Level(r.level) for r in ratings}
    rows = [
        (
            *(person.name, person.working_share, *identity(person), goal_list(person.goals) if person.goals else None),
            *(held.get((person.id, skill)) for skill in skills),
        )
        for person in people
    ]
    return Table("Matrix", (*MATRIX, GOALS, *skills), rows)


def skills_across(people: Sequence[ExportedPerson], ratings: Sequence[ExportedRating]) -> list[tuple[str, str | None]]:
    """Every skill somebody has or wants, with its category, by category; those without one come last."""
    categories = {goal.skill: goal.category for person in people for goal in person.goals}
    categories |= {rating.skill: rating.category for rating in ratings}

    def place(item: tuple[str, str | None]) -> tuple[bool, str, str, str, str]:
        skill, category = item[0], item[1] or ""
        return not category, category.casefold(), category, skill.casefold(), skill

    return sorted(categories.items(), key=place)


def matrix_legend() -> list[tuple[Cell, ...]]:
    """Rows of no more than the identity's columns, over the headings."""
    levels = [Shown(level.words, level_look(level)) for level in Level]
    goals = [Shown(goal_words(target), Look(fill, GOAL_INK)) for target, fill in GOAL_FILLS.items()]
    title: Cell = Shown(MATRIX_TITLE, Look(bold=True))
    return [(title, *levels[:3]), (None, *levels[3:]), (None, *goals[:3]), (None, *goals[3:])]


def goal_words(target: int) -> str:
    return f"Wants to reach level {target}"


def level_look(level: int) -> Look:
    return Look(LEVEL_FILLS[level], LEVEL_INKS[level], centred=True)


def matrix_cell(level: int | None, target: int | None, *, coloured: bool) -> Cell:
    if target is not None:
        return Shown(None if level is None else Level(level), Look(GOAL_FILLS[target], GOAL_INK, centred=True))
    if level is None:
        return None
    return Shown(Level(level), level_look(level)) if coloured else Level(level)


def allocation_table(people: Sequence[ExportedPerson], allocations: Iterable[ExportedAllocation]) -> Table:
    known = {person.id: person for person in people}
    rows = [
        (who.name, a.project, a.role, a.share, a.starts_on, a.ends_on, a.client, a.state, *identity(who))
        for a in allocations
        for who in [known[a.person]]
    ]
    return Table("Allocations", ALLOCATIONS, rows)


def rating_cells(rating: ExportedRating | None, goal: ExportedGoal | None) -> tuple[Plain, ...]:
    target = Level(goal.target) if goal else None
    if rating is None:
        return None, goal.category if goal else None, None, None, target
    return Level(rating.level), rating.category, rating.rated_on, rating.last_used, target


def identity(person: ExportedPerson) -> tuple[Plain, ...]:
    return person.external_id, person.email


def goal_list(goals: Sequence[ExportedGoal]) -> str:
    """`Python: 4, SQL: 3`; as JSON where a name holds signs that would read otherwise."""
    listed = ", ".join(f"{goal.skill}: {goal.target}" for goal in goals)
    if listed_skills(listed, is_mark) == [ListedSkill(goal.skill, goal.target) for goal in goals]:
        return listed
    return json.dumps([{"skill": goal.skill, "level": goal.target} for goal in goals], ensure_ascii=False)
