"""One cell, one meaning."""

from datetime import UTC, date, datetime

import pytest

from importers.delimited import separator_of, typed
from importers.layouts.snapshots import date_of_sheet
from importers.values import as_date, as_email, as_number, as_share
from importers.workbook import Value


class TestADate:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-31",
            "2026-03-31T10:00:00Z",
            "2026/3/31",
            "31.03.2026",
            "31/03/2026",
            "03/31/2026",
            "31 Mar 2026",
            "March 31, 2026",
        ],
    )
    def test_is_read_in_any_order_that_leaves_no_doubt(self, text: str) -> None:
        assert as_date(text, day_first=None) == date(2026, 3, 31)

    def test_is_not_guessed_when_day_and_month_could_be_exchanged(self) -> None:
        assert as_date("03/04/2026", day_first=None) is None
        assert as_date("03/04/2026", day_first=True) == date(2026, 4, 3)
        assert as_date("03/04/2026", day_first=False) == date(2026, 3, 4)
        assert as_date("03.04.2026", day_first=False) == date(2026, 4, 3)

    @pytest.mark.parametrize("value", ["soon", "32/01/2026", "2026-13-01", 3, None])
    def test_is_none_for_anything_else(self, value: Value) -> None:
        assert as_date(value, day_first=True) is None

    def test_of_a_moment_is_its_day(self) -> None:
        moment = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
        assert as_date(moment, day_first=None) == date(2026, 3, 31)

    @pytest.mark.parametrize(
        ("name", "day"),
        [
            ("2025-07", date(2025, 7, 1)),
            ("Jul 2025", date(2025, 7, 1)),
            ("07.2025", date(2025, 7, 1)),
            ("Q3 2025", date(2025, 7, 1)),
            ("2025", date(2025, 1, 1)),
            ("2025_07_15", date(2025, 7, 15)),
            ("Sheet1", None),
        ],
    )
    def test_may_stand_in_the_name_of_a_sheet(self, name: str, day: date | None) -> None:
        assert date_of_sheet(name) == day


class TestAShare:
    @pytest.mark.parametrize("value", [0.8, 80, "80%", "80 %", "80.0", "0,8"])
    def test_is_a_part_of_full_time_however_written(self, value: Value) -> None:
        assert as_share(value) == 0.8

    @pytest.mark.parametrize("value", ["lots", -5, 900, True, None])
    def test_is_none_when_it_cannot_be_one(self, value: Value) -> None:
        assert as_share(value) is None


class TestANumber:
    def test_is_no_boolean_and_no_programmers_number(self) -> None:
        assert as_number(True) is None
        assert as_number("1_0") is None
        assert as_number("2,5") == 2.5


class TestAnEmail:
    def test_is_found_in_a_link_and_behind_a_name(self) -> None:
        assert as_email("mailto:Anna@Firm.Example") == "anna@firm.example"
        assert as_email("Anna Nowak <anna@firm.example>") == "anna@firm.example"
        assert as_email("anna at firm") is None


class TestATextFile:
    @pytest.mark.parametrize(("cell", "value"), [("3", 3), ("2.5", 2.5), ("007", "007"), ("3.50", "3.50"), (" ", None)])
    def test_takes_as_numbers_only_what_loses_nothing(self, cell: str, value: Value) -> None:
        assert typed(cell) == value

    def test_finds_its_separator_by_agreement_of_lines(self) -> None:
        assert separator_of("a;b;c\n1,5;2;3\n2,5;3;4") == ";"
        assert separator_of("sep=|\na,b|c") == "|"
        assert separator_of("only one column") == ","
