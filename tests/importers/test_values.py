"""One cell, one meaning."""

from datetime import UTC, date, datetime

import pytest

from importers.cells.dates import as_date, as_day_number
from importers.cells.values import as_email, as_number, as_share
from importers.files.delimited import decoded, read_delimited, separator_of, typed
from importers.files.workbook import Value
from importers.layouts.snapshots import date_of_sheet


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
            "March 31st, 2026",
            "31. März 2026",
            "31 mars 2026",
            "31 de marzo de 2026",
            "31-mrt-2026",
            "31 marca 2026",
            "31 Maret 2026",
            "31-Mar-26",
            "31/03/26",
            "31.3.2026 14:05",
            "3/31/2026 2:05:00 PM",
        ],
    )
    def test_is_read_in_any_order_that_leaves_no_doubt(self, text: str) -> None:
        assert as_date(text, day_first=None) == date(2026, 3, 31)

    def test_is_not_guessed_when_day_and_month_could_be_exchanged(self) -> None:
        assert as_date("03/04/2026", day_first=None) is None
        assert as_date("03/04/2026", day_first=True) == date(2026, 4, 3)
        assert as_date("03/04/2026", day_first=False) == date(2026, 3, 4)
        assert as_date("03.04.2026", day_first=False) == date(2026, 4, 3)

    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("Q1 2024", date(2024, 1, 1)),
            ("2024-Q3", date(2024, 7, 1)),
            ("T2 2024", date(2024, 4, 1)),
            ("3. Quartal 2024", date(2024, 7, 1)),
            ("H2 2024", date(2024, 7, 1)),
            ("03/2024", date(2024, 3, 1)),
            ("2024-03", date(2024, 3, 1)),
            ("März 2024", date(2024, 3, 1)),
            ("mars 2024", date(2024, 3, 1)),
            ("Mar-24", date(2024, 3, 1)),
            ("2024", date(2024, 1, 1)),
            ("1/1/98", date(1998, 1, 1)),
        ],
    )
    def test_of_a_month_quarter_or_year_is_its_first_day(self, text: str, day: date) -> None:
        assert as_date(text, day_first=None) == day

    @pytest.mark.parametrize(("value", "day"), [(45321, date(2024, 1, 30)), ("45321", date(2024, 1, 30)), (3, None)])
    def test_may_be_the_day_number_of_a_spreadsheet(self, value: Value, day: date | None) -> None:
        assert as_day_number(value) == day

    @pytest.mark.parametrize("value", ["soon", "32/01/2026", "2026-13-01", "31 Foo 2026", "jui 2024", 3, None])
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

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1\u00a0234,5", 1234.5),
            ("1'234", 1234.0),
            ("1,234,567", 1234567.0),
            ("３", 3.0),
            ("12.34.5", None),
        ],
    )
    def test_may_have_thousands_and_other_digits(self, text: str, number: float | None) -> None:
        assert as_number(text) == number


class TestAnEmail:
    def test_is_found_in_a_link_and_behind_a_name(self) -> None:
        assert as_email("mailto:Anna@Firm.Example") == "anna@firm.example"
        assert as_email("Anna Nowak <anna@firm.example>") == "anna@firm.example"
        assert as_email("anna at firm") is None


class TestATextFile:
    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("3", 3),
            ("2.5", 2.5),
            ("007", "007"),
            ("'007", "007"),
            ('="007"', "007"),
            ("3.50", "3.50"),
            ("1_0", "1_0"),
            (" ", None),
        ],
    )
    def test_takes_as_numbers_only_what_loses_nothing(self, cell: str, value: Value) -> None:
        assert typed(cell) == value

    def test_finds_its_separator_by_agreement_of_lines(self) -> None:
        assert separator_of("a;b;c\n1,5;2;3\n2,5;3;4") == ";"
        assert separator_of("sep=|\na,b|c") == "|"
        assert separator_of("only one column") == ","

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("Name;Łódź\nMichał Żak;dobrze zna\n", "cp1250"),
            ("Name;Stadt\nJürgen Weiß;Köln € 5 m³\n", "cp1252"),
            ("Nom;œuvre\nZoé;cœur à l'été\n", "cp1252"),
            ("名前;スキル\n田中さん;プログラム\n", "cp932"),
            ("Name;Python\nŁukasz;3\n", "utf-16"),
            ("Name;Python\nŁukasz;3\n", "utf-16-le"),
            ("Name;Python\nŁukasz;3\n", "utf-8-sig"),
        ],
    )
    def test_is_read_in_the_encoding_its_words_tell(self, text: str, encoding: str) -> None:
        assert decoded(text.encode(encoding)) == text

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_may_end_its_lines_and_part_its_cells_in_any_usual_way(self, separator: str, end: str) -> None:
        lines = (separator.join(cells) for cells in (("Name", "Level"), ("Anna Nowak", "3"), ('"Ben, Jr."', "4")))
        rows = read_delimited(end.join(lines).encode(), "a").sheets[0].rows
        assert list(rows.values()) == [("Name", "Level"), ("Anna Nowak", 3), ("Ben, Jr.", 4)]
