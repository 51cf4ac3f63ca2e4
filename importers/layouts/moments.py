"""Tables with several rows a person, one for each year, quarter or day."""

from importers.cells.dates import YEARS, as_date
from importers.cells.headings import Role
from importers.cells.values import as_text
from importers.files.workbook import Scalar
from importers.layouts.persons import PersonColumns
from importers.sheets.tables import Column, Table

NEARLY_ALL = 0.9
OFTEN = 1.5
"""Rows a name has on average from which a column of dates is what tells them apart."""


def moment_column(table: Table, people: PersonColumns) -> Column | None:
    """The column of dates by which the rows of one name differ, and never two of them agree."""
    if not people.names:
        return None
    for column in table.columns:
        if column.role in {None, Role.DATE, Role.OTHER} and column.share(is_moment) > NEARLY_ALL:
            seen = named_moments(table, people, column)
            names = {name for name, _ in seen}
            if names and len(seen) >= OFTEN * len(names) and len(set(seen)) == len(seen):
                return column
    return None


def named_moments(table: Table, people: PersonColumns, column: Column) -> list[tuple[str, str]]:
    """Name and date of each row; a blank name is that of the row above."""
    found: list[tuple[str, str]] = []
    name = ""
    for row in table.sample_rows():
        name = table.text_down(row, people.first) or name
        if name and table.value(row, column) is not None:
            found.append((name, table.text(row, column)))
    return found


def is_moment(value: Scalar) -> bool:
    text = as_text(value)
    return (text.isdecimal() and int(text) in YEARS) or (
        not isinstance(value, (int, float)) and as_date(value, day_first=True) is not None
    )
