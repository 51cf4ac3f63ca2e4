"""One pass over the XML of an .xlsx before openpyxl reads it.

It finds what the readers hide (merged ranges, formulas, error values, fills, hidden rows and columns), measures the
sheet by its values rather than by its claims, and catches stored values that openpyxl would turn into other ones
(`1_0` into 10, shared string -1 into the last string: another person's name).
"""

import re
from dataclasses import dataclass, field
from math import isfinite
from posixpath import join, normpath
from xml.etree.ElementTree import Element
from xml.parsers import expat

from defusedxml import ElementTree
from openpyxl.utils.cell import range_boundaries

from importers.files.archive import Archive
from importers.files.styles import Styles
from importers.files.workbook import Position, Span
from importers.refusals import Damaged, TooLarge

STRICT = "http://purl.oclc.org/ooxml/"
MOST_SHEETS = 200
MOST_MERGES = 20_000
LAST_COLUMN = 2_000
LAST_ROW = 200_000
MOST_CELLS = 4_000_000
MOST_FILLS = 200_000
MOST_LISTS = 200
NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*\Z", re.ASCII)
MOST_KEPT = 10_000
SHARED_STRING = re.compile(rb"<(?:\w+:)?si[\s>/]")
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
    percent; `errors` are cells that show one, such as #N/A. `unsound_bytes` says where in the part the unsound cells
    begin and where their end tags do.
    """

    last_row: int = 0
    last_column: int = 0
    beyond: str | None = None
    cells: int = 0
    merges: list[Span] = field(default_factory=list)
    formulas: set[Position] = field(default_factory=set)
    unsound: dict[Position, str] = field(default_factory=dict)
    unsound_bytes: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    fills: dict[Position, str] | None = field(default_factory=dict)
    percents: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    has_rules: bool = False
    lists: dict[str, None] = field(default_factory=dict)


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
    except (LookupError, ValueError, ElementTree.ParseError) as error:
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
    part = next((name for name in archive.parts if name.lower().endswith("sharedstrings.xml")), None)
    return sum(1 for _ in SHARED_STRING.finditer(archive.parts[part])) if part else 0


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
    """Expat handlers that fill a `Findings`. They hear of every cell, so they look up what repeats: columns by their
    letters, numbers by their text."""

    def __init__(self, parser: "expat.XMLParserType", strings: int, styles: Styles) -> None:
        self.parser = parser
        self.found = Findings()
        self.strings = strings
        self.styles = styles
        self.style = 0
        self.shades = Shades()
        self.row = 0
        self.column = 0
        self.kind = ""
        self.offers = False
        self.text: list[str] | None = None
        self.row_text = ""
        self.starts_at = 0
        self.is_unsound = False
        self.columns: dict[str, int] = {}
        self.styles_by_text: dict[str, int] = {}
        self.sound: set[str] = set()
        self.others = {
            "f": self.start_formula,
            "is": self.start_text,
            "row": self.start_row,
            "col": self.start_column_format,
            "mergeCell": self.start_merge,
            "cfRule": self.start_rule,
            "dataValidation": self.start_choice,
            "formula1": self.start_offer,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.start_cell(attributes)
        elif name == "v":
            self.text = []
        elif name in self.others:
            self.others[name](attributes)

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "n")
        self.starts_at = self.parser.CurrentByteIndex
        reference = attributes.get("r", "")
        letters = reference.rstrip("0123456789")
        if letters in self.columns and reference[len(letters) :] == self.row_text:
            self.column = self.columns[letters]
        elif match := REFERENCE.match(reference):
            self.column = self.columns[letters] = column_number(letters)
            self.row_text = match[2]
            self.row = int(match[2])
        else:
            self.column += 1
        if (style := attributes.get("s")) is None:
            self.style = 0
        else:
            self.style = self.styles_by_text.get(style) or self.styles_by_text.setdefault(style, whole(style))
        self.shades.written.add(self.column)
        if colour := self.styles.fills.get(self.style):
            self.colour(self.row, self.column, colour)

    def start_formula(self, _: dict[str, str]) -> None:
        """A cell's formula; or, inside a newer list of choices, the range of its words."""
        if self.offers:
            self.text = []
        else:
            self.found.formulas.add((self.row, self.column))

    def start_text(self, _: dict[str, str]) -> None:
        self.valued("")

    def start_rule(self, _: dict[str, str]) -> None:
        self.found.has_rules = True

    def start_choice(self, attributes: dict[str, str]) -> None:
        self.offers = attributes.get("type") == "list"

    def start_offer(self, _: dict[str, str]) -> None:
        if self.offers:
            self.text = []

    def end_offer(self) -> None:
        stored = "".join(self.text or ()).strip()
        if stored and len(self.found.lists) < MOST_LISTS:
            self.found.lists[stored] = None
        self.text = None

    def start_row(self, attributes: dict[str, str]) -> None:
        self.row_text = attributes.get("r", "")
        self.row = int(self.row_text or self.row + 1)
        self.column = 0
        if attributes.get("hidden") in {"1", "true"}:
            self.found.hidden_rows.add(self.row)
        self.shades.written.clear()
        self.shades.row = whole(attributes.get("s")) if attributes.get("customFormat") in {"1", "true"} else None

    def end_row(self) -> None:
        """The colour of the whole row or column on the cells that the file does not write, inside the used part."""
        style = self.shades.row
        shade = None if style is None else self.styles.fills.get(style)
        if self.found.fills is None or not (self.shades.columns if style is None else shade):
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

    def start_merge(self, attributes: dict[str, str]) -> None:
        if len(self.found.merges) >= MOST_MERGES:
            raise TooLarge(
                f"A sheet has more than {MOST_MERGES} merged ranges; copy its values into a new sheet and send that."
            )
        left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
        if left and top and right and bottom:
            self.found.merges.append(Span(top, left, bottom, right))

    def characters(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "v" and self.text is not None:
            self.valued("".join(self.text))
            self.text = None
        elif name == "row":
            self.end_row()
        elif self.offers and name == "dataValidation":
            self.offers = False
        elif self.offers and name in {"f", "formula1"}:
            self.end_offer()
        elif self.is_unsound and name == "c":
            self.found.unsound_bytes.append((self.starts_at, self.parser.CurrentByteIndex))
            self.is_unsound = False

    def valued(self, stored: str) -> None:
        found = self.found
        found.cells += 1
        if found.cells > MOST_CELLS:
            raise TooLarge(f"A sheet holds more than {MOST_CELLS:,} values; split it into smaller workbooks.")
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            found.beyond = found.beyond or f"row {self.row}, column {self.column}"
            return
        found.last_row = max(found.last_row, self.row)
        found.last_column = max(found.last_column, self.column)
        if self.kind == "n":
            if self.style in self.styles.percents:
                found.percents.add((self.row, self.column))
            if stored not in self.sound:
                self.judge_number(stored)
        elif self.kind == "e":
            found.errors[self.row, self.column] = stored
        elif self.kind == "s" and not (stored.strip().isdecimal() and int(stored) < self.strings):
            self.unsound("")

    def judge_number(self, stored: str) -> None:
        if stored and not (NUMBER.match(stored) and isfinite(float(stored))):
            self.unsound(stored)
        elif len(self.sound) < MOST_KEPT:
            self.sound.add(stored)

    def unsound(self, stored: str) -> None:
        self.found.unsound[self.row, self.column] = stored
        self.is_unsound = True


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def inspect_sheet(part: bytes, strings: int, styles: Styles = Styles()) -> Findings:  # noqa: B008
    """`strings` is how many shared strings the workbook has."""
    parser = expat.ParserCreate()
    handlers = _Pass(parser, strings, styles)
    parser.buffer_text = True
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.characters
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Damaged(
            "One of the workbook's sheets is broken; open the file in a spreadsheet program and save it again."
        ) from error
    return handlers.found


def without_unsound(part: bytes, found: Findings) -> bytes:
    """The sheet without the cells that no spreadsheet program would accept: one of them loses openpyxl, calamine or
    both the whole file."""
    kept: list[bytes] = []
    last = 0
    for start, end in found.unsound_bytes:
        kept.append(part[last:start])
        last = part.index(b">", end) + 1
    return b"".join((*kept, part[last:]))
