"""Who a person of the file is in Muster: by e-mail, then by number, then by name; in doubt somebody is asked."""

from collections.abc import Sequence
from typing import Any

from importers import Action, Choices, Existing, ExistingPerson, GivenAnswer, Plan, plan
from tests.importers.workbooks import read_rows

HEADER = ["Name", "E-mail", "Employee ID", "Python"]
BY_MAIL = ExistingPerson(1, "Anna Berg", ("anna@firm.example",), ("0042",))
BY_NUMBER = ExistingPerson(2, "Ben Okoro", ("ben@firm.example",), ("0077",))
BY_NAME = ExistingPerson(3, "Cora Diaz")


def made(rows: Sequence[Sequence[Any]], people: Sequence[ExistingPerson], *answers: GivenAnswer) -> Plan:
    return plan(read_rows([HEADER, *rows]), Existing(people=tuple(people)), Choices(answers=answers))


def who(planned: Plan) -> list[int | None]:
    return [person.existing_id for person in planned.people]


class TestTheOrder:
    def test_is_e_mail_then_number_then_name(self) -> None:
        rows = [
            ["Anna Weber", "anna@firm.example", None, 5],
            ["Benjamin O.", None, "0077", 5],
            ["DIAZ, Cora", None, None, 5],
        ]
        assert who(made(rows, [BY_MAIL, BY_NUMBER, BY_NAME])) == [1, 2, 3]

    def test_does_not_mind_capitals_in_an_address(self) -> None:
        assert who(made([["Anna Berg", "Anna@Firm.Example", None, 5]], [BY_MAIL])) == [1]

    def test_asks_when_the_address_is_one_persons_and_the_number_anothers(self) -> None:
        rows = [["Anna Berg", "anna@firm.example", "0077", 5]]
        planned = made(rows, [BY_MAIL, BY_NUMBER])
        (question,) = planned.open_questions
        assert (question.code, question.values[-1]) == ("which_person", "create")
        assert planned.people[0].action is Action.AMBIGUOUS
        assert who(made(rows, [BY_MAIL, BY_NUMBER], GivenAnswer("which_person", "2"))) == [2]

    def test_an_answer_that_names_nobody_of_them_leaves_the_question_open(self) -> None:
        rows = [["Anna Berg", "anna@firm.example", "0077", 5]]
        planned = made(rows, [BY_MAIL, BY_NUMBER, BY_NAME], GivenAnswer("which_person", "3"))
        assert len(planned.open_questions) == 1
        assert planned.changes == 0 or all(not p.action.writes for p in planned.ratings)


class TestANumberWithoutItsZeros:
    def test_is_the_same_number_for_the_same_name(self) -> None:
        assert who(made([["Anna Berg", None, "42", 5]], [BY_MAIL])) == [1]

    def test_is_another_one_under_another_name(self) -> None:
        planned = made([["Dan Evans", None, "42", 5]], [BY_MAIL])
        assert planned.people[0].action is Action.CREATE

    def test_is_kept_as_it_was_in_muster(self) -> None:
        assert made([["Anna Berg", None, "42", 5]], [BY_MAIL]).people[0].changes == ()

    def test_yields_to_the_whole_number(self) -> None:
        other = ExistingPerson(9, "Anna Berg", (), ("42",))
        assert who(made([["Anna Berg", None, "42", 5]], [BY_MAIL, other])) == [9]


class TestTwoPeopleOfOneName:
    def test_stay_two_by_their_numbers(self) -> None:
        two = [ExistingPerson(1, "Ben Okoro", (), ("001",)), ExistingPerson(2, "Ben Okoro", (), ("002",))]
        planned = made([["Ben Okoro", None, "002", 5], ["Ben Okoro", None, "001", 3]], two)
        assert (who(planned), planned.open_questions) == ([2, 1], ())

    def test_a_third_one_is_somebody_new(self) -> None:
        two = [ExistingPerson(1, "Ben Okoro", (), ("001",)), ExistingPerson(2, "Ben Okoro", (), ("002",))]
        assert made([["Ben Okoro", None, "003", 5]], two).people[0].action is Action.CREATE
