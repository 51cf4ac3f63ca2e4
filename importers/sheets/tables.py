"""Tables a sheet may hold: one candidate per row that could be the header, with its columns and a sample of each."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, takewhile

from importers.cells.headings import TOKENS, Role, role_of, words_of
from importers.cells.values import as_email, as_text
from importers.choices import SheetMapping
from importers.files.workbook import Scalar, Sheet, Value
from importers.marks.scales import Legend, is_mark, key_of, number_of
from importers.records import Raw
from importers.sheets.mapped import Told, columns_told, rows_left_out, skills_down
from importers.sheets.numbering import Numbering
from importers.sheets.people import apart, looks_like_full_name, plausible_name
from importers.sheets.questionnaires import survey_questions
from importers.sheets.recurring import data_rows
from importers.skills.catalogue import Catalogue, Match
from importers.skills.wellknown import is_well_known

HEADER_ROWS = 30
SAMPLE_ROWS = 60
TEXT_ROLES = frozenset(
    {
        *(Role.TITLE, Role.UNIT, Role.OFFICE, Role.DOMAIN, Role.NOTE, Role.TECHNOLOGIES, Role.SKILLS, Role.GOALS),
        *(Role.SKILL, Role.CATEGORY, Role.PROJECT, Role.CLIENT, Role.ROLE, Role.STATUS, Role.OUTCOME),
    }
)
SPEAKING_OF_LEVELS = frozenset({Role.LEVEL, Role.HAS, Role.EXPECTED, Role.INTEREST, Role.TOTAL, Role.ROW_NUMBER})
KNOWN_HEADINGS = 3
WIDEST_HEADING = 300


@dataclass(frozen=True)
class View:
    """A sheet with what is known before a layout is: its legend and title, the catalogue, a person's mapping,
    the names of all sheets of the workbook, and what its numbers of skills and projects mean."""

    sheet: Sheet
    legend: Legend
    catalogue: Catalogue
    mapping: SheetMapping = field(default_factory=SheetMapping)
    companions: tuple[str, ...] = ()
    numbering: Numbering = field(default_factory=Numbering)

    def knows_skill(self, name: str) -> bool:
        return is_well_known(name) or self.catalogue.match(name).kind is not Match.NEW

    @cached_property
    def told(self) -> dict[int, Told]:
        """What a person said about columns, by their number."""
        return columns_told(self.mapping, flipped=self.sheet.is_flipped)

    @cached_property
    def rows_left_out(self) -> frozenset[int]:
        return rows_left_out(self.mapping, flipped=self.sheet.is_flipped)

    @property
    def is_decided(self) -> bool:
        """Whether a person said what the sheet is, so that less evidence will do."""
        return self.mapping.layout is not None

    def left_out(self, column: int) -> bool:
        """Whether a person said to ignore the column."""
        return column in self.told and self.told[column].is_ignored

    @cached_property
    def legend_keys(self) -> frozenset[str]:
        return frozenset(entry.key for entry in self.legend.entries)

    def is_mark(self, value: object) -> bool:
        """A level of this sheet's legend, or anything that looks like a level."""
        return isinstance(value, (str, int, float)) and (key_of(value) in self.legend_keys or is_mark(value))

    @cached_property
    def tables(self) -> tuple["Table", ...]:
        """A table for each of the first rows that could be a header, or for the row a person chose."""
        headed = (row for row in self.sheet.row_numbers if has_heading(self, row))
        rows = header_rows(self, list(islice(headed, HEADER_ROWS)))
        if self.mapping.header_row is not None and not self.sheet.is_flipped:
            rows = [self.mapping.header_row]
        if self.sheet.is_flipped and (skills := skills_down(self.mapping)) is not None:
            rows = [skills]
        return tuple(table for row in rows if (table := self.table(row)).columns)

    def table(self, header_row: int) -> "Table":
        return Table(self, header_row, tuple(columns_under(self, header_row)))

    def upright(self) -> "View":
        return self.flipped() if self.sheet.is_flipped else self

    def flipped(self) -> "View":
        cells = frozenset((column, row) for row, column in self.legend.cells)
        legend = replace(self.legend, cells=cells)
        return View(self.sheet.flipped(), legend, self.catalogue, self.mapping, self.companions, self.numbering)


