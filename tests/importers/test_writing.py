"""Files that Muster writes: harmless in a spreadsheet program, and read back by the importer without loss."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
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
    Plan,
    plan,
    read,
)
from importers.exported import (
    ExportedAllocation,
    ExportedGoal,
    ExportedPerson,
    ExportedRating,
    allocation_table,
    heading,
    matrix_sheets,
    people_list,
    people_sheets,
)
from importers.people import name_form
from importers.writing import LEGEND, Level, Table, acts_as_formula, to_csv, to_xlsx

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|calc",
    "%x",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\ufeff=1",
    "＝1",
    "\u200b@x",
]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestFormulas:
    @pytest.mark.parametrize("text", DANGEROUS)
    def test_text_becomes_text_behind_an_apostrophe_in_csv(self, text: str) -> None:
        table = Table("T", ("Name", text), [("Anna", text)])
        assert csv_rows(to_csv(table)) == [["Name", f"'{text}"], ["Anna", f"'{text}"]]

    @pytest.mark.parametrize("text", DANGEROUS)
    def test_text_stays_quoted_text_in_a_workbook(self, text: str) -> None:
        content = to_xlsx([Table("T", ("Name", text), [("Anna", text)])])
        assert "<f" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        for cell in (sheet["B1"], sheet["B2"]):
            assert cell.data_type == "s"
            assert cell.quotePrefix

    @pytest.mark.parametrize("text", ["Anna", "a=b", "3-4", "'quoted'", "Ørsted", "", "#1", "(+1)"])
    def test_other_text_is_left_alone(self, text: str) -> None:
        assert not acts_as_formula(text)
        assert csv_rows(to_csv(Table("T", ("Name", "Note"), [("x", text)])))[1] == ["x", text]

    @given(st.text(st.characters(codec="utf-8"), max_size=30))
    def test_no_cell_of_a_csv_begins_as_a_formula(self, text: str) -> None:
        cell = csv_rows(to_csv(Table("T", ("Name", "Note"), [("x", text)])))[1][1]
        assert not acts_as_formula(cell)


class TestValues:
    def test_csv_is_marked_utf_8_with_quoted_cells_and_line_ends_of_rfc_4180(self) -> None:
        row = ("Zoë", 'say "hi"', "a,b", "two\nlines", 0.5, date(2026, 3, 31), None, Level.NONE)
        content = to_csv(Table("T", tuple("abcdefgh"), [row]))
        assert content == (
            '\ufeffa,b,c,d,e,f,g,h\r\nZoë,"say ""hi""","a,b","two\nlines",0.5,2026-03-31,,0 none\r\n'.encode()
        )

    def test_a_workbook_keeps_numbers_dates_and_levels(self) -> None:
        content = to_xlsx([Table("T", tuple("abcd"), [("007", 0.5, date(2026, 3, 31), Level.NONE)]), LEGEND])
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert [cell.value for cell in book["T"][2]][:2] == ["007", 0.5]
        assert book["T"]["C2"].is_date
        assert book["T"]["D2"].value == 0
        assert [cell.value for cell in book["Levels"]["A"]] == ["Level", 0, 1, 2, 3, 4, 5]

    def test_what_no_file_can_hold_is_left_out(self) -> None:
        content = to_xlsx([Table("T", ("Name",), [("An\x00n\ud800a\uffff",), ("x" * 40_000,)])])
        sheet = openpyxl.load_workbook(io.BytesIO(content))["T"]
        assert sheet["A2"].value == "Anna"
        assert len(sheet["A3"].value) == 32_767


ROUND_TRIP = settings(max_examples=30, deadline=None, derandomize=True)

# A directory to export, and the same directory as the plan of an import sees it.

SKILLS = (
    *(
        "Python",
        "C",
        "C++",
        "C#",
        "R",
        "Machine learning",
        "Office (Word, Excel)",
        "Coaching",
        "Infrastructure as code",
    ),
    *("Level design", "Über-Statik", ".NET", "SQL; T-SQL", 'The "quoted" one', "Kafka/RabbitMQ"),
)
ALIASES = {"Infrastructure as code": ("IaC",), "Office (Word, Excel)": ("MS Office",)}
CATALOGUE = Catalogue(tuple(CatalogueSkill(name, aliases=ALIASES.get(name, ())) for name in SKILLS))
FIRST = st.sampled_from(
    ["Anna", "Zoë", "Jürgen", "José", "O'Neil", "Łucja", "Nguyễn", "李", "Мария", 'Bob "B" Jr', "Ann\nMarie", "Lê, Thi"]
)
LAST = st.sampled_from(["Berg", "Müller-Lüdenscheidt", "de la Cruz", "Ó Briain", "Søren", "D'Arc", "Kowalska"])
TITLES = st.sampled_from(["Senior", "Lead", "Expert", "Key account manager, EMEA", "R&D", "Data scientist; ML", "QA"])
UNITS = st.sampled_from(["IT", "HR", "QA", "R&D", "Data; AI", "Machine learning", "Team 5"])
OFFICES = st.sampled_from(["NY", "LA", "Kraków", "São Paulo, SP", "Base"])
BANDS = st.sampled_from(["A", "B", "C", "Senior", "Junior", "1"])
CLIENTS = st.sampled_from(["BP", "HP", "Müller & Co., Ltd", "Expert"])
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))
SHARES = st.integers(1, 1000).map(lambda thousandths: thousandths / 1000)


