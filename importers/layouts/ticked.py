"""Ticked: skills down the rows, levels across the header, and a cross in the column of the level a person has."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from importers.cells.headings import Role, role_of
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.profile import named_person
from importers.marks.level_words import YES
from importers.marks.scales import key_of
from importers.records import LayoutName
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

FEWEST_LEVELS = 3
FEWEST_ROWS = 2
MOSTLY = 0.9
TICKS = YES | {"x", "xx", "●", "•", "■", "*", "✕", "×", "o", "1"}
SKILL_ROLES = frozenset({Role.SKILL, Role.SKILLS, Role.CATEGORY, Role.NOTE, None})


@dataclass(frozen=True)
class Form:
    """The columns of a form: its skills, its levels as the header orders them, and whose the rows are."""

    skill: Column
    levels: tuple[Column, ...]
    people: PersonColumns | None


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        form = form_of_table(table)
        if form is None:
            continue
        rows = [row for row in table.sample_rows() if plausible_skill(table.text(row, form.skill))]
        ticked = [len(ticks(table, row, form)) for row in rows]
        once = ticked.count(1) / max(1, len(ticked) - ticked.count(0))
        if ticked.count(1) < FEWEST_ROWS or once < MOSTLY:
            continue
        name, place = named_person(table)
        who = form.people.reason if form.people else f"the sheet is about {name.name}" if name else WHO
        reasons = (who, f'a cross under "{form.levels[0].heading}" to "{form.levels[-1].heading}" gives the level')
        score = (
            6.0
            + 2.0 * once
            + rows_weight(len(rows))
            + (form.people.weight if form.people else 1.0 * bool(name))
            + table.recognised
        )
        uses = uses_of_person(table, form.people) | {form.skill.index: Use(Role.SKILL.value, "the skills")}
        uses |= {column.index: Use(Role.LEVEL.value, "a cross gives this level") for column in form.levels}
        take = partial(extract, table, form, name or place)
        yield Hypothesis(LayoutName.PROFILE, table, table.header_row, score, reasons, uses, take)


WHO = "the sheet is about one person who is not named"


def form_of_table(table: Table) -> Form | None:
    levels = tuple(column for column in table.columns if is_level(table, column))
    if len(levels) < FEWEST_LEVELS or not any(column.sample for column in levels):
        return None
    left = [c for c in table.columns if c.index < levels[0].index and c.texts > MOSTLY and c.role in SKILL_ROLES]
    named = [c for c in left if c.role in {Role.SKILL, Role.SKILLS}] or [c for c in left if c.role is None]
    people = person_columns(table) if table.column(Role.NAME, Role.EMAIL, Role.FIRST_NAME) else None
    skill = next((c for c in named if people or len(set(c.sample)) * 2 > len(c.sample)), None)
    if skill is None or (skill.role is None and skill.full_names > 0.5):
        return None
    if people is not None and skill.index in {column.index for column in people.names}:
        return None
    return Form(skill, levels, people)


def is_level(table: Table, column: Column) -> bool:
    """Whether the heading is a level, and nothing but crosses stand below."""
    heading = column.heading
    return (
        bool(heading)
        and role_of(heading) not in {Role.ROW_NUMBER, Role.TOTAL}
        and table.view.is_mark(heading)
        and key_of(heading) not in YES
        and all(isinstance(value, (str, int)) and key_of(value) in TICKS for value in column.sample)
    )


def ticks(table: Table, row: int, form: Form) -> list[Column]:
    return [column for column in form.levels if table.value(row, column) is not None]


def extract(table: Table, form: Form, owner: Sighting) -> Extract:
    found = Extract(people=[] if form.people else [owner])
    category = table.column(Role.CATEGORY)
    for row in table.body():
        person = sighting(table, form.people, row) if form.people else owner
        ticked, name = ticks(table, row, form), table.text(row, form.skill)
        if person is None:
            found.leave(row, why_nobody(table, form.people, row) if form.people else "")
        elif len(ticked) != 1 or not plausible_skill(name):
            found.leave(row, "several levels are ticked" if len(ticked) > 1 else "no level is ticked")
        else:
            if form.people:
                found.people.append(person)
            group = table.sheet.merged_text(row, category.index) if category else ""
            note = table.text(row, table.column(Role.NOTE)) or None
            place = (row, ticked[0].index)
            found.marks.append(Mark(person, name, group or None, ticked[0].heading, place, note=note))
    return found
