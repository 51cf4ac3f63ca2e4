"""What a plan changes: the same file changes nothing, blanks never overwrite, and edits made in Muster win."""

from collections.abc import Sequence
from typing import Any

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
    Reading,
    plan,
)
from tests.importers.workbooks import read_rows

ROWS: list[list[Any]] = [
    ["Name", "E-mail", "Team", "Python", "SQL", "Pottery"],
    ["Anna Nowak", "anna@firm.example", "Core", 5, 2, None],
    ["Ben Okoro", None, None, None, 4, 3],
]


def applied(made: Plan) -> Existing:
    """The directory after the plan was written."""
    ids = {planned.person.key: number for number, planned in enumerate(made.people, 1)}
    stints = [
        [
            ExistingStint(number, ids[p.record.person], p.record.project, p.record.role, p.record.share, p.record.start,
                          p.record.end, getattr(p.record, "status", None))
            for number, p in enumerate(planned, 1)
        ]
        for planned in (made.allocations, made.history)
    ]  # fmt: skip
    return Existing(
        people=tuple(
            ExistingPerson(
                ids[p.person.key],
                p.person.name or "",
                tuple(filter(None, [p.person.email])),
                tuple(filter(None, [p.person.external_id])),
                unit=p.person.unit,
            )
            for p in made.people
        ),
        skills=tuple(p.name for p in made.skills),
        ratings=tuple(
            ExistingRating(ids[p.rating.person], p.skill, p.after, "import", edited_since_import=False)
            for p in made.ratings
            if p.after is not None and p.action.writes
        ),
        goals=tuple(ExistingGoal(ids[p.goal.person], p.skill, p.after) for p in made.goals),
        projects=tuple(ExistingProject(number, p.name) for number, p in enumerate(made.projects, 1)),
        allocations=tuple(stints[0]),
        history=tuple(stints[1]),
    )


def actions(made: Plan) -> dict[tuple[str | None, str], Action]:
    names = {planned.person.key: planned.person.name for planned in made.people}
    return {(names[p.rating.person], p.skill): p.action for p in made.ratings}


def edited(existing: Existing, skill: str, level: int) -> Existing:
    ratings = tuple(
        ExistingRating(r.person, r.skill, level, "self", edited_since_import=True) if r.skill == skill else r
        for r in existing.ratings
    )
    return Existing(existing.people, existing.skills, ratings)


def answered(*answers: GivenAnswer) -> Choices:
    return Choices(answers=answers)


class TestAnEmptyDirectory:
    def test_gets_everybody_every_rating_and_the_skills_it_lacks(self) -> None:
        made = plan(read_rows(ROWS), Existing(skills=("Python", "SQL")))
        assert {p.action for p in made.people} == {Action.CREATE}
        assert {p.action for p in made.ratings} == {Action.CREATE}
        assert {p.name: p.action for p in made.skills} == {
            "Python": Action.UNCHANGED,
            "SQL": Action.UNCHANGED,
            "Pottery": Action.CREATE,
        }

    def test_every_change_knows_its_sheet_and_cell(self) -> None:
        made = plan(read_rows(ROWS), Existing())
        assert {(p.skill, p.rating.sheet, p.rating.cell, p.before, p.after) for p in made.ratings} == {
            ("Python", "Sheet1", "D2", None, 5),
            ("SQL", "Sheet1", "E2", None, 2),
            ("SQL", "Sheet1", "E3", None, 4),
            ("Pottery", "Sheet1", "F3", None, 3),
        }


