"""Pairs: a matrix in which each skill has two or more columns, such as a yes/no and a "Level" beside it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from importers.cells.headings import Role, role_of, words_of
from importers.layouts.footing import people_of_rows
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person
from importers.layouts.snapshots import date_of_sheet
from importers.layouts.wishes import take_goal_list, take_interest, take_target, uses_of_goal_list
from importers.marks.level_words import NO, YES
from importers.records import LayoutName
from importers.sheets.people import Sighting
from importers.sheets.tables import TEXT_ROLES, Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

BESIDE = frozenset({Role.LEVEL, Role.INTEREST, Role.HAS, Role.GOALS, Role.NOTE, Role.LAST_USED, Role.EXPECTED})

MOST_WAYS = 3
"""Headings that may recur under each of more skills than this."""


ENDINGS = {
    "level": Role.LEVEL,
    "rating": Role.LEVEL,
    "interest": Role.INTEREST,
    "wants": Role.INTEREST,
    "target": Role.EXPECTED,
    "comment": Role.NOTE,
    "notes": Role.NOTE,
}


@dataclass(frozen=True)
class Pair:
    """A skill with the columns that belong to it."""

    skill: str
    category: str | None
    level: Column
    has: Column | None
    interest: Column | None
    target: Column | None
    note: Column | None


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        pairs = skill_pairs(table)
        if people is None or len(pairs) < 2:
            continue
        sample = [value for pair in pairs for value in pair.level.sample]
        marks = sum(map(view.is_mark, sample)) / len(sample) if sample else 0.0
        rows = sum(1 for row in table.sample_rows() if sighting(table, people, row))
        score = (
            people.weight
            + 3.5 * marks
            + min(2.0, 0.6 * math.log2(1 + len(pairs)))
            + rows_weight(rows)
            + 1.5
            + table.recognised
        )
        reasons = (people.reason, f'{len(pairs)} skills have a column "{pairs[0].level.heading}" of their own')
        yield Hypothesis(
            LayoutName.PAIRS,
            table,
            table.header_row,
            score,
            reasons,
            uses_of_person(table, people) | uses_of_goal_list(table) | uses(pairs),
            partial(extract, table, people, pairs),
        )


def uses(pairs: list[Pair]) -> dict[int, Use]:
    found: dict[int, Use] = {}
    for pair in pairs:
        beside = {
            Role.HAS: (pair.has, f"whether the person has {pair.skill}"),
            Role.INTEREST: (pair.interest, f"interest in {pair.skill}"),
            Role.EXPECTED: (pair.target, f"the level of {pair.skill} the person wants to reach"),
            Role.NOTE: (pair.note, f"a note on {pair.skill}"),
        }
        for role, (column, why) in beside.items():
            if column is not None:
                found[column.index] = Use(role.value, why, pair.skill)
        found[pair.level.index] = Use("skill", f"levels of {pair.skill}", pair.skill)
    return found


def skill_pairs(table: Table) -> list[Pair]:
    """A skill's heading followed by "Level", or one merged skill heading above "Level" and "Interest"."""
    pairs: list[Pair] = []
    columns = list(table.columns)
    for position, column in enumerate(columns):
        own = column.heading
        following = []
        for later in columns[position + 1 : position + 4]:
            if later.role not in BESIDE or later.index > column.index + 3:
                break
            following.append(later)
        if (
            could_be_skill(column)
            and not stands_beside(column)
            and plausible_skill(own)
            and any(later.role is Role.LEVEL for later in following)
        ):
            pairs.append(pair_of(own, column.group, [column, *following]))
    if len(pairs) >= 2:
        return pairs
    return [*grouped_pairs(columns), *suffixed_pairs(columns)] or recurring_pairs(table)


def could_be_skill(column: Column) -> bool:
    """No known heading, or one such as "Office" with nothing but yes and no under it."""
    answers = all(str(value).strip().casefold() in YES | NO for value in column.sample)
    return column.role is None or (column.role in TEXT_ROLES and bool(column.sample) and answers)


def stands_beside(column: Column) -> bool:
    """Under a skill's heading of its own, "Wants to learn" is no skill, though yes and no stand below it."""
    return bool(column.group) and role_of(column.heading) in BESIDE


