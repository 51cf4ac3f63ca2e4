"""The sample workbook is what its records say, and `expected.json` says the same of it."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from importers import normal_form
from sample.build_workbook import EXPECTED, WORKBOOK, build
from sample.records import Booking, Firm, Stint


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(EXPECTED.read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def workbook() -> Workbook:
    return openpyxl.load_workbook(WORKBOOK, data_only=True)


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class TestBuild:
    def test_two_builds_give_the_same_bytes(self, firm: Firm) -> None:
        assert build(firm) == build(firm)

    def test_the_committed_files_are_the_ones_that_the_records_give(self, firm: Firm) -> None:
        package, found = build(firm)
        # Compressed bytes differ between versions of zlib; what they hold does not.
        assert parts(WORKBOOK.read_bytes()) == parts(package)
        assert EXPECTED.read_text("utf-8") == found

    def test_the_workbook_stays_small(self) -> None:
        assert WORKBOOK.stat().st_size < 60_000


class TestExpected:
    def test_every_rating_stands_in_its_cell_and_no_other_cell_is_filled(
        self, expected: dict[str, Any], workbook: Workbook
    ) -> None:
        columns = {skill["header"]: skill["column"] for skill in expected["skills"]}
        for person in expected["people"]:
            found = {header: workbook["Skills"][f"{column}{person['row']}"].value for header, column in columns.items()}
            levels = {header: int(value) for header, value in found.items() if value is not None}
            assert levels == person["ratings"], person["name"]

    def test_every_skill_column_has_its_header_in_the_header_row(
        self, expected: dict[str, Any], workbook: Workbook
    ) -> None:
        row = expected["sheets"][0]["header_row"]
        for skill in expected["skills"]:
            assert workbook["Skills"][f"{skill['column']}{row}"].value == skill["header"]

    def test_counts_are_those_of_the_lists(self, expected: dict[str, Any]) -> None:
        people, past = expected["people"], expected["past_projects"]
        assert expected["counts"] == {
            "people": len(people),
            "skills": len(expected["skills"]),
            "ratings": sum(len(person["ratings"]) for person in people),
            "goals": sum(len(person["goals"]) for person in people),
            "past_projects": len(past),
            "history": sum(len(project["team"]) for project in past),
            "allocations": len(expected["allocations"]),
            "questions": 0,
        }

    def test_every_row_of_the_other_sheets_belongs_to_an_address_of_the_skills_sheet(
        self, expected: dict[str, Any], workbook: Workbook
    ) -> None:
        known = {person["email"] for person in expected["people"]}
        past = [row[5] for row in workbook["Past projects"].iter_rows(min_row=4, values_only=True)]
        now = [row[1] for row in workbook["Allocations"].iter_rows(min_row=2, values_only=True)]
        assert len(past) == expected["counts"]["history"]
        assert len(now) == expected["counts"]["allocations"]
        assert {str(email).lower() for email in past + now} <= known

    def test_formulas_show_values_as_in_a_workbook_saved_by_excel(self, workbook: Workbook) -> None:
        assert workbook["Skills"]["K81"].value > 0
        assert workbook["Skills"]["K82"].value > 0


class TestRecords:
    def test_every_skill_header_is_a_spelling_of_the_skill_it_means(
        self, firm: Firm, spellings: list[tuple[str, str]]
    ) -> None:
        resolved = {header: dict(spellings).get(normal_form(header)) for header in firm.skill_of}
        assert resolved == firm.skill_of

    def test_technologies_of_past_projects_are_spellings_of_skills(
        self, firm: Firm, spellings: list[tuple[str, str]]
    ) -> None:
        named = {entry for project in firm.past_projects for entry in project.technologies.split(", ")}
        assert {entry for entry in named if normal_form(entry) not in dict(spellings)} == set()

    def test_roles_people_held_are_names_of_the_role_catalogue(
        self, firm: Firm, roles: dict[str, dict[str, Any]]
    ) -> None:
        held = {stint.role for project in firm.past_projects for stint in project.team}
        held |= {booking.role for booking in firm.bookings}
        assert held == {role["name"] for role in roles.values()}

    def test_goals_name_skills_and_lie_above_the_present_level(self, firm: Firm) -> None:
        for person in firm.people:
            for goal in person.goals:
                assert goal.header in firm.skill_of, person.name
                assert goal.target is None or goal.target > person.ratings.get(goal.header, 0), person.name

    def test_nobody_is_ever_booked_beyond_the_working_share(self, firm: Firm) -> None:
        stints: list[Stint | Booking] = [stint for project in firm.past_projects for stint in project.team]
        for person in firm.people:
            mine = [work for work in (*stints, *firm.bookings) if work.email == person.email]
            for day, load in loads(mine):
                assert load <= person.working_share + 1e-9, f"{person.name} on {day}"


def loads(work: list[Stint | Booking]) -> Iterator[tuple[date, float]]:
    """The load on each day a piece of work begins: between two beginnings it cannot rise."""
    for day in {piece.first_day for piece in work}:
        yield day, sum(piece.share for piece in work if piece.first_day <= day <= piece.last_day)
