"""Excel workbooks (.xlsx, .xlsm) through openpyxl's read-only mode."""

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from importers.files.archive import Archive
from importers.files.calamine import read_with_calamine
from importers.files.inspection import (
    MOST_FILLS,
    Entry,
    Findings,
    inspect_sheet,
    shared_string_count,
    sheet_entries,
    without_unsound,
)
from importers.files.notes import with_notes
from importers.files.styles import read_styles
from importers.files.workbook import Position, Sheet, Value, Workbook, duration_text, tidy, trimmed

if not openpyxl.DEFUSEDXML:
    raise ImportError("defusedxml is missing: openpyxl would expand XML entities. Install the locked requirements.")

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, OSError, SyntaxError, ArithmeticError)
"""What openpyxl raises on files it cannot read; it has no error of its own for most of them."""

KIND = "Excel workbook"
NAMESPACE = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
"""Outside it, as in files of Office's trial versions, openpyxl sees no numbers."""
LARGE = 150_000
"""Values from which a workbook is read through calamine."""


def read_excel(archive: Archive) -> Workbook:
    """The workbook with the values Excel last computed; through calamine where openpyxl is too slow or gives up."""
    strings, styles = shared_string_count(archive), read_styles(archive)
    sheets = [
        (entry, inspect_sheet(archive.parts[entry.part], strings, styles))
        for entry in sheet_entries(archive)
        if entry.part in archive.parts
    ]
    cleaned = {
        entry.part: without_unsound(archive.parts[entry.part], found) for entry, found in sheets if found.unsound_bytes
    }
    if cleaned:
        archive = archive.with_parts(cleaned)
    usual = all(NAMESPACE in archive.parts[entry.part][:4_000] for entry, _ in sheets)
    if not usual or sum(found.cells for _, found in sheets) > LARGE:
        book = read_through_calamine(archive, sheets)
    else:
        try:
            book = read_through_openpyxl(archive, sheets)
        except UNREADABLE:
            book = read_through_calamine(archive, sheets)
    return with_notes(book, archive, sheets)


def read_through_openpyxl(archive: Archive, sheets: Sequence[tuple[Entry, Findings]]) -> Workbook:
    with warnings.catch_warnings():
        # openpyxl warns of every extension it leaves out (data validations, headers): none of them holds cells.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(archive.stored(), read_only=True, data_only=True, keep_links=False)
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
    """Ten times faster and more forgiving; but it knows neither fills nor error values: `inspected` adds them."""
    values = {sheet.name: sheet for sheet in read_with_calamine(archive.stored(), KIND).sheets}
    read = (inspected(values[entry.name], entry, found) for entry, found in sheets if entry.name in values)
    return Workbook(KIND, tuple(read))


def inspected(values: Sheet, entry: Entry, found: Findings) -> Sheet:
    """The values as read, with what the pass over the XML found; an error value is its own text in both readers."""
    rows = dict(values.rows)
    replaced: dict[Position, Value] = {**found.errors, **dict.fromkeys(found.unsound)}
    for (row, column), value in replaced.items():
        cells = list(rows.get(row, ()))
        cells += [None] * (column - len(cells))
        cells[column - 1] = value
        rows[row] = trimmed(cells)
    return replace(
        values,
        rows={row: cells for row, cells in rows.items() if cells},
        merges=tuple(found.merges),
        formulas=frozenset(found.formulas),
        fills=found.fills or {},
        percents=frozenset(found.percents),
        unsound=found.unsound,
        unread_colours=unread_colours(found),
        hidden=entry.hidden,
        hidden_rows=frozenset(found.hidden_rows),
        hidden_columns=frozenset(found.hidden_columns),
        left_out=found.beyond,
    )


def unread_colours(found: Findings) -> str | None:
    if found.fills is None:
        return f"The sheet has more than {MOST_FILLS:,} coloured cells; its colours were not read."
    if found.has_rules:
        return "Colours that come from conditional formatting were not read; fill colours and levels were."
    return None


def read_sheet(source: ReadOnlyWorksheet, entry: Entry, found: Findings) -> Sheet:
    rows: dict[int, tuple[Value, ...]] = {}
    source.reset_dimensions()
    if found.last_row:
        for number, cells in enumerate(rows_of(source, found.last_row, found.last_column), 1):
            values = [typed(cell.value) for cell in cells]
            if row_values := trimmed(values):
                rows[number] = row_values
    return inspected(Sheet(entry.name, rows), entry, found)


def rows_of(source: ReadOnlyWorksheet, last_row: int, last_column: int) -> Iterator[tuple[ReadOnlyCell, ...]]:
    rows: Iterator[tuple[ReadOnlyCell, ...]] = source.iter_rows(max_row=last_row, max_col=last_column)  # type: ignore[misc, assignment]  # the stubs borrow Worksheet's method
    return rows


ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")
"""How Office writes control characters, which XML cannot hold; openpyxl leaves them as they are."""


def typed(value: object) -> Value:
    """openpyxl's value as one of ours; a duration becomes the text Excel shows."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, str):
        return tidy(ESCAPED.sub(lambda found: chr(int(found[1], 16)), value))
    if value is None or isinstance(value, (int, float, bool, date, datetime, time)):
        return tidy(value)
    return str(value)
