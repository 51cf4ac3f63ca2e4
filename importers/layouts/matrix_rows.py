"""The rows of a matrix: who each is about, and its levels."""

from collections.abc import Iterator

from importers.cells.headings import Role, role_of
from importers.cells.values import as_text
from importers.layouts.footing import BELOW, rows_beneath
from importers.layouts.layout import Extract, Mark
from importers.layouts.lists import list_columns
from importers.layouts.persons import PersonColumns, sighting, why_nobody
from importers.layouts.skill_columns import Skills
from importers.records import Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, is_header_again


def named_rows(
    table: Table, people: PersonColumns, skills: Skills, moment: Column | None, found: Extract
) -> tuple[list[tuple[int, Sighting]], set[int], Table | None]:
    """Rows with who they are about, which of them name nobody and go on about the person above, and the table below."""
    rows: list[tuple[int, Sighting]] = []
    carried: set[int] = set()
    kind = kind_of_row(table)
    above: Sighting | None = None
    beneath = rows_beneath(table, people, skills.columns)
    for row in table.body():
        if is_header_again(table.sheet, row, people.first.index, people.first.role):
            return rows, carried, table.view.table(row)
        if above and moment and table.value(row, moment) is not None and not table.text_down(row, people.first):
            rows.append((row, above))
            carried.add(row)
            continue
        if row in beneath:
            found.leave(row, BELOW)
            continue
        above = person = person_of_row(table, people, skills, row, found)
        if person is not None and is_section(table, people, row):
            found.leave(row, "the heading of a section")
        elif person is not None and (wanted := is_wanted(table, kind, row)):
            found.leave(row, f"levels that are wanted: {wanted}")
        elif person is not None:
            rows.append((row, person))
        elif not any(problem.code == "levels_without_person" for problem in found.problems[-1:]):
            found.leave(row, why_nobody(table, people, row))
    return rows, carried, None


def listing(table: Table, people: PersonColumns) -> list[Column]:
    """Columns beside the levels in which each cell lists further skills."""
    return [column for column in list_columns(table, people) if column.role is Role.SKILLS]


def marks_of_row(
    table: Table,
    skills: Skills,
    row: int,
    person: Sighting,
    moment: Column | None,
    found: Extract,
    *,
    carried: bool,
) -> Iterator[Mark]:
    on = table.value(row, moment)
    for column in skills.columns:
        raw, place = table.raw(row, column), (row, column.index)
        if raw is not None:
            yield Mark(person, column.heading, column.group, raw, place, on=on, carried=carried)
        elif place in table.sheet.formulas:
            text = f"The level for {column.heading} is a formula whose result is not stored in the file."
            remedy = "Open the file in a spreadsheet program, save it and import again."
            found.report(table.view, Severity.ERROR, "formula_without_value", place, text, remedy)


def kind_of_row(table: Table) -> Column | None:
    """The column that says of each row whether it holds the levels a person has or those that are wanted."""
    for column in table.columns:
        kinds = {role_of(as_text(value)) for value in column.sample}
        if Role.LEVEL in kinds and Role.EXPECTED in kinds and kinds <= {Role.LEVEL, Role.EXPECTED, Role.INTEREST}:
            return column
    return None


def is_wanted(table: Table, kind: Column | None, row: int) -> str:
    """What the row says it holds when that are not the person's levels."""
    text = table.text(row, kind)
    return text if text and role_of(text) is not Role.LEVEL else ""


def is_bare(table: Table, skills: Skills, row: int) -> bool:
    """One value in the row, and no colours that differ from level to level."""
    if sum(value is not None for value in table.sheet.rows[row]) != 1:
        return False
    colours = {table.sheet.fills.get((row, column.index)) for column in skills.columns}
    return len(colours) <= 1


def is_section(table: Table, people: PersonColumns, row: int) -> bool:
    """A text merged across the table heads a group of people and names nobody."""
    span = table.sheet.span(row, people.first.index)
    return span is not None and span.right - span.left >= 2


def person_of_row(table: Table, people: PersonColumns, skills: Skills, row: int, found: Extract) -> Sighting | None:
    """The row's person; levels typed in a row that names nobody are reported, computed ones are totals."""
    person = sighting(table, people, row)
    if person is not None and not table.sheet.formulas:
        return person
    places = [(row, column.index) for column in skills.columns if table.value(row, column) is not None]
    filled = [place for place in places if place not in table.sheet.formulas]
    if person is not None and len(places) > 1 and not filled:
        return None
    if person is not None or not filled:
        return person
    texts = [value for value in table.sheet.rows[row] if isinstance(value, str) and not table.view.is_mark(value)]
    if not texts:
        found.report(
            table.view,
            Severity.WARNING,
            "levels_without_person",
            (row, people.first.index),
            f"Row {row} holds {len(filled)} levels but names nobody.",
            "Write the person's name in the row and import again, or leave it if the row is no person.",
        )
    return None
