"""Snapshots: one sheet per date, each a table of its own; the sheets' names date the ratings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from importers.layouts.layout import Extract, Hypothesis
from importers.records import LayoutName
from importers.values import MONTHS, as_date

DATED = frozenset({LayoutName.MATRIX, LayoutName.TRANSPOSED, LayoutName.PAIRS, LayoutName.LONG})
YEAR_MONTH = re.compile(r"(20\d\d)[-_. /]?(0[1-9]|1[0-2])\Z")
MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-_. /](20\d\d)\Z")
NAMED_MONTH = re.compile(r"([^\W\d_]{3,})[-_. ]*(20\d\d)\Z|(20\d\d)[-_. ]*([^\W\d_]{3,})\Z")
BARE_MONTHS = frozenset(
    {
        "jan",
        "january",
        "januar",
        "janvier",
        "jänner",
        "feb",
        "february",
        "februar",
        "fév",
        "mar",
        "march",
        "märz",
        "mrz",
        "apr",
        "april",
        "avril",
        "may",
        "mai",
        "jun",
        "june",
        "juni",
        "jul",
        "july",
        "juli",
        "aug",
        "august",
        "août",
        "sep",
        "sept",
        "september",
        "oct",
        "october",
        "nov",
        "november",
        "dec",
        "december",
    }
)
QUARTER = re.compile(r"q([1-4])[-_. ]*(20\d\d)\Z|(20\d\d)[-_. ]*q([1-4])\Z", re.IGNORECASE)
YEAR = re.compile(r"(20\d\d)\Z")


def date_of_sheet(name: str) -> date | None:
    """The first day of the month, quarter or year a sheet is named after, or the day."""
    text = name.strip()
    if (day := as_date(text.replace("_", "-"), day_first=True)) is not None:
        return day
    if found := YEAR_MONTH.match(text):
        return date(int(found[1]), int(found[2]), 1)
    if found := MONTH_YEAR.match(text):
        return date(int(found[2]), int(found[1]), 1)
    if found := QUARTER.match(text):
        return date(int(found[2] or found[3]), 3 * int(found[1] or found[4]) - 2, 1)
    if found := NAMED_MONTH.match(text):
        month = (found[1] or found[4])[:3].lower()
        return date(int(found[2] or found[3]), MONTHS.index(month) + 1, 1) if month in MONTHS else None
    return date(int(text), 1, 1) if YEAR.match(text) else None


def month_of(name: str) -> int | None:
    """The number of a month written without its year."""
    text = name.strip().rstrip(".").casefold()
    months = [number for number, known in enumerate(MONTHS, 1) if text.startswith(known)]
    return months[0] if months and text in BARE_MONTHS else None


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
