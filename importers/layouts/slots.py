"""Slots: each person's row has room for several skills, "Skill 1, Level 1, Skill 2, Level 2", or the pair repeated."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from importers.cells.headings import Role, role_of
from importers.cells.values import as_text
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.wishes import take_goal_list, uses_of_goal_list
from importers.records import LayoutName
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

NUMBERED = re.compile(r"(?:(.*?\D)[\s_#.\-(]*(\d{1,2})\)?|#?(\d{1,2})[.\s_\-]+(.*))\Z")
SKILL_ROLES = frozenset({Role.SKILL, Role.SKILLS, Role.TECHNOLOGIES, Role.GOALS})
BESIDE = {
    Role.LEVEL: "the level of the skill beside it",
    Role.LAST_USED: "when the skill beside it was last used",
    Role.DATE: "the day of the rating",
    Role.NOTE: "a note on the rating",
    Role.CATEGORY: "the skill's category",
}


@dataclass(frozen=True)
class Slot:
    """A column of skills with the columns that belong to it."""

    skill: Column
    beside: dict[Role, Column]

    @property
    def level(self) -> Column | None:
        return self.beside.get(Role.LEVEL)


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        slots = slots_of(table)
        people = person_columns(table) if len(slots) > 1 else None
        if people is None or {c.index for c in people.names} & {slot.skill.index for slot in slots}:
            continue
        levelled = [slot for slot in slots if slot.level is not None]
        sample = [value for slot in levelled if slot.level for value in slot.level.sample]
        marks = sum(map(view.is_mark, sample)) / len(sample) if sample else 0.0
        if sample and marks < 0.5 and not view.is_decided:
            continue
        rows = sum(1 for row in table.sample_rows() if sighting(table, people, row))
        score = people.weight + 4.5 + 2.5 * marks + 1.5 * table.quality + table.recognised + rows_weight(rows)
        beside = f', "{levelled[0].level.heading}" its level' if levelled and levelled[0].level else ""
        reasons = (people.reason, f'{len(slots)} columns such as "{slots[0].skill.heading}" name a skill each{beside}')
        taken = uses_of_person(table, people) | uses_of_goal_list(table) | uses(slots)
        take = partial(extract, table, people, slots)
        yield Hypothesis(LayoutName.PAIRS, table, table.header_row, score, reasons, taken, take)


def uses(slots: list[Slot]) -> dict[int, Use]:
    found = {slot.skill.index: Use(Role.SKILL.value, "each cell names one skill") for slot in slots}
    for slot in slots:
        found |= {column.index: Use(role.value, BESIDE[role]) for role, column in slot.beside.items()}
    return found


def slots_of(table: Table) -> list[Slot]:
    """By the numbers in the headings, else a heading such as "Skill" that comes back."""
    groups: dict[str, dict[Role, Column]] = {}
    for column in table.columns:
        if (part := numbered(column.heading)) is not None:
            groups.setdefault(part[1], {}).setdefault(part[0], column)
    if len(slots := [slot for group in groups.values() if (slot := slot_of(group)) is not None]) > 1:
        return slots
    starts = [
        position for position, c in enumerate(table.columns) if c.role in SKILL_ROLES and c.role is not Role.GOALS
    ]
    alike = len({table.columns[start].heading for start in starts}) == 1
    if len(starts) < 2 or not (alike or all(table.columns[start].is_chosen for start in starts)):
        return []
    runs = zip(starts, [*starts[1:], len(table.columns)], strict=True)
    repeated = [slot_of({c.role: c for c in reversed(table.columns[first:last]) if c.role}) for first, last in runs]
    return [slot for slot in repeated if slot is not None and slot.level is not None]


def numbered(heading: str) -> tuple[Role, str] | None:
    """Role and number of a heading such as "Skill 2", "2. Level" or "skill_2_level"."""
    if (inner := re.fullmatch(r"([^\W\d]+)[\s_\-]*(\d{1,2})[\s_\-]+([^\W\d]+.*)", heading)) is not None:
        role = role_of(inner[3])
        return (role, inner[2]) if role in BESIDE and role_of(inner[1]) in SKILL_ROLES else None
    if (found := NUMBERED.match(heading)) is None:
        return None
    text, number = (found[1], found[2]) if found[2] else (found[4], found[3])
    role = role_of(text)
    if role in SKILL_ROLES:
        return Role.SKILL, number
    return (role, number) if role in BESIDE else None


def slot_of(group: dict[Role, Column]) -> Slot | None:
    skill = next((group[role] for role in (Role.SKILL, Role.SKILLS, Role.TECHNOLOGIES) if role in group), None)
    if skill is None or (skill.sample and skill.texts < 0.6):
        return None
    return Slot(skill, {role: column for role, column in group.items() if role in BESIDE})


def extract(table: Table, people: PersonColumns, slots: list[Slot]) -> Extract:
    found = Extract(one_row_each=True)
    for row in table.body():
        person = sighting(table, people, row)
        if person is None:
            found.leave(row, why_nobody(table, people, row))
            continue
        found.people.append(person)
        take_goal_list(table, row, person, found)
        for slot in slots:
            name = table.text(row, slot.skill)
            if not plausible_skill(name):
                continue
            value = table.value(row, slot.level)
            place = (row, slot.level.index if slot.level and value is not None else slot.skill.index)
            found.marks.append(
                Mark(
                    person,
                    name,
                    table.text(row, slot.beside.get(Role.CATEGORY)) or None,
                    value if value is None or isinstance(value, (str, int, float)) else as_text(value),
                    place,
                    on=table.value(row, slot.beside.get(Role.DATE)),
                    last_used=table.value(row, slot.beside.get(Role.LAST_USED)),
                    note=table.text(row, slot.beside.get(Role.NOTE)) or None,
                    listed=value is None,
                )
            )
    return found
