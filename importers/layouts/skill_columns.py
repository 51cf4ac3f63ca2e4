"""Which columns of a matrix hold levels: those whose marks are of one scale with the marks of the others."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from importers.files.workbook import Scalar
from importers.layouts.persons import PersonColumns
from importers.layouts.snapshots import date_of_sheet, month_of
from importers.marks.level_words import NO, YES, level_of_word
from importers.marks.scales import key_of, number_of
from importers.marks.standards import CEFR
from importers.sheets.people import looks_like_full_name
from importers.sheets.tables import TEXT_ROLES, Column, Table
from importers.skills.catalogue import plausible_skill

FEWEST_ALIKE = 3
"""Columns that must agree before they say anything about another one."""
MOST_OWN_WORDS = 8
LONGEST_OWN_WORD = 24
LEVEL_WORDS = 5
PROSE_SHARE = 0.25
AT_HOME = 0.5
FEW_CELLS = 20
HIGHEST = 10.0


@dataclass(frozen=True)
class Skills:
    """The skill columns of a table, with the share of their cells that can be levels."""

    columns: tuple[Column, ...]
    marks: float
    sampled: int


def skill_columns(table: Table, people: PersonColumns) -> Skills:
    person = {column.index for column in (*people.names, *people.external_ids)} | (
        {people.email.index} if people.email else set()
    )
    candidates = [c for c in table.columns if c.index not in person and is_candidate(c)]
    asked = [column for column in candidates if column.is_asked]
    candidates = asked if len(asked) > 1 else candidates
    own = answers(asked) or own_words(candidates)

    def is_mark(value: Scalar) -> bool:
        return table.view.is_mark(value) or (isinstance(value, str) and key_of(value) in own)

    marked = [column for column in candidates if not column.sample or column.share(is_mark) >= 0.5]
    block = numeric_block(candidates)
    if len(block) > 2 * sum(column.numbers > 0.5 for column in marked if column not in block or is_levels(column)):
        marked = block
    marked += [column for column in table.columns if column.index not in person and is_named_alike(column, marked)]
    likely = {column.index for column in belonging(table, marked) if not is_stray(table, column, candidates, marked)}
    told = {column.index for column in table.columns if column.is_chosen and column.role is None} - person
    chosen = tuple(column for column in table.columns if column.index in told | likely)
    sample = [value for column in chosen for value in column.sample]
    return Skills(chosen, sum(map(is_mark, sample)) / len(sample) if sample else 0.0, len(sample))


def is_candidate(column: Column) -> bool:
    return (
        column.role is None
        and column.computed <= 0.5
        and plausible_skill(column.heading)
        and date_of_sheet(column.heading) is None
        and month_of(column.heading) is None
        and column.share(is_prose) < PROSE_SHARE
    )


def is_prose(value: Scalar) -> bool:
    """Several words that no level, and no level with a remark in brackets, would need."""
    return isinstance(value, str) and len(value.split()) > LEVEL_WORDS and value[:1].isalpha()


def is_named_alike(column: Column, marked: Sequence[Column]) -> bool:
    """A skill whose name is also a known heading, "Office": nothing but the marks of the other skills stand below."""
    if column.role not in TEXT_ROLES or not column.sample or len(marked) < FEWEST_ALIKE or column.computed > 0.5:
        return False
    marks = {key_of(value) for other in marked for value in other.sample if isinstance(value, (str, int, float))}
    return all(isinstance(value, (str, int, float)) and key_of(value) in marks for value in column.sample)


def numeric_block(columns: Sequence[Column]) -> list[Column]:
    """Columns of few distinct whole numbers beyond any level, such as days: the whole block is then in question."""
    numeric = [column for column in columns if column.sample and column.numbers == 1.0]
    distinct = {key_of(value) for column in numeric for value in column.sample if isinstance(value, (int, float, str))}
    return numeric if len(numeric) >= FEWEST_ALIKE and len(distinct) <= 12 else []


def is_levels(column: Column) -> bool:
    """Numbers up to 10 with one above 0: a column of zeros says nothing about the scale."""
    numbers = [number_of(key_of(value)) or 0.0 for value in column.sample if isinstance(value, (int, float, str))]
    return bool(numbers) and 0 < max(numbers) <= 10


def own_words(columns: Sequence[Column]) -> frozenset[str]:
    """A few short words that come back in three or more columns: they may be this firm's own levels."""
    seen: Counter[str] = Counter()
    for column in columns:
        seen.update({key_of(value) for value in column.sample if isinstance(value, str)})
    common = {key for key, count in seen.items() if count >= FEWEST_ALIKE and len(key) <= LONGEST_OWN_WORD}
    unknown = [key for key in common if level_of_word(key) is None and number_of(key) is None]
    people = sum(looks_like_full_name(key.title()) for key in unknown)
    return frozenset(common) if len(common) <= MOST_OWN_WORDS and people * 2 <= len(unknown) else frozenset()


