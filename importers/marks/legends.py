"""Finding the legend: beside the data, above it, on another sheet, or inside one sentence."""

import re
from collections.abc import Iterable, Iterator, Sequence

from importers.cells.headings import Role, role_of, words_of
from importers.cells.values import as_text
from importers.files.workbook import Position, Sheet
from importers.marks.legend_texts import TITLE_WORDS, legend_in, lone_pair
from importers.marks.level_words import level_of_meaning, level_of_word, means_a_goal
from importers.marks.scales import Legend, LegendEntry, key_of, number_of

LONGEST = 11
FARTHEST_ROW = 400
FEW = 2
"""Cells in a row that may hold nothing but a legend; more are a header that states its scale, "Level (1-5)"."""
FEWEST_LONE = 3
FOOTNOTE = re.compile(r"\s*([*†‡+#°!^~]{1,3})\)?\s*[=:–-]?\s*[^\W\d].{4,}")

Run = list[tuple[Position, Position]]
"""Cells of a mark and of its text, in order."""


def find_legend(sheet: Sheet) -> Legend:
    """The union of all runs that read as a legend; empty when there is none."""
    texts: dict[str, list[str]] = {}
    where: dict[str, str] = {}
    cells: set[Position] = set()
    for run in runs(sheet):
        if not reads_as_legend(sheet, run):
            continue
        for mark, text in run:
            key = key_of(plain(sheet, mark))
            texts.setdefault(key, []).append(sheet.text(*text))
            where.setdefault(key, range_of(sheet, run))
            cells.update((mark, text))
    for position, pairs in inline(sheet):
        for key, said in pairs:
            texts.setdefault(key, []).append(said)
            where.setdefault(key, sheet.cell_name(*position))
        if sum(value is not None for value in sheet.rows[position[0]]) <= FEW:
            cells.add(position)
    return Legend(
        entries=tuple(LegendEntry(key, tuple(told), where[key]) for key, told in texts.items()),
        cells=frozenset(cells),
        sheet=sheet.name,
        remarks=remarks_of(sheet, texts),
    )


def range_of(sheet: Sheet, run: Run) -> str:
    places = [place for pair in run for place in pair]
    rows, columns = [row for row, _ in places], [column for _, column in places]
    return f"{sheet.cell_name(min(rows), min(columns))}:{sheet.cell_name(max(rows), max(columns))}"


def plain(sheet: Sheet, position: Position) -> str | int | float | bool | None:
    value = sheet.value(*position)
    return value if isinstance(value, (str, int, float)) else as_text(value)


def runs(sheet: Sheet) -> Iterator[Run]:
    """Marks one under another with their texts at the right, or side by side with their texts beneath."""
    used: set[Position] = set()
    near = [row for row in sheet.row_numbers if row <= FARTHEST_ROW]
    for row in near:
        for column in range(1, len(sheet.rows[row]) + 1):
            if (row, column) in used or not could_be_mark(sheet, row, column):
                continue
            for down, right in ((1, 0), (0, 1)):
                run = follow(sheet, row, column, down, right)
                if len(run) >= 2:
                    used.update(mark for mark, _ in run)
                    yield run


def could_be_mark(sheet: Sheet, row: int, column: int) -> bool:
    value = sheet.value(row, column)
    if isinstance(value, str):
        return len(value.strip()) <= 2 or level_of_word(value) is not None
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 10


def follow(sheet: Sheet, row: int, column: int, down: int, right: int) -> Run:
    """As many steps as keep one kind of mark, each new, numbers by one up or down."""
    run: Run = []
    seen: list[str] = []
    while len(run) <= LONGEST and could_be_mark(sheet, row, column):
        key = key_of(plain(sheet, (row, column)))
        number = number_of(key)
        text = (row, column + 1) if down else (row + 1, column)
        said = sheet.value(*text)
        explained = isinstance(said, str) and number_of(key_of(said)) is None
        if not explained and not (number is None and level_of_word(key) is not None and down):
            break
        if key in seen or (seen and not steps_on(seen, key, number)):
            break
        seen.append(key)
        run.append(((row, column), text if explained else (row, column)))
        row, column = row + down, column + right
    return run


def steps_on(seen: Sequence[str], key: str, number: float | None) -> bool:
    last = number_of(seen[-1])
    if number is None or last is None:
        return number is None and last is None and (len(key) <= 2) == (len(seen[-1]) <= 2)
    if len(seen) == 1:
        return abs(number - last) == 1
    previous = number_of(seen[-2]) or 0.0
    return number - last == last - previous


