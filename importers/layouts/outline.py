"""Outline: a person's name alone in a row, and below it the person's skills, one a row with its level."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from importers.cells.headings import Role
from importers.cells.values import as_email, as_text
from importers.files.workbook import Scalar
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.records import LayoutName
from importers.sheets.people import Sighting, apart, display_name, looks_like_full_name, plausible_name
from importers.sheets.tables import SAMPLE_ROWS, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

MOST_ROWS = 2_000
FULL_NAMES = 0.8

Line = list[tuple[int, Scalar]]
"""Columns and values of one row."""


def hypotheses(view: View) -> Iterator[Hypothesis]:
    rows = view.sheet.row_numbers[:MOST_ROWS]
    heads = [row for row, below in pairwise(rows) if is_name(view, row) and is_rating(view, line_of(view, below))]
    if not 2 <= len(heads) <= len(rows) / 2:
        return
    first = heads[0]
    known = frozenset(heads)
    below = [line_of(view, row) for row in rows if row > first and row not in known][:SAMPLE_ROWS]
    pairs = [line for line in below if is_rating(view, line)]
    full = sum(looks_like_full_name(as_text(line_of(view, row)[0][1])) for row in heads) / len(heads)
    if len(pairs) < 0.7 * len(below) or full < FULL_NAMES:
        return
    skill = pairs[0][0][0]
    score = 3.0 + 3.0 * len(pairs) / len(below) + 2.0 * full + rows_weight(len(heads))
    table = Table(view, first - 1, tuple(view.table(first - 1).columns))
    reasons = (f"{len(heads)} rows hold nothing but a person's name", "the rows below each name a skill and its level")
    uses = {skill: Use(Role.SKILL.value, "people's names, and below each the person's skills")}
    uses |= {line[-1][0]: Use(Role.LEVEL.value, "the levels") for line in pairs[:1]}
    yield Hypothesis(LayoutName.PROFILE, table, first, score, reasons, uses, partial(extract, table, known))


def line_of(view: View, row: int) -> Line:
    return [
        (column, value)
        for column, value in enumerate(view.sheet.rows[row], 1)
        if value is not None and (row, column) not in view.legend.cells
    ]


def is_name(view: View, row: int) -> bool:
    line = line_of(view, row)
    if len(line) != 1 or not isinstance(line[0][1], str):
        return False
    text = apart(line[0][1])[0]
    return plausible_name(text) and not view.knows_skill(text)


def is_rating(view: View, line: Line) -> bool:
    texts = [value for _, value in line]
    return 2 <= len(line) <= 4 and isinstance(texts[0], str) and plausible_skill(texts[0]) and view.is_mark(texts[1])


def extract(table: Table, heads: frozenset[int]) -> Extract:
    found = Extract()
    person: Sighting | None = None
    for row in table.body():
        line = line_of(table.view, row)
        if row in heads or is_name(table.view, row):
            text, number = apart(as_text(line[0][1]))
            cell = table.sheet.cell_name(row, line[0][0])
            email, ids = as_email(text), (number,) if number else ()
            person = Sighting(display_name(text), table.sheet.name, cell, email, ids)
            found.people.append(person)
        elif person is not None and is_rating(table.view, line):
            level = line[1][1]
            raw = level if isinstance(level, (str, int, float)) else as_text(level)
            note = as_text(line[2][1]) if len(line) > 2 else None
            found.marks.append(Mark(person, as_text(line[0][1]), None, raw, (row, line[1][0]), note=note))
        else:
            found.leave(row, "neither a name nor a skill with its level")
    return found
