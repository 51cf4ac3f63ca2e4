"""openpyxl and calamine read the same .xlsx files: every difference has one of the few reasons told here.

The shared files stand beside the repository, not in it.
"""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel

from importers import Refusal
from importers.files.archive import Archive, inflate
from importers.files.excel import NAMESPACE, UNREADABLE, read_through_calamine, read_through_openpyxl
from importers.files.inspection import (
    Entry,
    Findings,
    inspect_sheet,
    is_strict,
    shared_string_count,
    sheet_entries,
    without_unsound,
)
from importers.files.styles import read_styles
from importers.files.workbook import Sheet, Value

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
LARGEST = 40_000
"""Bytes of the torture files compared: nine in ten of them, and quick enough for every run."""
Sheets = list[tuple[Entry, Findings]]


def opened(content: bytes) -> tuple[Archive, Sheets]:
    archive = inflate(content)
    strings, styles = shared_string_count(archive), read_styles(archive)
    sheets = [
        (entry, inspect_sheet(archive.parts[entry.part], strings, styles))
        for entry in sheet_entries(archive)
        if entry.part in archive.parts
    ]
    cleaned = {e.part: without_unsound(archive.parts[e.part], found) for e, found in sheets if found.unsound_bytes}
    return (archive.with_parts(cleaned) if cleaned else archive), sheets


def both(content: bytes) -> Iterator[tuple[Sheet, Sheet]]:
    """Each sheet as openpyxl and as calamine read it."""
    archive, sheets = opened(content)
    slow = {sheet.name: sheet for sheet in read_through_openpyxl(archive, sheets).sheets}
    fast = {sheet.name: sheet for sheet in read_through_calamine(archive, sheets).sheets}
    assert slow.keys() == fast.keys()
    for name, sheet in slow.items():
        yield sheet, fast[name]


def differences(slow: Sheet, fast: Sheet) -> Iterator[tuple[str, Value, Value]]:
    for row in sorted(slow.rows.keys() | fast.rows.keys()):
        for column in range(1, max(len(slow.rows.get(row, ())), len(fast.rows.get(row, ()))) + 1):
            one, other = slow.value(row, column), fast.value(row, column)
            if (type(one), one) != (type(other), other):
                yield slow.cell_name(row, column), one, other


def spaces_at_the_ends(one: Value, other: Value) -> bool:
    """calamine drops them unless the file says that they count."""
    return isinstance(one, str) and isinstance(other, str) and one.strip() == other.strip()


def format_of_a_number(one: Value, other: Value) -> bool:
    """One reader takes the number's format for a date or a duration and the other does not; the number is the same."""
    return (found := serials(one)) is not None and bool(found & (serials(other) or set()))


def before_the_calendar(one: Value, other: Value) -> bool:
    """Excel's calendar begins in 1900; below, each reader shows what it can, with the same time of day."""
    clocks = [value.time() if isinstance(value, datetime) else value for value in (one, other)]
    days = [time() if type(clock) is date and clock.year < 1900 else clock for clock in clocks]
    below = [value for value in (one, other) if isinstance(value, date) and value.year < 1900]
    negative = any(
        (isinstance(value, (int, float)) and value < 0) or str(value).startswith("-") for value in (one, other)
    )
    return (bool(below) and days[0] == days[1]) or (negative and isinstance(other, time))


