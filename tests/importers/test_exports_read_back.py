"""Every export, in both formats, read into an empty directory and into the same one: nothing is lost, nothing is asked.

Names are as nasty as they come: formulas, quotes, line breaks, separators, digits, headings of other columns.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers import (
    Action,
    Catalogue,
    CatalogueSkill,
    Existing,
    ExistingGoal,
    ExistingPerson,
    ExistingProject,
    ExistingRating,
    ExistingStint,
    LayoutName,
    Plan,
    normal_form,
    plan,
    read,
)
from importers.exported import (
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
from importers.exported_projects import ExportedNeed, ExportedProject, ExportedRole, ExportedSeat, project_tables
from importers.people import PROFILE, name_form
from importers.writing import Table, one_list, to_csv, to_xlsx, written

ROUND_TRIP = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

NASTY = (
    *("=1+1", "+49 30", "-1", "@SUM(A1)", "|calc", "%x", "＝HYPERLINK(1)", "'=1", "''=1", "'quoted'", "=", "\u200b@x"),
    *(
        'Bob "B" Jr',
        "two\nlines",
        "a, b; c",
        "Name",
        "Total",
        "Comments",
        "E-mail",
        "Level",
        "Skill",
        "n/a",
        "5",
        "007",
    ),
    *("3.5", "2026-03-31", "03/04/2026", "x", "Kafka/RabbitMQ", "Office (Word, Excell)", "Your skills [Python]", "C++"),
    *("Python: 4, SQL: 3", '{"a": 1}', "[]", "_x0041_", "李", "Мария", "Łucja", "0 none", "TRUE", "#N/A", "1e5", "☃"),
    *("Muster skills matrix", "Wants to reach level 3", "People", "Past projects", "Record", "sep=;", "a|b|c|d|e\n;;"),
)
LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t")
TEXTS = st.sampled_from(NASTY) | st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(
    lambda text: bool(text) and written(text) == text
)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
SHARES = st.integers(1, 1000).map(lambda thousandths: thousandths / 1000)
SCORES = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
SKILLS = st.lists(TEXTS, min_size=1, max_size=6, unique_by=lambda text: normal_form(text) or "none")


@st.composite
def people(draw: st.DrawFn, skills: Sequence[str] = ()) -> list[ExportedPerson]:
    """Everybody has a name of their own: how namesakes are told apart is told elsewhere."""
    names = draw(st.lists(TEXTS, max_size=5, unique_by=name_form))
    return [
        ExportedPerson(
            id=number,
            name=name,
            external_id=draw(st.sampled_from([f"{number:05}", f"E{number}", f"={number}", None])),
            email=draw(st.sampled_from([f"p{number}@example.org", None])),
            title=draw(st.none() | TEXTS),
            unit=draw(st.none() | TEXTS),
            office=draw(st.none() | TEXTS),
            time_zone=draw(st.sampled_from(["Europe/Berlin", "UTC+5:30", None])),
            working_share=draw(SHARES),
            cost_band=draw(st.none() | TEXTS),
            goals=tuple(
                ExportedGoal(skill, draw(st.integers(1, 5)))
                for skill in (draw(st.lists(st.sampled_from(skills), max_size=3, unique=True)) if skills else ())
            ),
        )
        for number, name in enumerate(names, 1)
    ]


@st.composite
def rated_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedRating]]:
    skills = draw(SKILLS)
    everybody = draw(people(skills))
    ratings = [
        ExportedRating(
            person=person.id,
            skill=skill,
            level=draw(st.integers(0, 5)),
            rated_on=draw(st.none() | DAYS),
            last_used=draw(st.none() | DAYS),
        )
        for person in everybody
        for skill in draw(st.lists(st.sampled_from(skills), max_size=5, unique=True))
    ]
    return everybody, ratings


@st.composite
def working_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedAllocation], list[ExportedPart]]:
    everybody = draw(people())
    projects = draw(st.lists(TEXTS, min_size=1, max_size=4, unique_by=normal_form))
    projects = [name for name in projects if normal_form(name)] or ["Churn"]
    allocations = [
        ExportedAllocation(
            person=person.id,
            project=draw(st.sampled_from(projects)),
            role=draw(st.none() | TEXTS),
            share=draw(SHARES),
            starts_on=start,
            ends_on=draw(st.none() | st.dates(start, date(2041, 1, 1))),
            client=draw(st.none() | TEXTS),
            state=draw(st.sampled_from(["proposed", "held", "confirmed", "completed"])),
        )
        for person in everybody
        for start in draw(st.lists(DAYS, max_size=3, unique=True))
    ]
    parts = [
        ExportedPart(
            person=person.id,
            project=draw(st.sampled_from(projects)),
            client=draw(st.none() | TEXTS),
            domain=draw(st.none() | TEXTS),
            role=draw(st.none() | TEXTS),
            starts_on=start,
            ends_on=draw(st.none() | st.dates(start, date(2041, 1, 1))),
            share=draw(st.none() | SHARES),
            score=draw(st.none() | SCORES),
            technologies=draw(st.none() | TEXTS),
        )
        for person in everybody
        for start in draw(st.lists(DAYS, max_size=2, unique=True))
    ]
    return everybody, allocations, parts


def read_back(content: bytes, name: str, existing: Existing | None = None) -> Plan:
    """What importing the file would do; it asks nothing and finds nothing wrong."""
    known = existing or Existing()
    reading = read(content, name, catalogue=Catalogue(tuple(map(CatalogueSkill, known.skills))))
    planned = plan(reading, known)
    assert not planned.questions
    assert not planned.problems
    return planned


def both_formats(tables: Sequence[Table], listed: Table) -> list[tuple[bytes, str]]:
    return [(to_xlsx(tables), "export.xlsx"), (to_csv(listed), "export.csv")]


def same_people(everybody: Sequence[ExportedPerson], planned: Plan, *fields: str) -> dict[str, int]:
    """Key in the plan -> number of the exported person; each has the same name and values."""
    found = {name_form(p.person.name or ""): p.person for p in planned.people}
    assert len(found) == len(planned.people) == len(everybody)
    for one in everybody:
        other = found[name_form(one.name)]
        assert one.name == other.name
        for name in ("email", "external_id", *fields):
            assert getattr(one, name) == getattr(other, name), name
    return {found[name_form(one.name)].key: one.id for one in everybody}


def same_goals(everybody: Sequence[ExportedPerson], planned: Plan, ids: dict[str, int]) -> None:
    wanted = {(person.id, goal.skill, goal.target) for person in everybody for goal in person.goals}
    assert {(ids[p.goal.person], p.skill, p.goal.target) for p in planned.goals} == wanted
    assert len(planned.goals) == len(wanted)


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


def bare(name: str, goals: tuple[ExportedGoal, ...] = ()) -> ExportedPerson:
    return ExportedPerson(1, name, None, None, None, None, None, None, 1.0, None, goals)


def by_person(everybody: Sequence[ExportedPerson], ratings: Sequence[ExportedRating]) -> list[ExportedRating]:
    return sorted(ratings, key=lambda rating: [person.id for person in everybody].index(rating.person))


def directory(
    everybody: Sequence[ExportedPerson],
    ratings: Sequence[ExportedRating] = (),
    *,
    parts: Sequence[ExportedPart] = (),
) -> Existing:
    """The directory that an export is from, as the plan of an import sees it."""
    skills = dict.fromkeys([*(r.skill for r in ratings), *(goal.skill for p in everybody for goal in p.goals)])
    return Existing(
        people=tuple(
            ExistingPerson(
                p.id,
                p.name,
                (p.email,) if p.email else (),
                (p.external_id,) if p.external_id else (),
                **{name: getattr(p, name) for name in PROFILE},
            )
            for p in everybody
        ),
        skills=tuple(skills),
        ratings=tuple(ExistingRating(r.person, r.skill, r.level, "manager", True, r.rated_on) for r in ratings),
        goals=tuple(ExistingGoal(p.id, goal.skill, goal.target) for p in everybody for goal in p.goals),
        projects=tuple(ExistingProject(n, name) for n, name in enumerate(dict.fromkeys(p.project for p in parts), 1)),
        history=tuple(
            ExistingStint(n, p.person, p.project, p.role, p.share, p.starts_on, p.ends_on)
            for n, p in enumerate(parts, 1)
        ),
    )
