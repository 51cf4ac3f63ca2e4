"""Long list: one row per person and skill, with the level and perhaps a date and a note."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from importers.cells.headings import Role, role_of, words_of
from importers.cells.values import as_text
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.snapshots import date_of_sheet
from importers.layouts.wishes import take_interest, take_target
from importers.marks.scales import number_of
from importers.records import LayoutName, Raw, Severity
from importers.sheets.people import Sighting, starts_like_junk
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

GENERIC = re.compile(
    r"(sheet|tabelle|feuil|feuille|hoja|foglio|arkusz|planilha|blad|лист|list|data|export|overview|all)[\s_]*\d*\Z",
    re.IGNORECASE,
)


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        levels = level_columns(table)
        if people is None or not levels:
            continue
        skill, numbers = skill_column(table, levels, people), None
        if skill is None and view.numbering.skills and (skill := table.column(Role.SKILL_ID)) is not None:
            numbers = view.numbering.skills
        of_sheet = None if skill else skill_above(table) or skill_of_sheet(table)
        if skill is None and of_sheet is None:
            continue
        rows = len(table.sample_rows())
        sample = [value for level in levels for value in level.sample]
        marks = sum(map(view.is_mark, sample)) / len(sample) if sample else 0.0
        if rows and sample and marks < 0.3 and not view.is_decided:
            continue
        score = (
            people.weight
            + (2.0 if skill and skill.role is Role.SKILL else 1.0)
            + 1.0
            + 2.0 * marks
            + 1.5 * table.quality
            + table.recognised
            + rows_weight(rows)
        )
        shown = f'"{skill.heading}" holds skills' if skill else f'the sheet is about the skill "{of_sheet}"'
        reasons = (people.reason, f'{shown}, "{levels[0].heading}" their levels')
        taken = uses_of_person(table, people) | uses(table, skill, levels)
        take = partial(extract, table, people, Named(skill, of_sheet, numbers), levels)
        yield Hypothesis(LayoutName.LONG, table, table.header_row, score, reasons, taken, take)


BESIDE = {
    Role.CATEGORY: "the skills' category",
    Role.DATE: "the day of the rating",
    Role.LAST_USED: "when the skill was last used",
    Role.NOTE: "a note on the rating",
    Role.INTEREST: "interest in the skill",
    Role.GOALS: "whether the person wants to learn the skill",
}


def uses(table: Table, skill: Column | None, levels: Sequence[Column]) -> dict[int, Use]:
    found = {column.index: Use(role.value, why) for role, why in BESIDE.items() if (column := table.column(role))}
    found |= {column.index: Use(numbered_or(Role.LEVEL_ID, Role.LEVEL, column), "the levels") for column in levels}
    return found | ({skill.index: Use(numbered_or(Role.SKILL_ID, Role.SKILL, skill), "the skills")} if skill else {})


def numbered_or(by_number: Role, by_name: Role, column: Column) -> str:
    return (by_number if column.role is by_number else by_name).value


@dataclass(frozen=True)
class Named:
    """Where the name of a row's skill stands: in a column, on another sheet under the number in the column,
    or it is the sheet's name for every row."""

    column: Column | None
    of_sheet: str | None
    numbers: Mapping[str, str] | None = None

    def text(self, table: Table, row: int) -> str:
        text = self.of_sheet or table.text(row, self.column)
        return self.numbers.get(text, "") if self.numbers else text


def skill_above(table: Table) -> str | None:
    """What "Skill: ..." right above the header names."""
    above = [row for row in table.sheet.row_numbers if row < table.header_row][-2:]
    for row in reversed(above):
        values = [value for value in table.sheet.rows[row] if isinstance(value, str)]
        key, _, behind = as_text(values[0]).partition(":") if values else ("", "", "")
        named = behind.strip() or (as_text(values[1]) if len(values) > 1 else "")
        if role_of(key) is Role.SKILL and plausible_skill(named):
            return named
    return None


def skill_of_sheet(table: Table) -> str | None:
    """The sheet's name when the workbook's sheets are named after skills."""
    view, name = table.view, " ".join(table.sheet.name.split())
    if not plausible_skill(name) or role_of(name) is not None or GENERIC.match(name):
        return None
    return name if any(map(view.knows_skill, (name, *view.companions))) else None


