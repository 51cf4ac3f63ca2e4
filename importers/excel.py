"""Excel workbooks (.xlsx, .xlsm) through openpyxl's read-only mode."""

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import openpyxl
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.styles import PatternFill
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from importers.archive import Archive
from importers.calamine import read_with_calamine
from importers.inspection import Entry, Findings, inspect_sheet, shared_string_count, sheet_entries
from importers.workbook import Position, Sheet, Value, Workbook, tidy, trimmed

if not openpyxl.DEFUSEDXML:
    raise ImportError("defusedxml is missing: openpyxl would expand XML entities. Install the locked requirements.")

UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, SyntaxError, ArithmeticError)
"""What openpyxl raises on files it cannot read; it has no error of its own for most of them."""

KIND = "Excel workbook"
LARGE = 150_000
"""Values from which a workbook is read through calamine."""
NEUTRAL_FILLS = frozenset({"FFFFFF", "000000"})


def read_excel(archive: Archive) -> Workbook:
    """The workbook with the values Excel last computed; through calamine where openpyxl is too slow or gives up."""
    strings = shared_string_count(archive)
    sheets = [
        (entry, inspect_sheet(archive.parts[entry.part], strings))
        for entry in sheet_entries(archive)
        if entry.part in archive.parts
    ]
    if sum(found.cells for _, found in sheets) > LARGE:
        return read_through_calamine(archive, sheets)
    try:
        return read_through_openpyxl(archive, sheets)
    except UNREADABLE:
        return read_through_calamine(archive, sheets)


def read_through_openpyxl(archive: Archive, sheets: Sequence[tuple[Entry, Findings]]) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl warns of every extension it leaves out (data validations, headers): none of them holds cells.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(archive.stored()), read_only=True, data_only=True, keep_links=False)
        try:
            read = [
                read_sheet(book[entry.name], entry, found)
                for entry, found in sheets
                if isinstance(book[entry.name], ReadOnlyWorksheet)
            ]
        finally:
            book.close()
    return Workbook(KIND, tuple(read))


def read_through_calamine(archive: Archive, sheets: Sequence[tuple[Entry, Findings]]) -> Workbook:
    """Ten times faster and more forgiving; but it knows no fills and shows errors such as #N/A as blanks."""
    values = {sheet.name: sheet for sheet in read_with_calamine(archive.stored(), KIND).sheets}
    read = (inspected(values[entry.name], entry, found) for entry, found in sheets if entry.name in values)
    return Workbook(KIND, tuple(read))


def inspected(values: Sheet, entry: Entry, found: Findings) -> Sheet:
    rows = dict(values.rows)
    for row, column in found.unsound:
        cells = list(rows.get(row, ()))
        cells[column - 1 : column] = [None] * (column <= len(cells))
        rows[row] = trimmed(cells)
    return replace(
        values,
        rows={row: cells for row, cells in rows.items() if cells},
        merges=tuple(found.merges),
        formulas=frozenset(found.formulas),
        unsound=found.unsound,
        hidden=entry.hidden,
        hidden_rows=frozenset(found.hidden_rows),
        hidden_columns=frozenset(found.hidden_columns),
        left_out=found.beyond,
    )


def read_sheet(source: ReadOnlyWorksheet, entry: Entry, found: Findings) -> Sheet:
    rows: dict[int, tuple[Value, ...]] = {}
    fills: dict[Position, str] = {}
    source.reset_dimensions()
    if found.last_row:
        for number, cells in enumerate(rows_of(source, found.last_row, found.last_column), 1):
            values = [typed(cell.value) for cell in cells]
            if row_values := trimmed(values):
                rows[number] = row_values
            fills.update(row_fills(number, cells))
    return inspected(Sheet(entry.name, rows, fills=fills), entry, found)


def rows_of(source: ReadOnlyWorksheet, last_row: int, last_column: int) -> Iterator[tuple[ReadOnlyCell, ...]]:
    rows: Iterator[tuple[ReadOnlyCell, ...]] = source.iter_rows(max_row=last_row, max_col=last_column)  # type: ignore[misc, assignment]  # the stubs borrow Worksheet's method
    return rows


def typed(value: object) -> Value:
    """openpyxl's value as one of ours; a duration becomes the text Excel shows."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if value is None or isinstance(value, (str, int, float, bool, date, datetime, time)):
        return tidy(value)
    return str(value)


def row_fills(row: int, cells: Iterable[ReadOnlyCell | EmptyCell]) -> dict[Position, str]:
    fills: dict[Position, str] = {}
    for column, cell in enumerate(cells, 1):
        if isinstance(cell, ReadOnlyCell) and cell.has_style:
            fill = cell.fill
            if isinstance(fill, PatternFill) and fill.fill_type == "solid" and fill.fgColor.type == "rgb":
                colour = str(fill.fgColor.rgb)[-6:].upper()
                if colour not in NEUTRAL_FILLS:
                    fills[row, column] = colour
    return fills
