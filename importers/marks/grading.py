"""The levels of one sheet's marks: legend first, then words and standards everybody knows, then a question."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from importers.choices import Choices
from importers.marks.level_words import NO, NOT_AN_ANSWER, YES, level_of_word, means_a_goal, tells_a_certificate
from importers.marks.proposals import propose
from importers.marks.scales import CODE, GOAL, TOP, Legend, LegendEntry, key_of, number_of, self_explained
from importers.marks.standards import FRACTION, STARS, Compound, compound, romans, stated_levels
from importers.records import Answer, MarkReading, Question, Raw
from importers.refusals import WrongChoices

COMMON = 3
"""A mark written this often is part of the scale; a rarer unknown one is a slip to report by its cell."""
ERROR = re.compile(r"#(n/a|nv|ref!|bezug!|div/0!|value!|wert!|name\?|null!|num!|zahl!|spill!|calc!|getting_data|n/d)\Z")


def is_error(raw: Raw) -> bool:
    """Whether a cell shows a formula's error, in English or German, instead of a value."""
    return isinstance(raw, str) and bool(ERROR.match(raw.strip().casefold()))


@dataclass(frozen=True)
class Grade:
    """`level` None with `open_question` while the scale is asked for; `ignored` for blanks such as "n/a"; neither a
    level nor ignored nor open: not a level at all. `wants` is a goal beside the level, `target` the level wished for.
    `why` is a phrase for the preview."""

    level: int | None = None
    is_goal: bool = False
    ignored: bool = False
    open_question: bool = False
    wants: bool = False
    target: int | None = None
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
    _verdicts: dict[tuple[type, Raw], tuple[Grade, bool]] = field(default_factory=dict)

    def verdict(self, raw: Raw) -> tuple[Grade, bool]:
        """The grade, and whether the mark `wants_more`; worked out once for all cells that say the same."""
        written = type(raw), raw
        if written not in self._verdicts:
            self._verdicts[written] = self.grade(raw), self.wants_more(raw)
        return self._verdicts[written]

    def grade(self, raw: Raw) -> Grade:
        key = key_of(raw)
        return self.grades.get(key) or self.grades.get(self.without_goal(key)) or Grade()

    def wants_more(self, raw: Raw) -> bool:
        """A level with a goal mark behind it, such as "2*" where the legend says "* = wants to learn", or "2 -> 3"."""
        key = key_of(raw)
        return self.grade(raw).wants or self.without_goal(key) != key

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
    """Grades found so far, the keys that still need one by the question that would settle them, and what was
    proposed for those."""

    grades: dict[str, Grade] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    proposed: dict[str, int | str | None] = field(default_factory=dict)

    def ask(self, code: str, key: str) -> None:
        self.asked.setdefault(code, []).append(key)

    def without_grade(self, keys: Iterable[str]) -> list[str]:
        return [key for key in keys if key not in self.grades]


def grader(
    sheet: str,
    keys: Mapping[str, int],
    listed: int,
    legend: Legend,
    choices: Choices,
    colours: Mapping[str, Grade | None] = NO_COLOURS,
    lists: Sequence[Sequence[str]] = (),
) -> Grader:
    """Grades for every mark of a sheet. `keys` counts marks by `key_of`, `listed` the skills named without a mark;
    `colours` are the fills among the marks with what the sheet says of them, `lists` the words its cells allow."""
    draft = _Draft(answered("marks", choices.mapping(sheet).marks, why="your mapping"))
    goal_keys = frozenset(goal_marks(legend, draft.grades))
    bare = Grader({}, goal_keys)
    counts: dict[str, int] = {}
    for key, count in keys.items():
        counts[bare.without_goal(key)] = counts.get(bare.without_goal(key), 0) + count
    _grade_explained(legend, colours, keys, draft)
    unknown = [key for key in draft.without_grade(counts) if key not in colours]
    _grade_known(unknown, draft)
    inside = compounds(draft.without_grade(unknown), {*counts, *draft.grades})
    _grade_known(
        [part for part in draft.without_grade(parts_of(inside.values())) if level_of_word(part) is not None], draft
    )
    numbers = [key for key in draft.without_grade([*unknown, *parts_of(inside.values())]) if number_of(key) is not None]
    has_legend = any(number_of(entry.key) is not None for entry in legend.entries)
    settled = _told(choices, sheet, alone=True).keys()
    _grade_numbers(list(dict.fromkeys(numbers)), has_legend=has_legend, settled=settled, draft=draft)
    _ask_beyond_legend([key for key in draft.without_grade(numbers) if key in counts], counts, draft)
    left = [key for key in draft.without_grade(unknown) if number_of(key) is None and key not in inside]
    order = word_order(left, lists)
    _sort_unknown(left, counts, {*order, *settled}, draft)
    if listed and "listed" not in draft.grades:
        draft.ask("listed_without_level", "listed")
    questions = [_settle(code, sheet, each, choices, draft, order) for code, each in draft.asked.items()]
    draft.asked.clear()
    _grade_compounds(inside, legend, draft)
    questions += [_settle(code, sheet, each, choices, draft, order) for code, each in draft.asked.items()]
    return Grader(draft.grades, goal_keys, frozenset(colours), merged(questions))