@dataclass(frozen=True)
class Column:
    """`sample` holds the first non-blank values below the heading, `computed` the share of them that are formulas.
    `is_asked` when the heading is one of several that a survey asks the same question about, `is_chosen`
    when a person said what the column is."""

    index: int
    heading: str
    role: Role | None
    group: str | None
    sample: tuple[Scalar, ...]
    computed: float = 0.0
    is_asked: bool = False
    is_chosen: bool = False

    def share(self, test: Callable[[Scalar], bool]) -> float:
        return sum(map(test, self.sample)) / len(self.sample) if self.sample else 0.0

    @cached_property
    def names(self) -> float:
        return self.share(lambda value: isinstance(value, str) and plausible_name(apart(value)[0]))

    @cached_property
    def full_names(self) -> float:
        return self.share(lambda value: isinstance(value, str) and looks_like_full_name(value))

    @cached_property
    def numbers(self) -> float:
        return self.share(lambda value: isinstance(value, (int, float)) and number_of(key_of(value)) is not None)

    @cached_property
    def texts(self) -> float:
        return self.share(lambda value: isinstance(value, str) and number_of(key_of(value)) is None)

    @cached_property
    def emails(self) -> float:
        return self.share(lambda value: as_email(value) is not None)


@dataclass(frozen=True)
class Table:
    """The columns under one header row. Rows below belong to it until the sheet ends."""

    view: View
    header_row: int
    columns: tuple[Column, ...]

    @property
    def sheet(self) -> Sheet:
        return self.view.sheet

    def column(self, *roles: Role) -> Column | None:
        """The first column with the first of these roles that any column has."""
        return next((self._by_role[role] for role in roles if role in self._by_role), None)

    @cached_property
    def _by_role(self) -> dict[Role, Column]:
        return {column.role: column for column in reversed(self.columns) if column.role is not None}

    @cached_property
    def recognised(self) -> float:
        """0..2: evidence from headings whose meaning is known, since data rows have next to none."""
        return min(2.0, 0.3 * sum(column.role is not None and bool(column.heading) for column in self.columns))

    @cached_property
    def speaks_of_skills(self) -> bool:
        """Whether the sheet's name, the texts above the header or a heading say that this is about skills."""
        above = (row for row in self.sheet.row_numbers if row <= self.header_row)
        texts = (value for row in above for value in self.sheet.rows[row] if isinstance(value, str))
        return any(TOKENS["about_skills"].intersection(words_of(text)) for text in (self.sheet.name, *texts))

    @cached_property
    def speaks_of_things(self) -> bool:
        """Whether a heading tells of courses or goods, as a price or the places do."""
        return any(TOKENS["about_things"].intersection(words_of(column.heading)) for column in self.columns)

    def sample_rows(self) -> list[int]:
        return list(islice(self.body(), SAMPLE_ROWS))

    def all_of(self, role: Role) -> list[Column]:
        return [column for column in self.columns if column.role is role]

    def body(self) -> Iterator[int]:
        """Rows below the header that hold any value but the headings again and that nobody chose to leave out."""
        left_out = self.view.rows_left_out
        return (row for row in rows_below(self.sheet, self.header_row) if row not in left_out)

    def value(self, row: int, column: Column | None) -> Scalar | None:
        if column is None or (row, column.index) in self._legend_cells:
            return None
        cells = self._rows.get(row, ())
        return cells[column.index - 1] if column.index <= len(cells) else None

    @cached_property
    def _legend_cells(self) -> frozenset[tuple[int, int]]:
        return self.view.legend.cells

    @cached_property
    def _rows(self) -> Mapping[int, tuple[Value, ...]]:
        return self.view.sheet.rows

    def raw(self, row: int, column: Column) -> Raw:
        """The cell as its reader sees it: a number shown as percent is one, a date is text."""
        value = self.value(row, column)
        if isinstance(value, (int, float)) and (row, column.index) in self.sheet.percents:
            return f"{value * 100:g}%"
        return value if value is None or isinstance(value, (str, int, float)) else as_text(value)

    def text_down(self, row: int, column: Column) -> str:
        """The cell's text, or that of the range merged down over it."""
        span = None if self.value(row, column) is not None else self.sheet.span(row, column.index)
        if span and span.left == span.right and span.top > self.header_row:
            row = span.top
        return self.text(row, column)

    def text(self, row: int, column: Column | None) -> str:
        return as_text(self.value(row, column))

    @cached_property
    def quality(self) -> float:
        """0..1: how much the row reads as headings: distinct short texts that do not recur beneath."""
        headings = [column.heading for column in self.columns if column.heading]
        if not headings or any(as_email(heading) for heading in headings):
            return 0.0
        texts = sum(not text.replace(".", "").isdecimal() and len(text) <= WIDEST_HEADING for text in headings)
        recurring = sum(
            column.heading in {as_text(value) for value in column.sample[:20]}
            for column in self.columns
            if column.heading
        )
        return (
            (texts / len(headings)) * (0.5 + 0.5 * len(set(headings)) / len(headings)) * (1 - recurring / len(headings))
        )


