"""`annotate`: a copy of a file in which every cell that an import says something about is marked and explained."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from importers.cell_notes import Note, Outcome
from importers.cells.values import as_text
from importers.exports.annotated_books import Book, open_for_notes, place_of, value_cell
from importers.exports.writing import written
from importers.files.marking import COMMENT_MARK, INKS, MARKS, REPORT_TITLE
from importers.files.streaming import saved
from importers.files.workbook import Value

REPORT = "Import report"
HEADINGS = ("Sheet", "Cell", "What was written", "What happened", "What to do")
WIDTHS = (24.0, 10.0, 32.0, 60.0, 60.0)
MOST_MARKED = 2_000
"""Cells of one sheet that are marked; the report names all."""
MOST_REPORTED = 50_000
"""A sheet takes 65,530 links."""
MOST_LINES = 6
LONGEST_COMMENT = 1_500
LONGEST_SHOWN = 300
NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
AUTHOR = "Muster"
RANK = {outcome: place for place, outcome in enumerate(Outcome)}
LABELS = {
    Outcome.NOT_TAKEN: "Not taken",
    Outcome.WAITING: "Waits for an answer",
    Outcome.KEPT: "Kept in Muster",
    Outcome.LOOK: "Look at this",
    Outcome.CHANGED: "Changed",
    Outcome.LEFT_OUT: "Left out",
}
BOLD = Font(bold=True)
LINK = Font(color="0B5D63", underline="single")


def annotate(content: bytes, filename: str, notes: Sequence[Note], facts: Iterable[tuple[str, str]] = ()) -> bytes:
    """The copy, an .xlsx whatever the file was. Its first sheet reports every note; `facts` stand above, such as
    ("File", "skills.xlsx"). Raises a `Refusal`.

    Parses hostile bytes in this very process; a server uses `annotate_in_child`.
    """
    book = open_for_notes(content, filename)
    ordered = sorted(notes, key=lambda note: RANK[note.outcome])
    marked = mark_cells(book, ordered)
    write_report(book, ordered, [*facts], marked)
    book.book.properties.creator = AUTHOR
    return saved(book.book, book.streamed)


# The cells


def mark_cells(book: Book, notes: Iterable[Note]) -> dict[str, tuple[int, int]]:
    """Title -> how many cells are marked, of how many that there is something to say about."""
    said: dict[str, dict[str, list[Note]]] = defaultdict(lambda: defaultdict(list))
    for note in notes:
        if note.cell is not None and note.sheet in book.titles and is_cell(note.cell):
            said[book.titles[note.sheet]][note.cell].append(note)
    for title, cells in said.items():
        for name in list(cells)[:MOST_MARKED]:
            mark = partial(mark_cell, notes=cells[name])
            if title in book.touched:
                book.touched[title][place_of(name)] = mark
            else:
                mark(stored_cell(book.book[title], name))
    return {title: (min(len(cells), MOST_MARKED), len(cells)) for title, cells in said.items()}


def is_cell(name: str) -> bool:
    if NAME.match(name) is None:
        return False
    row, column = place_of(name)
    return row <= LAST_ROW and column <= LAST_COLUMN


def stored_cell(sheet: Worksheet, name: str) -> Cell:
    """The cell, or that of the merged range it belongs to."""
    cell = sheet[name]
    if isinstance(cell, MergedCell):
        span = next(span for span in sheet.merged_cells.ranges if name in span)
        cell = sheet.cell(span.min_row, span.min_col)
    found: Cell = cell
    return found


def mark_cell(cell: Cell, notes: Sequence[Note]) -> None:
    """A colour, or a frame where the cell has a colour of its own that may mean something; and a comment."""
    outcome = notes[0].outcome
    if cell.fill.fill_type is None:
        cell.fill = PatternFill("solid", fgColor=MARKS[outcome])
    else:
        side = Side("thick", color=INKS[outcome])
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    before = [cell.comment.text, ""] if cell.comment else []
    lines = list(dict.fromkeys(line_of(note) for note in notes))
    more = [f"and {len(lines) - MOST_LINES} more in the import report"] if len(lines) > MOST_LINES else []
    text = written("\n".join((*before, COMMENT_MARK + lines[0], *lines[1:MOST_LINES], *more)))[:LONGEST_COMMENT]
    cell.comment = Comment(text, AUTHOR, height=60 + 18 * (1 + len(text) // 45), width=320)


def line_of(note: Note) -> str:
    return " ".join(filter(None, (f"{LABELS[note.outcome]}: {note.text}", note.remedy)))


# The report


def write_report(
    book: Book, notes: Sequence[Note], facts: list[tuple[str, str]], marked: Mapping[str, tuple[int, int]]
) -> None:
    sheet = book.book.create_sheet(title_of_report(book), 0)
    book.book.active = 0
    sheet.sheet_view.tabSelected = True
    counts = Counter(note.outcome for note in notes)
    facts += [(LABELS[outcome], f"{counts[outcome]:,}") for outcome in Outcome if counts[outcome]]
    facts += [
        (f"Marked on {title}", f"{shown:,} of {found:,} cells; the table below names them all")
        for title, (shown, found) in marked.items()
        if shown < found
    ]
    if len(notes) > MOST_REPORTED:
        facts.append(("In the table below", f"the first {MOST_REPORTED:,} of {len(notes):,}"))
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet, 1, 1, REPORT_TITLE).font = BOLD
    for row, (name, told) in enumerate(facts, 2):
        put(sheet, row, 1, name)
        put(sheet, row, 2, told)
    top = len(facts) + 3
    for column, heading in enumerate(HEADINGS, 1):
        put(sheet, top, column, heading).font = BOLD
    for row, note in enumerate(notes[:MOST_REPORTED], top + 1):
        report_row(book, sheet, row, note)
    if notes:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(HEADINGS))}{top + min(len(notes), MOST_REPORTED)}"


def title_of_report(book: Book) -> str:
    taken = {title.casefold() for title in book.titles.values()}
    names = [REPORT, *(f"{REPORT} {number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in taken)


def report_row(book: Book, sheet: Worksheet, row: int, note: Note) -> None:
    put(sheet, row, 1, note.sheet)
    title = book.titles.get(note.sheet)
    if note.cell is not None:
        name = put(sheet, row, 2, note.cell)
        if title is not None and is_cell(note.cell):
            quoted = title.replace("'", "''")
            name.hyperlink = Hyperlink(ref=name.coordinate, location=f"'{quoted}'!{note.cell}")
            name.font = LINK
            put(sheet, row, 3, shown(book.values(title, note.cell)))
    put(sheet, row, 4, f"{LABELS[note.outcome]}: {note.text}")
    put(sheet, row, 5, note.remedy)


def shown(value: Value) -> str:
    return as_text(value)[:LONGEST_SHOWN]


def put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    cell = value_cell(sheet, row, column, text)
    sheet._cells[row, column] = cell  # noqa: SLF001 - setting a value may make it a formula
    return cell
