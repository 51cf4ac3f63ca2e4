"""What is shown of how a sheet was read: its columns, its first rows, and other ways to read it."""

from datetime import date
from typing import Any

from importers import HeadRow, LayoutName, SheetReading
from tests.importers.workbooks import read_rows


def sheet(rows: Any) -> SheetReading:
    return read_rows(rows).sheets[0]


MATRIX = [
    ["Skills of the team"],
    ["Name", "Team", "Phone", "Python", "SQL", "Total", "Shift"],
    ["Anna Nowak", "Core", "+44 20 7946 1", 5, 1, 6, "late"],
    ["Ben Okoro", "Web", "+44 20 7946 2", 2, 3, 5, "early"],
]


class TestColumns:
    def test_tell_what_each_was_taken_for_and_why_the_others_were_not(self) -> None:
        said = [(column.place, column.heading, column.role, column.skill) for column in sheet(MATRIX).columns]
        assert said == [
            ("A", "Name", "name", None),
            ("B", "Team", "unit", None),
            ("C", "Phone", "ignore", None),
            ("D", "Python", "skill", "Python"),
            ("E", "SQL", "skill", "SQL"),
            ("F", "Total", "ignore", None),
            ("G", "Shift", "ignore", None),
        ]
        why = {column.heading: column.why for column in sheet(MATRIX).columns}
        assert why["Total"] == "totals, not levels"
        assert why["Name"] == 'people are named in the column "Name"'

    def test_show_samples_but_no_personal_data(self) -> None:
        columns = {column.heading: column for column in sheet(MATRIX).columns}
        assert columns["Python"].samples == ("5", "2")
        assert columns["Phone"].samples == ()

    def test_are_rows_by_number_where_people_run_across(self) -> None:
        rows = [["Skill", "Anna Nowak", "Ben Okoro"], ["Python", 5, 1], ["SQL", 0, 2], ["Needed", 4, 4]]
        assert sheet(rows).layout is LayoutName.TRANSPOSED
        assert [(column.place, column.role, column.skill) for column in sheet(rows).columns] == [
            ("1", "skill", None),
            ("2", "skill", "Python"),
            ("3", "skill", "SQL"),
            ("4", "ignore", None),
        ]

    def test_of_a_long_list_have_the_roles_of_its_headings(self) -> None:
        rows = [["Person", "Skill", "Level", "Date"], ["Anna Nowak", "Python", 5, date(2026, 1, 1)]]
        assert [column.role for column in sheet(rows).columns] == ["name", "skill", "level", "date"]


class TestTheHead:
    def test_is_the_first_rows_with_values_without_personal_data(self) -> None:
        head = sheet(MATRIX).head
        assert head[0] == HeadRow(1, ("Skills of the team",))
        assert head[2].cells == ("Anna Nowak", "Core", "(not shown)", "5", "1", "6", "late")

    def test_hides_personal_data_of_a_sheet_that_was_not_recognised(self) -> None:
        reading = sheet([["Salary", "Remark"], [52000, "until May"], [51000, "fixed"]])
        assert reading.layout is LayoutName.NONE
        assert "52000" not in str(reading)

    def test_is_cut_to_what_a_page_can_show(self) -> None:
        rows = [[f"text {row} {column} {'x' * 60}" for column in range(20)] for row in range(30)]
        head = sheet(rows).head
        assert len(head) == 15
        assert {len(row.cells) for row in head} == {14}
        assert max(len(cell) for row in head for cell in row.cells) == 40


class TestOtherReadings:
    def test_are_other_layouts_with_less_evidence(self) -> None:
        people = ["Anna Nowak", "Ben Okoro", "Carla Díaz"]
        found = sheet([["Employee", "Python", "SQL", "Skills"], *([name, 5, 1, "Java, Git"] for name in people)])
        assert {found.layout, *(other.layout for other in found.others)} >= {LayoutName.LIST, LayoutName.MATRIX}
        assert all(other.score <= found.score for other in found.others)
        assert all(other.why.endswith(".") for other in found.others)