def rows_weight(count: int) -> float:
    """Evidence from the number of rows: the tenth row says less than the second."""
    return min(1.0, math.log2(1 + count) / 4)


def header_rows(view: View, rows: list[int]) -> list[int]:
    """Without rows of data: those whose texts recur as values do, and those under a row of three or more known
    headings that know less than half as many."""
    kept: list[int] = []
    most = 0
    data = data_rows(view.sheet, rows)
    for row in (row for row in rows if row not in data):
        texts = [as_text(value) for value in view.sheet.rows[row] if isinstance(value, str)]
        known = len({role for text in texts if (role := role_of(text)) is not None})
        if most < KNOWN_HEADINGS or known * 2 >= most:
            kept.append(row)
        most = max(most, known)
    return kept


def rows_below(sheet: Sheet, header_row: int) -> Iterator[int]:
    """Rows under a header without those that only say the same headings again, as printed pages do."""
    headings = [(i, value) for i, value in enumerate(sheet.rows.get(header_row, ())) if isinstance(value, str)]
    first, heading = headings[0] if headings else (0, "")
    for row in sheet.row_numbers:
        if row <= header_row:
            continue
        cells = sheet.rows[row]
        is_again = len(headings) > 1 and first < len(cells) and cells[first] == heading
        if not is_again or any(cells[i : i + 1] != (value,) for i, value in headings):
            yield row


def has_heading(view: View, row: int) -> bool:
    """Whether the row holds any text outside the legend that is not the name of the person whom the sheet is about."""
    return not tells_who(view.sheet, row) and any(
        isinstance(value, str) and (row, column) not in view.legend.cells
        for column, value in enumerate(view.sheet.rows.get(row, ()), 1)
    )


def tells_who(sheet: Sheet, row: int) -> bool:
    """ "Name" and a full name alone, or beside more of the kind: "Name", "Ana Ruiz", "Team", "Sales"."""
    texts = [as_text(value) for value in sheet.rows[row] if value is not None]
    keys, told = [role_of(text) for text in texts[::2]], texts[1::2]
    named = [name for role, name in zip(keys, told, strict=False) if role in {Role.NAME, Role.FIRST_NAME}]
    if sheet.is_flipped or len(keys) != len(told) or not all(keys) or not named:
        return False
    return looks_like_full_name(named[0]) and not any(map(role_of, told))


