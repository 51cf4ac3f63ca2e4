"""One cell, one meaning: numbers, dates, shares, e-mail addresses and marks as people type them."""

import re
import unicodedata
from datetime import date, datetime

from importers.workbook import Value

LONGEST_EMAIL = 320
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+\Z")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z")
PERCENT = re.compile(r"(\d+([.,]\d+)?)\s*%\Z")
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?\Z")
YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\Z")
YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})\Z")
NAMED_MONTH = re.compile(r"(?:(\d{1,2})[ .-]+)?([^\W\d]{3,})[ .,-]+(?:(\d{1,2}),? )?(\d{4})\Z")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def as_text(value: Value) -> str:
    """One line, single spaces, without the invisible characters that copying from web pages leaves."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return " ".join(unicodedata.normalize("NFC", str(value)).replace("\u200b", "").replace("\ufeff", "").split())


def as_number(value: Value) -> float | None:
    """A number or text that is one; never a boolean or a date."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str) and NUMBER.match(value.strip()):
        return float(value.strip().replace(",", "."))
    return None


def as_email(value: Value) -> str | None:
    """The address in lower case, also out of `mailto:` and `Name <address>`."""
    if not isinstance(value, str) or len(value) > LONGEST_EMAIL:
        return None
    text = value.strip().removeprefix("mailto:").strip("<>;, ")
    if "<" in text:
        text = text.rpartition("<")[2]
    return text.lower() if EMAIL.match(text) else None


def as_share(value: Value) -> float | None:
    """Part of full time as 0..1: 0.8, 80 %, 80 and "80 %" are the same. None when it cannot be a share."""
    if isinstance(value, str) and (percent := PERCENT.match(value.strip())):
        share: float | None = float(percent[1].replace(",", ".")) / 100
    else:
        share = as_number(value)
        if share is not None and share > 1.5:
            share /= 100
    return round(share, 6) if share is not None and 0 <= share <= 2 else None


def as_date(value: Value, *, day_first: bool | None) -> date | None:
    """A date; text such as 03/04/2024 only when `day_first` says which number is the day, or one of them must be."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if found := ISO_DATE.match(text) or YEAR_FIRST.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := YEAR_LAST.match(text):
            return _year_last(int(found[1]), int(found[3]), found[4], True if found[2] == "." else day_first)
        if (found := NAMED_MONTH.match(text)) and found[2][:3].lower() in MONTHS:
            return date(int(found[4]), MONTHS.index(found[2][:3].lower()) + 1, int(found[1] or found[3] or 1))
    except ValueError:
        return None
    return None


def _year_last(first: int, second: int, year_text: str, day_first: bool | None) -> date | None:
    year = int(year_text) + (2000 if len(year_text) == 2 else 0)
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
