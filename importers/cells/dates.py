"""Dates as people type them: any order, month names in nine languages, months, quarters and years by their first day.

Nothing ambiguous is decided here: 03/04/2024 needs `day_first`.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import cache

from importers.cells.values import NUMBER
from importers.files.workbook import Value
from importers.words import load

TIME = r"(?:[ T,]+\d{1,2}[:.h]\d{2}.*)?\Z"
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})" + TIME)
YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})" + TIME)
YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})" + TIME)
DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[ .-]*(?:de |of )?([^\W\d_]{3,})\.?[ ,.-]*(?:de |del )?(\d{4}|\d{2})" + TIME
)
MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})" + TIME)
YEAR_MONTH = re.compile(r"((?:19|20)\d\d)[-_. /]?(0[1-9]|1[0-2])\Z")
MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[-_. /]((?:19|20)\d\d)\Z")
NAMED_MONTH = re.compile(r"([^\W\d_]{3,})\.?(?:[-_ /.,]*(?:de |del )?((?:19|20)\d\d)|[-_/ ]*['’](\d\d)|-(\d\d))\Z")
YEAR_NAMED = re.compile(r"((?:19|20)\d\d)[-_. /]*([^\W\d_]{3,})\Z")
PART = re.compile(
    r"(?:[qtk]\s?([1-4])|([1-4])\s?(?:[qtk]|\.?\s?(?:quartal|trimestre|trim\.?|kwartaal|kwartał)))"
    r"[-_. /]*((?:19|20)\d\d)\Z",
    re.IGNORECASE,
)
PART_LAST = re.compile(r"((?:19|20)\d\d)[-_. /]*(?:q|t|k)([1-4])\Z", re.IGNORECASE)
HALF = re.compile(r"[hs]([12])[-_. /]*((?:19|20)\d\d)\Z|((?:19|20)\d\d)[-_. /]*[hs]([12])\Z", re.IGNORECASE)
YEAR = re.compile(r"((?:19|20)\d\d)\Z")
SERIALS = range(20_000, 80_000)
"""Excel's day numbers from 1954 to 2119; smaller numbers are hardly dates of a team's skills."""
YEARS = range(1950, 2101)
PIVOT = 69
"""Two-digit years from here on belong to the last century, as POSIX has it."""
MONTHS: dict[str, int] = {name: number for number, names in enumerate(load("months")["names"], 1) for name in names}


@cache
def month_of(word: str) -> int | None:
    """The month a name or the beginning of one, three letters or more, stands for in any known language."""
    folded = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l"))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    if plain in MONTHS:
        return MONTHS[plain]
    found = {number for name, number in MONTHS.items() if name.startswith(plain)} if len(plain) >= 3 else set()
    return found.pop() if len(found) == 1 else None


def as_date(value: Value, *, day_first: bool | None) -> date | None:
    """A date; text such as 03/04/2024 only when `day_first` says which number is the day, or one of them must be.
    A month, quarter, half-year or year is its first day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = " ".join(value.split())
    try:
        day = _day(text, day_first)
        period = _period(text) if day is None else None
    except ValueError:
        return None
    return period[0] if period else day


def as_day_number(value: Value) -> date | None:
    """A number that a column of dates holds: Excel's count of days, or a year for its first day."""
    if isinstance(value, str) and NUMBER.match(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if value in YEARS:
        return date(int(value), 1, 1)
    return date(1899, 12, 30) + timedelta(days=int(value)) if int(value) in SERIALS else None


def _day(text: str, day_first: bool | None) -> date | None:
    if found := ISO_DATE.match(text) or YEAR_FIRST.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_LAST.match(text):
        return _year_last(int(found[1]), int(found[3]), found[4], True if found[2] == "." else day_first)
    if (found := DAY_MONTH.match(text)) and (month := month_of(found[2])):
        return date(full_year(found[3]), month, int(found[1]))
    if (found := MONTH_DAY.match(text)) and (month := month_of(found[1])):
        return date(int(found[3]), month, int(found[2]))
    return None


def span_of(text: str) -> tuple[date, date] | None:
    """The first and last day of the month, quarter, half-year or year a text names; None for a day and other texts."""
    try:
        found = _period(" ".join(text.split()))
    except ValueError:
        return None
    if found is None:
        return None
    first, months = found
    year, month = divmod(first.month - 1 + months, 12)
    return first, date(first.year + year, month + 1, 1) - timedelta(days=1)


def _period(text: str) -> tuple[date, int] | None:
    """The first day and the number of months."""
    if found := YEAR_MONTH.match(text):
        return date(int(found[1]), int(found[2]), 1), 1
    if found := MONTH_YEAR.match(text):
        return date(int(found[2]), int(found[1]), 1), 1
    if found := PART.match(text):
        return date(int(found[3]), 3 * int(found[1] or found[2]) - 2, 1), 3
    if found := PART_LAST.match(text):
        return date(int(found[1]), 3 * int(found[2]) - 2, 1), 3
    if found := HALF.match(text):
        return date(int(found[2] or found[3]), 6 * int(found[1] or found[4]) - 5, 1), 6
    if (found := NAMED_MONTH.match(text)) and (month := month_of(found[1])):
        return date(full_year(found[2] or found[3] or found[4]), month, 1), 1
    if (found := YEAR_NAMED.match(text)) and (month := month_of(found[2])):
        return date(int(found[1]), month, 1), 1
    return (date(int(text), 1, 1), 12) if YEAR.match(text) else None


def full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (1900 if year >= PIVOT else 2000)


def _year_last(first: int, second: int, year_text: str, day_first: bool | None) -> date | None:
    year = full_year(year_text)
    if first > 12:
        day_first = True
    elif second > 12 or first == second:
        day_first = False
    if day_first is None:
        return None
    return date(year, second, first) if day_first else date(year, first, second)


def date_orders(texts: list[str]) -> tuple[set[str], list[str]]:
    """Which orders the texts prove ("day_first", "month_first") and which texts either order could read."""
    proven: set[str] = set()
    undecided: list[str] = []
    for text in texts:
        if found := YEAR_LAST.match(text.strip()):
            first, second = int(found[1]), int(found[3])
            if found[2] == "." or first > 12:
                proven.add("day_first")
            elif second > 12:
                proven.add("month_first")
            elif first != second:
                undecided.append(text.strip())
    return proven, undecided
