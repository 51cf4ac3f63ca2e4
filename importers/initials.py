"""Grids that know people by initials which a list in the same workbook writes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from importers.headings import TOKENS, Role, role_of, words_of
from importers.people import looks_like_full_name
from importers.values import as_text
from importers.workbook import Position, Sheet, Value

LONGEST = 6
FEWEST = 2
MOSTLY = 0.6
"""Part of the texts of a line that are initials, and of the initials of a list that stand beside full names."""


def written_out(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets with full names in the rows and columns that hold little but initials of the workbook's list."""
    names: dict[str, str] = {}
    lists: dict[str, set[Position]] = {}
    for sheet in sheets:
        for place, initials, name in listed(sheet):
            lists.setdefault(sheet.name, set()).add(place)
            names[initials] = name if names.get(initials, name) == name else ""
    known = {initials: name for initials, name in names.items() if name}
    return [named(sheet, known, lists.get(sheet.name, set())) for sheet in sheets] if known else list(sheets)


def listed(sheet: Sheet) -> Iterator[tuple[Position, str, str]]:
    """Initials with their place and name, from columns headed "Initials" and "Name" side by side."""
    for row in sheet.row_numbers:
        headings = {column: value for column, value in enumerate(sheet.rows[row], 1) if isinstance(value, str)}
        short = next((c for c, text in headings.items() if " ".join(words_of(text)) in TOKENS["initials"]), None)
        if short is None:
            continue
        beside = sorted((c for c in headings if role_of(headings[c]) is Role.NAME), key=lambda c: abs(c - short))
        if not beside:
            continue
        found = list(pairs_below(sheet, row, short, beside[0]))
        if sum(looks_like_full_name(name) for _, _, name in found) >= MOSTLY * len(found):
            yield from found
        return


def pairs_below(sheet: Sheet, row: int, short: int, name: int) -> Iterator[tuple[Position, str, str]]:
    for below in (number for number in sheet.row_numbers if number > row):
        initials, full = sheet.text(below, short), sheet.text(below, name)
        if 1 < len(initials) <= LONGEST and full:
            yield (below, short), initials, full


def named(sheet: Sheet, names: Mapping[str, str], lists: set[Position]) -> Sheet:
    """The sheet with names for initials along its rows and columns of people; the list itself stays as it is."""
    lines: dict[tuple[str, int], list[Position]] = {}
    for row, column, value in sheet.cells():
        if isinstance(value, str) and (row, column) not in lists:
            lines.setdefault(("row", row), []).append((row, column))
            lines.setdefault(("column", column), []).append((row, column))
    told: set[Position] = set()
    for places in lines.values():
        known = [place for place in places if sheet.text(*place) in names]
        if len(known) >= FEWEST and len(known) >= MOSTLY * len(places) and is_of_people(sheet, known):
            told.update(known)
    return with_names(sheet, names, told) if told else sheet


def is_of_people(sheet: Sheet, places: Sequence[Position]) -> bool:
    """Whether hardly anybody stands there twice, as in a line of headings and unlike in a column of trainers."""
    return len({sheet.text(*place) for place in places}) >= MOSTLY * len(places)


def with_names(sheet: Sheet, names: Mapping[str, str], places: set[Position]) -> Sheet:
    rows: dict[int, tuple[Value, ...]] = dict(sheet.rows)
    for row in {row for row, _ in places}:
        cells = list(rows[row])
        for column in (column for r, column in places if r == row):
            cells[column - 1] = names[as_text(cells[column - 1])]
        rows[row] = tuple(cells)
    return replace(sheet, rows=rows)