class TestTheSameFileAgain:
    def test_changes_nothing(self) -> None:
        reading = read_rows(ROWS)
        again = plan(reading, applied(plan(reading, Existing())))
        assert again.changes == 0
        assert {p.action for p in (*again.people, *again.ratings)} == {Action.UNCHANGED}

    def test_changes_no_allocation_goal_or_past_project(self) -> None:
        reading = read_rows(
            {
                "People": [["Name", "Wants to learn", "Python", "SQL"], ["Anna Nowak", "SQL (3)", 5, 1]],
                "Plan": [["Name", "Project", "Share", "From"], ["Anna Nowak", "Apollo", 0.5, "2026-01-01"]],
                "Done": [["Name", "Project", "Role", "Outcome"], ["Anna Nowak", "Zeus", "Lead", "success"]],
            }
        )
        first = plan(reading, Existing())
        assert [len(kind) for kind in (first.goals, first.allocations, first.history, first.projects)] == [1, 1, 1, 2]
        assert plan(reading, applied(first)).changes == 0

    def test_has_the_same_digest_until_the_world_moves(self) -> None:
        reading = read_rows(ROWS)
        existing = applied(plan(reading, Existing()))
        assert plan(reading, existing).digest == plan(reading, existing).digest
        assert plan(reading, edited(existing, "Python", 1)).digest != plan(reading, existing).digest


class TestANewerFile:
    def after(self, rows: Sequence[Sequence[Any]]) -> Plan:
        return plan(read_rows(rows), applied(plan(read_rows(ROWS), Existing())))

    def test_changes_only_what_differs(self) -> None:
        made = self.after([ROWS[0], ["Anna Nowak", "anna@firm.example", "Core", 5, 3, None], ROWS[2]])
        assert actions(made)["Anna Nowak", "SQL"] is Action.UPDATE
        assert made.changes == 2
        assert [p.action for p in made.people] == [Action.UPDATE, Action.UNCHANGED]
        changed = next(p for p in made.ratings if p.action is Action.UPDATE)
        assert (changed.before, changed.after) == (2, 3)

    def test_overwrites_nothing_with_a_blank(self) -> None:
        made = self.after([ROWS[0], ["Anna Nowak", "anna@firm.example", None, None, None, None]])
        assert made.changes == 0

    def test_finds_the_person_by_e_mail_under_another_name(self) -> None:
        made = self.after([ROWS[0], ["Anna Schmidt", "anna@firm.example", "Core", 5, 2, None]])
        assert made.people[0].existing_id == 1
        assert [(c.field, c.before, c.after) for c in made.people[0].changes] == [
            ("name", "Anna Nowak", "Anna Schmidt")
        ]

    def test_finds_the_person_by_a_name_in_other_capitals_and_order(self) -> None:
        made = self.after([ROWS[0], ["OKORO, Ben", None, None, None, 4, 3]])
        assert made.people[0].existing_id == 2
        assert made.changes == 0


class TestARatingEditedInMuster:
    def test_is_a_conflict_and_is_not_overwritten(self) -> None:
        reading = read_rows(ROWS)
        existing = edited(applied(plan(reading, Existing())), "Python", 3)
        made = plan(reading, existing)
        assert actions(made)["Anna Nowak", "Python"] is Action.CONFLICT
        assert made.changes == 0
        assert [question.code for question in made.open_questions] == ["edited_in_muster"]

    def test_is_taken_or_kept_as_answered(self) -> None:
        reading = read_rows(ROWS)
        existing = edited(applied(plan(reading, Existing())), "Python", 3)
        kept = plan(reading, existing, answered(GivenAnswer("edited_in_muster", "keep")))
        taken = plan(reading, existing, answered(GivenAnswer("edited_in_muster", "take")))
        assert actions(kept)["Anna Nowak", "Python"] is Action.SKIPPED
        assert actions(taken)["Anna Nowak", "Python"] is Action.UPDATE
        assert not kept.open_questions

    def test_a_profile_field_edited_in_muster_is_kept(self) -> None:
        person = ExistingPerson(1, "Anna Nowak", ("anna@firm.example",), unit="Web", edited_fields=frozenset({"unit"}))
        made = plan(read_rows(ROWS[:2]), Existing(people=(person,)))
        assert [(c.field, c.action) for c in made.people[0].changes] == [("unit", Action.CONFLICT)]


