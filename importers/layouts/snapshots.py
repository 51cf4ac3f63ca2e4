"""Snapshots: one sheet per date, each a table of its own; the sheets' names date the ratings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from importers.cells import dates
from importers.cells.dates import as_date
from importers.layouts.layout import Extract, Hypothesis
from importers.records import LayoutName
from importers.words import load

DATED = frozenset({LayoutName.MATRIX, LayoutName.TRANSPOSED, LayoutName.PAIRS, LayoutName.LONG})
BARE_MONTHS = frozenset(load("months")["months"])


def date_of_sheet(name: str) -> date | None:
    """The first day of the month, quarter or year a sheet is named after, or the day."""
    return as_date(name.replace("_", "-"), day_first=True)


def month_of(name: str) -> int | None:
    """The number of a month written without its year."""
    text = name.strip().rstrip(".").casefold()
    return dates.month_of(text) if text in BARE_MONTHS else None


def snapshot_dates(sheets: Sequence[tuple[str, Hypothesis | None]]) -> dict[str, date]:
    """The dates of the sheets when two or more of one layout are named after dates, else none."""
    dated = {
        name: day
        for name, hypothesis in sheets
        if hypothesis and hypothesis.layout in DATED and (day := date_of_sheet(name))
    }
    return dated if len(dated) >= 2 else {}


def dated(extract: Extract, day: date) -> Extract:
    """The same rows, with the sheet's date on every mark that has none of its own."""
    return replace(extract, marks=[mark if mark.on else replace(mark, on=day) for mark in extract.marks])
