"""Tables to files that the importer reads back (.xlsx, .csv), in which no text can act as a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

FORMULA_STARTS = frozenset("=+-@|%")
UNSEEN = re.compile(r"[\s\ufeff\u200b\u2060\xad]*")
"""What a spreadsheet program may drop in front of a formula: blanks and characters that show nothing."""
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and a text file should not."""
LONGEST_TEXT = 32_767
"""What one cell of a workbook can hold, in characters."""
WIDEST = 48
HEADING = Font(name="Calibri", size=11, bold=True)


class Level(IntEnum):
    """A level in a cell. A workbook shows the number and explains it on a sheet of its own; text shows both."""

    NONE = 0
    AWARE = 1
    WORKING = 2
    PROFICIENT = 3
    ADVANCED = 4
    EXPERT = 5

    @property
    def words(self) -> str:
        return f"{self.value} {self.name.lower()}"


Cell = str | int | float | Level | date | None


@dataclass(frozen=True)
class Table:
    """A heading row and rows of as many cells, some of them blank."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


LEGEND = Table("Levels", ("Level", "Meaning"), [(level, level.name.capitalize()) for level in Level])


def to_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook with one sheet a table."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "B2"
        for letter, width in column_widths(table):
            sheet.column_dimensions[letter].width = width
        sheet.append([excel_cell(sheet, heading, bold=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([excel_cell(sheet, value) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def excel_cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> ExcelCell:
    content = written(value) if isinstance(value, str) else value
    cell: ExcelCell = WriteOnlyCell(sheet, value=content)  # type: ignore[arg-type]  # the stubs leave out dates
    if isinstance(value, str):
        # openpyxl takes text that begins with "=" for a formula; the quote prefix keeps Excel from it on editing too.
        cell.data_type = "s"
        cell.quotePrefix = acts_as_formula(value)
    elif isinstance(value, Level):
        cell.value = value.value
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = HEADING
    return cell


def column_widths(table: Table) -> list[tuple[str, float]]:
    """Wide enough for the heading and the first rows."""
    shown = [table.headings, *table.rows[:100]]
    return [
        (get_column_letter(index + 1), 2.0 + min(WIDEST, max(len(str(row[index] or "")) for row in shown)))
        for index in range(len(table.headings))
    ]


def to_csv(table: Table) -> bytes:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(heading) for heading in table.headings])
    writer.writerows([text_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def text_cell(value: Cell) -> str:
    if isinstance(value, Level):
        return value.words
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def harmless(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet program would take it for a formula."""
    plain = written(text)
    return f"'{plain}" if acts_as_formula(plain) else plain


def acts_as_formula(text: str) -> bool:
    """Whether the first character that shows, full-width ones included, could begin a formula."""
    shown = unicodedata.normalize("NFKC", UNSEEN.sub("", text, count=1)[:1])
    return text[:1] in {"\t", "\r", "\n"} or shown[:1] in FORMULA_STARTS


def written(text: str) -> str:
    return UNWRITABLE.sub("", text)[:LONGEST_TEXT]
