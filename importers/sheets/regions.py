"""Several tables on one sheet: the parts that could each be a table of their own, one under another or side by side."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from importers.cells.headings import Role, role_of
from importers.cells.values import as_text
from importers.files.workbook import Sheet, Value
from importers.marks.level_words import level_of_word
from importers.sheets.people import looks_like_full_name
from importers.sheets.recurring import data_rows
from importers.sheets.tables import View, recurs

ANCHORS = frozenset(
    {Role.NAME, Role.FIRST_NAME, Role.LAST_NAME, Role.EMAIL, Role.EXTERNAL_ID, Role.SKILL, Role.PROJECT}
)
"""Roles of headings that begin a table of people, skills or projects."""
NOT_TELLING = frozenset({Role.OTHER, Role.PRIVATE, Role.TITLE, Role.UNIT, Role.OFFICE, Role.TOTAL, Role.LEGEND})
"""Roles whose words also stand as values in rows of data: "Manager", "Sales"."""
PERSON_KEYS = frozenset({Role.NAME, Role.FIRST_NAME, Role.EMAIL})
SUBJECTS = PERSON_KEYS | {Role.SKILL}
MOST_PARTS = 40
FEWEST_CELLS = 4


def parts(view: View) -> list[View]:
    """Bands of rows from each header row to the next, and those cut at blank columns; nothing for a single table."""
    found: list[View] = []
    for top, bottom in bands(view):
        band = within(view, top, bottom, 1, view.sheet.width)
        columns = list(strips(band))
        found += [within(band, top, bottom, *strip) for strip in columns] if len(columns) > 1 else [band]
    return found if 1 < len(found) <= MOST_PARTS else []


def bands(view: View) -> Iterator[tuple[int, int]]:
    """First and last row of each table below another: its header row with the title and the keys above it."""
    sheet = view.sheet
    heads: list[int] = []
    first: tuple[str, ...] | None = None
    candidates = [(row, texts) for row in sheet.row_numbers if (texts := header_texts(view, row)) is not None]
    data = data_rows(sheet, [row for row, _ in candidates])
    for row, texts in candidates:
        if row in data:
            continue
        if not heads:
            heads, first = [row], texts
        elif any_between(sheet, heads[-1], row) and (texts != first or names_somebody(sheet, heads[-1], row)):
            heads.append(row)
            first = texts
    tops = [1, *(top_of(sheet, head, above) for above, head in pairwise(heads))]
    yield from pairwise([*tops, sheet.last_row + 1])


def header_texts(view: View, row: int) -> tuple[str, ...] | None:
    """The texts of a row that reads as headings: an anchor with another known heading, or beside names or skills."""
    values = [value for value in view.sheet.rows[row] if value is not None]
    if len(values) < 2 or not all(isinstance(value, str) for value in values):
        return None
    texts = tuple(as_text(value) for value in values)
    if any(recurs(view.sheet, row, column) for column in range(1, view.sheet.width + 1)):
        return None
    if any(text.endswith(":") for text in texts[:-1]):
        return None
    roles = [role_of(text) if level_of_word(text) is None else None for text in texts]
    anchors = sum(role in ANCHORS for role in roles)
    known = sum(role is not None and role not in NOT_TELLING for role in roles)
    if not anchors or len(set(texts)) < len(texts) / 2 or (len(texts) <= 2 and looks_like_full_name(texts[-1])):
        return None
    rates = any(level_of_word(text) is not None for text in texts)
    if (
        known >= 2
        or (anchors and not rates and sum(map(view.knows_skill, texts)) >= 1)
        or view.sheet.rows.get(row - 1) is None
    ):
        return texts
    return None


def any_between(sheet: Sheet, head: int, row: int) -> bool:
    """Whether rows of data stand between two rows of headings, which else are one header of several rows."""
    return any(head < number < row and filled(sheet, number) > 1 for number in sheet.row_numbers)


def names_somebody(sheet: Sheet, head: int, row: int) -> bool:
    """Whether "Name: ..." stands between two rows of the same headings."""
    return any(head < number < row and key_role(sheet, number) in SUBJECTS for number in sheet.row_numbers)


def key_role(sheet: Sheet, row: int) -> Role | None:
    first = next((value for value in sheet.rows[row] if value is not None), None)
    return role_of(as_text(first).partition(":")[0]) if isinstance(first, str) else None


def filled(sheet: Sheet, row: int) -> int:
    return sum(value is not None for value in sheet.rows.get(row, ()))


def top_of(sheet: Sheet, head: int, above: int) -> int:
    """The first row of what stands right above a header: blank rows, titles, "Name: ..." lines."""
    row = head
    while row - 1 > above and belongs_above(sheet, row - 1):
        row -= 1
    return row


def belongs_above(sheet: Sheet, row: int) -> bool:
    values = [value for value in sheet.rows.get(row, ()) if value is not None]
    if not values:
        return True
    is_key = isinstance(values[0], str) and values[0].rstrip().endswith(":")
    told = is_key or key_role(sheet, row) in PERSON_KEYS | NOT_TELLING
    return (len(values) == 1 and isinstance(values[0], str)) or (len(values) <= 4 and told)


def strips(view: View) -> Iterator[tuple[int, int]]:
    """First and last column of each group of columns between blank ones, or from one heading of names to the next."""
    counts: dict[int, int] = {}
    for row, column, _ in view.sheet.cells():
        if (row, column) not in view.legend.cells:
            counts[column] = counts.get(column, 0) + 1
    columns = sorted(counts)
    again = begun_again(view)
    start = 0
    for position, column in enumerate(columns):
        following = columns[position + 1] if position + 1 < len(columns) else None
        if following is None or following > column + 1 or following in again:
            group = columns[start : position + 1]
            if len(group) > 1 and sum(counts[member] for member in group) >= FEWEST_CELLS:
                yield group[0], group[-1]
            start = position + 1


def begun_again(view: View) -> frozenset[int]:
    """Columns in which a row of headings begins once more: "Name, Welding, Team, Name, Welding, Team"."""
    for row in view.sheet.row_numbers:
        if (texts := header_texts(view, row)) is None:
            continue
        places = [(column, as_text(value)) for column, value in enumerate(view.sheet.rows[row], 1) if value is not None]
        starts = [column for column, text in places if text == texts[0]]
        is_same = len(starts) > 1 and len(set(texts)) * len(starts) == len(texts)
        return frozenset(starts[1:]) if is_same and role_of(texts[0]) in PERSON_KEYS else frozenset()
    return frozenset()


def within(view: View, top: int, bottom: int, left: int, right: int) -> View:
    """The view of the rows from `top` to before `bottom` and of the columns from `left` to `right`."""
    kept = ((row, cut(cells, left, right)) for row, cells in view.sheet.rows.items() if top <= row < bottom)
    rows = {row: cells for row, cells in kept if any(value is not None for value in cells)}
    return replace(view, sheet=replace(view.sheet, rows=rows))


def cut(values: tuple[Value, ...], left: int, right: int) -> tuple[Value, ...]:
    return (*([None] * (left - 1)), *values[left - 1 : right])
