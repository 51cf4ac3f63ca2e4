"""Columns of a table of people that look like levels and are none: initials of assessors, a lone yes or no."""

import re
from collections.abc import Callable, Sequence

from importers.cells.values import as_text
from importers.files.workbook import Scalar
from importers.layouts.skill_columns import Skills
from importers.marks.level_words import NO, YES, level_of_word
from importers.marks.standards import ROMAN
from importers.sheets.tables import Column, Table

MOST_ATTRIBUTES = 2
INITIALS = re.compile(r"[A-ZÀ-ÞΑ-ΩА-Я]{2,3}")


def without_attributes(table: Table, skills: Skills, lists: Sequence[Column]) -> Skills:
    """No columns where the few found hold only initials of whoever signed, or yes and no beside a list of skills."""
    filled = [column for column in skills.columns if column.sample]
    if not 0 < len(filled) <= MOST_ATTRIBUTES or any(column.is_chosen for column in skills.columns):
        return skills
    answered = bool(lists) and all(c.share(is_answer) == 1.0 for c in filled)
    signed = all(c.share(is_initials) == 1.0 and not c.share(is_explained(table)) for c in filled)
    return Skills((), 0.0, 0) if answered or signed else skills


def is_answer(value: Scalar) -> bool:
    return as_text(value).casefold() in YES | NO


def is_initials(value: Scalar) -> bool:
    text = as_text(value)
    return bool(INITIALS.fullmatch(text)) and text.casefold() not in ROMAN and level_of_word(text) is None


def is_explained(table: Table) -> Callable[[Scalar], bool]:
    return lambda value: as_text(value).casefold() in table.view.legend_keys