def serials(value: Value) -> set[float] | None:
    """Excel's number behind a value, in both of its calendars and to the second; of a duration or a number as well."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return {round(value * 86_400) // 10}
    if isinstance(value, str):
        sign, parts = (-1 if value.startswith("-") else 1), value.lstrip("-").split(":")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            return None
        hours, minutes, seconds = map(int, parts)
        whole = hours * 3600 + (minutes * 60 + seconds) * sign
        return {whole * sign // 10, (whole * sign + 1) // 10}
    days = [to_excel(value), to_excel(value, CALENDAR_MAC_1904)] if isinstance(value, date) else [to_excel(value)]
    return {near for day in days for near in (round(day * 86_400) // 10, round((day - 1) * 86_400) // 10)}


REASONS: tuple[Callable[[Value, Value], bool], ...] = (spaces_at_the_ends, format_of_a_number, before_the_calendar)


def unexplained(content: bytes) -> list[tuple[str, str, Value, Value]]:
    return [
        (slow.name, cell, one, other)
        for slow, fast in both(content)
        for cell, one, other in differences(slow, fast)
        if not any(reason(one, other) for reason in REASONS)
    ]


def shared_files() -> list[Path]:
    sheets = [*DATA.glob("skills_sheets/*.xlsx"), *DATA.glob("staffing/**/*.xlsx")]
    torture = [*DATA.glob("torture/**/*.xlsx"), *DATA.glob("torture/**/*.xlsm")]
    return sorted(sheets + [file for file in torture if file.stat().st_size <= LARGEST])


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared files are not beside this repository")
class TestTheTwoReaders:
    def test_differ_only_for_a_known_reason_on_every_shared_workbook(self) -> None:
        compared, found = 0, {}
        for file in shared_files():
            content = file.read_bytes()
            if not content.startswith(b"PK"):
                continue
            try:
                archive, sheets = opened(content)
                if is_strict(archive) or not all(NAMESPACE in archive.parts[e.part][:4_000] for e, _ in sheets):
                    continue
                if len({name.casefold() for name in archive.parts}) < len(archive.parts):
                    # Two parts of one name but for their case: each reader takes another one for the sheet.
                    continue
                left = unexplained(content)
            except (Refusal, *UNREADABLE):
                # One of the two gives up: then the other reads the file, or nobody does.
                continue
            compared += 1
            if left:
                found[file.name] = left[:3]
        assert compared > 250
        assert found == {}


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


ROWS: list[list[Any]] = [
    ["Name", "Level", "Since", "At", "Share", "Sure", "Id"],
    ["Anna Nowak", 3, date(2024, 3, 1), datetime.fromisoformat("2024-03-01T12:30"), 0.8, True, "007"],
    ["Ben Okoro", 2.5, date(2024, 2, 29), datetime.fromisoformat("1999-12-31T00:00"), 1.0, False, "1_0"],
    ["#N/A", "#N/A", None, time(8, 30), -2, None, " 7 "],
]


class TestBothReaders:
    def test_agree_on_every_kind_of_value_fill_and_error(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in ROWS:
            sheet.append(row)
        sheet["B4"].data_type = "e"
        sheet["A2"].fill = PatternFill("solid", fgColor="00B050")
        sheet["E2"].number_format = "0%"
        ((slow, fast),) = both(saved(book))
        assert slow.rows.keys() == fast.rows.keys()
        assert [cell for cell, _, _ in differences(slow, fast)] == []
        assert slow.value(4, 2) == "#N/A"
        assert (slow.fills, slow.percents) == (fast.fills, fast.percents) == ({(2, 1): "00B050"}, frozenset({(2, 5)}))

    @pytest.mark.parametrize("top", [1, 2, 5])
    @pytest.mark.parametrize("left", [1, 3])
    def test_name_the_same_cells_wherever_the_table_starts(self, top: int, left: int) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.cell(top, left).value, sheet.cell(top + 2, left + 1).value = "Name", "Python"
        ((slow, fast),) = both(saved(book))
        assert slow.rows == fast.rows
        assert (slow.text(top, left), slow.text(top + 2, left + 1)) == ("Name", "Python")

    def test_agree_on_the_calendar_that_begins_in_1904(self) -> None:
        book = Workbook()
        book.epoch = CALENDAR_MAC_1904
        book.worksheets[0]["A1"] = date(2024, 3, 1)
        ((slow, fast),) = both(saved(book))
        assert slow.value(1, 1) == fast.value(1, 1) == date(2024, 3, 1)

    def test_agree_on_formulas_whose_result_the_file_does_not_hold(self) -> None:
        book = Workbook()
        book.worksheets[0]["A1"], book.worksheets[0]["B1"] = "Name", "=1+1"
        ((slow, fast),) = both(saved(book))
        assert slow.value(1, 2) is fast.value(1, 2) is None
        assert slow.formulas == fast.formulas == {(1, 2)}

    def test_agree_on_characters_that_xml_cannot_hold(self) -> None:
        book = Workbook()
        book.worksheets[0]["A1"] = "one_x000D_two"
        ((slow, fast),) = both(saved(book))
        assert slow.value(1, 1) == fast.value(1, 1) == "one\rtwo"
