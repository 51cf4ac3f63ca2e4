"""Every export, in both formats, read into an empty directory and into the same one: nothing lost, nothing asked."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from importers import Action, Catalogue, LayoutName, read
from importers.exports import exported
from importers.exports.exported import (
    ExportedAllocation,
    ExportedGoal,
    ExportedPart,
    ExportedPerson,
    ExportedRating,
    allocation_table,
    matrix_list,
    matrix_sheets,
    parts_table,
    people_list,
    people_sheets,
)
from importers.exports.exported_projects import (
    ExportedNeed,
    ExportedProject,
    ExportedRole,
    ExportedSeat,
    project_tables,
)
from importers.exports.writing import one_list, to_csv, to_xlsx
from importers.sheets.people import PROFILE
from tests.importers.exported_directories import (
    bare,
    both_formats,
    by_person,
    directory,
    rated_people,
    read_back,
    same_goals,
    same_people,
    working_people,
)

ROUND_TRIP = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


class TestPeople:
    @ROUND_TRIP
    @given(rated_people())
    def test_come_back_with_their_levels_dates_and_goals(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        everybody, ratings = exported
        tables = people_sheets(everybody, ratings, ())
        for content, name in both_formats(tables, one_list((people_list(everybody, ratings), tables[1]))):
            planned = read_back(content, name)
            ids = same_people(everybody, planned, *PROFILE)
            same_goals(everybody, planned, ids)
            assert [
                (ids[p.rating.person], p.skill, p.after, p.rating.on, p.rating.last_used) for p in planned.ratings
            ] == [(r.person, r.skill, r.level, r.rated_on, r.last_used) for r in by_person(everybody, ratings)]

    @ROUND_TRIP
    @given(rated_people(), working_people())
    def test_change_nothing_in_the_directory_that_they_are_from(
        self,
        exported: tuple[list[ExportedPerson], list[ExportedRating]],
        worked: tuple[list[ExportedPerson], list[ExportedAllocation], list[ExportedPart]],
    ) -> None:
        everybody, ratings = exported
        parts = [part for part in worked[2] if part.person <= len(everybody)]
        tables = people_sheets(everybody, ratings, parts)
        for content, name in both_formats(tables, one_list(tables[:2])):
            planned = read_back(content, name, directory(everybody, ratings, parts=parts))
            kinds: Any = (planned.people, planned.skills, planned.ratings, planned.goals, planned.projects)
            assert {entry.action for kind in (*kinds, planned.history) for entry in kind} <= {Action.UNCHANGED}
            assert len(planned.history) == len(parts)

    def test_keep_the_category_of_a_skill_that_somebody_only_wants(self) -> None:
        anna = bare("Anna Berg", goals=(ExportedGoal("Kafka", 3, "Streaming"),))
        for content, name in both_formats(people_sheets([anna], (), ()), people_list([anna], ())):
            planned = read_back(content, name)
            assert [(skill.name, skill.category) for skill in planned.skills] == [("Kafka", "Streaming")]

    def test_level_0_stays_0_and_blank_stays_not_stated(self) -> None:
        anna = bare("Anna Berg", goals=(ExportedGoal("SQL", 2),))
        ratings = [ExportedRating(1, "Python", 0)]
        for content, name in both_formats(people_sheets([anna], ratings, ()), people_list([anna], ratings)):
            planned = read_back(content, name)
            assert [(p.skill, p.after) for p in planned.ratings] == [("Python", 0)]

    def test_are_still_read_when_somebody_adds_rows_and_takes_columns_away(self) -> None:
        text = "Name,Skill,Level,Learning goal\r\nAnna Berg,Python,4 advanced,\r\nBob Ray,Total,2,5\r\n"
        planned = read_back(text.encode(), "people.csv")
        assert [(p.skill, p.after) for p in planned.ratings] == [("Python", 4), ("Total", 2)]
        assert [(p.skill, p.goal.target) for p in planned.goals] == [("Total", 5)]

    def test_say_which_row_is_wrong_after_somebody_edited_them(self) -> None:
        text = "Name,Skill,Level,Learning goal\r\n,Python,4,\r\nBob Ray,SQL,,\r\nBob Ray,Go,nine,\r\n"
        reading = read(text.encode(), "people.csv", catalogue=Catalogue())
        assert [(p.code, p.cell) for p in reading.problems] == [
            ("row_without_name", "A2"),
            ("skill_without_level", "B3"),
            ("not_a_level", "C4"),
        ]


class TestMatrix:
    @ROUND_TRIP
    @given(rated_people())
    def test_comes_back_with_its_levels_and_its_goals(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        everybody, ratings = exported
        for content, name in both_formats(matrix_sheets(everybody, ratings), matrix_list(everybody, ratings)):
            planned = read_back(content, name)
            ids = same_people(everybody, planned, "working_share")
            same_goals(everybody, planned, ids)
            assert {(ids[p.rating.person], p.skill, p.after) for p in planned.ratings} == {
                (r.person, r.skill, r.level) for r in ratings
            }
            assert len(planned.ratings) == len(ratings)

    def test_keeps_categories_and_reads_goals_by_their_colour(self) -> None:
        anna = bare("Anna Berg", goals=(ExportedGoal("Go", 4, "Code"), ExportedGoal("Rust", 2, "Code")))
        ratings = [
            ExportedRating(1, "Go", 2, "Code"),
            ExportedRating(1, "=Talk", 3, "People"),
            ExportedRating(1, "x", 1),
        ]
        content = to_xlsx(matrix_sheets([anna], ratings))
        planned = read_back(content, "matrix.xlsx")
        assert {(skill.name, skill.category) for skill in planned.skills} == {
            ("Go", "Code"),
            ("Rust", "Code"),
            ("=Talk", "People"),
            ("x", None),
        }
        assert {(p.skill, p.goal.target, p.goal.raw) for p in planned.goals} == {
            ("Go", 4, "Wants to reach level 4"),
            ("Rust", 2, "Wants to reach level 2"),
        }
        assert planned.sheets[0].layout is LayoutName.MATRIX

    def test_has_merged_categories_readable_colours_and_a_header_that_stays(self) -> None:
        anna = bare("Anna Berg", goals=(ExportedGoal("Go", 4, "Code"),))
        ratings = [ExportedRating(1, "Go", 2, "Code"), ExportedRating(1, "C", 5, "Code"), ExportedRating(1, "Talk", 0)]
        sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(matrix_sheets([anna], ratings))))["Matrix"]
        assert [str(span) for span in sheet.merged_cells.ranges] == ["E5:F5"]
        assert (sheet["E5"].value, [cell.value for cell in sheet[6]][4:]) == ("Code", ["C", "Go", "Talk"])
        assert sheet.freeze_panes == "B7"
        assert [cell.value for cell in sheet[7]][4:] == [5, 2, 0]
        assert (sheet["E7"].fill.fgColor.rgb, sheet["E7"].font.color.rgb) == ("000E4158", "00FFFFFF")
        assert sheet["F7"].fill.fgColor.rgb == sheet["B4"].fill.fgColor.rgb
        assert sheet["B4"].value == "Wants to reach level 4"

    def test_too_large_for_colours_still_tells_its_goals_by_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exported, "MOST_COLOURED", 2)
        anna = bare("Anna Berg", goals=(ExportedGoal("Go", 4),))
        content = to_xlsx(matrix_sheets([anna], [ExportedRating(1, "Go", 2), ExportedRating(1, "C", 5)]))
        sheet = openpyxl.load_workbook(io.BytesIO(content))["Matrix"]
        assert [cell.fill.fill_type for cell in sheet[7]][4:] == [None, "solid"]
        assert [(p.skill, p.goal.target) for p in read_back(content, "m.xlsx").goals] == [("Go", 4)]

    @pytest.mark.parametrize("ending", ["xlsx", "csv"])
    def test_of_nobody_is_a_file_without_people(self, ending: str) -> None:
        content = to_xlsx(matrix_sheets([], [])) if ending == "xlsx" else to_csv(matrix_list([], []))
        assert not read(content, f"matrix.{ending}", catalogue=Catalogue()).people


class TestWork:
    @ROUND_TRIP
    @given(working_people())
    def test_allocations_and_past_projects_come_back(
        self, exported: tuple[list[ExportedPerson], list[ExportedAllocation], list[ExportedPart]]
    ) -> None:
        everybody, allocations, parts = exported
        tables = [allocation_table(everybody, allocations), parts_table(everybody, parts)]
        busy = {entry.person for entry in (*allocations, *parts)}
        for content, name in both_formats(tables, one_list(tables)):
            planned = read_back(content, name)
            ids = same_people([person for person in everybody if person.id in busy], planned)
            assert {
                (ids[a.person], a.project, a.client, a.role, a.share, a.start, a.end, a.status)
                for p in planned.allocations
                for a in [p.record]
                if not hasattr(a, "score")
            } == {
                (a.person, a.project, a.client, a.role, a.share, a.starts_on, a.ends_on, a.state) for a in allocations
            }
            assert {
                (
                    *(ids[h.person], h.project, h.client, h.domain, h.role, h.share, h.start, h.end, h.score),
                    ", ".join(h.technologies),
                )
                for p in planned.history
                for h in [p.record]
                if hasattr(h, "score")
            } == {
                (
                    *(p.person, p.project, p.client, p.domain, p.role, p.share, p.starts_on, p.ends_on, p.score),
                    p.technologies or "",
                )
                for p in parts
            }
            assert (len(planned.allocations), len(planned.history)) == (len(allocations), len(parts))


class TestProjects:
    ROLE = ExportedRole(
        name="=Engineer",
        function="Data",
        headcount=2,
        share=0.5,
        starts_on=date(2026, 1, 1),
        ends_on=None,
        phase=None,
        subteam=None,
        responsibilities="Pipelines\nTests",
        needs=(ExportedNeed("Python", 3, must=True, weight=1.0),),
        seats=(ExportedSeat(1, "Anna Berg", None, "confirmed", 0.5, date(2026, 1, 1)), ExportedSeat(2)),
    )
    PROJECT = ExportedProject("Churn", "ACME", None, "active", None, None, 3, None, None, None, roles=(ROLE,))

    def test_what_a_project_needs_is_told_and_left_out_without_a_question(self) -> None:
        anna = bare("Anna Berg")
        booked = ExportedAllocation(1, "Churn", "=Engineer", 0.5, date(2026, 1, 1), None, "ACME", "confirmed")
        tables = [*project_tables([self.PROJECT]), allocation_table([anna], [booked]), parts_table([anna], [])]
        for content, name in both_formats(tables, one_list(tables)):
            reading = read(content, name, catalogue=Catalogue())
            assert not reading.questions
            assert {problem.code for problem in reading.problems} <= {"only_told"}
            assert [(a.project, a.role, a.share) for a in reading.allocations] == [("Churn", "=Engineer", 0.5)]
            assert [person.name for person in reading.people] == ["Anna Berg"]
            assert not reading.ratings
            assert not reading.skills
        by_name = {sheet.name: sheet for sheet in read(to_xlsx(tables), "p.xlsx", catalogue=Catalogue()).sheets}
        assert set(by_name) == {"Projects", "Roles", "Skill needs", "Seats", "Allocations", "Past projects"}
        assert "an import takes nothing from it" in by_name["Roles"].why
