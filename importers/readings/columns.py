"""What a sheet's columns were taken for, and its first rows, for a person to check and to correct."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from openpyxl.utils import get_column_letter

from importers.cells.headings import Role
from importers.cells.values import as_text
from importers.files.workbook import Sheet, Value
from importers.layouts.layout import Extract, Hypothesis
from importers.records import ColumnReading, HeadRow, LayoutName
from importers.sheets.tables import Column, Table

HEAD_ROWS = 15
HEAD_COLUMNS = 14
HEAD_CHARACTERS = 40
SAMPLES = 3
IGNORE = "ignore"
CHOSEN = "left out by choice"
WITHHELD = "(not shown)"

WHY_IGNORED = {
    Role.PRIVATE: "personal data that a skills directory should not keep",
    Role.TOTAL: "totals, not levels",
    Role.ROW_NUMBER: "numbers the rows",
    Role.EXPECTED: "levels that are wanted, not levels of anybody",
    Role.INTEREST: "interest without a skill beside it",
    Role.HAS: "yes and no without a skill beside it",
    Role.NOTE: "notes beside no rating",
    Role.LEGEND: "explains what the levels mean",
    Role.SKILL_ID: "numbers the skills",
    Role.LEVEL_ID: "numbers the levels",
}


def head_of(sheet: Sheet, tables: Sequence[Table]) -> tuple[HeadRow, ...]:
    """The first rows that hold values; what one of the tables heads as personal data is not repeated."""
    private = [(table, column.index) for table in tables for column in table.all_of(Role.PRIVATE)]

    def shown(row: int, column: int, value: Value) -> str:
        for table, index in private:
            line, place = (column, row) if table.sheet.is_flipped else (row, column)
            if place == index and line > table.header_row and value is not None:
                return WITHHELD
        return as_text(value)[:HEAD_CHARACTERS]

    return tuple(
        HeadRow(row, tuple(shown(row, column, value) for column, value in enumerate(sheet.rows[row][:HEAD_COLUMNS], 1)))
        for row in sheet.row_numbers[:HEAD_ROWS]
    )


def columns_of(tables: Sequence[Hypothesis]) -> tuple[ColumnReading, ...]:
    """Every column of the tables, those that were not taken with the reason."""
    found: dict[str, ColumnReading] = {}
    for column in (column for table in tables for column in columns_read(table)):
        if found.setdefault(column.place, column).role == IGNORE:
            found[column.place] = column
    return tuple(found.values())


def report_rest(found: Hypothesis, extract: Extract) -> None:
    """Notes on every column and every block of rows that the layout did not take, with the reason."""
    table, flipped = found.table, found.table.sheet.is_flipped
    for column, read in zip(table.columns, columns_read(found), strict=True):
        if read.role != IGNORE or not column.sample or read.why == CHOSEN:
            continue
        place = (table.header_row, column.index)
        what = (
            f'The {"row" if flipped else "column"} "{read.heading}"'
            if read.heading
            else f"{where(flipped)} {read.place}"
        )
        if column.role is Role.PRIVATE:
            extract.note(
                table.view,
                "private_column",
                place,
                f"{what} holds personal data that a skills directory should not keep.",
            )
        else:
            remedy = "If it is a skill, say so in the mapping." if column.role is None else "Nothing to do."
            extract.note(table.view, "column_left_out", place, f"{what} was left out: {read.why}.", remedy)
    for first, last, why in blocks(table, extract.rest):
        name = str if not flipped else get_column_letter
        rows = f"{where(not flipped)} {name(first)}"
        if last != first:
            rows = f"{where(not flipped)}s {name(first)} to {name(last)}"
        verb = "was" if first == last else "were"
        extract.note(table.view, "rows_left_out", (first, 1), f"{rows} {verb} left out: {why}.")


def where(flipped: bool) -> str:
    return "Row" if flipped else "Column"


def blocks(table: Table, rest: Mapping[int, str]) -> Iterator[tuple[int, int, str]]:
    """First row, last row and reason of rows that follow one another and were left out for the same reason."""
    numbers = [row for row in table.sheet.row_numbers if row > table.header_row]
    for why, group in groupby(numbers, key=rest.get):
        rows = list(group)
        if why is not None:
            yield rows[0], rows[-1], why


def columns_read(found: Hypothesis) -> Iterator[ColumnReading]:
    is_row = found.table.sheet.is_flipped
    for column in found.table.columns:
        use = found.uses.get(column.index)
        place = str(column.index) if is_row else get_column_letter(column.index)
        sample = () if column.role is Role.PRIVATE else column.sample
        samples = tuple(dict.fromkeys(as_text(value)[:HEAD_CHARACTERS] for value in sample))[:SAMPLES]
        if use is None:
            why = why_ignored(found.table, column, set(found.uses), found.layout)
            yield ColumnReading(place, column.heading, IGNORE, None, samples, why)
        else:
            yield ColumnReading(place, column.heading, use.role, use.skill, samples, use.why)


def why_ignored(table: Table, column: Column, taken: set[int], layout: LayoutName) -> str:
    """A phrase: the mapping, what the heading says, or what stands below it."""
    if table.view.left_out(column.index):
        return CHOSEN
    if column.role in WHY_IGNORED:
        return WHY_IGNORED[column.role]
    if not column.sample:
        return "nothing stands below it"
    if column.computed > 0.5:
        return "computed from other cells"
    if column.role is not None and column.role is not Role.OTHER:
        rival = next((c for c in table.columns if c.role is column.role and c.index in taken), None)
        if rival is not None:
            return f'"{rival.heading}" already tells the same'
    if column.role is None and layout in {LayoutName.MATRIX, LayoutName.TRANSPOSED, LayoutName.PAIRS}:
        return "no heading" if not column.heading else "holds no levels"
    return "not about skills"
