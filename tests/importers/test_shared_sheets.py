"""Real sheets, compared with what a person read in them. They stand beside the repository, not in it."""

import csv
import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from importers import Catalogue, LayoutName, Reading, Severity, read
from tests.importers.workbooks import asked, delimited, names, reported, said

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared real sheets are not beside this repository")


@cache
def reading_of(path: str) -> Reading:
    file = DATA / path
    return read(file.read_bytes(), file.name, catalogue=Catalogue())


def sheet(number: str) -> Reading:
    (file,) = (f for f in (DATA / "skills_sheets").glob(f"{number}*") if f.suffix in {".xlsx", ".csv"})
    return reading_of(f"skills_sheets/{file.name}")


def gold(number: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((DATA / "skills_sheets" / f"{number}.gold.json").read_text())["records"]
    return records


def expected(number: str, value: str = "level") -> set[tuple[str, str, Any]]:
    return {(record["person"].strip(), record["skill"].strip(), record[value]) for record in gold(number)}


class TestAMatrixWithLegendTotalsAndGuideText:
    def test_yields_exactly_its_people_and_ratings(self) -> None:
        reading = sheet("01")
        assert said(reading) == expected("01")
        assert len(reading.ratings) == 32
        assert [person.email for person in reading.people] == list(dict.fromkeys(r["email"] for r in gold("01")))
        assert len(reading.skills) == 7
        assert not reading.questions

    def test_names_the_header_row_and_the_columns_left_out(self) -> None:
        reading = sheet("01")
        assert (reading.sheets[0].layout, reading.sheets[0].header_row) == (LayoutName.MATRIX, 7)
        assert {problem.cell for problem in reading.problems} >= {"D7"}
        assert {problem.severity for problem in reading.problems} == {Severity.NOTE}

    def test_stretches_its_scale_of_0_to_4_by_the_words_of_its_legend(self) -> None:
        assert {rating.raw: rating.level for rating in sheet("01").ratings} == {0: 0, 1: 1, 2: 2, 3: 4, 4: 5}


class TestPairsWithDefaults:
    def test_only_the_person_who_answered_has_ratings(self) -> None:
        assert said(sheet("02")) == expected("02")

    def test_a_no_is_level_0_whatever_stands_beside_it(self) -> None:
        denied = {record["skill"] for record in gold("02") if record["has"] == "N"}
        assert {rating.skill for rating in sheet("02").ratings if rating.level == 0} == denied


class TestASheetWithoutLegend:
    def test_keeps_its_marks_and_asks_what_they_mean(self) -> None:
        reading = sheet("06")
        assert said(reading) == expected("06", "mark")
        assert {rating.level for rating in reading.ratings} == {None}
        assert asked(reading) == ["symbols_without_legend"]


class TestATransposedSheet:
    def test_yields_exactly_its_people_and_ratings_without_the_requirements(self) -> None:
        reading = sheet("07")
        assert said(reading) == expected("07")
        assert names(reading) == ["Adrien", "Marc", "Emmanuel", "Alice", "Florian", "Bob"]
        assert len(reading.skills) == 17
        assert (reading.sheets[0].layout, reading.sheets[0].header_row) == (LayoutName.TRANSPOSED, 9)
        assert all(rating.level == rating.raw for rating in reading.ratings)
        assert not reading.questions

    def test_names_cells_as_the_file_does(self) -> None:
        cells = {(rating.skill, rating.cell) for rating in sheet("07").ratings}
        assert ("Angular", "C10") in cells
        assert ("Github", "H26") in cells


class TestALongList:
    def test_keeps_people_without_a_rating(self) -> None:
        reading = sheet("09")
        assert names(reading) == ["Pavelcho", "Ani", "Boro", "Vasko"]
        assert said(reading) == expected("09")
        assert {(r.skill, str(r.on), r.note) for r in reading.ratings} == {
            (record["skill"], record["date"], record["note"]) for record in gold("09")
        }
        assert asked(reading) == ["scale_unknown"]

    def test_keeps_leading_zeros_of_numbers_over_several_sheets(self) -> None:
        reading = sheet("14_factory_long_3")
        assert said(reading) == expected("14")
        ids = {person.name: person.external_id for person in reading.people}
        assert ids == {record["person"]: record["employee_id"] for record in gold("14")}

    def test_joins_people_of_one_sheet_with_ratings_of_another(self) -> None:
        reading = sheet("13")
        assert names(reading) == ["tester one", "asdfghjkl", "hello"]
        assert len(reading.ratings) == 96
        assert "unknown_person" in reported(reading)
        assert not any("xyzu5h" in str(person) for person in reading.people)


class TestASheetAboutOnePerson:
    def test_asks_who_it_is_and_keeps_33_skills(self) -> None:
        reading = sheet("08")
        assert (len(reading.people), len({rating.skill for rating in reading.ratings})) == (1, 33)
        assert asked(reading) == ["who_is_this"]
        assert {rating.level for rating in reading.ratings} == {1, 2, 3, 5}


class TestAListOfSkillsWithoutPeople:
    def test_finds_every_mention_and_nobody(self) -> None:
        reading = sheet("11")
        assert not reading.people
        assert sum(skill.mentions for skill in reading.skills) == 8756
        counts = Counter({skill.name: skill.mentions for skill in reading.skills})
        assert counts["Java"] == 241
        assert asked(reading) == ["rows_without_person"]


class TestATrainingMatrix:
    def test_asks_whether_days_are_levels(self) -> None:
        reading = sheet("12_training_matrix")
        assert (len(reading.people), len(reading.skills)) == (51, 65)
        assert {rating.level for rating in reading.ratings} == {None}
        assert asked(reading) == ["numbers_not_levels"]


class TestAMonthlyLog:
    def test_takes_people_by_number_and_leaves_behaviour_out(self) -> None:
        reading = sheet("15")
        assert len(reading.people) == 191
        assert {rating.skill for rating in reading.ratings} == {"Skill Upgrade"}
        assert Counter(rating.raw for rating in reading.ratings) == {"Level 1": 69, "Level 2": 33, "Level 3": 89}
        assert "private_column" in reported(reading)


class TestAFileWithoutPeople:
    @pytest.mark.parametrize(
        ("number", "layout"),
        [
            ("03", LayoutName.MATRIX),
            ("04_competency_levels_by_role.x", LayoutName.FRAMEWORK),
            ("04_competency_levels_by_role.c", LayoutName.FRAMEWORK),
            ("05", LayoutName.NONE),
            ("10", LayoutName.FRAMEWORK),
            ("12_training_curriculum_due", LayoutName.NONE),
            ("12_training_curriculum_groups", LayoutName.NONE),
            ("14_factory_template", LayoutName.NONE),
        ],
    )
    def test_says_that_it_has_none_and_why(self, number: str, layout: LayoutName) -> None:
        reading = sheet(number)
        assert not reading.people
        assert not reading.ratings
        assert reading.summary.startswith("0 people found, because ")
        assert reading.sheets[0].layout is layout


class TestAnAllocationTracker:
    def test_yields_one_allocation_a_person(self) -> None:
        reading = reading_of("staffing/alloc_tracker/allocations.xlsx")
        assert (len(reading.people), len(reading.allocations)) == (46, 46)
        assert sum(allocation.start is None for allocation in reading.allocations) == 6
        assert sum(allocation.end is None for allocation in reading.allocations) == 4
        assert {allocation.share for allocation in reading.allocations} <= {n / 100 for n in range(101)}
        assert not reading.questions

    def test_yields_people_with_their_working_share_and_no_skills(self) -> None:
        reading = reading_of("staffing/alloc_tracker/employees.xlsx")
        assert len(reading.people) == 92
        assert not reading.ratings
        assert all(person.working_share is not None for person in reading.people)

    @pytest.mark.parametrize("name", ["clients", "projects"])
    def test_takes_no_client_or_project_for_a_person(self, name: str) -> None:
        assert not reading_of(f"staffing/alloc_tracker/{name}.xlsx").people

    def test_takes_no_exception_for_an_allocation(self) -> None:
        assert not reading_of("staffing/alloc_tracker/exceptions.xlsx").allocations


class TestAnHrExport:
    def test_takes_no_age_income_or_satisfaction_for_a_skill(self) -> None:
        reading = reading_of("staffing/awis_synthetic/employees.csv")
        assert (len(reading.people), len(reading.ratings)) == (1000, 0)

    def test_grades_words_that_everybody_knows_without_asking(self) -> None:
        reading = reading_of("staffing/awis_synthetic/employee_skills.csv")
        assert (len(reading.ratings), len(reading.skills)) == (7659, 31)
        assert {r.raw: r.level for r in reading.ratings} == {
            "Beginner": 1,
            "Intermediate": 3,
            "Advanced": 4,
            "Expert": 5,
        }
        assert not reading.questions

    def test_has_100_people_and_their_projects_by_number(self) -> None:
        """employee.xlsx has no numbers, and the others refer to 1001..1100: no row is joined to a name by its order."""
        assert len(reading_of("staffing/esia_synthetic/employee.xlsx").people) == 100
        booked = reading_of("staffing/esia_synthetic/employee_projects.xlsx")
        assert (len(booked.people), len(booked.allocations)) == (100, 142)
        assert {person.external_id for person in booked.people} <= {str(number) for number in range(1001, 1101)}
        assert reported(booked).count("projects_by_number") == 1

    def test_says_that_skills_are_given_by_number_only(self) -> None:
        reading = reading_of("staffing/esia_synthetic/employee_skills.xlsx")
        assert "given by number only" in reading.sheets[0].why
        assert len(reading_of("staffing/esia_synthetic/skills.csv").skills) == 73

    @pytest.mark.parametrize("name", ["employee_skills", "employee_certifications", "employee_training"])
    def test_takes_no_number_for_the_name_of_a_skill(self, name: str) -> None:
        reading = reading_of(f"staffing/esia_synthetic/{name}.xlsx")
        assert not reading.ratings


class TestASurvey:
    def test_has_respondents_with_the_skills_they_have_and_want(self) -> None:
        text = (DATA / "surveys" / "so2025_sample_667.csv").read_text(encoding="utf-8")
        written = list(csv.reader(io.StringIO(text, newline="")))[:81]
        reading = read(delimited(written), "survey.csv", catalogue=Catalogue())
        assert (reading.sheets[0].layout, len(reading.people)) == (LayoutName.LIST, 80)
        rows = [dict(zip(written[0], row, strict=True)) for row in written[1:]]
        first = next(row for row in rows if row["LanguageHaveWorkedWith"])
        person = next(p.key for p in reading.people if p.external_id == first["ResponseId"])
        has = {rating.skill for rating in reading.ratings if rating.person == person}
        wants = {goal.skill for goal in reading.goals if goal.person == person}
        assert has >= {skill for skill in first["LanguageHaveWorkedWith"].split(";") if "(" not in skill}
        assert wants >= {skill for skill in first["LanguageWantToWorkWith"].split(";") if skill and "(" not in skill}
        assert asked(reading) == ["listed_without_level"]
