"""Who is booked where, with weeks, months or projects across."""

from datetime import date

from importers import LayoutName
from tests.importers.workbooks import Rows, names, read_rows, reported

ANNA, BEN = "Anna Nowak", "Ben Okoro"


class TestMonthsAcross:
    def test_book_a_project_as_long_as_its_share_stays(self) -> None:
        rows: Rows = [
            ["Name", "Project", "Jan 2026", "Feb 2026", "Mar 2026"],
            [ANNA, "Apollo", 0.5, 0.5, 1],
            [ANNA, "Zeus", 0.5, None, None],
            [BEN, "Apollo", "50%", 0, "20%"],
        ]
        reading = read_rows(rows)
        assert reading.sheets[0].layout is LayoutName.ALLOCATIONS
        assert [(a.project, a.share, a.start, a.end) for a in reading.allocations] == [
            ("Apollo", 0.5, date(2026, 1, 1), date(2026, 2, 28)),
            ("Apollo", 1.0, date(2026, 3, 1), date(2026, 3, 31)),
            ("Zeus", 0.5, date(2026, 1, 1), date(2026, 1, 31)),
            ("Apollo", 0.5, date(2026, 1, 1), date(2026, 1, 31)),
            ("Apollo", 0.2, date(2026, 3, 1), date(2026, 3, 31)),
        ]
        assert not reading.ratings

    def test_may_name_the_project_in_the_cell(self) -> None:
        rows: Rows = [
            ["Resource", date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)],
            [ANNA, "Apollo", "Apollo", "Zeus (50%)"],
            [BEN, None, "Zeus", "Zeus"],
        ]
        reading = read_rows(rows)
        assert [(a.project, a.share, a.start, a.end) for a in reading.allocations] == [
            ("Apollo", None, date(2026, 1, 1), date(2026, 2, 28)),
            ("Zeus", 0.5, date(2026, 3, 1), date(2026, 3, 31)),
            ("Zeus", None, date(2026, 2, 1), date(2026, 3, 31)),
        ]

    def test_without_a_project_say_why_nothing_was_taken(self) -> None:
        rows: Rows = [["Utilisation"], ["Name", "Jan 2026", "Feb 2026"], [ANNA, 0.5, 0.5], [BEN, 1, 0.8]]
        reading = read_rows(rows)
        assert names(reading) == [ANNA, BEN]
        assert not reading.allocations
        assert not reading.ratings
        assert reported(reading).count("allocation_without_project") == 2


class TestWeeksAcross:
    def test_take_the_year_from_above(self) -> None:
        rows: Rows = [
            [None, None, "2026", None, None],
            ["Name", "Project", "CW 2", "CW 3", "CW 4"],
            [ANNA, "Apollo", "100%", "100%", None],
            [BEN, "Zeus", None, "40%", "40%"],
        ]
        reading = read_rows(rows, merges=["C1:E1"])
        assert [(a.project, a.share, a.start, a.end) for a in reading.allocations] == [
            ("Apollo", 1.0, date(2026, 1, 5), date(2026, 1, 18)),
            ("Zeus", 0.4, date(2026, 1, 12), date(2026, 1, 25)),
        ]


class TestProjectsAcross:
    def test_are_no_skills_on_a_sheet_about_allocations(self) -> None:
        rows: Rows = [
            ["Allocation of the team"],
            ["Employee", "Apollo", "Zeus", "Internal"],
            [ANNA, "50%", "50%", None],
            [BEN, None, "80%", "20%"],
        ]
        reading = read_rows(rows)
        assert not reading.ratings
        assert [(a.project, a.share) for a in reading.allocations] == [
            ("Apollo", 0.5),
            ("Zeus", 0.5),
            ("Zeus", 0.8),
            ("Internal", 0.2),
        ]
