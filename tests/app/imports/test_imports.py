"""A sheet into the directory and out of nothing else: what is written, what stays, and where each value came from."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.services.accounts.accounts import create_account
from importers import GivenAnswer
from models import (
    Account,
    AccountRole,
    Allocation,
    AllocationChange,
    AllocationState,
    AuditEntry,
    BatchState,
    CostBand,
    Engagement,
    ImportedValue,
    LearningGoal,
    Practitioner,
    Project,
    ProjectState,
    Rating,
    RatingChange,
    RatingSource,
    Skill,
    Tie,
    Unit,
)
from tests.factories.imports import (
    ALLOCATIONS,
    ANNA,
    IMPORTER,
    TOM,
    applied,
    apply_staged,
    edit_rating,
    levels,
    one,
    sheet,
    sizes,
    staged,
)
from tests.factories.people import person, rating


class TestAFirstImport:
    def test_stages_without_touching_the_directory(self, session: Session) -> None:
        before = sizes(session)
        batch = staged(session, sheet(ANNA, TOM))
        assert sizes(session) == before
        assert (batch.state, batch.counts["create"], batch.counts["ratings_create"]) == (BatchState.STAGED, 2, 3)

    def test_writes_people_ratings_and_their_history(self, session: Session) -> None:
        result = applied(session, sheet(ANNA, TOM))
        assert levels(session) == {
            ("Anna Berg", "Python"): 4,
            ("Anna Berg", "SQL"): 5,
            ("Tom Rahman", "Python"): 2,
        }
        assert result.written == {"practitioners": 2, "ratings": 3}
        anna = one(session, "Anna Berg")
        assert (anna.email, anna.title, anna.name_key, anna.version) == ("anna@example.org", "Engineer", "annaberg", 1)
        steps = session.scalars(select(RatingChange)).all()
        assert {(step.level, step.source, step.import_batch_id) for step in steps} == {
            (level, RatingSource.IMPORT, result.batch.id) for level in (4, 5, 2)
        }

    def test_knows_the_cell_of_every_value(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        found = {
            (value.table_name, value.field, value.cell, value.raw) for value in session.scalars(select(ImportedValue))
        }
        assert found == {
            ("practitioners", "", "A2", "Anna Berg"),
            ("ratings", "", "D2", "4"),
            ("ratings", "", "E2", "5"),
        }

    def test_leaves_one_audit_entry_a_step(self, session: Session) -> None:
        result = applied(session, sheet(ANNA))
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == ["import.stage", "import.apply"]
        assert entries[1].after is not None
        assert entries[1].after["sha256"] == result.batch.sha256

    def test_makes_units_cost_bands_and_skills_once_however_they_are_written(self, session: Session) -> None:
        header = ("Name", "Department", "Cost band", "Time zone", "Working share", "Python", "Loom weaving")
        applied(
            session,
            sheet(
                ("Anna Berg", "Data", "B", "Europe/Berlin", "80%", 5, 3),
                ("Tom Rahman", "DATA", "B", "UTC+5:30", "100%", 4, 2),
                header=header,
            ),
        )
        assert [unit.name for unit in session.scalars(select(Unit))] == ["Data"]
        band = session.scalars(select(CostBand)).one()
        assert (band.name, band.daily_cost) == ("B", None)
        anna, tom = one(session, "Anna Berg"), one(session, "Tom Rahman")
        assert (anna.time_zone, anna.utc_offset_minutes, anna.working_share) == ("Europe/Berlin", None, Decimal("0.8"))
        assert (tom.time_zone, tom.utc_offset_minutes, tom.home_unit_id) == (None, 330, anna.home_unit_id)
        assert session.scalar(select(Skill.name_key).where(Skill.name == "Loom weaving")) == "loomweaving"

    def test_links_people_to_the_accounts_of_their_addresses(self, session: Session) -> None:
        create_account(session, IMPORTER, email="anna@example.org", name=None, role=AccountRole.PRACTITIONER)
        applied(session, sheet(ANNA, TOM))
        account = session.scalars(select(Account).execution_options(populate_existing=True)).one()
        assert account.practitioner_id == one(session, "Anna Berg").id

    def test_stores_hostile_names_as_the_text_they_are(self, session: Session) -> None:
        names = ("Robert'; DROP TABLE skills", "Anna <b>Berg</b>", "O'Brien, Pat")
        content = sheet(
            *((name, f"p{n}@example.org", "=cmd|' /C calc'!A0", 5, 4) for n, name in enumerate(names)), ANNA
        )
        applied(session, content)
        titles = set(session.scalars(select(Practitioner.title)))
        assert titles == {"=cmd|' /C calc'!A0", "Engineer"}
        assert session.scalar(select(func.count()).select_from(Skill))


class TestTheSameFileAgain:
    def test_changes_nothing_at_all(self, session: Session) -> None:
        content = sheet(ANNA, TOM)
        applied(session, content)
        before = sizes(session)
        again = staged(session, content)
        assert (again.counts["changes"], again.counts["unchanged"], again.counts["ratings_unchanged"]) == (0, 2, 3)
        assert apply_staged(session, again).written == {}
        assert sizes(session) == before

    def test_changes_nothing_when_values_were_stored_in_our_words(self, session: Session) -> None:
        header = ("Name", "Department", "Time zone", "Working share", "Python")
        content = sheet(
            ("Anna Berg", "Data", "GMT+05:30", "33.33333%", 5), ("Tom Rahman", "DATA ", "UTC+1", "1", 4), header=header
        )
        applied(session, content)
        assert staged(session, content).counts["changes"] == 0

    def test_changes_nothing_for_projects_and_allocations(self, session: Session) -> None:
        content = sheet(
            ("Anna Berg", "Claims", "Engineer", "50%", "2026-01-05", "2026-06-30", "Booked"),
            ("Tom Rahman", "Claims", "Analyst", "33.3333%", "2026-01-05", "", "Tentative"),
            header=ALLOCATIONS,
        )
        applied(session, content)
        assert session.scalar(select(func.count()).select_from(Allocation)) == 2
        assert staged(session, content).counts["changes"] == 0


class TestANewerFile:
    def test_writes_only_the_differences(self, session: Session) -> None:
        applied(session, sheet(ANNA, TOM))
        newer = sheet(("Anna Berg", "anna@example.org", "Lead engineer", 5, 5), TOM)
        result = applied(session, newer)
        assert result.written == {"practitioners": 1, "ratings": 1}
        assert levels(session)["Anna Berg", "Python"] == 5
        assert one(session, "Anna Berg").title == "Lead engineer"
        values = session.scalars(select(ImportedValue).where(ImportedValue.batch_id == result.batch.id))
        changed = {value.field: (value.before or {}, value.after or {}) for value in values}
        assert changed["title"] == ({"value": "Engineer"}, {"value": "Lead engineer"})
        assert (changed["level"][0]["level"], changed["level"][1]["level"]) == (4, 5)

    def test_keeps_old_levels_in_the_history(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        applied(session, sheet(("Anna Berg", "anna@example.org", "Engineer", 5, 5)))
        steps = session.scalars(
            select(RatingChange.level)
            .join(Skill, Skill.id == RatingChange.skill_id)
            .where(Skill.name == "Python")
            .order_by(RatingChange.id)
        )
        assert list(steps) == [4, 5]

    def test_never_overwrites_with_a_blank(self, session: Session) -> None:
        applied(session, sheet(ANNA, TOM))
        assert staged(session, sheet(("Anna Berg", "anna@example.org", "", "", 5), TOM)).counts["changes"] == 0

    def test_moves_versions_on_so_that_open_forms_notice(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        applied(session, sheet(("Anna Berg", "anna@example.org", "Lead", 5, 5)))
        session.expire_all()
        assert one(session, "Anna Berg").version == 2


class TestEditsInMuster:
    def test_a_rating_edited_since_is_a_conflict_and_stays(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        edit_rating(session, "Anna Berg", "Python", 3)
        result = applied(session, sheet(("Anna Berg", "anna@example.org", "Engineer", 5, 5)))
        assert result.written == {}
        assert result.batch.counts["conflicts"] == 1
        assert levels(session)["Anna Berg", "Python"] == 3

    def test_the_files_level_is_taken_when_somebody_says_so(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        edit_rating(session, "Anna Berg", "Python", 3)
        applied(session, sheet(ANNA), GivenAnswer("edited_in_muster", "take"))
        session.expire_all()
        assert levels(session)["Anna Berg", "Python"] == 4

    def test_a_rating_taken_back_does_not_return(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        row = session.scalars(select(Rating).order_by(Rating.id)).first()
        assert row is not None
        session.add(
            RatingChange(
                practitioner_id=row.practitioner_id, skill_id=row.skill_id, level=None, source=RatingSource.SELF
            )
        )
        session.delete(row)
        session.flush()
        assert staged(session, sheet(ANNA)).counts["changes"] == 0

    def test_a_profile_field_edited_since_stays(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        one(session, "Anna Berg").title = "Principal"
        session.flush()
        applied(session, sheet(("Anna Berg", "anna@example.org", "Lead", 4, 5)))
        assert one(session, "Anna Berg").title == "Principal"

    def test_a_rating_that_was_never_imported_stays(self, session: Session) -> None:
        rating(session, person(session, "Anna Berg", email="anna@example.org"), "Python", 2)
        applied(session, sheet(ANNA))
        assert levels(session) == {("Anna Berg", "Python"): 2, ("Anna Berg", "SQL"): 5}

    def test_a_confirmation_ends_with_the_level_it_was_of(self, session: Session) -> None:
        applied(session, sheet(ANNA))
        account = create_account(session, IMPORTER, email="mia@example.org", name="Mia", role=AccountRole.MANAGER)
        session.execute(update(Rating).values(verified_by_id=account.id, verified_at=account.created_at))
        applied(session, sheet(("Anna Berg", "anna@example.org", "Engineer", 3, 5)))
        session.expire_all()
        confirmed = {row.level: row.verified_by_id for row in session.scalars(select(Rating))}
        assert confirmed == {3: None, 5: account.id}


class TestGoalsAndProjects:
    def test_past_projects_become_history_outcomes_and_ties(self, session: Session) -> None:
        header = ("Person", "Project", "Client", "Role", "Share", "From", "To", "Outcome")
        applied(
            session,
            sheet(
                ("Anna Berg", "Radar", "Acme", "Engineer", "80%", "2024-01-08", "2024-12-20", "Partial"),
                ("Tom Rahman", "Radar", "Acme", "Analyst", "50%", "2024-03-04", "2024-12-20", "Partial"),
                header=header,
            ),
        )
        project = session.scalars(select(Project)).one()
        assert (project.state, project.success, project.client) == (ProjectState.FINISHED, Decimal("0.5"), "Acme")
        assert (project.starts_on, project.ends_on) == (date(2024, 1, 8), date(2024, 12, 20))
        assert set(session.scalars(select(Engagement.role_name))) == {"Engineer", "Analyst"}
        assert session.scalars(select(Tie.shared_projects)).one() == 1

    def test_allocations_take_their_state_from_the_sheets_word(self, session: Session) -> None:
        rows = (
            ("Anna Berg", "Claims", "Engineer", "50%", "2026-01-05", "2026-06-30", "Booked"),
            ("Tom Rahman", "Claims", "Analyst", "40%", "2026-01-05", "2026-06-30", "tentative"),
        )
        applied(session, sheet(*rows, header=ALLOCATIONS))
        found = {row.role_name: row.state for row in session.scalars(select(Allocation))}
        assert found == {"Engineer": AllocationState.CONFIRMED, "Analyst": AllocationState.HELD}
        assert session.scalar(select(func.count()).select_from(AllocationChange)) == 2

    def test_what_a_row_cannot_hold_is_told_and_left_out(self, session: Session) -> None:
        rows = (
            ("Anna Berg", "Claims", "Engineer", "50%", "2026-06-30", "2026-01-05", "Booked"),
            ("Tom Rahman", "Claims", "Analyst", "40%", "2026-01-05", "2026-06-30", "wobbly"),
        )
        result = applied(session, sheet(*rows, header=ALLOCATIONS))
        assert {problem.code for problem in result.plan.problems} >= {"ends_before_start", "state_unknown"}
        assert session.scalar(select(func.count()).select_from(Allocation)) == 0
        assert session.scalar(select(func.count()).select_from(Project)) == 0

    def test_a_goal_without_a_target_aims_above_what_the_person_has(self, session: Session) -> None:
        header = ("Name", "Python", "SQL", "Wants to learn")
        applied(session, sheet(("Anna Berg", 5, 4, "SQL"), header=header))
        goals = session.scalars(select(LearningGoal)).all()
        assert [(goal.target_level, goal.priority) for goal in goals] == [(5, 2)]
