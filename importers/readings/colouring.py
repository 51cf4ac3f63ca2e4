"""What the fill colours among a sheet's levels say: a level, a wish to learn, something else, or nothing.

A colour says what the sheet explains: a coloured cell with a text in it or beside it, or words such as "green = wants
to learn". Colours in cells that are otherwise empty are marks, and without an explanation they are asked about. A
colour on top of a level counts only when it is explained. Bands, stripes and colours that repeat the level are
decoration.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from importers.files.workbook import Position, Sheet
from importers.layouts.layout import Extract, GoalMark, Grid, Mark
from importers.marks.colours import SUFFIX, Palette, palette_of, spoken_colour
from importers.marks.grading import Grade, answered
from importers.marks.level_words import level_of_meaning, level_of_word, means_a_goal
from importers.marks.scales import GOAL, TOP, Legend, LegendEntry, key_of, number_of
from importers.records import MarkReading, Problem, Raw, Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, View

MOST_COLOURS = 200
FARTHEST_ROW = 400
MOST_WORDS = 6
BAND = 3
"""Cells of one colour side by side that make a band rather than a legend."""
MOST = 0.9
SAID = re.compile(r"\s*(.{3,40}?)\s*(?:=|:|–|—|→|->|\s-\s|\bmeans?\b|\bbedeutet\b)\s*(.{2,80})")
REMEDY = 'If it stands for a level or a goal, say so for "{name}" among the marks of the sheet.'


@dataclass(frozen=True)
class Explanation:
    text: str
    place: Position

    @property
    def level(self) -> float | None:
        number = number_of(key_of(self.text))
        return number if number is not None else level_of_meaning(self.text)

    @property
    def is_goal(self) -> bool:
        return means_a_goal(self.text)


@dataclass
class Colouring:
    """`grades` has every colour that is a mark: its grade, or None when nothing explains it."""

    marks: list[Mark] = field(default_factory=list)
    goals: list[GoalMark] = field(default_factory=list)
    grades: dict[str, Grade | None] = field(default_factory=dict)
    readings: list[MarkReading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


Cells = dict[Position, tuple[Sighting, Column]]


def colouring(
    view: View, extract: Extract, shared: Mapping[str, Explanation], decided: Mapping[str, int | str | None]
) -> Colouring:
    """`shared` are colours explained on other sheets, `decided` what a person said of marks, colours among them."""
    found = Colouring()
    cells = coloured_cells(view, extract.grids)
    if not cells:
        return found
    own = explanations(view.sheet, extract.grids)
    fills = view.sheet.fills
    if len({fills[place] for place in cells}) > MOST_COLOURS:
        text = f"The levels have more than {MOST_COLOURS} colours; they were left alone."
        found.problems.append(
            Problem(Severity.NOTE, "colour_left_alone", view.sheet.name, None, text, "Nothing to do.")
        )
        return found
    palette = palette_of([*(fills[place] for place in cells), *own])
    names = {place: palette.names[fills[place]] for place in cells}
    told = explained(view.sheet, palette, {**shared, **own}, set(names.values()))
    chosen = {name: level for mark, level in decided.items() if (name := colour_of_mark(mark, palette))}
    without_values = is_colour_only(view.sheet, extract.grids, cells)
    plain = decoration(view, extract.grids, names, palette, without_values=without_values)
    meant = {name for name, said in told.items() if said.is_goal or said.level is not None} | chosen.keys()
    grades = grades_of(view, told)
    for name, count in sorted(Counter(names.values()).items()):
        places = [place for place in cells if names[place] == name and (name in meant or place not in plain)]
        said = told.get(name)
        if name in chosen:
            take(found, view, name, places, cells, is_goal=chosen[name] == GOAL, why="your mapping")
            found.grades |= answered("marks", {name: chosen[name]}, why="your mapping")
        elif said is not None and said.is_goal:
            take(found, view, name, places, cells, is_goal=True, why=where(view.sheet, said))
        elif name in grades or (without_values and places):
            take(found, view, name, places, cells, is_goal=False, why="")
            found.grades[name] = grades.get(name)
        elif said is not None:
            leave_alone(found, view, name, count, said)
        elif places:
            leave_alone(found, view, name, len(places), None, first=min(places))
    found.marks.sort(key=lambda mark: mark.place)
    found.goals.sort(key=lambda goal: goal.place)
    return found


def take(
    found: Colouring, view: View, name: str, places: list[Position], cells: Cells, *, is_goal: bool, why: str
) -> None:
    """A goal in every cell of the colour, or a mark in each that holds nothing else."""
    for place in places:
        person, column = cells[place]
        if is_goal:
            found.goals.append(GoalMark(person, column.heading, column.group, name, None, place))
        elif view.sheet.value(*place) is None:
            found.marks.append(Mark(person, column.heading, column.group, name, place))
    if is_goal and places:
        found.readings.append(MarkReading(name, True, len(places), None, True, why))
    else:
        found.grades.setdefault(name, None)


def leave_alone(
    found: Colouring, view: View, name: str, count: int, said: Explanation | None, first: Position | None = None
) -> None:
    colour = name.removesuffix(SUFFIX)
    cell = view.sheet.cell_name(*(said.place if said else first or (1, 1)))
    if said is not None:
        text = (
            f'{count} cells are {colour} for "{said.text}", which is no level and no goal; the colour was left alone.'
        )
    else:
        text = f"{count} cells are {colour}, which the sheet does not explain; the colour was left alone."
    remedy = REMEDY.format(name=name)
    found.problems.append(Problem(Severity.NOTE, "colour_left_alone", view.sheet.name, cell, text, remedy))
    why = f'left alone: "{said.text}"' if said else "left alone: not explained"
    found.readings.append(MarkReading(name, True, count, None, False, why))


def where(sheet: Sheet, said: Explanation) -> str:
    return f"legend in {sheet.cell_name(*said.place)}"


def colour_of_mark(mark: str, palette: Palette) -> str | None:
    """The colour a mapping names: "green fill", or RRGGBB."""
    key = mark.strip().lstrip("#")
    if re.fullmatch(r"[0-9A-Fa-f]{6}", key) and (name := palette.name(key.upper())):
        return name
    return key.casefold() if key.casefold() in {name.casefold() for name in palette.names.values()} else None


def coloured_cells(view: View, grids: Iterable[Grid]) -> Cells:
    cells: Cells = {}
    for grid in grids:
        people = dict(grid.rows)
        columns = {column.index: column for column in grid.columns}
        for row, column in view.sheet.fills:
            if row in people and column in columns and (row, column) not in view.legend.cells:
                cells[row, column] = people[row], columns[column]
    return dict(sorted(cells.items()))


def is_colour_only(sheet: Sheet, grids: Iterable[Grid], cells: Cells) -> bool:
    """Nearly every level stands in no cell but in its colour."""
    valued = sum(sheet.value(row, c.index) is not None for grid in grids for row, _ in grid.rows for c in grid.columns)
    empty = sum(sheet.value(*place) is None for place in cells)
    return empty >= 2 and valued * 10 <= empty


def explanations(sheet: Sheet, grids: Iterable[Grid]) -> dict[str, Explanation]:
    """Colours with a text in their cell, or else beside it, outside the tables; the ones that say most come first."""
    inside = [extent(sheet, grid) for grid in grids]
    found: dict[str, Explanation] = {}
    down, across = (1, 0) if sheet.is_flipped else (0, 1)
    for (row, column), colour in sorted(sheet.fills.items()):
        if any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in inside):
            continue
        if is_band(sheet, row, column, colour):
            continue
        own = sheet.text(row, column)
        beside = sheet.text(row + down, column + across) or sheet.text(row - down, column - across)
        said = Explanation(own or beside, (row, column))
        words = len(said.text.split())
        if not said.text or (own and words > MOST_WORDS and not said.is_goal):
            continue
        if colour not in found or rank(said) > rank(found[colour]):
            found[colour] = said
    return found


def rank(said: Explanation) -> int:
    return 2 * said.is_goal + (said.level is not None)


def extent(sheet: Sheet, grid: Grid) -> tuple[int, int, int, int]:
    """The table around a grid: from its header down, as wide as its headings go without a gap."""
    right = max((column.index for column in grid.columns), default=grid.name_column)
    while sheet.merged_text(grid.header_row, right + 1):
        right += 1
    return grid.header_row, 1, max((row for row, _ in grid.rows), default=grid.header_row), right


def is_band(sheet: Sheet, row: int, column: int, colour: str) -> bool:
    down, across = (1, 0) if sheet.is_flipped else (0, 1)
    run = 1
    for sign in (1, -1):
        step = sign
        while sheet.fills.get((row + step * down, column + step * across)) == colour and run < BAND:
            run, step = run + 1, step + sign
    return run >= BAND


def explained(
    sheet: Sheet, palette: Palette, by_colour: Mapping[str, Explanation], used: set[str]
) -> dict[str, Explanation]:
    """By the colours' names: what coloured cells say, then what words say of a colour the sheet has only once."""
    found: dict[str, Explanation] = {}
    for colour, said in by_colour.items():
        name = palette.name(colour)
        if name in used and (name not in found or rank(said) > rank(found[name])):
            found[name] = said
    for spoken, said in spoken_of(sheet):
        alike = [name for name in used if spoken in name.split()]
        if len(alike) == 1:
            found.setdefault(alike[0], said)
    return found


