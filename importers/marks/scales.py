"""From marks as written to levels 0..5, by the sheet's legend, by known words, or by a question.

How a legend becomes levels. Every entry gets a target on Muster's scale: the mean of what its texts say
(`level_words`), or, where the words say nothing, its place between the lowest and the highest entry (a lowest entry
written 0 stands for none, any other for aware). The levels are then the whole numbers that keep the legend's order,
never give two entries the same level while there are at most six, and lie closest to the targets; of two equally close
ones the lower. So 1..5 and 0..5 map to themselves, and a scale 0..4 is stretched where its words say so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations, combinations_with_replacement

from importers.cells.values import as_text
from importers.marks.level_words import level_of_meaning, level_of_word, means_a_goal
from importers.marks.standards import FRACTION, ROMAN, STARS, compound
from importers.records import Raw

TOP = 5
LONGEST_MARK = 200
CACHED = 50_000
"""Cells of a sheet repeat; looking each up once makes reading a large one several times faster."""
GOAL = "goal"
LEVEL_NUMBER = re.compile(
    r"(?:(?:skill )?level|lvl|niveau|n[ií]vel|stufe|livello|poziom|tingkat|rating|grade|score)\s*[:#-]?\s*(\d{1,2})\Z",
    re.IGNORECASE,
)
NUMBER_AND_WORD = re.compile(r"(\d{1,2})\s*(?:[-–—:=.)]|\s)\s*([^\d\s].{1,60})\Z")
WORD_AND_NUMBER = re.compile(r"([^\d].{0,60}?)\s*[(\[]\s*(\d{1,2})\s*[)\]]\Z")
CODE = re.compile(r"([A-Za-z])\s?(\d)\Z")
DIGITS = str.maketrans("０１２３４５６７８９①②③④⑤⑥⑦⑧⑨", "0123456789123456789", "\ufe0e\ufe0f")
"""Full-width and circled digits; without the invisible signs that make a symbol black or coloured."""
HALF = re.compile(r"(\d?)\s?½\Z")


@lru_cache(maxsize=CACHED, typed=True)
def key_of(raw: Raw) -> str:
    """One spelling per mark: 3, 3.0, "3" and "Level 3" are the same, as are "X" and "x "."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return f"{raw:g}"
    text = as_text(raw if not isinstance(raw, str) else raw[:LONGEST_MARK].translate(DIGITS)).casefold()
    text = HALF.sub(lambda found: f"{found[1] or 0}.5", text)
    if found := LEVEL_NUMBER.match(text):
        return str(int(found[1]))
    if re.fullmatch(r"\d{1,2}([.,]0+)?", text):
        return str(int(re.split("[.,]", text)[0]))
    return text.replace(",", ".") if re.fullmatch(r"\d+,\d+", text) else text


@lru_cache(maxsize=CACHED)
def number_of(key: str) -> float | None:
    return float(key) if re.fullmatch(r"-?\d+(\.\d+)?", key, re.ASCII) else None


def self_explained(key: str) -> tuple[str, str] | None:
    """The number and the word of a mark that carries its own legend: "3 - Proficient", "Expert (5)"."""
    if found := NUMBER_AND_WORD.match(key):
        number, word = found[1], found[2]
    elif found := WORD_AND_NUMBER.match(key):
        word, number = found[1], found[2]
    else:
        return None
    return (number, word) if level_of_meaning(word) is not None else None


@lru_cache(maxsize=CACHED, typed=True)
def is_mark(raw: Raw) -> bool:
    """Whether a cell could be a level at all, judged alone: small numbers, level words, short symbols, stars."""
    key = key_of(raw)
    number = number_of(key)
    if number is not None:
        return 0 <= number <= 10
    return (
        isinstance(raw, bool)
        or len(key) <= 2
        or key in ROMAN
        or level_of_word(key) is not None
        or self_explained(key) is not None
        or bool(
            CODE.match(key)
            or STARS.match(key)
            or FRACTION.match(key)
            or ((inside := compound(key)) is not None and 0 <= (number_of(inside.base) or -1.0) <= 10)
            or key in {"yes", "no", "ja", "nein", "oui", "non"}
        )
        or (len(key) <= 4 and key.endswith("%"))
    )


@dataclass(frozen=True)
class LegendEntry:
    """A mark and the texts that explain it, in the order of the legend; `where` names the legend's cells."""

    key: str
    texts: tuple[str, ...]
    where: str = ""


@dataclass(frozen=True)
class Legend:
    """`cells` are the positions it covers, `sheet` names its sheet; `remarks` are signs behind a level that a footnote
    explains as something else, such as "* not yet confirmed"."""

    entries: tuple[LegendEntry, ...] = ()
    cells: frozenset[tuple[int, int]] = frozenset()
    sheet: str = ""
    remarks: frozenset[str] = frozenset()

    def on_another_sheet(self, remarks: frozenset[str]) -> "Legend":
        """The same marks for a sheet that has none of its own, but its own `remarks`."""
        entries = tuple(replace(entry, where=f"{self.sheet}!{entry.where}") for entry in self.entries)
        return Legend(entries, frozenset(), self.sheet, self.remarks | remarks)

    @cached_property
    def goals(self) -> frozenset[str]:
        """Marks that say that somebody wants to learn."""
        return frozenset(entry.key for entry in self.entries if any(means_a_goal(text) for text in entry.texts))

    def levels(self) -> dict[str, int | str]:
        """Level, or `GOAL`, of each mark."""
        goals = self.goals
        found: dict[str, int | str] = dict.fromkeys(goals, GOAL)
        for numeric in (True, False):
            ordered = in_order(
                [e for e in self.entries if e.key not in goals and (number_of(e.key) is not None) is numeric]
            )
            ordered = list(without_gaps(ordered)) if numeric else ordered
            levels = fit(targets_of(ordered), [number_of(entry.key) for entry in ordered])
            found.update(zip((entry.key for entry in ordered), levels, strict=True))
        return found


