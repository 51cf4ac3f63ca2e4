"""Grids that know people by initials which a list in the same workbook writes out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from importers.cells.headings import TOKENS, Role, role_of, words_of
from importers.cells.values import as_text
from importers.files.workbook import Position, Sheet, Value
from importers.sheets.people import looks_like_full_name

LONGEST = 6
LONGEST_HEADING = 30
CACHED = 10_000
FEWEST = 2
NAMES = "Employee"
"""What a column of initials is headed once it holds names."""
MOSTLY = 0.6
"""Part of the texts of a line that are initials, and of the initials of a list that stand beside full names."""


Told = tuple[Position, str, str]
"""A place with the initials and the name it tells."""
IN_TEXT = re.compile(r"(?:^|[,;|/\n(:]|\s{2,})\s*([^\s=:,;|()]{1,6})\s*(?:=|:|–|—|\s-\s)\s*([^,;|=:\n()]+)")


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


def listed(sheet: Sheet) -> Iterator[Told]:
    """From columns headed "Initials" and "Name" side by side, and from texts such as "AN = Anna Nowak, BO = Ben"."""
    for row, column, value in sheet.cells():
        found: list[Told] = []
        if not isinstance(value, str):
            continue
        if is_initials_heading(value):
            names = [i for i, text in enumerate(sheet.rows[row], 1) if role_of(as_text(text)) is Role.NAME]
            found = list(pairs_below(sheet, row, column, min(names, key=lambda i: abs(i - column)))) if names else []
        elif len(value) > LONGEST_HEADING:
            found = [((row, column), each[1], each[2].strip()) for each in IN_TEXT.finditer(value)]
        if len(found) >= FEWEST and sum(looks_like_full_name(name) for _, _, name in found) >= MOSTLY * len(found):
            yield from found


@lru_cache(maxsize=CACHED)
def is_initials_heading(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and " ".join(words_of(text)) in TOKENS["initials"]


def pairs_below(sheet: Sheet, row: int, short: int, name: int) -> Iterator[Told]:
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
    told: dict[Position, str] = {}
    for (along, _), places in lines.items():
        known = [place for place in places if sheet.text(*place) in names]
        headings = [place for place in places if is_initials_heading(sheet.text(*place))]
        few = MOSTLY * (len(places) - len(headings))
        if len(known) >= max(FEWEST, few) and is_of_people(sheet, known):
            told |= {place: names[sheet.text(*place)] for place in known}
            told |= dict.fromkeys(headings if along == "column" else (), NAMES)
    return with_texts(sheet, told) if told else sheet


def is_of_people(sheet: Sheet, places: Sequence[Position]) -> bool:
    """Whether hardly anybody stands there twice, as in a line of headings and unlike in a column of trainers."""
    return len({sheet.text(*place) for place in places}) >= MOSTLY * len(places)


def with_texts(sheet: Sheet, texts: Mapping[Position, str]) -> Sheet:
    rows: dict[int, tuple[Value, ...]] = dict(sheet.rows)
    for (row, column), text in texts.items():
        rows[row] = (*rows[row][: column - 1], text, *rows[row][column:])
    return replace(sheet, rows=rows)