def spoken_of(sheet: Sheet) -> Iterator[tuple[str, Explanation]]:
    """ "Green = wants to learn; yellow: to be confirmed" in any cell near the top or under a short table."""
    for row, column, value in sheet.cells():
        if row > FARTHEST_ROW:
            return
        if isinstance(value, str) and 6 <= len(value) <= 500:
            for part in re.split(r"[,;|\n]", value):
                if said := SAID.match(part):
                    for colour, text in ((said[1], said[2]), (said[2], said[1])):
                        if (name := spoken_colour(colour)) is not None:
                            yield name, Explanation(text.strip(), (row, column))


def grades_of(view: View, told: Mapping[str, Explanation]) -> dict[str, Grade]:
    """The levels of colours whose explanations speak of levels, in words or as marks of the sheet's own legend."""
    said = {name: each for name, each in told.items() if not each.is_goal and each.level is not None}
    numbers = {name: key_of(each.text) for name, each in said.items() if number_of(key_of(each.text)) is not None}
    marks = view.legend.levels()
    if len(numbers) < len(said):
        found = Legend(tuple(LegendEntry(name, (each.text,)) for name, each in said.items())).levels()
    elif all(key in marks for key in numbers.values()):
        found = {name: marks[key] for name, key in numbers.items()}
    elif numbers and max(number_of(key) or 0.0 for key in numbers.values()) == TOP:
        found = {name: int(number_of(key) or 0) for name, key in numbers.items()}
    else:
        levels = Legend(tuple(LegendEntry(key, ()) for key in dict.fromkeys(numbers.values()))).levels()
        found = {name: levels[key] for name, key in numbers.items()}
    return {
        name: Grade(level=level, why=where(view.sheet, said[name]))
        for name, level in found.items()
        if isinstance(level, int)
    }


