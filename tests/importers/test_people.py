"""Who a row is about."""

import pytest

from importers import GivenAnswer
from importers.sheets.people import Register, Sighting, name_form, plausible_name
from tests.importers.workbooks import asked, names, read_rows, reported


def seen(name: str | None, email: str | None = None, *ids: str) -> Sighting:
    return Sighting(name, "Sheet1", "A1", email, ids)


class TestAName:
    @pytest.mark.parametrize(
        "text",
        [
            "Total",
            "Name",
            "Example",
            "3.5",
            "Average level",
            "e.g. Anna",
            "Expert",
            "n/a",
            "Note: fill in",
            "Row 7",
            "-",
        ],
    )
    def test_is_no_total_heading_example_or_number(self, text: str) -> None:
        assert not plausible_name(text)

    @pytest.mark.parametrize(
        "text", ["god", "dave7", "O'Neill", "李小龙", "van Dyk, Anna", "Anna-Lena Müller", "J. R. Doe"]
    )
    def test_may_be_any_way_people_are_called(self, text: str) -> None:
        assert plausible_name(text)

    @pytest.mark.parametrize(
        "same",
        [
            ("WEISS, Jürgen", "Juergen Weiss", "jürgen  weiss"),
            ("Łukasz Díaz", "lukasz diaz"),
            ("O'Neill, Eve", "Eve ONeill"),
        ],
    )
    def test_is_the_same_in_other_spellings(self, same: tuple[str, ...]) -> None:
        assert len({name_form(name) for name in same}) == 1


class TestARegister:
    def test_finds_by_e_mail_then_id_then_name(self) -> None:
        register = Register()
        anna = register.add(seen("Anna Nowak", "anna@firm.example", "007"))
        assert register.add(seen("A. Nowak", "anna@firm.example")) == anna
        assert register.add(seen("Nowak", None, "007")) == anna
        assert register.add(seen("NOWAK, Anna")) == anna

    def test_keeps_two_people_of_one_name_apart(self) -> None:
        register = Register()
        first = register.add(seen("Anna Nowak", "anna@firm.example"))
        assert register.add(seen("Anna Nowak", "a.nowak@firm.example")) != first

    def test_keeps_two_people_with_one_mailbox_apart(self) -> None:
        register = Register()
        first = register.add(seen("Anna Nowak", "team@firm.example", "1"))
        second = register.add(seen("Ben Okoro", "team@firm.example", "2"))
        assert second != first
        assert register.people[second].email is None

    def test_completes_what_it_knows(self) -> None:
        register = Register()
        key = register.add(seen("Anna Nowak"))
        register.add(Sighting("Anna Nowak", "S", "B2", "anna@firm.example", unit="Core"))
        assert (register.people[key].email, register.people[key].unit) == ("anna@firm.example", "Core")


class TestPeopleOfAWorkbook:
    def test_are_one_person_over_several_sheets(self) -> None:
        reading = read_rows(
            {
                "Data": [["Name", "Python", "SQL"], ["Anna Nowak", 5, 1], ["Ben Okoro", 2, 2]],
                "Web": [["Name", "HTML", "CSS"], ["NOWAK, Anna", 5, 1], ["Carla Díaz", 2, 2]],
            }
        )
        assert names(reading) == ["Anna Nowak", "Ben Okoro", "Carla Díaz"]

    def test_of_one_name_twice_on_one_sheet_are_asked_about(self) -> None:
        people = ["Anna Nowak", "Ben Okoro", "Carla Díaz", "Dan Roe", "Eve Ito", "anna nowak"]
        reading = read_rows([["Name", "Python", "SQL"], *([name, 5, 1] for name in people)])
        assert asked(reading) == ["same_name"]
        assert len(reading.people) == 5

    def test_of_one_name_are_two_when_somebody_says_so(self) -> None:
        people = ["Anna Nowak", "Ben Okoro", "Carla Díaz", "Dan Roe", "Eve Ito", "Anna Nowak"]
        rows = [["Name", "Python", "SQL"], *([name, 5, 1] for name in people)]
        reading = read_rows(rows, answers=[GivenAnswer("same_name", "two")])
        assert (len(reading.people), asked(reading)) == (6, [])

    def test_that_only_a_number_names_must_be_known_elsewhere(self) -> None:
        reading = read_rows(
            {
                "Staff": [["Employee ID", "Name", "E-mail"], ["E1", "Anna Nowak", "anna@firm.example"]],
                "Skills": [["Employee ID", "Skill", "Rating"], ["E1", "Python", 5], ["E9", "Python", 3]],
            }
        )
        assert names(reading) == ["Anna Nowak"]
        assert len(reading.ratings) == 1
        assert "unknown_person" in reported(reading)