class TestAPersonWhoCouldBeSeveral:
    TWO = Existing(people=(ExistingPerson(1, "Ben Okoro"), ExistingPerson(2, "Ben Okoro")))

    def test_is_a_question_and_nothing_of_theirs_is_written(self) -> None:
        made = plan(read_rows(ROWS), self.TWO)
        assert made.people[1].action is Action.AMBIGUOUS
        assert actions(made)["Ben Okoro", "SQL"] is Action.AMBIGUOUS
        assert [question.code for question in made.open_questions] == ["which_person"]

    def test_is_who_the_answer_says(self) -> None:
        made = plan(read_rows(ROWS), self.TWO, answered(GivenAnswer("which_person", "2", subject="Ben Okoro")))
        assert made.people[1].existing_id == 2
        made = plan(read_rows(ROWS), self.TWO, answered(GivenAnswer("which_person", "create")))
        assert made.people[1].action is Action.CREATE

    def test_is_somebody_else_when_the_e_mail_differs(self) -> None:
        existing = Existing(people=(ExistingPerson(1, "Anna Nowak", ("other@firm.example",)),))
        assert plan(read_rows(ROWS), existing).people[0].action is Action.CREATE

    def test_with_the_name_turned_round_is_pointed_out(self) -> None:
        existing = Existing(people=(ExistingPerson(1, "Okoro Ben"),))
        made = plan(read_rows(ROWS), existing)
        assert made.people[1].action is Action.CREATE
        assert "similar_person" in {problem.code for problem in made.problems}


class TestTwoLevelsForOneSkill:
    def reading(self, first: str | None = None, second: str | None = None) -> Reading:
        return read_rows(
            [
                ["Name", "Skill", "Level", "Date"],
                ["Anna Nowak", "Python", 2, first],
                ["Anna Nowak", "Python", 5, second],
            ]
        )

    def test_the_later_one_holds(self) -> None:
        made = plan(self.reading("2025-01-01", "2026-01-01"), Existing())
        assert [(p.after, p.action) for p in made.ratings] == [(2, Action.SKIPPED), (5, Action.CREATE)]

    def test_undated_ones_are_a_question(self) -> None:
        made = plan(self.reading(), Existing())
        assert {p.action for p in made.ratings} == {Action.AMBIGUOUS}
        assert [question.code for question in made.open_questions] == ["two_levels"]
        decided = plan(self.reading(), Existing(), answered(GivenAnswer("two_levels", "C2")))
        assert [(p.after, p.action) for p in decided.ratings] == [(2, Action.CREATE), (5, Action.SKIPPED)]


class TestAnOpenScale:
    def test_keeps_the_raw_mark_and_writes_no_level(self) -> None:
        made = plan(
            read_rows([["Name", "Python", "SQL"], ["Anna Nowak", "x", "o"], ["Ben Okoro", "o", "x"]]), Existing()
        )
        assert {p.action for p in made.ratings} == {Action.SKIPPED}
        assert {p.rating.raw for p in made.ratings} == {"x", "o"}


class TestThePlanAsJson:
    def test_has_every_field_of_the_interface(self) -> None:
        document = plan(read_rows(ROWS), Existing()).to_json(batch=7)
        assert (document["format"], document["batch"]) == ("muster-import/1", 7)
        assert document["sheets"][0].keys() >= {"name", "layout", "header_row", "used", "why"}
        assert (
            document["people"][0].items()
            >= {
                "key": "k1",
                "name": "Anna Nowak",
                "email": "anna@firm.example",
                "external_id": None,
                "action": "create",
            }.items()
        )
        assert (
            document["ratings"][0].items()
            >= {
                "person": "k1",
                "skill": "Python",
                "catalogue_skill": "Python",
                "raw": 5,
                "level": 5,
                "on": None,
                "sheet": "Sheet1",
                "cell": "D2",
            }.items()
        )
        assert document["counts"].items() >= {"people": 2, "skills": 3, "ratings": 4, "create": 2, "update": 0}.items()

    def test_names_the_ends_of_an_allocation_from_and_to(self) -> None:
        rows = [["Name", "Project", "From", "To"], ["Anna Nowak", "Apollo", "2026-01-01", "2026-02-01"]]
        (allocation,) = plan(read_rows(rows), Existing()).to_json()["allocations"]
        assert (allocation["from"], allocation["to"]) == ("2026-01-01", "2026-02-01")
