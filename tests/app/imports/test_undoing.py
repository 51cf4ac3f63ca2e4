"""Undoing an import: what it did goes back, what somebody built on since stays and is told with why."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.queries.imports.undo_lines import UndoLine
from app.queries.imports.undoing import plan_undo
from app.services.imports.undoing import undo
from importers import GivenAnswer
from models import (
    Account,
    AccountRole,
    AuditEntry,
    BatchState,
    Endorsement,
    ImportedValue,
    Practitioner,
    Rating,
    RatingChange,
    RatingSource,
    Skill,
    Unit,
)
from tests.factories.imports import ALLOCATIONS, ANNA, IMPORTER, TOM, applied, edit_rating, levels, one, sheet, staged
from tests.factories.people import person, rating
from tests.factories.snapshots import snapshot

PROFILE = ("Name", "Email", "Title", "Department", "Office", "Timezone", "FTE", "Cost band", "Python")


def account_of(session: Session, email: str) -> Account:
    account = Account(email=email, name=email, role=AccountRole.PRACTITIONER)
    session.add(account)
    session.flush()
    return account


def whys(lines: list[UndoLine]) -> dict[tuple[str, str], str | None]:
    return {(line.what, line.subject): line.why for line in lines}


class TestUndoing:
    def test_leaves_the_directory_as_it_was(self, session: Session) -> None:
        before = snapshot(session)
        batch = applied(session, sheet(ANNA, TOM)).batch
        assert snapshot(session) != before
        told = undo(session, IMPORTER, batch.id)
        assert snapshot(session) == before
        assert (len(told.reversed), told.kept, told.impossible) == (5, [], [])
        assert UndoLine("rating", "Anna Berg", "Python", 4, None) in told.reversed
        assert UndoLine("person", "Tom Rahman", "Tom Rahman", "Tom Rahman", None) in told.reversed

    def test_takes_everything_else_of_a_sheet_back_too(self, session: Session) -> None:
        before = snapshot(session)
        stays = sheet(
            ("Anna Berg", "Atlas", "Engineer", "50%", "2026-01-05", "2026-06-30", "confirmed"), header=ALLOCATIONS
        )
        profile = sheet(
            ("Anna Berg", "anna@example.org", "Engineer", "Platform", "Berlin", "UTC+1", "80%", "B2", 4), header=PROFILE
        )
        made = [applied(session, content).batch.id for content in (profile, stays)]
        for batch_id in reversed(made):
            undo(session, IMPORTER, batch_id)
        assert snapshot(session) == before

    def test_gives_changed_values_back(self, session: Session) -> None:
        applied(session, sheet(("Anna Berg", "anna@example.org", "Analyst", 3, 5)))
        before = snapshot(session)
        batch = applied(session, sheet(("Anna Berg", "anna@example.org", "Engineer", 5, 5))).batch
        told = undo(session, IMPORTER, batch.id)
        assert snapshot(session) == before
        assert UndoLine("field", "Anna Berg", "title", "Engineer", "Analyst") in told.reversed
        assert UndoLine("rating", "Anna Berg", "Python", 5, 3) in told.reversed

    def test_gives_several_values_of_one_person_back(self, session: Session) -> None:
        header = ("Name", "Email", "Title", "Department", "Python")
        applied(session, sheet(("Anna Berg", "anna@example.org", "Analyst", "Platform", 4), header=header))
        before = snapshot(session)
        batch = applied(session, sheet(("Anna Berg", "anna@example.org", "Lead", "Data", 4), header=header)).batch
        assert not undo(session, IMPORTER, batch.id).impossible
        assert snapshot(session) == before

    def test_is_previewed_by_the_same_function(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA, TOM)).batch
        edit_rating(session, "Anna Berg", "Python", 5)
        before = snapshot(session)
        preview = plan_undo(session, batch.id).told
        assert snapshot(session) == before
        assert undo(session, IMPORTER, batch.id) == preview

    def test_is_written_down(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        undo(session, IMPORTER, batch.id)
        assert (batch.state, batch.undone_at is not None) == (BatchState.UNDONE, True)
        assert batch.counts["undone"] == {"reversed": 3, "kept": 0, "impossible": 0}
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (entry.action, entry.subject_id, entry.after["reversed"]) == ("import.undo", batch.id, 3)

    def test_happens_once(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        undo(session, IMPORTER, batch.id)
        with pytest.raises(Conflict, match="undone already"):
            undo(session, IMPORTER, batch.id)

    def test_is_for_what_was_applied(self, session: Session) -> None:
        with pytest.raises(Conflict, match="it changed nothing"):
            undo(session, IMPORTER, staged(session, sheet(ANNA)).id)
        with pytest.raises(NotFound):
            undo(session, IMPORTER, 999)

    def test_lets_the_same_file_in_again(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA, TOM)).batch
        after = snapshot(session)
        undo(session, IMPORTER, batch.id)
        again = applied(session, sheet(ANNA, TOM))
        assert snapshot(session) == after
        assert again.plan.counts()["create"] == 2

    def test_takes_the_link_to_an_account_back(self, session: Session) -> None:
        account = account_of(session, "anna@example.org")
        batch = applied(session, sheet(ANNA)).batch
        session.refresh(account)
        assert account.practitioner_id == one(session, "Anna Berg").id
        told = undo(session, IMPORTER, batch.id)
        session.refresh(account)
        assert account.practitioner_id is None
        assert not told.impossible


class TestWhatWasEditedSince:
    def test_a_rating_stays_with_its_history(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        edit_rating(session, "Anna Berg", "Python", 5)
        told = undo(session, IMPORTER, batch.id)
        assert levels(session) == {("Anna Berg", "Python"): 5}
        assert whys(told.kept) == {("rating", "Python"): "Edited in Muster since."}
        steps = session.scalars(select(RatingChange.level).order_by(RatingChange.id)).all()
        assert steps == [4, 5]
        assert "1 rating" in (whys(told.impossible)["person", "Anna Berg"] or "")

    def test_a_person_stays_and_loses_the_ratings(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA, TOM)).batch
        one(session, "Anna Berg").about = "Leads the platform team."
        session.flush()
        told = undo(session, IMPORTER, batch.id)
        assert session.scalars(select(Practitioner.name)).all() == ["Anna Berg"]
        assert levels(session) == {}
        assert whys(told.kept) == {("field", "about"): "Edited in Muster since."}

    def test_a_removed_rating_stays_removed(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        row = session.scalars(select(Rating).join(Skill).where(Skill.name == "Python")).one()
        step = RatingChange(practitioner_id=row.practitioner_id, skill_id=row.skill_id, source=RatingSource.SELF)
        session.add(step)
        session.delete(row)
        session.flush()
        told = undo(session, IMPORTER, batch.id)
        assert whys(told.kept) == {("rating", "Python"): "Removed in Muster since."}
        assert levels(session) == {}

    def test_a_row_under_the_number_of_a_removed_one_is_another(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA, TOM)).batch
        tom = one(session, "Tom Rahman")
        number = tom.id
        for step in session.scalars(select(RatingChange).where(RatingChange.practitioner_id == number)):
            session.delete(step)
        session.delete(tom)
        session.flush()
        session.add(Practitioner(id=number, name="Tom Rahman", name_key="tom rahman", email="tom@example.org"))
        session.flush()
        undo(session, IMPORTER, batch.id)
        assert session.scalars(select(Practitioner.id)).all() == [number]

    def test_a_changed_field_stays_and_the_others_go_back(self, session: Session) -> None:
        person(session, "Anna Berg", email="anna@example.org", title=None, location=None)
        batch = applied(
            session,
            sheet(
                ("Anna Berg", "anna@example.org", "Lead", "Berlin", 3),
                header=("Name", "Email", "Title", "Office", "Python"),
            ),
        ).batch
        one(session, "Anna Berg").title = "Head of platform"
        session.flush()
        told = undo(session, IMPORTER, batch.id)
        anna = one(session, "Anna Berg")
        assert (anna.title, anna.location, levels(session)) == ("Head of platform", None, {})
        assert whys(told.kept) == {("field", "title"): "Edited in Muster since."}


class TestWhatCannotGoBack:
    def test_an_endorsed_rating(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        account = account_of(session, "vera@example.org")
        rated = session.scalars(select(Rating).join(Skill).where(Skill.name == "Python")).one()
        session.add(Endorsement(rating_id=rated.id, endorsed_by_id=account.id, level=4))
        session.flush()
        told = undo(session, IMPORTER, batch.id)
        assert "1 endorsement" in (whys(told.impossible)["rating", "Python"] or "")
        assert levels(session) == {("Anna Berg", "Python"): 4}

    def test_a_skill_that_others_use_by_now(self, session: Session) -> None:
        batch = applied(session, sheet(("Anna Berg", 4, 5), header=("Name", "Zither tuning", "SQL"))).batch
        rating(session, person(session, "Eve Long"), "Zither tuning", 2)
        told = undo(session, IMPORTER, batch.id)
        assert list(whys(told.impossible)) == [("skill", "Zither tuning")]
        assert levels(session) == {("Eve Long", "Zither tuning"): 2}

    def test_what_was_imported_before_muster_kept_what_stood_there(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA)).batch
        session.execute(update(ImportedValue).values(stored_before=None, stored_after=None))
        told = undo(session, IMPORTER, batch.id)
        assert not told.reversed
        assert len(told.impossible) == 3
        assert len(levels(session)) == 2

    def test_a_value_that_somebody_else_has_by_now(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        batch = applied(session, sheet(("Anna Berg", "anna@example.org", "Lead", 4, 5))).batch
        changed = session.scalars(select(ImportedValue).where(ImportedValue.batch_id == batch.id)).one()
        changed.stored_before, changed.stored_after = {"external_id": "7"}, {"external_id": None}
        person(session, "Eve Long", external_id="7")
        told = undo(session, IMPORTER, batch.id)
        assert whys(told.kept) == {("field", "external id"): "Somebody else has that by now."}
        assert one(session, "Anna Berg").external_id is None


class TestUndoingOneOfSeveral:
    def test_what_a_later_import_changed_stays_with_that(self, session: Session) -> None:
        before = snapshot(session)
        first = applied(session, sheet(ANNA)).batch
        second = applied(session, sheet(("Anna Berg", "anna@example.org", "Lead", 5, 5))).batch
        told = undo(session, IMPORTER, first.id)
        assert levels(session) == {("Anna Berg", "Python"): 5}
        assert one(session, "Anna Berg").title == "Lead"
        assert f"Import {second.id}" in (whys(told.kept)["rating", "Python"] or "")
        undo(session, IMPORTER, second.id)
        assert snapshot(session) == before

    def test_a_unit_that_only_a_later_import_needs_goes_with_that(self, session: Session) -> None:
        before = snapshot(session)
        header = ("Name", "Email", "Department", "Python")
        first = applied(session, sheet(("Anna Berg", "anna@example.org", "Platform", 4), header=header)).batch
        second = applied(session, sheet(("Tom Rahman", "tom@example.org", "Platform", 2), header=header)).batch
        undo(session, IMPORTER, first.id)
        assert session.scalars(select(Unit.name)).all() == ["Platform"]
        undo(session, IMPORTER, second.id)
        assert snapshot(session) == before

    def test_an_edit_between_two_imports_comes_back(self, session: Session) -> None:
        first = applied(session, sheet(ANNA)).batch
        edit_rating(session, "Anna Berg", "Python", 2)
        content = sheet(("Anna Berg", "anna@example.org", "Engineer", 5, 5))
        second = applied(session, content, GivenAnswer("edited_in_muster", "take")).batch
        assert levels(session)["Anna Berg", "Python"] == 5
        undo(session, IMPORTER, first.id)
        undo(session, IMPORTER, second.id)
        assert levels(session) == {("Anna Berg", "Python"): 2}
