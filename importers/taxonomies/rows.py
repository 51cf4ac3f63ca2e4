"""A sheet's rows by the headings above them."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from importers.files.workbook import Sheet, Value
from importers.names import normal_form


class Rows:
    """The rows below row `header`; a heading stands for its normal form, the first of two alike for both."""

    def __init__(self, sheet: Sheet, header: int) -> None:
        self._sheet = sheet
        self._header = header
        self._places: dict[str, int] = {}
        for place, value in enumerate(sheet.rows[header]):
            if isinstance(value, str) and (form := normal_form(value)):
                self._places.setdefault(form, place)

    @cached_property
    def headings(self) -> frozenset[str]:
        return frozenset(self._places)

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        for number in self._sheet.row_numbers:
            if number > self._header:
                cells = self._sheet.rows[number]
                yield {form: cells[place] for form, place in self._places.items() if place < len(cells)}
