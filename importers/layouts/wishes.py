"""What a person wants to learn: a list in one cell, an interest beside a level, or a target above it."""

from importers.cells.headings import TOKENS, Role, words_of
from importers.cells.values import as_number, as_text
from importers.layouts.layout import Extract, GoalMark, Use
from importers.marks.level_words import NO, YES
from importers.marks.scales import key_of, number_of
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table
from importers.skills.catalogue import listed_skills, plausible_skill

WANTED = YES | {"x", "high", "hoch", "very high", "sehr hoch", "strong", "1st", "haut", "élevé", "alto", "wysoki"}


def uses_of_goal_list(table: Table) -> dict[int, Use]:
    why = "each cell lists skills the person wants to learn"
    return {column.index: Use(Role.GOALS.value, why) for column in goal_lists(table)}


def goal_lists(table: Table) -> list[Column]:
    return [column for column in table.all_of(Role.GOALS) if column.texts > 0.5]


def take_goal_list(table: Table, row: int, person: Sighting, found: Extract) -> None:
    for column in goal_lists(table):
        if isinstance(table.value(row, column), str):
            take_listed_goals(table, (row, column.index), person, found)


def take_listed_goals(table: Table, place: tuple[int, int], person: Sighting, found: Extract) -> None:
    text = as_text(table.sheet.value(*place))
    for item in listed_skills(str(table.sheet.value(*place)), table.view.is_mark):
        if plausible_skill(item.name):
            found.goals.append(GoalMark(person, item.name, None, text, item.raw, place))


def take_target(
    table: Table,
    row: int,
    person: Sighting,
    skill: str,
    category: str | None,
    columns: tuple[Column, Column],
    found: Extract,
) -> None:
    """A person's own target above their level is a wish to learn, what the work requires is none; `columns` are the
    level's and the target's."""
    if TOKENS["required"].intersection(words_of(columns[1].heading)):
        return
    level, target = (as_number(table.value(row, column)) for column in columns)
    if target is not None and target > (level or 0):
        found.goals.append(GoalMark(person, skill, category, target, target, (row, columns[1].index)))


def take_interest(
    table: Table, row: int, person: Sighting, skill: str, category: str | None, interest: Column, found: Extract
) -> None:
    """A yes, what the legend calls a wish, the one mark beside a no, or the upper half of a numeric interest is a wish
    to learn."""
    raw = table.value(row, interest)
    if not isinstance(raw, (str, int, float)):
        return
    key, told = key_of(raw), {key_of(value) for value in interest.sample if isinstance(value, (str, int, float))}
    numbers = [number for other in told if (number := number_of(other)) is not None]
    number = number_of(key)
    wants = number is not None and numbers and number * 2 > max(numbers) and number > min(numbers)
    is_wish = key in WANTED or key in table.view.legend.goals
    if wants or is_wish or (number is None and told - NO == {key} and told & NO):
        found.goals.append(GoalMark(person, skill, category, raw, None, (row, interest.index)))
