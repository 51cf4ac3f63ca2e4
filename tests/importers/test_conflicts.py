"""What somebody changed in Muster since the last import: each a question, kept or taken as answered, and never both."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from importers import (
    Action,
    Choices,
    Existing,
    ExistingGoal,
    ExistingPerson,
    ExistingProject,
    ExistingRating,
    ExistingStint,
    GivenAnswer,
    Plan,
    Question,
    plan,
)
from tests.importers.workbooks import read_rows

ANNA = ExistingPerson(1, "Anna Nowak", ("anna@firm.example",), title="Principal", edited_fields=frozenset({"title"}))
START = date(2026, 1, 5)
STINT = ExistingStint(
    7, 1, "Apollo", "Engineer", 0.8, START, date(2026, 6, 30), "confirmed", edited_since_import=True
)  # fmt: skip
LEAD = (ExistingPerson(1, "Anna Nowak", title="Lead"),)
KNOWN = (ExistingPerson(1, "Anna Nowak"),)
PROFILE = [["Name", "E-mail", "Title", "Python"], ["Anna Nowak", "anna@firm.example", "Lead", 5]]
GOALS = [["Name", "E-mail", "Python", "Wants to learn"], ["Anna Nowak", "anna@firm.example", 5, "SQL (3)"]]
ALLOCATIONS = [
    ["Name", "E-mail", "Project", "Role", "Share", "From", "To"],
    ["Anna Nowak", "anna@firm.example", "Apollo", "Engineer", 0.5, "2026-01-05", "2026-06-30"],
]
HISTORY = [
    ["Name", "E-mail", "Project", "Role", "Share", "From", "To", "Outcome"],
    ["Anna Nowak", "anna@firm.example", "Apollo", "Engineer", 0.5, "2026-01-05", "2026-06-30", "success"],
]


def made(rows: Sequence[Sequence[Any]], existing: Existing, answer: str | None = None) -> Plan:
    answers = (GivenAnswer("edited_in_muster", answer),) if answer else ()
    return plan(read_rows(rows), existing, Choices(answers=answers))


CASES = {
    "a field of the profile": (
        PROFILE,
        Existing(people=(ANNA,), skills=("Python",), ratings=(ExistingRating(1, "Python", 5, "import", False),)),
        "Anna Nowak: title",
        ("Principal", "Lead"),
        Action.UPDATE,
    ),
    "a rating": (
        PROFILE,
        Existing(people=LEAD, ratings=(ExistingRating(1, "Python", 2, "self", True),)),
        "Anna Nowak: Python",
        ("2", "5"),
        Action.UPDATE,
    ),
    "a rating that was withdrawn": (
        PROFILE,
        Existing(people=LEAD, withdrawn_ratings=frozenset({(1, "Python")})),
        "Anna Nowak: Python",
        ("withdrawn", "5"),
        Action.CREATE,
    ),
    "a learning goal": (
        GOALS,
        Existing(people=KNOWN, goals=(ExistingGoal(1, "SQL", 5, edited_since_import=True),)),
        "Anna Nowak: learning goal SQL",
        ("5", "3"),
        Action.UPDATE,
    ),
    "a learning goal that was taken out": (
        GOALS,
        Existing(people=KNOWN, withdrawn_goals=frozenset({(1, "SQL")})),
        "Anna Nowak: learning goal SQL",
        ("taken out", "level 3"),
        Action.CREATE,
    ),
    "an allocation": (
        ALLOCATIONS,
        Existing(people=KNOWN, projects=(ExistingProject(1, "Apollo"),), allocations=(STINT,)),
        "Anna Nowak: Apollo, Engineer",
        ("share 80%", "share 50%"),
        Action.UPDATE,
    ),
    "a part in a past project": (
        HISTORY,
        Existing(people=KNOWN, projects=(ExistingProject(1, "Apollo"),), history=(STINT,)),
        "Anna Nowak: Apollo, Engineer",
        ("share 80%", "share 50%"),
        Action.UPDATE,
    ),
    "an allocation that was taken out": (
        ALLOCATIONS,
        Existing(people=KNOWN, withdrawn_stints=frozenset({(1, "apollo", "Engineer")})),
        "Anna Nowak: Apollo, Engineer",
        ("taken out", "share 50%, start 2026-01-05, end 2026-06-30"),
        Action.CREATE,
    ),
}  # fmt: skip


def changed(planned: Plan, subject: str) -> tuple[Action, str | None]:
    """Action and reason of the one change that the question is about."""
    changes = [change for person in planned.people for change in person.changes]
    fields = [(change.action, change.reason) for change in changes if subject.endswith(f": {change.field}")]
    ratings = [(p.action, p.reason) for p in planned.ratings if subject.endswith(f": {p.skill}")]
    goals = [(p.action, p.reason) for p in planned.goals]
    stints = [(p.action, p.reason) for p in (*planned.history, *planned.allocations)]
    (found,) = fields or stints or goals or ratings
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
class TestAValueEditedInMuster:
    def test_is_a_question_with_both_values(self, case: Any) -> None:
        rows, existing, subject, values, _ = case
        planned = made(rows, existing)
        (question,) = planned.open_questions
        assert isinstance(question, Question)
        assert (question.code, question.subject, question.values, question.proposed) == (
            "edited_in_muster",
            subject,
            values,
            "keep",
        )
        assert changed(planned, subject) == (Action.CONFLICT, "Edited in Muster since the last import.")

    def test_stays_when_the_answer_is_to_keep_it(self, case: Any) -> None:
        rows, existing, subject, *_ = case
        planned = made(rows, existing, "keep")
        assert planned.open_questions == ()
        assert changed(planned, subject) == (Action.SKIPPED, "What stands in Muster was kept.")

    def test_gives_way_when_the_answer_is_to_take_the_files(self, case: Any) -> None:
        rows, existing, subject, _, taken = case
        planned = made(rows, existing, "take")
        assert planned.open_questions == ()
        assert changed(planned, subject) == (taken, None)

    def test_stays_a_question_after_an_answer_that_is_none(self, case: Any) -> None:
        rows, existing, *_ = case
        assert len(made(rows, existing, "perhaps").open_questions) == 1


class TestAnUneditedValue:
    def test_is_no_question(self) -> None:
        known = ExistingPerson(1, "Anna Nowak", title="Principal")
        stint = ExistingStint(7, 1, "Apollo", "Engineer", 0.8, START, date(2026, 6, 30))
        assert made(PROFILE, Existing(people=(known,))).questions == ()
        assert made(ALLOCATIONS, Existing(people=(known,), allocations=(stint,))).questions == ()