def grouped_pairs(columns: list[Column]) -> list[Pair]:
    groups: dict[str, list[Column]] = {}
    for column in columns:
        if column.group and column.role is None and role_of(column.heading) in {Role.SKILL, Role.SKILLS}:
            groups.setdefault(column.group, []).append(as_role(column, Role.LEVEL))
        elif column.group and column.role in BESIDE:
            groups.setdefault(column.group, []).append(column)
    return [
        pair_of(group, None, members)
        for group, members in groups.items()
        if len(members) >= 2 and any(member.role is Role.LEVEL for member in members) and plausible_skill(group)
    ]


def recurring_pairs(table: Table) -> list[Pair]:
    """The same few headings of no known meaning under each of more merged ones: "Have" and "Need", "Self" and "Boss".

    The merged ones are the skills. What is wanted of everybody varies least from row to row, so that the heading whose
    columns hold most different values has the levels; of equals it is the first.
    """
    groups: dict[str, list[Column]] = {}
    for column in table.columns:
        if column.group and column.group != column.heading:
            groups.setdefault(column.group, []).append(column)
    ways = {tuple(column.heading for column in members) for members in groups.values()}
    way = next(iter(ways), ())
    if len(ways) != 1 or not 2 <= len(way) <= MOST_WAYS < len(groups) or len(set(way)) != len(way):
        return []
    names_skills = all(plausible_skill(group) and date_of_sheet(group) is None for group in groups)
    if not names_skills or any(map(table.view.knows_skill, way)):
        return []
    members = list(groups.values())
    told = [place for place, column in enumerate(members[0]) if column.role is Role.LEVEL]
    open_to_levels = told or [place for place, column in enumerate(members[0]) if column.role not in BESIDE]
    if not open_to_levels:
        return []
    level = max(open_to_levels, key=lambda place: (sum(len(set(each[place].sample)) for each in members), -place))
    return [pair_of(group, None, [as_role(each[level], Role.LEVEL)]) for group, each in groups.items()]


def suffixed_pairs(columns: list[Column]) -> list[Pair]:
    """ "Python level" beside "Python interest", or "Python" beside "Python - wants"."""
    skills: dict[str, list[Column]] = {}
    for column in columns:
        words = words_of(column.heading)
        if column.role is None and len(words) >= 2 and words[-1] in ENDINGS:
            name = column.heading[: column.heading.casefold().rindex(words[-1])].rstrip(" -_:/(")
            skills.setdefault(name, []).append(as_role(column, ENDINGS[words[-1]]))
    for column in columns:
        if column.role is None and column.heading in skills:
            skills[column.heading].append(as_role(column, Role.LEVEL))
    return [
        pair_of(name, members[0].group, members)
        for name, members in skills.items()
        if len(members) >= 2 and any(member.role is Role.LEVEL for member in members)
    ]


def as_role(column: Column, role: Role) -> Column:
    return Column(column.index, column.heading, role, column.group, column.sample, column.computed)


def pair_of(skill: str, category: str | None, members: list[Column]) -> Pair:
    def first(*roles: Role | None) -> Column | None:
        return next((member for member in members if member.role in roles), None)

    level = first(Role.LEVEL)
    assert level is not None
    return Pair(
        skill,
        category,
        level,
        first(None, Role.HAS),
        first(Role.INTEREST, Role.GOALS),
        first(Role.EXPECTED),
        first(Role.NOTE),
    )


def extract(table: Table, people: PersonColumns, pairs: list[Pair]) -> Extract:
    found = Extract(one_row_each=True)
    for row, person in people_of_rows(table, people, [pair.level for pair in pairs], found):
        found.people.append(person)
        for pair in pairs:
            take_level(table, row, pair, person, found)
            if pair.interest is not None:
                take_interest(table, row, person, pair.skill, pair.category, pair.interest, found)
            if pair.target is not None:
                take_target(table, row, person, pair.skill, pair.category, (pair.level, pair.target), found)
        take_goal_list(table, row, person, found)
    return found


def take_level(table: Table, row: int, pair: Pair, person: Sighting, found: Extract) -> None:
    """A level beside an unanswered yes/no is the template's default, not an answer."""
    raw = table.raw(row, pair.level)
    if raw is None:
        return
    told = table.text(row, pair.has).casefold()
    if pair.has is not None and pair.has.sample and told not in YES | NO:
        return
    note = table.text(row, pair.note) or None
    denied = told in NO
    if denied:
        note = note or f'answered "{table.text(row, pair.has)}"'
    found.marks.append(Mark(person, pair.skill, pair.category, raw, (row, pair.level.index), note=note, denied=denied))
