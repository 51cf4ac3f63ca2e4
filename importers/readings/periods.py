"""Dates of one sheet: which of day and month comes first is proven by the sheet, answered, or asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from importers.cells.dates import as_date, as_day_number, date_orders
from importers.cells.values import as_text
from importers.choices import Choices
from importers.marks.level_words import NOT_AN_ANSWER
from importers.records import Problem, Question, Severity
from importers.sheets.tables import View
from importers.words import load

OPEN_END = frozenset(load("months")["open_end"])
Written = str | int | float | date | None


@dataclass
class Dates:
    """Reads the written dates of one sheet; build it with `dates_of`."""

    view: View
    day_first: bool | None
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, written: object, place: tuple[int, int]) -> date | None:
        """None for a blank, for "today" and the like, for a date whose order is an open question, and for anything that
        is no date (reported)."""
        if not isinstance(written, (str, int, float, date)) or isinstance(written, bool):
            return None
        if isinstance(written, str) and as_text(written).casefold() in OPEN_END | NOT_AN_ANSWER:
            return None
        found = as_date(written, day_first=self.day_first) or as_day_number(written)
        if found is None and as_date(written, day_first=True) is None:
            self.problems.append(
                Problem(
                    Severity.ERROR,
                    "not_a_date",
                    self.view.sheet.name,
                    self.view.sheet.cell_name(*place),
                    f'"{written}" is not a date.',
                    "Write the date as 2026-03-31.",
                )
            )
        return found


def dates_of(view: View, written: Iterable[object], choices: Choices) -> Dates:
    proven, undecided = date_orders([text for text in written if isinstance(text, str)])
    if len(proven) == 1:
        return Dates(view, proven == {"day_first"})
    if not undecided:
        return Dates(view, None)
    given = choices.answer("date_order", view.sheet.name, None)
    answer = "day_first" if given is True else given
    question = Question(
        "date_order",
        view.sheet.name,
        None,
        f"Is {undecided[0]} written day first or month first?",
        tuple(dict.fromkeys(undecided))[:10],
        "day_first",
        answer,
    )
    return Dates(view, None if answer is None else answer == "day_first", [question])
