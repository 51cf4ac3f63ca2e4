"""Tables to files that the importer reads back (.xlsx, .csv), in which no text can act as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from importers.files.formulas import acts_as_formula, guarded

UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and a text file should not."""
LONGEST_TEXT = 32_767
"""What one cell of a workbook can hold, in characters."""
WIDEST = 48
UPRIGHT = 120.0
"""Height in points of a row of headings that are written upwards."""
UPRIGHT_WIDTH = 5.0


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


Plain = str | int | float | Level | date | None


@dataclass(frozen=True)
class Look:
    """How a cell of a workbook looks: colours as RRGGBB; `upright` text is written upwards."""

    fill: str | None = None
    ink: str | None = None
    bold: bool = False
    upright: bool = False
    centred: bool = False
    wrapped: bool = False


@dataclass(frozen=True)
class Shown:
    """A value with its look; a text file holds the value alone."""

    value: Plain
    look: Look


Cell = Plain | Shown
BOLD = Look(bold=True)
PLAIN = Look()


@dataclass(frozen=True)
class Table:
    """A heading row and rows of as many cells, some of them blank. `above`: rows over the headings, in a workbook only;
    `merges` their merged ranges, and `freeze` the first cell that scrolls."""

    name: str
    headings: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    above: Sequence[Sequence[Cell]] = ()
    merges: Sequence[str] = ()
    freeze: str = "B2"


LEGEND = Table("Levels", ("Level", "Meaning"), [(level, level.name.capitalize()) for level in Level])


def plain(cell: Cell) -> Plain:
    return cell.value if isinstance(cell, Shown) else cell


class Painter:
    """Cells of one workbook. A look is worked out once, not a cell."""

    def __init__(self) -> None:
        self._looks: dict[tuple[Look, bool, bool], StyleArray] = {}

    def cell(self, sheet: WriteOnlyWorksheet, cell: Cell, look: Look = PLAIN) -> ExcelCell:
        value, look = (cell.value, cell.look) if isinstance(cell, Shown) else (cell, look)
        content = written(value) if isinstance(value, str) else value.value if isinstance(value, Level) else value
        made: ExcelCell = WriteOnlyCell(sheet, value=content)  # type: ignore[arg-type]  # the stubs leave out dates
        is_formula = isinstance(content, str) and acts_as_formula(content)
        if isinstance(content, str):
            # openpyxl takes text that begins with "=" for a formula; the quote prefix keeps Excel from it on editing.
            made.data_type = "s"
        if look is not PLAIN or is_formula or isinstance(content, date):
            key = look, is_formula, isinstance(content, date)
            if key not in self._looks:
                paint(made, look, is_formula=is_formula)
                self._looks[key] = copy(style_of(made))
            take_style(made, self._looks[key])
        return made


def style_of(cell: ExcelCell) -> StyleArray:
    """The numbers under which a workbook keeps a cell's font, fill and so on; looking them up a cell would be slow."""
    style: StyleArray = cell._style  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    return style


def take_style(cell: ExcelCell, style: StyleArray) -> None:
    cell._style = style  # type: ignore[attr-defined]  # noqa: SLF001 - no public way


def paint(cell: ExcelCell, look: Look, *, is_formula: bool) -> None:
    if look.bold or look.ink:
        cell.font = Font(name="Calibri", size=11, bold=look.bold, color=look.ink)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)
    if look.upright or look.centred or look.wrapped:
        cell.alignment = Alignment(
            horizontal="center" if look.centred or look.upright else None,
            vertical="bottom" if look.upright else "top" if look.wrapped else None,
            text_rotation=90 if look.upright else 0,
            wrap_text=look.wrapped or None,
        )
    if isinstance(cell.value, date):
        cell.number_format = "yyyy-mm-dd"
    cell.quotePrefix = is_formula


def to_xlsx(tables: Sequence[Table]) -> bytes:
    """A workbook with one sheet a table."""
    book = Workbook(write_only=True)
    painter = Painter()
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = table.freeze
        for letter, width in column_widths(table):
            sheet.column_dimensions[letter].width = width
        if any(is_upright(cell) for cell in table.headings):
            sheet.row_dimensions[len(table.above) + 1].height = UPRIGHT
        for span in table.merges:
            sheet.merged_cells.add(span)
        for row in table.above:
            sheet.append([painter.cell(sheet, cell) for cell in row])
        sheet.append([painter.cell(sheet, heading, BOLD) for heading in table.headings])
        for row in table.rows:
            # Blanks and plain numbers need no cell of their own: a large list has millions.
            sheet.append([c if c is None or type(c) in (int, float) else painter.cell(sheet, c) for c in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def is_upright(cell: Cell) -> bool:
    return isinstance(cell, Shown) and cell.look.upright


def column_widths(table: Table) -> list[tuple[str, float]]:
    """Wide enough for the heading and the first rows; narrow under a heading that is written upwards."""
    shown = [table.headings, *table.rows[:100]]
    return [
        (
            get_column_letter(index + 1),
            UPRIGHT_WIDTH
            if is_upright(table.headings[index])
            else 2.0 + min(WIDEST, max(len(str(plain(row[index]) or "")) for row in shown)),
        )
        for index in range(len(table.headings))
    ]


def to_csv(table: Table) -> bytes:
    """RFC 4180 in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([text_cell(heading) for heading in table.headings])
    writer.writerows([text_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def one_list(tables: Iterable[Table]) -> Table:
    """Several tables as one, for a text file: the columns of all of them, and in the last one which table a row is
    from."""
    taken = list(tables)
    headings = list(dict.fromkeys(str(plain(heading)) for table in taken for heading in table.headings))
    place = {heading: index for index, heading in enumerate(headings)}
    rows: list[Sequence[Cell]] = []
    for table in taken:
        places = [place[str(plain(heading))] for heading in table.headings]
        for row in table.rows:
            cells: list[Cell] = [None] * len(headings)
            for index, cell in zip(places, row, strict=True):
                cells[index] = cell
            rows.append((*cells, table.name))
    return Table(taken[0].name, (*headings, RECORD), rows)


RECORD = "Record"
"""The heading of the column that names a row's table in `one_list`."""


def text_cell(cell: Cell) -> str:
    value = plain(cell)
    if isinstance(value, Level):
        return value.words
    if isinstance(value, str):
        return guarded(written(value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def written(text: str) -> str:
    return UNWRITABLE.sub("", text)[:LONGEST_TEXT]