def merged(questions: Iterable[Question]) -> list[Question]:
    """One question a code: marks between two levels may come from numbers and from compounds."""
    found: dict[str, Question] = {}
    for question in questions:
        if (other := found.get(question.code)) is None:
            found[question.code] = question
            continue
        proposed = {**as_levels(other.proposed), **as_levels(question.proposed)}
        values = (*other.values, *question.values)
        both = {**as_levels(other.answer), **as_levels(question.answer)}
        answer = both if other.answer is not None and question.answer is not None else None
        text = TEXTS[question.code].format(shown=shown(values))
        found[question.code] = replace(other, text=text, values=values, proposed=proposed, answer=answer)
    return list(found.values())


def as_levels(answer: Answer | None) -> dict[str, int | str | None]:
    return answer if isinstance(answer, dict) else {}


def goal_marks(legend: Legend, decided: Mapping[str, Grade]) -> set[str]:
    told = {key for key, level in legend.levels().items() if level == GOAL and key not in decided}
    return told | {key for key, grade in decided.items() if grade.is_goal}


def _grade_explained(
    legend: Legend, colours: Mapping[str, Grade | None], keys: Mapping[str, int], draft: _Draft
) -> None:
    """What the sheet itself says of its marks and colours."""
    where = {entry.key: entry.where for entry in legend.entries}
    for key, level in legend.levels().items():
        why = f"legend in {where[key]}" if where.get(key) else "the sheet's legend"
        explained = Grade(is_goal=True, why=why) if level == GOAL else Grade(level=int(level), why=why)
        draft.grades.setdefault(key, explained)
    for name, grade in colours.items():
        if grade is not None:
            draft.grades.setdefault(name, grade)
        elif name in keys and name not in draft.grades:
            draft.ask("colours_without_legend", name)


def _grade_known(keys: Sequence[str], draft: _Draft) -> None:
    """Blanks in words, errors, marks that explain themselves or follow a standard, and level words."""
    words: dict[str, float] = {}
    for key in keys:
        if key in NOT_AN_ANSWER:
            draft.grades[key] = Grade(ignored=True, why="says nothing")
        elif ERROR.match(key):
            draft.grades[key] = Grade(why="an error of the spreadsheet")
        elif means_a_goal(key) and compound(key) is None:
            draft.grades[key] = Grade(is_goal=True, why="its words say so")
        elif key not in YES | NO and (level := level_of_word(key)) is not None:
            words[key] = level
    draft.grades.update(
        {key: Grade(level=level, why="a word with a usual meaning") for key, level in word_levels(words).items()}
    )
    draft.grades.update(
        {key: Grade(level=level, why="its words say so") for key, level in _numbered(draft.without_grade(keys)).items()}
    )
    stated = stated_levels(draft.without_grade(keys))
    draft.grades.update(
        {key: Grade(level=level, why="a scale known without a legend") for key, level in stated.items()}
    )


def _numbered(keys: Iterable[str]) -> dict[str, int]:
    """Marks that carry their own legend: a number with always the same word, and words that rise with the numbers."""
    pairs = {key: pair for key in keys if (pair := self_explained(key))}
    words: dict[str, set[str]] = {}
    for number, word in pairs.values():
        words.setdefault(number, set()).add(word)
    remarks = {key for key in pairs if (found := compound(key)) is not None and found.settled}
    if remarks and (len(words) < 2 or any(len(said) > 1 for said in words.values()) or len(remarks) < len(pairs)):
        pairs = {key: pair for key, pair in pairs.items() if key not in remarks}
    levels = Legend(tuple(LegendEntry(number, (word,)) for number, word in dict(pairs.values()).items())).levels()
    return {key: int(levels[number]) for key, (number, _) in pairs.items()}


def word_levels(words: Mapping[str, float]) -> dict[str, int]:
    """Words of equal meaning share a level; different meanings keep their order, half ones rounded down."""
    return {word: int(level) if level % 1 == 0.5 else round(level) for word, level in words.items()}


def compounds(keys: Iterable[str], known: set[str]) -> dict[str, Compound]:
    """Marks with a level inside that is a number, a level's word or another mark of the sheet; a word beside it that is
    a mark of the sheet itself leaves open which holds."""
    found = {key: inside for key in keys if (inside := compound(key)) is not None}
    return {
        key: replace(each, settled=False) if each.addition in known and not tells_a_certificate(each.addition) else each
        for key, each in found.items()
        if number_of(each.base) is not None or each.base in known or level_of_word(each.base) is not None
    }


def parts_of(found: Iterable[Compound]) -> list[str]:
    return [part for each in found for part in (each.base, each.target) if part is not None]


