"""The sheet of the next month: only differences, what was edited in Muster, who is missing, and choices remembered."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.queries.imports.directory import catalogue
from app.queries.imports.remembered_choices import remembered_choices
from app.services.imports import batches
from app.services.imports.undoing import undo
from importers import Choices, GivenAnswer, Plan, SheetMapping, SkillAction, SkillChoice, read
from models import (
    Allocation,
    AllocationState,
    AuditEntry,
    ImportBatch,
    ImportedValue,
    ImportMapping,
    LearningGoal,
    Practitioner,
    Rating,
    Skill,
    SkillAlias,
)
from tests.factories.imports import ALLOCATIONS, ANNA, IMPORTER, TOM, levels, one, sheet, sizes

GOALS = ("Name", "Python", "SQL", "Wants to learn")
MARKS = ("Name", "Python", "SQL")


def staged(session: Session, content: bytes, choices: Choices | None = None) -> ImportBatch:
    """As an upload does: with what is remembered."""
    remembered = remembered_choices(session)
    reading = read(content, "skills.csv", catalogue=catalogue(session), choices=choices, remembered=remembered)
    return batches.stage(session, IMPORTER, content=content, filename="skills.csv", reading=reading)


def applied(session: Session, content: bytes, choices: Choices | None = None) -> Plan:
    batch = staged(session, content, choices)
    reading = read(
        content, "skills.csv", catalogue=catalogue(session), choices=batches.from_wire(Choices, batch.choices)
    )
    return batches.apply(session, IMPORTER, batch, expected_digest=batch.plan_digest, reading=reading).plan


def answers(*given: GivenAnswer) -> Choices:
    return Choices(answers=given)


def open_subjects(batch: ImportBatch) -> list[tuple[str, str | None]]:
    return [(asked["code"], asked["subject"]) for asked in batch.plan["questions"] if asked["answer"] is None]


class TestWhatWasEditedInMuster:
    def test_a_profile_field_is_kept_or_taken_as_answered(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        one(session, "Anna Berg").title = "Principal"
        session.flush()
        newer = sheet(("Anna Berg", "anna@example.org", "Lead", 4, 5))
        assert open_subjects(staged(session, newer)) == [("edited_in_muster", "Anna Berg: title")]
        applied(session, newer, answers(GivenAnswer("edited_in_muster", "keep")))
        assert one(session, "Anna Berg").title == "Principal"
        applied(session, newer, answers(GivenAnswer("edited_in_muster", "take")))
        session.expire_all()
        assert one(session, "Anna Berg").title == "Lead"

    def test_a_learning_goal_that_was_taken_out_does_not_come_back_by_itself(self, session: Session) -> None:
        content = sheet(("Anna Berg", 5, 4, "SQL"), header=GOALS)
        applied(session, content)
        session.execute(delete(LearningGoal))
        assert open_subjects(staged(session, content)) == [("edited_in_muster", "Anna Berg: learning goal SQL")]
        applied(session, content)
        assert session.scalars(select(LearningGoal)).all() == []
        applied(session, content, answers(GivenAnswer("edited_in_muster", "take")))
        assert len(session.scalars(select(LearningGoal)).all()) == 1

    def test_a_learning_goal_with_another_target_is_a_question(self, session: Session) -> None:
        applied(session, sheet(("Anna Berg", 5, 2, "SQL (4)"), header=GOALS))
        session.execute(update(LearningGoal).values(target_level=5))
        newer = sheet(("Anna Berg", 5, 2, "SQL (3)"), header=GOALS)
        assert open_subjects(staged(session, newer)) == [("edited_in_muster", "Anna Berg: learning goal SQL")]

    def test_an_allocation_is_kept_or_taken_as_answered(self, session: Session) -> None:
        def row(share: str) -> Sequence[str]:
            return ("Anna Berg", "Claims", "Engineer", share, "2026-01-05", "2026-06-30", "Booked")

        applied(session, sheet(row("50%"), header=ALLOCATIONS))
        session.execute(update(Allocation).values(state=AllocationState.HELD))
        newer = sheet(row("80%"), header=ALLOCATIONS)
        assert open_subjects(staged(session, newer)) == [("edited_in_muster", "Anna Berg: Claims, Engineer")]
        applied(session, newer, answers(GivenAnswer("edited_in_muster", "take")))
        session.expire_all()
        assert [float(row.share) for row in session.scalars(select(Allocation))] == [0.8]

    def test_an_allocation_that_was_taken_out_is_a_question(self, session: Session) -> None:
        content = sheet(
            ("Anna Berg", "Claims", "Engineer", "50%", "2026-01-05", "2026-06-30", "Booked"), header=ALLOCATIONS
        )
        applied(session, content)
        session.execute(delete(Allocation))
        assert open_subjects(staged(session, content)) == [("edited_in_muster", "Anna Berg: Claims, Engineer")]
        applied(session, content)
        assert session.scalars(select(Allocation)).all() == []


class TestPeopleMissingFromTheNewFile:
    def test_are_named_and_left_alone(self, session: Session) -> None:
        applied(session, sheet(ANNA, TOM))
        before = sizes(session)
        planned = applied(session, sheet(ANNA))
        tom = one(session, "Tom Rahman")
        assert [(person.id, person.name) for person in planned.missing] == [(tom.id, "Tom Rahman")]
        assert planned.to_json()["missing"] == [{"id": tom.id, "name": "Tom Rahman"}]
        assert sizes(session) == before

    def test_are_those_of_the_last_file_of_its_shape_only(self, session: Session) -> None:
        applied(session, sheet(ANNA, TOM))
        applied(session, sheet(("Eva Lind", 5, 4), header=MARKS))
        assert [person.name for person in applied(session, sheet(TOM)).missing] == ["Anna Berg"]

    def test_are_nobody_on_a_first_import(self, session: Session) -> None:
        assert applied(session, sheet(ANNA)).missing == ()

    def test_are_not_those_who_may_be_meant_by_an_open_question(self, session: Session) -> None:
        header = ("Name", "Employee ID", "Python")
        applied(session, sheet(("Ben Okoro", "1", 5), ("Ben Okoro", "2", 4), ("Eva Lind", "3", 5), header=header))
        planned = applied(session, sheet(("Ben Okoro", "", 5), header=header))
        assert [question.code for question in planned.open_questions] == ["which_person"]
        assert [person.name for person in planned.missing] == ["Eva Lind"]


class TestChoicesRemembered:
    MONTH = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=MARKS)
    NEXT = sheet(("Anna Berg", "o", "o"), ("Tom Rahman", "o", "x"), ("Eva Lind", "x", "x"), header=MARKS)

    def test_answer_for_the_next_month(self, session: Session) -> None:
        applied(session, self.MONTH, answers(GivenAnswer("symbols_without_legend", {"x": 4, "o": 1})))
        batch = staged(session, self.NEXT)
        assert (batch.plan["remembered"], batch.counts["questions_open"]) == (True, 0)
        applied(session, self.NEXT)
        assert levels(session)["Eva Lind", "Python"] == 4
        assert levels(session)["Anna Berg", "Python"] == 1

    def test_are_stored_only_when_an_import_is_applied(self, session: Session) -> None:
        staged(session, self.MONTH, answers(GivenAnswer("symbols_without_legend", {"x": 4, "o": 1})))
        assert session.scalars(select(ImportMapping)).all() == []

    def test_can_be_taken_back(self, session: Session) -> None:
        mapping = {"skills": SheetMapping(columns={"C": "ignore"})}
        applied(session, self.MONTH, Choices(mappings=mapping))
        reading = read(self.NEXT, "skills.csv", catalogue=catalogue(session), choices=Choices())
        batch = batches.stage(session, IMPORTER, content=self.NEXT, filename="skills.csv", reading=reading)
        batches.apply(session, IMPORTER, batch, expected_digest=batch.plan_digest, reading=reading)
        assert [kept.mappings for kept in remembered_choices(session).values()] == [{}]

    def test_are_kept_for_every_shape_apart(self, session: Session) -> None:
        applied(session, self.MONTH, answers(GivenAnswer("symbols_without_legend", {"x": 4, "o": 1})))
        applied(session, sheet(ANNA))
        assert len(remembered_choices(session)) == 2
        assert staged(session, self.NEXT).counts["questions_open"] == 0


class TestASkillMerged:
    CONTENT = sheet(("Anna Berg", 4, 5), ("Tom Rahman", 2, 1), header=("Name", "Pythn", "SQL"))
    CHOICE = Choices(skills={"Pythn": SkillChoice(SkillAction.MERGE, ("Python",))})

    def test_writes_its_levels_to_the_other_and_its_name_as_an_alias(self, session: Session) -> None:
        applied(session, self.CONTENT, self.CHOICE)
        alias = session.scalars(select(SkillAlias).where(SkillAlias.alias == "Pythn")).one()
        assert alias.alias_key == "pythn"
        assert levels(session)["Anna Berg", "Python"] == 4
        assert session.scalar(select(Skill.id).where(Skill.name == "Pythn")) is None

    def test_is_known_by_that_name_next_month(self, session: Session) -> None:
        applied(session, self.CONTENT, self.CHOICE)
        again = staged(session, self.CONTENT)
        assert again.counts["changes"] == 0
        assert catalogue(session).match("Pythn").skill == "Python"

    def test_leaves_where_the_alias_came_from_and_who_decided(self, session: Session) -> None:
        applied(session, self.CONTENT, self.CHOICE)
        value = session.scalars(select(ImportedValue).where(ImportedValue.table_name == "skill_aliases")).one()
        assert (value.field, value.cell, value.raw, value.before) == ("", "B2", "Pythn", None)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.alias")).one()
        assert (entry.actor, entry.after) == (IMPORTER.label, {"Pythn": "Python"})

    def test_is_taken_back_with_its_alias_when_the_import_is_undone(self, session: Session) -> None:
        batch = staged(session, self.CONTENT, self.CHOICE)
        reading = read(self.CONTENT, "skills.csv", catalogue=catalogue(session), choices=self.CHOICE)
        batches.apply(session, IMPORTER, batch, expected_digest=batch.plan_digest, reading=reading)
        undo(session, IMPORTER, batch.id)
        session.expire_all()
        assert session.scalar(select(SkillAlias.id).where(SkillAlias.alias == "Pythn")) is None
        assert levels(session) == {}
        assert session.scalar(select(Skill.id).where(Skill.name == "Python")) is not None

    def test_into_another_new_one_makes_both_at_once(self, session: Session) -> None:
        content = sheet(("Anna Berg", 4, ""), ("Tom Rahman", "", 5), header=("Name", "Loom weavin", "Loom weaving"))
        choices = Choices(skills={"Loom weavin": SkillChoice(SkillAction.MERGE, ("Loom weaving",))})
        applied(session, content, choices)
        assert levels(session) == {("Anna Berg", "Loom weaving"): 4, ("Tom Rahman", "Loom weaving"): 5}
        assert session.scalars(select(SkillAlias.alias).where(SkillAlias.alias_key == "loomweavin")).all() == [
            "Loom weavin"
        ]

    def test_that_is_left_out_or_split_writes_no_skill_of_its_name(self, session: Session) -> None:
        content = sheet(("Anna Berg", 4, 5), header=("Name", "Python/ SQL", "Pottery"))
        choices = Choices(
            skills={
                "Python/ SQL": SkillChoice(SkillAction.SPLIT, ("Python", "SQL")),
                "Pottery": SkillChoice(SkillAction.IGNORE),
            }
        )
        applied(session, content, choices)
        assert levels(session) == {("Anna Berg", "Python"): 4, ("Anna Berg", "SQL"): 4}
        assert session.scalars(select(Skill.name).where(Skill.name.in_(("Python/ SQL", "Pottery")))).all() == []
        assert session.scalars(select(Rating.level)).all() == [4, 4]
        assert len(session.scalars(select(Practitioner)).all()) == 1
