"""One cell, one meaning: numbers, shares, e-mail addresses and marks as people type them."""

import re
import unicodedata
from datetime import datetime

from importers.files.workbook import Value

LONGEST_EMAIL = 320
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+\Z")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?\Z", re.ASCII)
THOUSANDS = (
    (re.compile(r"[+-]?\d{1,3}(?:[. ’']\d{3})+,\d+\Z", re.ASCII), r"[. ’']", ","),
    (re.compile(r"[+-]?\d{1,3}(?:[, ’']\d{3})+\.\d+\Z", re.ASCII), r"[, ’']", "."),
    (re.compile(r"[+-]?\d{1,3}(?:[ ’']\d{3})+\Z", re.ASCII), r"[ ’']", "."),
    (re.compile(r"[+-]?\d{1,3}(?:[.,]\d{3}){2,}\Z", re.ASCII), r"[.,]", "."),
)
"""Groups of three digits with the signs that may stand between them, and the decimal sign; "1,234" stays undecided."""
PERCENT = re.compile(r"(\d+([.,]\d+)?)\s*%\Z")


def as_text(value: Value) -> str:
    """One line, single spaces, without the invisible characters that copying from web pages leaves."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return " ".join(unicodedata.normalize("NFC", str(value)).replace("\u200b", "").replace("\ufeff", "").split())


def as_number(value: Value) -> float | None:
    """A number or text that is one, with a decimal comma, thousands or full-width digits; never a boolean or a date."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    if not isinstance(value, str):
        return None
    text = unicodedata.normalize("NFKC", value).strip()
    if NUMBER.match(text):
        return float(text.replace(",", "."))
    for form, separators, point in THOUSANDS:
        if form.match(text):
            return float(re.sub(separators, "", text).replace(point, "."))
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