def decoration(
    view: View, grids: Iterable[Grid], names: Mapping[Position, str], palette: Palette, *, without_values: bool
) -> set[Position]:
    """Cells whose colour a reader takes in as looks: bands, stripes, one colour all over, a colour for each level."""
    plain: set[Position] = set()
    for grid in grids:
        rows, columns = [row for row, _ in grid.rows], [column.index for column in grid.columns]
        own = {place: names[place] for row in rows for column in columns if (place := (row, column)) in names}
        plain |= bands(view.sheet, grid, own, palette, without_values=without_values)
        commonest = Counter(own.values()).most_common(1)
        if commonest and commonest[0][1] >= MOST * len(rows) * len(columns):
            plain |= {place for place, name in own.items() if name == commonest[0][0]}
        if not without_values:
            plain |= repeated(view.sheet, grid, own, plain)
    return plain


def bands(
    sheet: Sheet, grid: Grid, own: Mapping[Position, str], palette: Palette, *, without_values: bool
) -> set[Position]:
    """Whole rows and columns of one colour; in a sheet of nothing but colours only where the heading has it too."""
    plain: set[Position] = set()
    for lines, other, heads in (
        ([row for row, _ in grid.rows], [column.index for column in grid.columns], grid.name_column),
        ([column.index for column in grid.columns], [row for row, _ in grid.rows], grid.header_row),
    ):
        down = heads == grid.name_column and lines == [row for row, _ in grid.rows]
        for line in lines:
            places = [(line, place) if down else (place, line) for place in other]
            colours = Counter(own[place] for place in places if place in own).most_common(1)
            if not colours or colours[0][1] < max(2, MOST * len(places)):
                continue
            head = sheet.fills.get((line, heads) if down else (heads, line))
            if not without_values or (head is not None and palette.name(head) == colours[0][0]):
                plain.update(place for place in places if own.get(place) == colours[0][0])
    return plain


def repeated(sheet: Sheet, grid: Grid, own: Mapping[Position, str], plain: set[Position]) -> set[Position]:
    """Every level has its one colour, or none: then colour and level say the same."""
    colours: dict[str, Counter[str]] = {}
    coloured: dict[str, list[Position]] = {}
    for row, _ in grid.rows:
        for column in grid.columns:
            place, value = (row, column.index), sheet.value(row, column.index)
            if place in plain:
                continue
            key = "" if value is None else key_of(mark_of(value))
            colours.setdefault(key, Counter())[own.get(place, "")] += 1
            if place in own:
                coloured.setdefault(key, []).append(place)
    same = {key for key, counts in colours.items() if counts.most_common(1)[0][1] >= MOST * counts.total()}
    if not all(key in same for key in colours if key):
        return set()
    return {place for key, places in coloured.items() if key in same for place in places}


def mark_of(value: object) -> Raw:
    return value if isinstance(value, (str, int, float)) else str(value)


def legend_of_colours(sheet: Sheet) -> dict[str, Explanation]:
    """The colours a sheet without people explains as levels or goals, for the workbook's other sheets."""
    return {
        colour: said
        for colour, said in explanations(sheet, ()).items()
        if said.is_goal or level_of_word(said.text) is not None or said.level is not None
    }