@st.composite
def people(draw: st.DrawFn) -> list[ExportedPerson]:
    """Everybody can be told apart: by number or address, else by a name of their own."""
    drawn: list[ExportedPerson] = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        email = draw(st.sampled_from([f"p{number}@example.org", None]))
        external_id = draw(st.sampled_from([f"{number:05}", f"E{number:04}", str(number), None]))
        name = f"{draw(FIRST)} {draw(LAST)}"
        if any(name_form(name) == name_form(other.name) for other in drawn):
            name = f"{name} {'xyzuvw'[number - 1] * 3}"
        drawn.append(
            ExportedPerson(
                id=number,
                name=name,
                external_id=external_id,
                email=email,
                title=draw(st.none() | TITLES),
                unit=draw(st.none() | UNITS),
                office=draw(st.none() | OFFICES),
                time_zone=draw(st.sampled_from(["Europe/Berlin", "Asia/Kolkata", None])),
                working_share=draw(SHARES),
                cost_band=draw(st.none() | BANDS),
                goals=tuple(
                    ExportedGoal(skill, draw(st.integers(1, 5)))
                    for skill in draw(st.lists(st.sampled_from(SKILLS), max_size=3, unique=True))
                ),
            )
        )
    return drawn


@st.composite
def rated_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedRating]]:
    everybody = draw(people())
    ratings = [
        ExportedRating(
            person=person.id,
            skill=skill,
            level=draw(st.integers(0, 5)),
            category=draw(st.sampled_from(["IT", "BI", "Machine learning", None])),
            rated_on=draw(st.none() | DAYS),
            last_used=draw(st.none() | DAYS),
        )
        for person in everybody
        for skill in draw(st.lists(st.sampled_from(SKILLS), max_size=5, unique=True))
    ]
    return everybody, ratings


@st.composite
def booked_people(draw: st.DrawFn) -> tuple[list[ExportedPerson], list[ExportedAllocation]]:
    everybody = draw(people())
    allocations = [
        ExportedAllocation(
            person=person.id,
            project=draw(st.sampled_from(["Churn", "Risk scoring 2026", "Ärzte-Portal; Phase 2", "X"])),
            role=draw(st.none() | TITLES),
            share=draw(SHARES),
            starts_on=start,
            ends_on=draw(st.none() | st.dates(start, date(2041, 1, 1))),
            client=draw(st.none() | CLIENTS),
            state=draw(st.sampled_from(["proposed", "held", "confirmed", "completed"])),
        )
        for person in everybody
        for start in draw(st.lists(DAYS, max_size=3, unique=True))
    ]
    return everybody, allocations


def directory(
    people: Sequence[ExportedPerson],
    ratings: Sequence[ExportedRating] = (),
    allocations: Sequence[ExportedAllocation] = (),
) -> Existing:
    profile = {"title", "unit", "office", "time_zone", "working_share", "cost_band"}
    return Existing(
        people=tuple(
            ExistingPerson(
                id=p.id,
                name=p.name,
                emails=(p.email,) if p.email else (),
                external_ids=(p.external_id,) if p.external_id else (),
                **{name: getattr(p, name) for name in profile},
            )
            for p in people
        ),
        skills=SKILLS,
        ratings=tuple(ExistingRating(r.person, r.skill, r.level, "manager", True, r.rated_on) for r in ratings),
        goals=tuple(ExistingGoal(p.id, goal.skill, goal.target) for p in people for goal in p.goals),
        projects=tuple(ExistingProject(n, name) for n, name in enumerate({a.project for a in allocations}, 1)),
        allocations=tuple(
            ExistingStint(n, a.person, a.project, a.role, a.share, a.starts_on, a.ends_on, a.state, True)
            for n, a in enumerate(allocations, 1)
        ),
    )


def read_back(content: bytes, name: str, existing: Existing) -> Plan:
    """What importing the file would do; it asks nothing and finds nothing wrong."""
    reading = read(content, name, catalogue=CATALOGUE)
    planned = plan(reading, existing)
    assert not planned.questions
    assert not planned.problems
    return planned