def level_columns(table: Table) -> list[Column]:
    """The level column, of several ("SelfRating", "ManagerRating") the first that is filled; else one per date."""
    if levels := table.all_of(Role.LEVEL) or table.all_of(Role.LEVEL_ID):
        return [next((column for column in levels if column.sample), levels[0])]
    return [c for c in table.columns if c.role is None and c.sample and date_of_sheet(c.heading) is not None]


def skill_column(table: Table, levels: Sequence[Column], people: PersonColumns) -> Column | None:
    """By heading; else a column named after the sheet's subject, such as "EHS_Name" on the sheet "EHS"."""
    taken = {column.index for column in (*people.names, *people.external_ids, *levels)}
    named = [c for c in table.columns if c.role in {Role.SKILL, Role.SKILLS} and c.index not in taken]
    texts = [column for column in named if not column.sample or column.texts > 0.6]
    if texts:
        return texts[0]
    for column in table.columns:
        words = words_of(column.heading)
        subject = set(words) & set(words_of(table.sheet.name))
        if column.role is None and column.index not in taken and subject and words[-1] in {"name", "skill", "item"}:
            return column
    return None


def extract(table: Table, people: PersonColumns, skill: Named, levels: Sequence[Column]) -> Extract:
    found = Extract()
    above: Sighting | None = None
    for row in table.body():
        person, carried = sighting(table, people, row), False
        name = skill.text(table, row)
        if person is not None and not name and skill.column and any(table.value(row, c) is not None for c in levels):
            found.leave(row, "a level beside no skill, such as an average")
            continue
        if person is not None:
            found.people.append(person)
            above = person
        elif skill.of_sheet:
            name = ""
        elif above is not None and name and table.value(row, people.first) is None and not starts_like_junk(name):
            person, carried = above, True
        if person is not None and skill.numbers and skill.column and not name and table.text(row, skill.column):
            text = f'No sheet says which skill has the number "{table.text(row, skill.column)}".'
            remedy = "Add the skill to the list of skills, or write its name here."
            found.report(table.view, Severity.ERROR, "unknown_skill", (row, skill.column.index), text, remedy)
        if person is None:
            report_nobody(table, people, row, name, found)
        elif name and (not plausible_skill(name) or number_of(name) is not None):
            text = f'"{name}" cannot be the name of a skill.'
            remedy = "Write the skill's name instead."
            place = (row, skill.column.index if skill.column else people.first.index)
            found.report(table.view, Severity.ERROR, "not_a_skill", place, text, remedy)
        elif name:
            found.marks += marks_of_row(table, row, person, skill, levels, carried=carried)
            take_wishes(table, row, person, skill, levels[0], found)
    return found


def take_wishes(table: Table, row: int, person: Sighting, skill: Named, level: Column, found: Extract) -> None:
    name, category = skill.text(table, row), table.text(row, table.column(Role.CATEGORY)) or None
    for role in (Role.INTEREST, Role.GOALS):
        if (interest := table.column(role)) is not None:
            take_interest(table, row, person, name, category, interest, found)
    if (target := table.column(Role.EXPECTED)) is not None:
        take_target(table, row, person, name, category, (level, target), found)


def marks_of_row(
    table: Table, row: int, person: Sighting, skill: Named, levels: Sequence[Column], *, carried: bool
) -> Iterator[Mark]:
    """One mark a level; a skill without any is listed."""
    rated, used = table.column(Role.DATE), table.column(Role.LAST_USED)
    stated = [column for column in levels if table.value(row, column) is not None]
    named_in = [skill.column] if skill.column else [levels[0]]
    for column in stated or named_in:
        value = level_in(table, row, column) if stated else None
        yield Mark(
            person,
            skill.text(table, row),
            table.text(row, table.column(Role.CATEGORY)) or None,
            value,
            (row, column.index),
            on=table.value(row, rated) or date_of_sheet(column.heading),
            last_used=table.value(row, used),
            note=table.text(row, table.column(Role.NOTE)) or None,
            listed=value is None,
            carried=carried,
        )


def level_in(table: Table, row: int, column: Column) -> Raw:
    """The level as written, or the name that another sheet gives to its number."""
    raw = table.raw(row, column)
    return table.view.numbering.levels.get(as_text(raw), raw) if column.role is Role.LEVEL_ID else raw


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
    else:
        found.leave(row, why_nobody(table, people, row))