def without_gaps(ordered: Sequence[LegendEntry]) -> Sequence[LegendEntry]:
    """With the whole numbers between those told: "1 = beginner ... 5 = expert" explains 2, 3 and 4 as well."""
    told = {number: entry for entry in ordered if (number := number_of(entry.key)) is not None}
    step = 1 if next(iter(told), 0.0) == min(told, default=0.0) else -1
    if len(told) < 2 or not all(number.is_integer() and 0 <= number <= 2 * TOP for number in told):
        return ordered
    between = range(int(min(told)), int(max(told)) + 1)
    return [told.get(float(n), LegendEntry(str(n), (), ordered[0].where)) for n in between[::step]]


def in_order(entries: Sequence[LegendEntry]) -> list[LegendEntry]:
    """Lowest first: by number, which may fall as the level rises (school grades), else by what the words say when all
    say something, else as listed."""
    numbers = [number_of(entry.key) for entry in entries]
    if all(number is not None for number in numbers):
        counted = sorted(entries, key=lambda entry: number_of(entry.key) or 0.0)
        words = [(place, level) for place, entry in enumerate(counted) if (level := meaning_of(entry)) is not None]
        return counted[::-1] if len(words) > 1 and falls(words, len(counted)) else counted
    said = {entry.key: meaning_of(entry) for entry in entries}
    if all(level is not None for level in said.values()):
        return sorted(entries, key=lambda entry: said[entry.key] or 0.0)
    known = [(place, level) for place, level in enumerate(said.values()) if level is not None]
    return list(reversed(entries)) if falls(known, len(said)) else list(entries)


def falls(known: Sequence[tuple[int, float]], count: int) -> bool:
    """Whether a list of marks begins with the highest: by the known levels, or by where the only known one stands."""
    if len(known) == 1:
        place, level = known[0]
        return (level >= TOP / 2) is (place * 2 < count - 1)
    return len(known) > 1 and known[0][1] > known[-1][1]


def meaning_of(entry: LegendEntry) -> float | None:
    own = level_of_word(entry.key) if number_of(entry.key) is None else None
    said = [level for text in entry.texts if (level := level_of_meaning(text)) is not None]
    if own is not None:
        return own
    return sum(said) / len(said) if said else None


def targets_of(ordered: Sequence[LegendEntry]) -> list[float]:
    if not ordered:
        return []
    numbers = [number_of(entry.key) for entry in ordered]
    first, last = numbers[0], numbers[-1]
    bottom = 0.0 if first == 0 else 1.0
    proportional = []
    for index, number in enumerate(numbers):
        if number is not None and first is not None and last is not None and last > first:
            part = (number - first) / (last - first)
        else:
            part = index / max(1, len(ordered) - 1)
        proportional.append(bottom + part * (TOP - bottom))
    return [
        said if (said := meaning_of(entry)) is not None else place
        for entry, place in zip(ordered, proportional, strict=True)
    ]


def fit(targets: Sequence[float], numbers: Sequence[float | None] = ()) -> list[int]:
    """The whole levels in rising order closest to the targets; strictly rising while six are enough.

    Of equally close ones those that deny nobody a level, leave most `numbers` as they are written, then the lower.
    """
    count = len(targets)
    if count > TOP + 1:
        return _fit_loosely(targets)

    def badness(levels: Iterable[int]) -> tuple[float, int, int, list[int]]:
        chosen = list(levels)
        moved = sum(level != number for level, number in zip(chosen, numbers, strict=False))
        denied = sum(level == 0 and target >= 0.5 for level, target in zip(chosen, targets, strict=True))
        return _distance(chosen, targets), denied, moved, chosen

    return list(min(combinations(range(TOP + 1), count), key=badness))


def _fit_loosely(targets: Sequence[float]) -> list[int]:
    if len(targets) <= TOP * 2 + 1:
        choices = combinations_with_replacement(range(TOP + 1), len(targets))
        return list(min(choices, key=lambda levels: (_distance(levels, targets), levels)))
    return [round(target) for target in targets]


def _distance(levels: Iterable[int], targets: Sequence[float]) -> float:
    return sum((level - target) ** 2 for level, target in zip(levels, targets, strict=True))


def proportional(key: str, low: float, high: float) -> int | None:
    """The level of a number on a scale low..high: low 0 is none, any other low is aware; halves round down."""
    number = number_of(key)
    if number is None or not low <= number <= high:
        return None
    bottom = 0 if low == 0 else 1
    exact = bottom + (number - low) / (high - low) * (TOP - bottom)
    return int(exact + 0.4999)