def answers(asked: Sequence[Column]) -> frozenset[str]:
    """What people answer to one question about several skills, when they choose from a few texts."""
    cells = [key_of(value) for column in asked for value in column.sample if isinstance(value, str)]
    few = len(set(cells)) <= MOST_OWN_WORDS and 2 * len(set(cells)) <= len(cells)
    return frozenset(cells) if few and all(len(cell) <= LONGEST_OWN_WORD for cell in cells) else frozenset()


@dataclass(frozen=True)
class Scale:
    """What the columns of a table hold together: in how many of them each mark stands, and how their numbers run."""

    columns: Sequence[Column]

    @cached_property
    def keys(self) -> Counter[str]:
        return Counter(key for column in self.columns for key in keys_of(column))

    @cached_property
    def in_numbers(self) -> bool:
        """Whether more than one column holds numbers."""
        return sum(column.numbers > AT_HOME for column in self.columns) > 1

    @cached_property
    def highest(self) -> float:
        """The highest number of two columns; little is known of the scale while few cells are filled."""
        if sum(len(column.sample) for column in self.columns) < FEW_CELLS:
            return HIGHEST
        shared = (number_of(key) or 0.0 for key, count in self.keys.items() if count > 1)
        return max(shared, default=HIGHEST) or HIGHEST

    @cached_property
    def in_words(self) -> int:
        """Columns that hold words for levels."""
        return sum(any(map(is_level_word, keys_of(column))) for column in self.columns)

    def fits(self, column: Column) -> bool:
        """Whether most marks of a column could stand in another one as well."""
        if is_broken(column) and not any(self.keys[key] > 1 for key in fractions_of(column)):
            return False
        is_worded = self.in_words > any(map(is_level_word, keys_of(column)))

        def could_stand_elsewhere(value: Scalar) -> bool:
            key = key_of(value) if isinstance(value, (str, int, float)) else ""
            if self.keys[key] > 1:
                return True
            if (number := number_of(key)) is not None:
                return self.in_numbers and 0 <= number <= self.highest
            return is_worded and is_level_word(key)

        return column.share(could_stand_elsewhere) >= AT_HOME


def belonging(table: Table, columns: Sequence[Column]) -> list[Column]:
    """Those whose marks are of one scale: grades, shares of time and classes beside them are of another kind."""
    filled = [column for column in columns if column.sample]
    if len(filled) <= FEWEST_ALIKE:
        return list(columns)
    scale = Scale(filled)
    return [c for c in columns if not c.sample or table.view.knows_skill(c.heading) or scale.fits(c)]


def is_stray(table: Table, column: Column, candidates: Sequence[Column], marked: Sequence[Column]) -> bool:
    """Whether a column is the only one with marks among others without, and its marks are no levels by themselves:
    the initials of whoever signs, or a yes and no about something else."""
    if len(marked) > 1 or len(candidates) < 2 or not column.sample or table.view.knows_skill(column.heading):
        return False
    return not any(number_of(key) is not None or is_told(table, key) for key in keys_of(column))


def is_told(table: Table, key: str) -> bool:
    return key in table.view.legend_keys or (is_level_word(key) and key not in YES | NO)


def keys_of(column: Column) -> frozenset[str]:
    return frozenset(key_of(value) for value in column.sample if isinstance(value, (str, int, float)))


def is_level_word(key: str) -> bool:
    return level_of_word(key) is not None or key in CEFR


def is_broken(column: Column) -> bool:
    """Whether a column holds mostly fractions and whole numbers between them, as shares of time do."""
    return column.share(lambda value: isinstance(value, float) and not value.is_integer()) > 1 / 3


def fractions_of(column: Column) -> list[str]:
    return [key for key in keys_of(column) if not (number_of(key) or 0.0).is_integer()]
