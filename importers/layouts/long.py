"""Long list: one row per person and skill, with the level and perhaps a date and a note."""

from collections.abc import Iterator
from functools import partial

from importers.headings import Role, words_of
from importers.layouts.layout import Extract, Hypothesis, Mark
from importers.layouts.persons import PersonColumns, person_columns, sighting
from importers.people import JUNK_STARTS, Sighting
from importers.records import LayoutName, Severity
from importers.scales import number_of
from importers.skills import plausible_skill
from importers.tables import Column, Table, View, rows_weight
from importers.values import as_text


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        level = level_column(table)
        if people is None or level is None or (skill := skill_column(table, level, people)) is None:
            continue
        rows = len(table.sample_rows())
        marks = level.share(view.is_mark)
        if rows and level.sample and marks < 0.3:
            continue
        score = (
            people.weight
            + (2.0 if skill.role is Role.SKILL else 1.0)
            + 1.0
            + 2.0 * marks
            + 1.5 * table.quality
            + table.recognised
            + rows_weight(rows)
        )
        reasons = (people.reason, f'"{skill.heading}" holds skills, "{level.heading}" their levels')
        yield Hypothesis(
            LayoutName.LONG,
            view,
            table.header_row,
            score,
            reasons,
            partial(extract, table, people, skill, level),
        )


def level_column(table: Table) -> Column | None:
    """The level column; of several ("SelfRating", "ManagerRating") the first that is filled."""
    levels = table.all_of(Role.LEVEL)
    return next((column for column in levels if column.sample), levels[0] if levels else None)


def skill_column(table: Table, level: Column, people: PersonColumns) -> Column | None:
    """By heading; else a column named after the sheet's subject, such as "EHS_Name" on the sheet "EHS"."""
    taken = {column.index for column in (*people.names, *people.external_ids)}
    named = [
        c
        for c in table.columns
        if c.role in {Role.SKILL, Role.SKILLS} and c.index not in taken and c.index != level.index
    ]
    texts = [column for column in named if not column.sample or column.texts > 0.6]
    if texts:
        return texts[0]
    for column in table.columns:
        words = words_of(column.heading)
        subject = set(words) & set(words_of(table.sheet.name))
        if column.role is None and column.index not in taken and subject and words[-1] in {"name", "skill", "item"}:
            return column
    return None


def extract(table: Table, people: PersonColumns, skill: Column, level: Column) -> Extract:
    found = Extract()
    category, note = table.column(Role.CATEGORY), table.column(Role.NOTE)
    rated, used = table.column(Role.DATE), table.column(Role.LAST_USED)
    for column in table.all_of(Role.PRIVATE):
        found.note(
            table.view,
            "private_column",
            (table.header_row, column.index),
            f'The column "{column.heading}" holds personal data that a skills directory should not keep.',
        )
    above: Sighting | None = None
    for row in table.body():
        person, carried = sighting(table, people, row), False
        name, value = table.text(row, skill), table.value(row, level)
        if person is not None:
            found.people.append(person)
            above = person
        elif above is not None and name and table.value(row, people.first) is None and not JUNK_STARTS.match(name):
            person, carried = above, True
        if person is None:
            report_nobody(table, people, row, name, found)
            continue
        if not name:
            continue
        place = (row, level.index if value is not None else skill.index)
        if not plausible_skill(name) or number_of(name) is not None:
            found.report(
                table.view,
                Severity.ERROR,
                "not_a_skill",
                place,
                f'"{name}" cannot be the name of a skill.',
                "Write the skill's name instead.",
            )
            continue
        raw = value if isinstance(value, (str, int, float)) else (as_text(value) or None)
        found.marks.append(
            Mark(
                person,
                name,
                table.text(row, category) or None,
                raw,
                place,
                on=table.value(row, rated),
                last_used=table.value(row, used),
                note=table.text(row, note) or None,
                listed=raw is None,
                carried=carried,
            )
        )
    return found


def report_nobody(table: Table, people: PersonColumns, row: int, skill: str, found: Extract) -> None:
    if skill and table.value(row, people.first) is None:
        found.report(
            table.view,
            Severity.ERROR,
            "level_without_person",
            (row, people.first.index),
            f'Row {row} rates "{skill}" for nobody: the person is blank.',
            "Write the person's name in the row.",
        )
