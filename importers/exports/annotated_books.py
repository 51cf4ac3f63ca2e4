"""A workbook to write notes into: the file's own with its formatting where that is safe, else one of its values alone.

Kept are values, fonts, fills, borders, widths, merged ranges, comments, lists to choose from and rules that colour by
value. Never kept are macros, links, pictures, charts, tables, names and formulas: a cell that held a formula holds its
last value. The copy is meant to be corrected and sent again, and a formula saved without its value would read as a
blank; besides, a formula can fetch from elsewhere, and the copy goes to other people's programs.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from posixpath import basename, dirname, join, normpath
from xml.etree.ElementTree import tostring

import openpyxl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.styles import Border, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from importers.exports.writing import written
from importers.files.archive import Archive, inflate
from importers.files.excel import UNREADABLE
from importers.files.formulas import acts_as_formula
from importers.files.inspection import attribute, is_strict, local, parse, sheet_entries, workbook_part
from importers.files.marking import COMMENT_MARK, MARKS, REPORT_TITLE, is_report, without_mark
from importers.files.opening import open_workbook
from importers.files.streaming import Rows
from importers.files.workbook import Sheet, Value, Workbook

MOST_MARKUP = 3_000_000
"""XML tags of a workbook that is opened with its formatting; 600,000 cells have about as many."""
MOST_MERGED = 200_000
LONGEST_TITLE = 31
UNTITLED = re.compile(r"[\\*?:/\[\]]")
DROPPED = re.compile(
    rb"<(?P<tag>(?:\w+:)?(?:hyperlinks|tableParts|oleObjects|controls|extLst|drawing|legacyDrawing"
    rb"|legacyDrawingHF|picture|customProperties|webPublishItems|smartTags))\b(?:[^>]*/>|.*?</(?P=tag)>)",
    re.DOTALL,
)
"""Elements of a sheet that point elsewhere, or that hold formulas."""
UNNEEDED = frozenset({"definedNames", "externalReferences", "pivotCaches", "extLst", "customWorkbookViews"})
COMMENTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
CHOICES = re.compile(r"(?:(?:'[^'\[\]|]+'|\w+)!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}:\$?[A-Z]{1,3}\$?[0-9]{1,7}")
FIRST_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]*)")
CONSTANT = re.compile(r'-?\d+(\.\d+)?|"[^"]*"')

Mark = Callable[[Worksheet, str], Cell | None]


@dataclass(frozen=True)
class Book:
    """`titles` names the sheet of the copy for each of the file's; `values` reads a cell of the file by its name.

    `streamed` has the rows of sheets whose cells are only made while the copy is written; `touched` collects for each
    title what is done to cells then.
    """

    book: openpyxl.Workbook
    titles: Mapping[str, str]
    values: Callable[[str, str], Value]
    streamed: Mapping[str, Rows]
    touched: Mapping[str, dict[tuple[int, int], Callable[[Cell], None]]]


def open_for_notes(content: bytes, filename: str) -> Book:
    """Raises a `Refusal` for a file that cannot be read."""
    opened = open_workbook(content, filename)
    workbook = replace(opened, sheets=tuple(sheet for sheet in opened.sheets if not is_report(sheet)))
    if content.startswith(b"PK"):
        archive = inflate(content)
        if is_modest(archive, workbook):
            try:
                return formatted(archive)
            except UNREADABLE:
                pass  # openpyxl has no error of its own for what it cannot load; the values are read already
    return rebuilt(workbook)


def is_modest(archive: Archive, workbook: Workbook) -> bool:
    """Whether openpyxl can hold the whole workbook: a Transitional .xlsx of bearable size."""
    if "[Content_Types].xml" not in archive.parts or "xl/workbook.bin" in archive.parts or is_strict(archive):
        return False
    spans = [span for sheet in workbook.sheets for span in sheet.merges]
    merged = sum((span.bottom - span.top + 1) * (span.right - span.left + 1) for span in spans)
    markup = sum(part.count(b"<") for name, part in archive.parts.items() if name.lower().endswith(".xml"))
    return merged <= MOST_MERGED and markup <= MOST_MARKUP


# With the file's formatting


def formatted(archive: Archive) -> Book:
    with warnings.catch_warnings():
        # openpyxl warns of every extension it leaves out; none of them holds cells.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(harmless_copy(archive)), data_only=True, keep_links=False)
    if not book.worksheets:
        raise ValueError("no worksheet was loaded")
    reports = [sheet for sheet in book.worksheets if sheet["A1"].value == REPORT_TITLE]
    for sheet in reports:
        book.remove(sheet)
    for sheet in book.worksheets:
        make_harmless(sheet)
        if reports:
            wipe_marks(sheet)
    titles = {sheet.title: sheet.title for sheet in book.worksheets}

    def value(title: str, cell: str) -> Value:
        found = book[title][cell].value
        return found if isinstance(found, (str, int, float, bool, date, datetime, time)) else None

    return Book(book, titles, value, {}, {})


def harmless_copy(archive: Archive) -> bytes:
    """A zip of nothing but cells, their styles, strings and comments."""
    book = workbook_part(archive)
    root = parse(archive, book)
    for element in list(root):
        if local(element.tag) in UNNEEDED:
            root.remove(element)
    related = relations_of(book)
    parts: dict[str, bytes] = {book: tostring(root, encoding="utf-8"), related: archive.parts[related]}
    for name, part in archive.parts.items():
        kind = basename(name).lower()
        if name in {"[Content_Types].xml", "_rels/.rels"} or kind in {"styles.xml", "sharedstrings.xml", "theme1.xml"}:
            parts[name] = part
    for entry in sheet_entries(archive):
        sheet = archive.parts.get(entry.part)
        if sheet is not None and is_worksheet(sheet):
            parts[entry.part] = DROPPED.sub(b"", sheet)
            parts |= comments_of(archive, entry.part)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for name, part in parts.items():
            copy.writestr(zipfile.ZipInfo(name), part)
    return target.getvalue()


def is_worksheet(part: bytes) -> bool:
    """By the first element: charts, dialogues and sheets of macros stand among the sheets too."""
    first = FIRST_ELEMENT.search(part[:4_000].decode("latin-1"))
    return first is not None and local(first[1]) == "worksheet"


def relations_of(part: str) -> str:
    return join(dirname(part), "_rels", f"{basename(part)}.rels")


def comments_of(archive: Archive, part: str) -> dict[str, bytes]:
    """The sheet's comments, and its relations to them alone."""
    found = {}
    related = relations_of(part)
    for relation in parse(archive, related) if related in archive.parts else ():
        target = attribute(relation, "Target")
        name = normpath(target.lstrip("/") if target.startswith("/") else join(dirname(part), target))
        if attribute(relation, "Type") == COMMENTS and name in archive.parts:
            found[name] = archive.parts[name]
    lines = "".join(f'<Relationship Id="c{n}" Type="{COMMENTS}" Target="/{name}"/>' for n, name in enumerate(found))
    return found | {related: RELATIONS.format(lines).encode()}