def columns_under(view: View, header_row: int) -> Iterator[Column]:
    sheet = view.sheet
    roles = ((index, role_of(heading_of(view, header_row, index))) for index in range(1, sheet.width + 1))
    named = next((i for i, role in roles if role is Role.NAME and not recurs(sheet, header_row, i)), 0)
    own = rows_below(sheet, header_row)
    below = list(takewhile(lambda row: not is_header_again(sheet, row, named, Role.NAME), islice(own, SAMPLE_ROWS)))
    samples: dict[int, list[Scalar]] = {}
    computed: dict[int, int] = {}
    for row in below:
        for index, value in enumerate(sheet.rows[row], 1):
            if value is not None and (row, index) not in view.legend.cells:
                samples.setdefault(index, []).append(value)
                computed[index] = computed.get(index, 0) + ((row, index) in sheet.formulas)
    groups = group_headings(view, header_row)
    questions = survey_questions(view.sheet, header_row)
    for index in range(1, sheet.width + 1):
        heading = questions.get(index) or heading_of(view, header_row, index)
        sample = tuple(samples.get(index, ()))
        if not heading and not sample and index not in view.told:
            continue
        is_telling = bool(heading) and index not in questions and not recurs(sheet, header_row, index)
        role = role_of(heading) if is_telling else None
        if role is Role.LEVEL and role_of(groups.get(index, "")) is Role.EXPECTED:
            role = Role.EXPECTED
        if (role in TEXT_ROLES and holds_levels(view, sample)) or is_skill_after_all(view, heading, role, sample):
            role = None
        if role is None and counts_rows(sample):
            role = Role.ROW_NUMBER
        if (said := view.told.get(index)) is not None:
            group = said.skill if said.role is not None else None
            role = None if said.role is Role.SKILL and levels_only(view, sample) else said.role
            heading = said.skill if said.role is None and said.skill else heading
            groups |= {index: group} if group else {}
        yield Column(
            index,
            heading,
            role,
            groups.get(index),
            sample,
            computed.get(index, 0) / max(1, len(sample)),
            index in questions,
            said is not None,
        )


def recurs(sheet: Sheet, row: int, column: int) -> bool:
    """Whether the same text stands right below, as values do and headings do not."""
    return bool(text := sheet.text(row, column)) and sheet.text(row + 1, column) == text


def levels_only(view: View, sample: Sequence[Scalar]) -> bool:
    return bool(sample) and all(map(view.is_mark, sample))


def counts_rows(sample: Sequence[Scalar]) -> bool:
    """1, 2, 3 and so on: a rank or a number of the row, never levels."""
    return len(sample) > 5 and list(sample) == list(range(1, len(sample) + 1))


def holds_levels(view: View, sample: Sequence[Scalar]) -> bool:
    """A heading such as "Office" is a skill after all when nothing but levels stands under it."""
    numbers = all(isinstance(value, (int, float)) and view.is_mark(value) for value in sample)
    known = all(isinstance(value, (str, int, float)) and key_of(value) in view.legend_keys for value in sample)
    return bool(sample) and (numbers or known)


def is_skill_after_all(view: View, heading: str, role: Role | None, sample: Sequence[Scalar]) -> bool:
    """A heading of another language's word that is a skill's name, "Scala": nothing but levels stand under it."""
    if role is None or role in SPEAKING_OF_LEVELS or not sample:
        return False
    return view.knows_skill(heading) and levels_only(view, sample)


def is_header_again(sheet: Sheet, row: int, column: int, role: Role | None) -> bool:
    """Whether a row below heads a table of its own: the heading of the names again, with other texts beside it."""
    if role is None or role_of(sheet.text(row, column)) is not role:
        return False
    return sum(isinstance(value, str) for value in sheet.rows[row]) >= 2


def heading_of(view: View, row: int, column: int) -> str:
    """The cell's text, through vertical merges; a blank under a known heading takes that one."""
    sheet = view.sheet
    if (row, column) in view.legend.cells and role_of(sheet.text(row, column)) is not Role.LEVEL:
        return ""
    heading = sheet.merged_text(row, column)
    if not heading and role_of(above := sheet.text(row - 1, column)) is not None and not above.endswith(":"):
        heading = above
    return " ".join(heading.split())


def group_headings(view: View, header_row: int) -> dict[int, str]:
    """Category of each column from the row above: a merged range, or a text that stands until the next one."""
    sheet, row = view.sheet, header_row - 1
    cells = sheet.rows.get(row, ())
    texts = [
        column
        for column, value in enumerate(cells, 1)
        if isinstance(value, str) and (row, column) not in view.legend.cells and value.strip()
    ]
    if not texts:
        return {}
    header_width = sum(value is not None for value in sheet.rows.get(header_row, ()))
    spread = len(texts) >= 2 and len(texts) * 2 <= header_width and not any(sheet.span(row, column) for column in texts)
    groups: dict[int, str] = {}
    for position, column in enumerate(texts):
        span = sheet.span(row, column)
        last = span.right if span and span.bottom == row else column
        if spread:
            last = texts[position + 1] - 1 if position + 1 < len(texts) else sheet.width
        groups.update(dict.fromkeys(range(column, last + 1), sheet.text(row, column)))
    return groups
