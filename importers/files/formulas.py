"""Text that a spreadsheet program would take for a formula, and the apostrophe that keeps it text in a text file."""

import re
import unicodedata

STARTS = frozenset("=+-@|%")
UNSEEN = re.compile(r"[\s\ufeff\u200b\u2060\xad]*")
"""What a spreadsheet program may drop in front of a formula: blanks and characters that show nothing."""
GUARD = "'"


def acts_as_formula(text: str) -> bool:
    """Whether the first character that shows, full-width ones included, could begin a formula."""
    shown = unicodedata.normalize("NFKC", UNSEEN.sub("", text, count=1)[:1])
    return text[:1] in {"\t", "\r", "\n"} or shown[:1] in STARTS


def guarded(text: str) -> str:
    """The text, behind an apostrophe where a program would take it for a formula. `unguarded` takes that one away, so
    a text that has apostrophes of its own before such a start gets one more."""
    return f"{GUARD}{text}" if acts_as_formula(text.lstrip(GUARD)) else text


def unguarded(cell: str) -> str:
    """The text behind the apostrophe that keeps it from being a formula; any other text as it is."""
    return cell[1:] if cell.startswith(GUARD) and acts_as_formula(cell.lstrip(GUARD)) else cell
