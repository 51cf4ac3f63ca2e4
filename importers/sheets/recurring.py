"""Rows of data told from rows of headings: what stands in a column as a value more than once heads nothing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

from importers.cells.headings import role_of
from importers.cells.values import as_text
from importers.files.workbook import Sheet

NEAR_ROWS = 90
FEWEST = 2
SHARE = 0.3

Cells = dict[int, str]


def data_rows(sheet: Sheet, rows: Iterable[int]) -> frozenset[int]:
    """Those of the rows that share two or more texts, and a third of all, with other rows: "Driver", "N/A", "Expert".

    A row that repeats most of another's texts, or its first heading, is headings again and says nothing.
    """
    near = {row: cells_of(sheet, row) for row in islice(sheet.row_numbers, NEAR_ROWS)}
    counts = Counter(cell for cells in near.values() for cell in cells.items())
    return frozenset(row for row in rows if row in near and is_data(near[row], list(near.values()), counts))


def is_data(cells: Cells, others: Sequence[Cells], counts: Counter[tuple[int, str]]) -> bool:
    if sum(counts[cell] > 1 for cell in cells.items()) < FEWEST:
        return False
    shared = {cell for other in others if not are_alike(cells, other) for cell in cells.items() & other.items()}
    return len(shared) >= FEWEST and len(shared) >= SHARE * len(cells)


def are_alike(cells: Cells, other: Cells) -> bool:
    first = min(cells)
    is_headed_alike = other.get(first) == cells[first] and role_of(cells[first]) is not None
    return is_headed_alike or 2 * len(cells.items() & other.items()) >= len(cells)


def cells_of(sheet: Sheet, row: int) -> Cells:
    return {column: as_text(value) for column, value in enumerate(sheet.rows[row], 1) if isinstance(value, str)}
