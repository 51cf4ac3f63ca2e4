"""A workbook as plain values: sheets of typed cells, whatever the file format was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from openpyxl.utils import get_column_letter

Scalar = str | int | float | bool | date | datetime | time
Value = Scalar | None

LONGEST_TEXT = 32_767
"""Characters a spreadsheet program can store in one cell; only made-up files hold more."""

Position = tuple[int, int]
"""Row and column, both counted from 1."""


@dataclass(frozen=True)
class Span:
    """A merged range, bounds included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, position: Position) -> bool:
        return self.top <= position[0] <= self.bottom and self.left <= position[1] <= self.right

    def flipped(self) -> "Span":
        return Span(self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True)
class Sheet:
    """One sheet. `rows` holds only rows with a value, each cut after its last value.

    `fills` maps a cell to its visible fill colour as RRGGBB, `formulas` are cells whose value was computed,
    `percents` numbers shown as percent, `unsound` cells whose stored text no spreadsheet program would accept.
    `unread_colours` says which colours are missing from `fills`, if any. `comments` are the notes on cells, `lists` the
    words that cells offer to choose from. A flipped sheet has rows and columns exchanged
    but still names cells as the file does.
    """

    name: str
    rows: Mapping[int, tuple[Value, ...]]
    merges: tuple[Span, ...] = ()
    fills: Mapping[Position, str] = field(default_factory=dict)
    formulas: frozenset[Position] = frozenset()
    percents: frozenset[Position] = frozenset()
    unsound: Mapping[Position, str] = field(default_factory=dict)
    unread_colours: str | None = None
    comments: Mapping[Position, str] = field(default_factory=dict)
    lists: tuple[tuple[str, ...], ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    left_out: str | None = None
    is_flipped: bool = False

    def value(self, row: int, column: int) -> Value:
        cells = self.rows.get(row, ())
        return cells[column - 1] if 0 < column <= len(cells) else None

    def text(self, row: int, column: int) -> str:
        """The cell as one line of text; "" for a blank."""
        value = self.value(row, column)
        return "" if value is None else " ".join(str(value).split())

    def merged_text(self, row: int, column: int) -> str:
        """The cell's text, or that of the merged range it belongs to."""
        if text := self.text(row, column):
            return text
        span = self.span(row, column)
        return self.text(span.top, span.left) if span else ""

    def span(self, row: int, column: int) -> Span | None:
        return self.spans_by_cell.get((row, column))

    @cached_property
    def spans_by_cell(self) -> dict[Position, Span]:
        """Only cells inside the used part, so that a range merged down to the last row costs nothing."""
        return {
            (row, column): span
            for span in self.merges
            for row in range(span.top, min(span.bottom, span.top + 2_000, self.last_row) + 1)
            for column in range(span.left, min(span.right, self.width) + 1)
        }

    @cached_property
    def row_numbers(self) -> tuple[int, ...]:
        return tuple(sorted(self.rows))

    @cached_property
    def last_row(self) -> int:
        return self.row_numbers[-1] if self.rows else 0

    @cached_property
    def width(self) -> int:
        return max((len(cells) for cells in self.rows.values()), default=0)

    def cells(self) -> Iterator[tuple[int, int, Scalar]]:
        """Every value with its place, row by row."""
        for row in self.row_numbers:
            for column, value in enumerate(self.rows[row], 1):
                if value is not None:
                    yield row, column, value

    def cell_name(self, row: int, column: int) -> str:
        if self.is_flipped:
            row, column = column, row
        return f"{get_column_letter(column)}{row}"

    def flipped(self) -> "Sheet":
        """The same sheet with rows and columns exchanged."""
        columns: dict[int, dict[int, Scalar]] = {}
        for row, column, value in self.cells():
            columns.setdefault(column, {})[row] = value
        rows = {
            column: tuple(values.get(row) for row in range(1, max(values) + 1)) for column, values in columns.items()
        }
        return replace(
            self,
            rows=rows,
            merges=tuple(span.flipped() for span in self.merges),
            fills={(column, row): colour for (row, column), colour in self.fills.items()},
            formulas=frozenset((column, row) for row, column in self.formulas),
            percents=frozenset((column, row) for row, column in self.percents),
            unsound={(column, row): text for (row, column), text in self.unsound.items()},
            comments={(column, row): text for (row, column), text in self.comments.items()},
            hidden_rows=self.hidden_columns,
            hidden_columns=self.hidden_rows,
            is_flipped=not self.is_flipped,
        )


@dataclass(frozen=True)
class Workbook:
    """`kind` is the format in a person's words, such as "Excel workbook" or "text with ';' between cells"."""

    kind: str
    sheets: tuple[Sheet, ...]


def tidy(value: Value) -> Value:
    """What both readers agree on: whole floats are ints (Excel stores no other number), a moment at midnight is a day,
    blank text is no value."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str):
        return value[:LONGEST_TEXT] if value.strip() else None
    return value


def duration_text(value: timedelta) -> str:
    """A duration as Excel shows it: "26:30:00"."""
    seconds = int(value.total_seconds())
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def trimmed(cells: list[Value]) -> tuple[Value, ...]:
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)
