"""Proposed teams as a table for the terminal: roles down, teams across."""

import unicodedata
from collections.abc import Sequence

from app.rendering import plural

NARROWEST = 6


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in aligned columns, the first row underlined as the heading."""
    widths = [max(NARROWEST, *(width(row[column]) for row in rows)) for column in range(len(rows[0]))]
    lines = ["  ".join(padded(cell, size) for cell, size in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * size for size in widths))
    return "\n".join(lines)


def width(text: str) -> int:
    """Columns that the text takes in a terminal: combining marks none, wide letters two."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def padded(text: str, size: int) -> str:
    return text + " " * (size - width(text))


def proof(people: int, status: str) -> str:
    looked = f"Looked at {plural(people, 'person', 'people')}."
    proof = {
        "optimal": "No better team exists under these rules.",
        "partial": "Not every seat can be filled; these teams fill as many as possible.",
        "limit": "The work limit ended the search; a better team may exist.",
        "infeasible": "No team covers every role under these rules.",
    }
    return f"{looked} {proof[status]}"
