"""The levels of one sheet's marks: legend first, then words everybody knows, then a question."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from importers.choices import Choices
from importers.colours import traffic_light
from importers.level_words import NO, NOT_AN_ANSWER, YES, level_of_word, means_a_goal
from importers.records import MarkReading, Question, Raw
from importers.refusals import WrongChoices
from importers.scales import (
    CODE,
    FRACTION,
    GOAL,
    STARS,
    TOP,
    Legend,
    LegendEntry,
    key_of,
    number_of,
    proportional,
    self_explained,
)

COMMON = 3
"""A mark written this often is part of the scale; a rarer unknown one is a slip to report by its cell."""


@dataclass(frozen=True)
class Grade:
    """`level` None with `open_question` while the scale is asked for; `ignored` for blanks such as "n/a"; neither a
    level nor ignored nor open: not a level at all. `why` is a phrase for the preview."""

    level: int | None = None
    is_goal: bool = False
    ignored: bool = False
    open_question: bool = False
    why: str = "not one of the sheet's levels"

    @property
    def refused(self) -> bool:
        return self.level is None and not (self.is_goal or self.ignored or self.open_question)


NO_COLOURS: Mapping[str, Grade | None] = MappingProxyType({})


@dataclass
class Grader:
    """Grades marks by key. Build it with `grader`."""

    grades: dict[str, Grade]
    goal_keys: frozenset[str]
    colours: frozenset[str] = frozenset()
    questions: list[Question] = field(default_factory=list)

    def grade(self, raw: Raw) -> Grade:
        key = key_of(raw)
        return self.grades.get(key) or self.grades.get(self.without_goal(key)) or Grade()

    def wants_more(self, raw: Raw) -> bool:
        """A level with a goal mark behind it, such as "2*" where the legend says "* = wants to learn"."""
        key = key_of(raw)
        return self.without_goal(key) != key

    def readings(self, written: Mapping[str, str], counts: Mapping[str, int]) -> tuple[MarkReading, ...]:
        """What each mark was taken for; `written` is its first spelling by key."""
        found = [
            MarkReading(
                text, key in self.colours, counts[key], grade.level, grade.is_goal or self.wants_more(key), grade.why
            )
            for key, text in written.items()
            for grade in (self.grade(key),)
        ]
        return tuple(sorted(found, key=lambda mark: (mark.level is None, mark.level or 0, mark.mark)))

    def without_goal(self, key: str) -> str:
        for goal in self.goal_keys:
            stripped = key.removesuffix(goal).rstrip(" ,;+/")
            if stripped and stripped != key:
                return stripped
        return key


@dataclass
class _Draft:
    """Grades found so far and the keys that still need one, by the question that would settle them."""

    grades: dict[str, Grade] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, code: str, key: str) -> None:
        self.asked.setdefault(code, []).append(key)


def grader(
    sheet: str,
    keys: Mapping[str, int],
    listed: int,
    legend: Legend,
    choices: Choices,
    colours: Mapping[str, Grade | None] = NO_COLOURS,
) -> Grader:
    """Grades for every mark of a sheet. `keys` counts marks by `key_of`, `listed` the skills named without a mark;
    `colours` are the fills among the marks with what the sheet says of them."""
    told = legend.levels()
    where = {entry.key: entry.where for entry in legend.entries}
    decided = answered("marks", choices.mapping(sheet).marks, why="your mapping")
    goals = {key for key, level in told.items() if level == GOAL and key not in decided}
    goal_keys = frozenset(goals | {key for key, grade in decided.items() if grade.is_goal})
    bare = Grader({}, goal_keys)
    counts: dict[str, int] = {}
    for key, count in keys.items():
        counts[bare.without_goal(key)] = counts.get(bare.without_goal(key), 0) + count
    draft = _Draft(decided)
    for key, level in told.items():
        why = f"legend in {where[key]}" if where[key] else "the sheet's legend"
        explained = Grade(is_goal=True, why=why) if level == GOAL else Grade(level=int(level), why=why)
        draft.grades.setdefault(key, explained)
    for name, grade in colours.items():
        if grade is not None:
            draft.grades.setdefault(name, grade)
        elif name in keys and name not in draft.grades:
            draft.ask("colours_without_legend", name)
    unknown = [key for key in counts if key not in draft.grades and key not in colours]
    settled = _told(choices, sheet, alone=True).keys()
    _grade_known(unknown, draft)
    _grade_numbers(
        [key for key in unknown if number_of(key) is not None],
        has_legend=any(number_of(k) is not None for k in told),
        settled=settled,
        draft=draft,
    )
    words = [key for key in unknown if key not in draft.grades and number_of(key) is None]
    _sort_unknown(words, counts, settled, draft)
    if listed and "listed" not in draft.grades:
        draft.ask("listed_without_level", "listed")
    questions = [
        _settle(code, sheet, sorted(keys, key=lambda key: (number_of(key) or 0.0, key)), choices, draft)
        for code, keys in draft.asked.items()
    ]
    return Grader(draft.grades, goal_keys, frozenset(colours), questions)


def _grade_known(keys: Iterable[str], draft: _Draft) -> None:
    """Blanks in words, marks that explain themselves, and level words in their own order."""
    words: dict[str, float] = {}
    for key in keys:
        if key in NOT_AN_ANSWER:
            draft.grades[key] = Grade(ignored=True, why="says nothing")
        elif means_a_goal(key):
            draft.grades[key] = Grade(is_goal=True, why="its words say so")
        elif key not in YES | NO and (level := level_of_word(key)) is not None:
            words[key] = level
    numbered = {
        key: pair for key in keys if key not in draft.grades and key not in words and (pair := self_explained(key))
    }
    legend = Legend(tuple(LegendEntry(number, (word,)) for number, word in dict(numbered.values()).items()))
    levels = legend.levels()
    for key, (number, _) in numbered.items():
        draft.grades[key] = Grade(level=int(levels[number]), why="its words say so")
    draft.grades.update(
        {key: Grade(level=level, why="a word with a usual meaning") for key, level in word_levels(words).items()}
    )


def word_levels(words: Mapping[str, float]) -> dict[str, int]:
    """Words of equal meaning share a level; different meanings keep their order, half ones rounded down."""
    return {word: int(level) if level % 1 == 0.5 else round(level) for word, level in words.items()}


def _grade_numbers(keys: list[str], *, has_legend: bool, settled: Collection[str], draft: _Draft) -> None:
    """Whole numbers 0..5 that reach 5 are Muster's own scale, unless somebody said otherwise of some; any other numbers
    need an answer."""
    if not keys or has_legend:
        return
    numbers = {key: number_of(key) or 0.0 for key in keys}
    highest, lowest = max(numbers.values()), min(numbers.values())
    fractions = [key for key, number in numbers.items() if not number.is_integer()]
    if highest == TOP and lowest >= 0 and not any(key in settled for key in keys if key not in fractions):
        draft.grades.update(
            {key: Grade(level=int(n), why="Muster's own scale") for key, n in numbers.items() if n.is_integer()}
        )
        for key in fractions:
            draft.ask("half_levels", key)
        return
    code = "numbers_not_levels" if highest > 10 or lowest < 0 else "scale_unknown"
    for key in sorted(keys, key=lambda key: numbers[key]):
        draft.ask(code, key)


def _sort_unknown(keys: list[str], counts: Mapping[str, int], settled: Collection[str], draft: _Draft) -> None:
    """Signs, codes and a firm's own words are asked about; a rare unknown word is a slip in its cell, unless somebody
    said what it means."""
    total = sum(counts.values())
    for key in keys:
        if CODE.match(key) or FRACTION.match(key) or key.endswith("%"):
            draft.ask("scale_unknown", key)
        elif len(key) <= 2 or STARS.match(key) or key in YES | NO:
            draft.ask("symbols_without_legend", key)
        elif key in settled or (counts[key] >= COMMON and counts[key] * 20 >= total):
            draft.ask("words_unknown", key)


TEXTS = {
    "scale_unknown": "Which levels do {shown} stand for? The sheet does not say how high its scale goes.",
    "numbers_not_levels": "Are {shown} levels at all? Numbers like these are often days or percent.",
    "half_levels": "Which levels do {shown} stand for? Levels are whole numbers from 0 to 5.",
    "symbols_without_legend": "What do {shown} mean? The sheet has no legend.",
    "colours_without_legend": "What do {shown} stand for? The cells are empty and the sheet has no legend of colours.",
    "words_unknown": "Which levels do {shown} stand for?",
    "listed_without_level": "Skills are listed without a level: which level should they get?",
}


def _told(choices: Choices, sheet: str, *, alone: bool = False) -> dict[str, int | str | None]:
    """What answers say of single marks, whatever question they were given to: with a new mark in the file, the same
    scale may be asked about in other words. `alone`: only what was said of this very sheet."""
    return {
        key_of(mark): level
        for given in choices.answers
        if isinstance(given.answer, dict) and given.sheet in ({sheet} if alone else {None, sheet})
        for mark, level in given.answer.items()
    }


def _settle(code: str, sheet: str, keys: list[str], choices: Choices, draft: _Draft) -> Question:
    """The question about some keys, and their grades: those that are answered hold while it is open for the rest."""
    proposed = propose(code, keys)
    given = choices.answer(code, sheet, None)
    if given is not None and given is not True and not isinstance(given, dict):
        raise WrongChoices(f'The answer to {code} must map each value to a level 0..5, null or "goal".')
    told = _told(choices, sheet)
    known: dict[str, int | str | None] = {key: told[key] for key in keys if key in told}
    if given is True:
        known = proposed
    draft.grades.update(answered(code, known, why="your answer"))
    asked = [key for key in keys if key not in known]
    for key in asked:
        draft.grades[key] = Grade(open_question=True, why="open question")
    shown = ", ".join(f"'{key}'" for key in (asked or keys)[:8]) + (" and others" if len(asked or keys) > 8 else "")
    text = TEXTS[code].format(shown=shown)
    return Question(code, sheet, None, text, tuple(keys), {**proposed, **known}, None if asked else known)


def propose(code: str, keys: list[str]) -> dict[str, int | str | None]:
    """The likeliest reading, for a person to confirm."""
    if code == "numbers_not_levels":
        return dict.fromkeys(keys)
    if code == "listed_without_level":
        return {"listed": 2}
    if code == "colours_without_legend":
        return {key: traffic_light(key) for key in keys}
    if code == "symbols_without_legend":
        return {key: proposed_symbol(key) for key in keys}
    levels: dict[str, int | str | None] = {}
    numbers = {
        key: n
        for key in keys
        if (n := number_of(key.lstrip("abcdefghijklmnopqrstuvwxyz ").rstrip("% ").partition("/")[0])) is not None
    }
    top = next((top for top in (3, 4, 5, 10, 100) if numbers and max(numbers.values()) <= top), 100)
    low = 0 if any(number == 0 for number in numbers.values()) or top > 5 else 1
    for key in keys:
        number = numbers.get(key)
        whole = code == "half_levels"
        levels[key] = None if number is None else int(number) if whole else proportional(f"{number:g}", low, top)
    return levels


def proposed_symbol(key: str) -> int | None:
    if key in NO | {"o", "○", "0", "☆"}:
        return 0
    if key in YES | {"x", "●", "•", "+", "*", "■"}:
        return 3
    if stars := STARS.match(key):
        filled, empty = len(stars[1]), len(stars[2])
        return min(TOP, filled if empty + filled == TOP or not empty else round(filled / (filled + empty) * TOP))
    return {"◔": 1, "◐": 2, "◑": 2, "◕": 4}.get(key)


def answered(code: str, told: Mapping[str, int | str | None], *, why: str) -> dict[str, Grade]:
    """Grades by key out of what a person said. Raises `WrongChoices` when a level is none of 0..5."""
    grades: dict[str, Grade] = {}
    for written, level in told.items():
        key = key_of(written)
        if level is None:
            grades[key] = Grade(ignored=True, why=why)
        elif level == GOAL:
            grades[key] = Grade(is_goal=True, why=why)
        elif isinstance(level, int) and 0 <= level <= TOP:
            grades[key] = Grade(level=level, why=why)
        else:
            raise WrongChoices(
                f'The answer to {code} gives "{written}" the level {level!r}; levels are 0..5, null or "goal".'
            )
    return grades
