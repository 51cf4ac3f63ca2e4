"""Framework: skills with expected levels or with prose per level, and nobody's own levels."""

from collections.abc import Iterator
from functools import partial

from importers.cells.headings import Role
from importers.layouts.layout import Extract, Hypothesis, Use
from importers.layouts.persons import person_columns
from importers.records import LayoutName
from importers.sheets.tables import Column, Table, View
from importers.skills.catalogue import plausible_skill

PROSE = 25


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        skill = next((c for c in (*table.all_of(Role.SKILL), *table.all_of(Role.SKILLS)) if c.texts > 0.6), None)
        if skill is None or (person_columns(table) and table.column(Role.NAME, Role.EMAIL, Role.LAST_NAME)):
            continue
        expected = table.all_of(Role.EXPECTED)
        prose = [c for c in table.columns if c.role not in {Role.NOTE, Role.SKILL} and c.share(is_prose) > 0.6]
        if not expected and len(prose) < 2 and not table.column(Role.CATEGORY, Role.SKILL_ID):
            continue
        what = "expected levels" if expected else "a text per level" if len(prose) >= 2 else "categories"
        score = 3.0 + 1.0 * bool(expected) + 1.0 * (len(prose) >= 2) + 1.5 * table.quality + table.recognised
        reasons = (f'"{skill.heading}" lists skills with {what}', "no column names people or gives their own levels")
        uses = {skill.index: Use(Role.SKILL.value, "the skills")}
        if (category := table.column(Role.CATEGORY)) is not None:
            uses[category.index] = Use(Role.CATEGORY.value, "the skills' category")
        take = partial(extract, table, skill)
        yield Hypothesis(LayoutName.FRAMEWORK, table, table.header_row, score, reasons, uses, take)


def is_prose(value: object) -> bool:
    return isinstance(value, str) and len(value) >= PROSE


def extract(table: Table, skill: Column) -> Extract:
    found = Extract()
    category = table.column(Role.CATEGORY)
    for row in table.body():
        name = table.text(row, skill)
        if plausible_skill(name):
            group = table.sheet.merged_text(row, category.index) if category else ""
            found.skills.append((name, group or None, (row, skill.index)))
    return found