def assert_changes_nothing(planned: Plan) -> None:
    kinds: Any = (planned.people, planned.skills, planned.ratings, planned.goals, planned.projects, planned.allocations)
    assert {entry.action for kind in kinds for entry in kind} <= {Action.UNCHANGED}


def same_person(one: ExportedPerson, planned: Plan) -> bool:
    (found,) = [p.person for p in planned.people if name_form(p.person.name or "") == name_form(one.name)]
    names = {item.name for item in fields(found)} & {item.name for item in fields(one)} - {"name"}
    return all(getattr(found, name) == getattr(one, name) for name in names)


class TestPeopleReadBack:
    @ROUND_TRIP
    @given(rated_people())
    def test_a_workbook_changes_nothing_in_the_same_directory(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        planned = read_back(to_xlsx(people_sheets(*exported)), "people.xlsx", directory(*exported))
        assert_changes_nothing(planned)
        everybody, ratings = exported
        assert (len(planned.people), len(planned.ratings)) == (len(everybody), len(ratings))

    @ROUND_TRIP
    @given(rated_people())
    def test_a_workbook_fills_an_empty_directory_with_the_same(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        everybody, ratings = exported
        planned = read_back(to_xlsx(people_sheets(everybody, ratings)), "people.xlsx", Existing())
        ids = {p.person.key: one.id for p in planned.people for one in everybody
               if name_form(p.person.name or "") == name_form(one.name)}  # fmt: skip
        assert all(same_person(one, planned) for one in everybody)
        assert {
            ExportedRating(ids[p.rating.person], p.skill, p.rating.level or 0, None, p.rating.on, p.rating.last_used)
            for p in planned.ratings
        } == {ExportedRating(r.person, r.skill, r.level, None, r.rated_on, r.last_used) for r in ratings}
        assert {(ids[p.goal.person], p.skill, p.goal.target) for p in planned.goals} == {
            (one.id, goal.skill, goal.target) for one in everybody for goal in one.goals
        }

    @ROUND_TRIP
    @given(rated_people())
    def test_a_text_file_changes_nothing_and_keeps_profiles_and_ratings(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        everybody, ratings = exported
        planned = read_back(to_csv(people_list(everybody, ratings)), "people.csv", directory(everybody, ratings))
        assert_changes_nothing(planned)
        assert len(planned.ratings) == len(ratings)
        assert all(same_person(one, planned) for one in everybody)

    def test_level_0_stays_0_and_blank_stays_not_stated(self) -> None:
        anna = ExportedPerson(1, "Anna Berg", "007", None, None, None, None, None, 1, None)
        exported = [anna], [ExportedRating(1, "Python", 0)]
        for content, name in ((to_xlsx(people_sheets(*exported)), "p.xlsx"), (to_csv(people_list(*exported)), "p.csv")):
            planned = read_back(content, name, Existing())
            assert [(p.skill, p.after) for p in planned.ratings] == [("Python", 0)]
            assert planned.people[0].person.external_id == "007"


class TestMatrixReadsBack:
    @ROUND_TRIP
    @given(rated_people())
    def test_a_workbook_and_a_text_file_change_nothing(
        self, exported: tuple[list[ExportedPerson], list[ExportedRating]]
    ) -> None:
        everybody, ratings = exported
        tables = matrix_sheets(everybody, ratings, ALIASES)
        for content, name in ((to_xlsx(tables), "matrix.xlsx"), (to_csv(tables[0]), "matrix.csv")):
            planned = read_back(content, name, directory(everybody, ratings))
            assert_changes_nothing(planned)
            assert (len(planned.people), len(planned.ratings)) == (len(everybody), len(ratings))

    def test_a_skill_that_reads_as_another_column_stands_under_its_alias(self) -> None:
        assert heading("Infrastructure as code", ("IaC",)) == "IaC"
        assert heading("Python", ("py",)) == "Python"


class TestAllocationsReadBack:
    @ROUND_TRIP
    @given(booked_people())
    def test_a_workbook_and_a_text_file_change_nothing(
        self, exported: tuple[list[ExportedPerson], list[ExportedAllocation]]
    ) -> None:
        everybody, allocations = exported
        table = allocation_table(everybody, allocations)
        for content, name in ((to_xlsx([table]), "allocations.xlsx"), (to_csv(table), "allocations.csv")):
            planned = read_back(content, name, directory(everybody, (), allocations))
            assert_changes_nothing(planned)
            assert len(planned.allocations) == len(allocations)


class TestLegend:
    def test_covers_the_levels_in_order(self) -> None:
        assert [row[0] for row in LEGEND.rows] == list(range(6))
        assert all(re.fullmatch(r"\d [a-z]+", level.words) for level in Level)
