"""What stands among or below the people of a table, such as targets and signatures, and names nobody."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from importers.cells.values import as_text
from importers.files.workbook import Scalar, Sheet
from importers.layouts.layout import Extract
from importers.layouts.persons import PersonColumns, sighting, why_nobody
from importers.records import Severity
from importers.sheets.people import Sighting, apart, looks_like_full_name
from importers.sheets.tables import Column, Table

BELOW = "stands below the table"
FEWEST = 3
NEARLY_ALL = 0.8
"""So many people, and this part of them, must share something before a row without it is unlike them."""

Rows = Sequence[tuple[int, Sighting]]


def people_of_rows(
    table: Table, people: PersonColumns, columns: Sequence[Column], found: Extract
) -> list[tuple[int, Sighting]]:
    """Who each row of a table with levels in these columns is about; the other rows are left with the reason."""
    rows: list[tuple[int, Sighting]] = []
    beneath = rows_beneath(table, people, columns)
    for row in table.body():
        person = sighting(table, people, row) if row not in beneath else None
        if person is not None:
            rows.append((row, person))
        else:
            found.leave(row, BELOW if row in beneath else why_nobody(table, people, row))
    return alike(table, columns, rows, people.first, found)


def rows_beneath(table: Table, people: PersonColumns, columns: Sequence[Column]) -> frozenset[int]:
    """What follows the last level after a blank row, such as a key and signatures; not who has an address or number."""
    common = Counter(as_text(value) for column in columns for value in column.sample)

    def is_level(value: Scalar | None) -> bool:
        return value is not None and (table.view.is_mark(value) or common[as_text(value)] > 1)

    rows = list(table.body())
    rated = [row for row in rows if any(is_level(table.value(row, column)) for column in columns)]
    after = [row for row in rows if rated and row > rated[-1]]
    start = next((row for before, row in pairwise([*rated[-1:], *after]) if row > before + 1), None)
    ids = [column for column in (people.email, *people.external_ids) if column is not None]
    return frozenset(
        row for row in after if start and row >= start and not any(is_key(table.text(row, c)) for c in ids)
    )


def is_key(text: str) -> bool:
    return "@" in text or any(map(str.isdecimal, text))


def alike(
    table: Table, columns: Sequence[Column], rows: Rows, place: Column, found: Extract
) -> list[tuple[int, Sighting]]:
    """The rows that are like each other; one that lacks what nearly all have is reported at the column of the names."""
    set_apart = rows_after_gaps(table.sheet, rows)
    first = [person for row, person in rows if row not in set_apart]
    usual = first if len(first) >= FEWEST else [person for _, person in rows]
    numbered = is_usual([is_numbered(person) for person in usual])
    in_full = is_usual([is_in_full(person) for person in usual])
    kept: list[tuple[int, Sighting]] = []
    for row, person in rows:
        lacks_number = numbered and not is_numbered(person)
        lacks_name = in_full and not is_in_full(person)
        if not (lacks_number and lacks_name) and not (row in set_apart and (lacks_number or lacks_name)):
            kept.append((row, person))
            continue
        is_levelled = any(table.value(row, column) is not None for column in columns)
        text = f'"{person.name}" is unlike the people of this table and was not taken as a person.'
        remedy = "If it is one, write a full name, or what the other rows have: a number or an e-mail address."
        severity = Severity.WARNING if is_levelled else Severity.NOTE
        found.report(table.view, severity, "row_left_out", (row, place.index), text, remedy)
    return kept


def is_usual(told: Sequence[bool]) -> bool:
    return sum(told) >= max(FEWEST, NEARLY_ALL * len(told))


def is_numbered(person: Sighting) -> bool:
    return bool(person.email or person.external_ids)


def is_in_full(person: Sighting) -> bool:
    return person.name is not None and looks_like_full_name(apart(person.name)[0])


def rows_after_gaps(sheet: Sheet, rows: Rows) -> frozenset[int]:
    """Rows of people below the first blank line among them."""
    for (above, _), (row, _) in pairwise(rows):
        if any(number not in sheet.rows for number in range(above + 1, row)):
            return frozenset(number for number, _ in rows if number >= row)
    return frozenset()