def reads_as_legend(sheet: Sheet, run: Run) -> bool:
    """The run stands apart from any table, with no third line of marks behind two, and its texts describe levels or
    goals or a title says "legend"."""
    (top, left), (bottom, right) = run[0][0], run[-1][0]
    is_vertical = top != bottom
    down, across = (1, 0) if is_vertical else (0, 1)
    if could_be_mark(sheet, top - down, left - across) or could_be_mark(sheet, bottom + down, right + across):
        return False
    if is_vertical and any(sheet.text(row, left - 1) for row in range(top + 1, bottom + 1)):
        return False
    beyond = [(row + 2 * across, column + 2 * down) for (row, column), _ in run]
    if sum(could_be_mark(sheet, *place) for place in beyond) * 2 >= len(run):
        return False
    marks = [key_of(plain(sheet, mark)) for mark, _ in run]
    if all(number_of(mark) is None and level_of_word(mark) is not None for mark in marks):
        alone = sum(value is not None for cells in sheet.rows.values() for value in cells) <= 4 * len(run)
        return is_vertical and len(run) >= 3 and (alone or titled(sheet, top, left))
    said = [sheet.text(*text) for _, text in run]
    if titled(sheet, top, left):
        return not any(looks_like_name(text) for text in said)
    described = sum(level_of_meaning(text) is not None or means_a_goal(text) for text in said)
    return len(run) >= 3 and described * 2 >= len(run)


def titled(sheet: Sheet, top: int, left: int) -> bool:
    above = ((top - 1, left), (top - 1, left + 1), (top - 2, left), (top, left - 1))
    return any(is_title(sheet.text(row, column)) for row, column in above)


def looks_like_name(text: str) -> bool:
    return level_of_meaning(text) is None and bool(re.fullmatch(r"[A-ZÀ-Ý]\w+ [A-ZÀ-Ý][\w'-]+", text))


def is_title(text: str) -> bool:
    return role_of(text) is Role.LEGEND or (0 < len(text) <= 40 and bool(TITLE_WORDS.intersection(words_of(text))))


def inline(sheet: Sheet) -> Iterator[tuple[Position, list[tuple[str, str]]]]:
    """Legends inside one cell or its comment, and lines of cells that each explain a mark: "○ none", "● expert"."""
    for row, column, value in sheet.cells():
        if row > FARTHEST_ROW:
            break
        if isinstance(value, str) and (pairs := legend_in(value)):
            yield (row, column), pairs
    for place, text in sorted(sheet.comments.items()):
        if pairs := legend_in(text):
            yield place, pairs
    yield from lines(sheet)


def lines(sheet: Sheet) -> Iterator[tuple[Position, list[tuple[str, str]]]]:
    """A row of nothing but explained marks, or cells one under another with nothing beside them."""
    across = [[(row, c) for c, value in enumerate(sheet.rows[row], 1) if value is not None] for row in near_rows(sheet)]
    for places in (*across, *columns_alone(sheet)):
        told = [(place, pair) for place in places if (pair := lone_pair(sheet.text(*place))) is not None]
        marks = {mark for _, (mark, _) in told}
        described = sum(level_of_meaning(said) is not None or means_a_goal(said) for _, (_, said) in told)
        if len(told) == len(marks) == len(places) >= FEWEST_LONE and described * 2 >= len(told):
            yield from ((place, [pair]) for place, pair in told)


def near_rows(sheet: Sheet) -> list[int]:
    return [row for row in sheet.row_numbers if row <= FARTHEST_ROW]


def columns_alone(sheet: Sheet) -> Iterator[list[Position]]:
    """Cells that are the only value of their row, one under another."""
    run: list[Position] = []
    for row in near_rows(sheet):
        filled = [column for column, value in enumerate(sheet.rows[row], 1) if value is not None]
        is_alone = len(filled) == 1 and lone_pair(sheet.text(row, filled[0])) is not None
        if is_alone and (not run or run[-1] == (row - 1, filled[0])):
            run.append((row, filled[0]))
            continue
        yield run
        run = [(row, filled[0])] if is_alone else []
    yield run


def remarks_of(sheet: Sheet, known: Iterable[str]) -> frozenset[str]:
    """Signs that a cell standing alone in its row explains as something else than a level or a goal."""
    alone = (row for row in near_rows(sheet) if sum(value is not None for value in sheet.rows[row]) <= FEW)
    texts = (value for row in alone for value in sheet.rows[row] if isinstance(value, str))
    signs = {found[1] for text in texts if (found := FOOTNOTE.match(text)) and not means_a_goal(text)}
    return frozenset(signs - set(known))