def make_harmless(sheet: Worksheet) -> None:
    rules = ConditionalFormattingList()
    for formatting in sheet.conditional_formatting:
        for rule in formatting.rules:
            if all(CONSTANT.fullmatch(formula) for formula in rule.formula) and not has_formula(rule):
                rules.add(str(formatting.sqref), rule)
    sheet.conditional_formatting = rules
    validations = sheet.data_validations.dataValidation
    validations[:] = [rule for rule in validations if is_choice(rule.type, rule.formula1) and not rule.formula2]
    sheet.sheet_view.tabSelected = False
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and acts_as_formula(cell.value):
                cell.quotePrefix = True


def is_choice(kind: str | None, formula: str | None) -> bool:
    """Whether a validation offers words to choose from: written in it, or standing in a range of this workbook."""
    return kind == "list" and (CONSTANT.fullmatch(formula or "") or CHOICES.fullmatch(formula or "")) is not None


def wipe_marks(sheet: Worksheet) -> None:
    """Take away what an earlier report marked: this is a copy that came back."""
    marks = {f"00{colour}" for colour in MARKS.values()}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.has_style and cell.fill.fgColor.rgb in marks:
                cell.fill = PatternFill()
            if cell.comment is not None and COMMENT_MARK in cell.comment.text:
                told = without_mark(cell.comment.text)
                cell.border = Border()
                cell.comment = Comment(told, cell.comment.author) if told else None