def _grade_compounds(inside: Mapping[str, Compound], legend: Legend, draft: _Draft) -> None:
    """The level inside, where the addition is a remark, an arrow or a footnote; else it is asked what it adds."""
    for key, found in inside.items():
        base = draft.grades.get(found.base, Grade())
        if found.settled or found.addition in legend.remarks:
            aim = draft.grades.get(found.target or "", Grade()).level
            draft.grades[key] = replace(base, wants=found.wants, target=aim, why=f"the {found.base} in it: {base.why}")
        else:
            draft.ask("half_levels", key)
            draft.proposed[key] = draft.proposed.get(found.base) if base.level is None else base.level


def _grade_numbers(keys: list[str], *, has_legend: bool, settled: Collection[str], draft: _Draft) -> None:
    """Whole numbers 0..5 that reach 5 are Muster's own scale, unless somebody said otherwise of some; any other numbers
    need an answer."""
    numbers = {key: number_of(key) or 0.0 for key in keys}
    if has_legend:
        known = [number for key in draft.grades if (number := number_of(key)) is not None]
        for key, number in numbers.items():
            if not number.is_integer() and min(known) < number < max(known):
                draft.ask("half_levels", key)
                draft.proposed[key] = draft.grades.get(f"{int(number)}", Grade()).level
        return
    if not numbers:
        return
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


def _ask_beyond_legend(keys: Iterable[str], counts: Mapping[str, int], draft: _Draft) -> None:
    """A number outside the legend that is no slip, such as a 0 in many cells of a sheet that explains 1 to 4."""
    asked = {key for each in draft.asked.values() for key in each}
    for key in dict.fromkeys(keys):
        if key not in asked and counts[key] >= COMMON and counts[key] * 20 >= sum(counts.values()):
            draft.ask("words_unknown", key)
            draft.proposed[key] = 0 if number_of(key) == 0 else None


def word_order(keys: Iterable[str], lists: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The list of allowed words that most of the keys are in, without its blanks."""
    best: tuple[str, ...] = ()
    for words in lists:
        allowed = tuple(key for word in words if (key := key_of(word)) and key not in NOT_AN_ANSWER)
        if len(set(allowed).intersection(keys)) > len(set(best).intersection(keys)):
            best = allowed
    return best


def _sort_unknown(keys: list[str], counts: Mapping[str, int], certain: Collection[str], draft: _Draft) -> None:
    """Signs, codes and a firm's own words are asked about; a rare unknown word is a slip in its cell, unless it is
    `certain`: somebody said what it means, or the sheet offers it."""
    total = sum(counts.values())
    numerals = romans(keys)
    for key in keys:
        if CODE.match(key) or FRACTION.match(key) or key.endswith("%") or key in numerals:
            draft.ask("scale_unknown", key)
        elif len(key) <= 2 or STARS.match(key) or key in YES | NO:
            draft.ask("symbols_without_legend", key)
        elif key in certain or (counts[key] >= COMMON and counts[key] * 20 >= total):
            draft.ask("words_unknown", key)


TEXTS = {
    "scale_unknown": "Which levels do {shown} stand for? The sheet does not say how high its scale goes.",
    "numbers_not_levels": "Are {shown} levels at all? Numbers like these are often days or percent.",
    "half_levels": "Which levels do {shown} stand for? They lie between two levels, or something is added to one.",
    "symbols_without_legend": "What do {shown} mean? The sheet has no legend.",
    "colours_without_legend": "What do {shown} stand for? The cells are empty and the sheet has no legend of colours.",
    "words_unknown": "Which levels do {shown} stand for?",
    "listed_without_level": "Skills are listed without a level: which level should they get?",
}


def shown(keys: Sequence[str]) -> str:
    return ", ".join(f"'{key}'" for key in keys[:8]) + (" and others" if len(keys) > 8 else "")


def _told(choices: Choices, sheet: str, *, alone: bool = False) -> dict[str, int | str | None]:
    """What answers say of single marks, whatever question they were given to: with a new mark in the file, the same
    scale may be asked about in other words. `alone`: only what was said of this very sheet."""
    return {
        key_of(mark): level
        for given in choices.answers
        if isinstance(given.answer, dict) and given.sheet in ({sheet} if alone else {None, sheet})
        for mark, level in given.answer.items()
    }


def _settle(
    code: str, sheet: str, marks: Sequence[str], choices: Choices, draft: _Draft, order: Sequence[str]
) -> Question:
    """The question about some keys, and their grades: those that are answered hold while it is open for the rest."""
    keys = sorted(marks, key=lambda key: (number_of(key) or 0.0, key))
    proposed = {key: draft.proposed.get(key, level) for key, level in propose(code, keys, order).items()}
    draft.proposed.update(proposed)
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
    text = TEXTS[code].format(shown=shown(asked or keys))
    return Question(code, sheet, None, text, tuple(keys), {**proposed, **known}, None if asked else known)


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
