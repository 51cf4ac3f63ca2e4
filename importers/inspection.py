"""One pass over the XML of an .xlsx before openpyxl reads it.

It finds what the readers hide (merged ranges, formulas, error values, fills, hidden rows and columns), measures the
sheet by its values rather than by its claims, and catches stored values that openpyxl would turn into other ones
(`1_0` into 10, shared string -1 into the last string: another person's name).
"""

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml import ElementTree
from openpyxl.utils.cell import range_boundaries

from importers.archive import Archive
from importers.refusals import Damaged, TooLarge
from importers.styles import Styles
from importers.workbook import Position, Span

STRICT = "http://purl.oclc.org/ooxml/"
MOST_SHEETS = 200
MOST_MERGES = 20_000
LAST_COLUMN = 2_000
LAST_ROW = 200_000
MOST_CELLS = 5_000_000
MOST_FILLS = 200_000
NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\Z", re.ASCII)
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")


@dataclass(frozen=True)
class Entry:
    """A sheet as the workbook part lists it."""

    name: str
    part: str
    hidden: bool


@dataclass
class Findings:
    """`last_row` and `last_column` bound the values, kept within the limits; `beyond` is the first value outside.

    `fills` are cells of a visible colour, None when there are more than `MOST_FILLS`; `percents` are numbers shown as
    percent; `errors` are cells that show one, such as #N/A.
    """

    last_row: int = 0
    last_column: int = 0
    beyond: str | None = None
    cells: int = 0
    merges: list[Span] = field(default_factory=list)
    formulas: set[Position] = field(default_factory=set)
    unsound: dict[Position, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    fills: dict[Position, str] | None = field(default_factory=dict)
    percents: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    has_rules: bool = False


def is_strict(archive: Archive) -> bool:
    """Strict OOXML, which openpyxl opens as a workbook without sheets."""
    return any(STRICT.encode() in archive.parts.get(part, b"")[:4_000] for part in ("xl/workbook.xml", "_rels/.rels"))


def local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


def attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def parse(archive: Archive, part: str) -> Element:
    try:
        root: Element = ElementTree.fromstring(archive.parts[part])
    except (KeyError, ElementTree.ParseError) as error:
        raise Damaged(
            f"The workbook's part {part} is missing or broken; open it in a spreadsheet program and save it again."
        ) from error
    return root


def workbook_part(archive: Archive) -> str:
    for relation in parse(archive, "_rels/.rels") if "_rels/.rels" in archive.parts else ():
        if attribute(relation, "Type").endswith("/officeDocument"):
            return normpath(attribute(relation, "Target").lstrip("/"))
    return "xl/workbook.xml"


def sheet_entries(archive: Archive) -> list[Entry]:
    """The sheets in the order of their tabs. Chart sheets are listed too; they have no cells."""
    book = workbook_part(archive)
    folder, _, name = book.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    targets = {
        attribute(relation, "Id"): attribute(relation, "Target")
        for relation in (parse(archive, relations) if relations in archive.parts else ())
    }
    entries = []
    for element in parse(archive, book).iter():
        if local(element.tag) == "sheet":
            target = targets.get(next((v for k, v in element.attrib.items() if local(k) == "id"), ""), "")
            part = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
            entries.append(Entry(element.get("name", ""), part, element.get("state", "visible") != "visible"))
    if len(entries) > MOST_SHEETS:
        raise TooLarge(
            f"The workbook has {len(entries)} sheets, more than the {MOST_SHEETS} that are read; "
            "keep the sheets with skills in a smaller workbook."
        )
    return entries


def shared_string_count(archive: Archive) -> int:
    part = next((content for name, content in archive.parts.items() if name.lower().endswith("sharedstrings.xml")), b"")
    return len(re.findall(rb"<(?:\w+:)?si[\s>/]", part))


@dataclass
class Shades:
    """Fills of whole columns, and of the row being read (None: nothing said) with its written columns."""

    columns: dict[int, str] = field(default_factory=dict)
    row: int | None = None
    written: set[int] = field(default_factory=set)


def whole(text: str | None) -> int:
    """A style's number; a file that names none, or none that could be, means the first."""
    return int(text) if text and text.isdecimal() else 0


class _Pass:
    """Expat handlers that fill a `Findings`."""

    def __init__(self, strings: int, styles: Styles) -> None:
        self.found = Findings()
        self.strings = strings
        self.styles = styles
        self.style = 0
        self.shades = Shades()
        self.row = 0
        self.column = 0
        self.kind = ""
        self.text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self.start_cell(attributes)
            case "v":
                self.text = []
            case "f":
                self.found.formulas.add((self.row, self.column))
            case "is":
                self.valued("")
            case "row":
                self.start_row(attributes)
            case "col":
                self.start_column_format(attributes)
            case "mergeCell":
                self.start_merge(attributes.get("ref", ""))
            case "cfRule":
                self.found.has_rules = True

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "n")
        if match := REFERENCE.match(attributes.get("r", "")):
            letters, digits = match.groups()
            self.column = 0
            for letter in letters:
                self.column = self.column * 26 + ord(letter) - 64
            self.row = int(digits)
        else:
            self.column += 1
        self.style = whole(attributes.get("s"))
        self.shades.written.add(self.column)
        if colour := self.styles.fills.get(self.style):
            self.colour(self.row, self.column, colour)

    def start_row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r") or self.row + 1)
        self.column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.found.hidden_rows.add(self.row)
        self.shades.written.clear()
        self.shades.row = whole(attributes.get("s")) if attributes.get("customFormat") in {"1", "true"} else None

    def end_row(self) -> None:
        """The colour of the whole row or column on the cells that the file does not write, inside the used part."""
        style = self.shades.row
        shade = None if style is None else self.styles.fills.get(style)
        if not (self.shades.columns if style is None else shade):
            return
        for column in range(1, self.found.last_column + 1):
            if column not in self.shades.written and (colour := shade or self.shades.columns.get(column)):
                self.colour(self.row, column, colour)

    def colour(self, row: int, column: int, colour: str) -> None:
        fills = self.found.fills
        if fills is None or row > LAST_ROW or column > LAST_COLUMN:
            return
        fills[row, column] = colour
        if len(fills) > MOST_FILLS:
            self.found.fills = None

    def start_column_format(self, attributes: dict[str, str]) -> None:
        first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
        columns = range(max(1, first), min(last, LAST_COLUMN) + 1)
        if attributes.get("hidden") in {"1", "true"}:
            self.found.hidden_columns.update(columns)
        if colour := self.styles.fills.get(whole(attributes.get("style"))):
            self.shades.columns.update(dict.fromkeys(columns, colour))

    def start_merge(self, reference: str) -> None:
        if len(self.found.merges) >= MOST_MERGES:
            raise TooLarge(
                f"A sheet has more than {MOST_MERGES} merged ranges; copy its values into a new sheet and send that."
            )
        left, top, right, bottom = range_boundaries(reference)
        if left and top and right and bottom:
            self.found.merges.append(Span(top, left, bottom, right))

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "row":
            self.end_row()
        if self.text is not None and name.rpartition(":")[2] == "v":
            self.valued("".join(self.text))
            self.text = None

    def valued(self, stored: str) -> None:
        found, position = self.found, (self.row, self.column)
        found.cells += 1
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            found.beyond = found.beyond or f"row {self.row}, column {self.column}"
            return
        found.last_row = max(found.last_row, self.row)
        found.last_column = max(found.last_column, self.column)
        if self.kind == "e":
            found.errors[position] = stored
        elif self.style in self.styles.percents and self.kind == "n":
            found.percents.add(position)
        if self.kind == "n" and stored and not NUMBER.match(stored):
            found.unsound[position] = stored
        elif self.kind == "s" and not (stored.strip().isdecimal() and int(stored) < self.strings):
            found.unsound[position] = ""


def inspect_sheet(part: bytes, strings: int, styles: Styles = Styles()) -> Findings:  # noqa: B008
    """`strings` is how many shared strings the workbook has."""
    handlers = _Pass(strings, styles)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.characters
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise Damaged(
            "One of the workbook's sheets is broken; open the file in a spreadsheet program and save it again."
        ) from error
    if handlers.found.cells > MOST_CELLS:
        raise TooLarge(f"A sheet holds more than {MOST_CELLS:,} values; split it into smaller workbooks.")
    return handlers.found