def has_formula(rule: object) -> bool:
    """Whether a colour scale, a data bar or an icon set has a limit that is computed."""
    scales = (getattr(rule, name, None) for name in ("colorScale", "dataBar", "iconSet"))
    limits = [limit for scale in scales if scale is not None for limit in scale.cfvo]
    return any(limit.type == "formula" or not is_plain(limit.val) for limit in limits)


def is_plain(limit: object) -> bool:
    return limit is None or isinstance(limit, (int, float)) or bool(CONSTANT.fullmatch(str(limit)))


# From the values alone


def rebuilt(workbook: Workbook) -> Book:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    titles = titles_of(workbook)
    streamed: dict[str, Rows] = {}
    touched: dict[str, dict[tuple[int, int], Callable[[Cell], None]]] = {}
    for sheet in workbook.sheets:
        page = book.create_sheet(titles[sheet.name])
        for span in sheet.merges:
            first, last = f"{get_column_letter(span.left)}{span.top}", f"{get_column_letter(span.right)}{span.bottom}"
            page.merged_cells.add(f"{first}:{last}")
        touched[page.title] = {}
        streamed[page.title] = rows_of(page, sheet, touched[page.title])
    sheets = {titles[sheet.name]: sheet for sheet in workbook.sheets}

    def value(title: str, cell: str) -> Value:
        return sheets[title].value(*place_of(cell))

    return Book(book, titles, value, streamed, touched)


def titles_of(workbook: Workbook) -> dict[str, str]:
    """Sheet -> a title that a spreadsheet program takes, no two the same."""
    titles: dict[str, str] = {}
    for sheet in workbook.sheets:
        base = UNTITLED.sub(" ", written(sheet.name)).strip(" '")[:LONGEST_TITLE] or "Sheet"
        title, number = base, 2
        while title.casefold() in {taken.casefold() for taken in titles.values()}:
            title, number = f"{base[: LONGEST_TITLE - 4]} {number}", number + 1
        titles[sheet.name] = title
    return titles


def rows_of(
    page: Worksheet, sheet: Sheet, touched: Mapping[tuple[int, int], Callable[[Cell], None]]
) -> Iterator[tuple[int, list[Cell]]]:
    """Every row with a value, a fill or something to say."""
    besides: dict[int, set[int]] = {}
    for row, column in (*sheet.fills, *touched):
        besides.setdefault(row, set()).add(column)
    fills = {colour: PatternFill("solid", fgColor=colour) for colour in set(sheet.fills.values())}
    for row in sorted({*sheet.rows, *besides}):
        values = sheet.rows.get(row, ())
        columns = sorted({*(n for n, value in enumerate(values, 1) if value is not None), *besides.get(row, ())})
        cells = []
        for column in columns:
            cell = value_cell(page, row, column, sheet.value(row, column))
            if (colour := sheet.fills.get((row, column))) is not None:
                cell.fill = fills[colour]
            if (touch := touched.get((row, column))) is not None:
                touch(cell)
            cells.append(cell)
        yield row, cells


def value_cell(page: Worksheet, row: int, column: int, value: Value) -> Cell:
    if not isinstance(value, str):
        return Cell(page, row=row, column=column, value=value)
    cell = Cell(page, row=row, column=column, value=written(value))
    cell.data_type = "s"
    if acts_as_formula(value):
        cell.quotePrefix = True
    return cell


def place_of(cell: str) -> tuple[int, int]:
    row, column = openpyxl.utils.cell.coordinate_to_tuple(cell)
    return row, column
