"""Formats openpyxl does not read (.xls, .xlsb, .ods), and .xlsx files it gives up on, through python-calamine.

calamine knows neither fills nor formulas nor hidden rows, and turns error values into blanks.
"""

from datetime import timedelta
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from importers.files.inspection import LAST_COLUMN, LAST_ROW, MOST_SHEETS
from importers.files.workbook import Sheet, Span, Value, Workbook, duration_text, tidy, trimmed
from importers.refusals import Damaged, Encrypted, TooLarge

DAMAGED = (
    "The {kind} is damaged or claims more cells than can be read; "
    "open it in a spreadsheet program, save it again as .xlsx and send that."
)


def read_with_calamine(content: BinaryIO, kind: str) -> Workbook:
    try:
        return read_sheets(content, kind)
    except PasswordError as error:
        raise Encrypted("The file is protected with a password; save a copy without the password.") from error
    except (CalamineError, XmlError, ZipError, OSError, ValueError, OverflowError) as error:
        if "assword" in str(error):
            raise Encrypted("The file is protected with a password; save a copy without the password.") from error
        raise Damaged(DAMAGED.format(kind=kind)) from error
    except BaseException as error:
        # A panic inside calamine arrives as a BaseException that the module does not export.
        if type(error).__name__ != "PanicException":
            raise
        raise Damaged(DAMAGED.format(kind=kind)) from error


def read_sheets(content: BinaryIO, kind: str) -> Workbook:
    book = CalamineWorkbook.from_filelike(content)
    try:
        listed = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
        if len(listed) > MOST_SHEETS:
            raise TooLarge(
                f"The workbook has {len(listed)} sheets, more than the {MOST_SHEETS} that are read; "
                "keep the sheets with skills in a smaller workbook."
            )
        return Workbook(
            kind,
            tuple(
                read_sheet(book, metadata.name, hidden=metadata.visible is not SheetVisibleEnum.Visible)
                for metadata in listed
            ),
        )
    finally:
        book.close()


def read_sheet(book: CalamineWorkbook, name: str, *, hidden: bool) -> Sheet:
    source = book.get_sheet_by_name(name)
    left = source.start[1] if source.start else 0
    rows: dict[int, tuple[Value, ...]] = {}
    left_out = None
    # calamine leaves out the empty columns before the first value, but not the empty rows above it.
    for number, cells in enumerate(source.iter_rows() if source.start else (), 1):
        if cells.count("") == len(cells):
            continue
        values: list[Value] = [None] * left
        values += [tidy(duration_text(cell) if isinstance(cell, timedelta) else cell) for cell in cells]
        if len(values) > LAST_COLUMN and any(value is not None for value in values[LAST_COLUMN:]):
            left_out = left_out or f"row {number}, column {LAST_COLUMN + 1}"
        if not (kept := trimmed(values[:LAST_COLUMN])):
            continue
        if number > LAST_ROW:
            left_out = left_out or f"row {number}"
            break
        rows[number] = kept
    merges = tuple(
        Span(first_row + 1, first_column + 1, last_row + 1, last_column + 1)
        for (first_row, first_column), (last_row, last_column) in source.merged_cell_ranges or ()
    )
    return Sheet(name=name, rows=rows, merges=merges, hidden=hidden, left_out=left_out)
