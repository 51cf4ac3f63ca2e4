"""Erasing a person: no trace of name and address anywhere, and nothing else harmed."""

import io
import json
import zlib
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, LargeBinary, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.queries.audit.chain import verify_chain
from app.queries.imports.notes import annotation
from app.queries.staffing.proposals import stored_problem
from app.services.audit import COMMAND_LINE, record
from app.services.imports.undoing import undo
from app.services.privacy.erasing import RELEASED, Erased, erase
from app.services.privacy.scrubbing import PACKED
from app.services.ties import refresh_ties
from importers.names import normal_form
from models import (
    Account,
    AccountRole,
    Allocation,
    AllocationChange,
    AllocationState,
    AuditEntry,
    Base,
    BatchState,
    Endorsement,
    Engagement,
    ImportBatch,
    ImportMapping,
    Job,
    JobState,
    LearningGoal,
    Practitioner,
    Project,
    ProposedSeat,
    Rating,
    Skill,
    SkillAlias,
    StaffingRun,
    Tie,
)
from tests.factories.failures import fail_one_by_one
from tests.factories.imports import TOM, applied, one, sheet, staged
from tests.factories.people import engagement, person, skill, tie, work
from tests.factories.record import EMAIL, NAME, Known, account, known_person
from tests.factories.staffing import MONDAY, SUNDAY, role, staff
from tests.traces import dump, traces

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def known(session: Session) -> Known:
    known = known_person(session)
    nasty_places(session, known)
    session.commit()
    return known


def nasty_places(session: Session, known: Known) -> None:
    """Where a name ends up that nobody meant to put there."""
    project = session.scalars(select(Project).where(Project.name == "Old mill")).one()
    project.description = f"Ask {NAME} or BERGSTRÖM, LUCÍA; else lucia.bergstrom@EXAMPLE.org. Not Hana Bergström-Ek."
    python = skill(session, "Python")
    session.add(SkillAlias(skill_id=python.id, alias="Lucia Bergstrom", alias_key="luciabergstrom"))
    session.add(SkillAlias(skill_id=python.id, alias=f"Snakes of {NAME}", alias_key=normal_form(f"Snakes of {NAME}")))
    for name in (f"{NAME} things", "Lucia Bergström things"):
        session.add(Skill(name=name, name_key=name.encode().hex()))
    session.add(
        Job(
            kind="import.apply",
            subject="import_batch",
            subject_id=9,
            request={"choices": {"answers": [{"subject": f"Bergström, {NAME.split()[0]}"}]}},
            state=JobState.FAILED,
            error=f"Two people are called {NAME}.",
            details={NAME: [{"people": [NAME, None]}]},
            actor="account 1",
        )
    )
    session.add(ImportMapping(shape="s" * 64, choices={"skills": {NAME: "Python"}}))
    record(session, COMMAND_LINE, "project.edit", "project", project.id, after={"by": EMAIL}, reason=f"{NAME} said so")
    book = Workbook()
    assert book.active is not None
    for row in (("First", "Last", "Python"), ("Tom", "Rahman", 2), ("Lucía", "Bergström", 4)):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    apart = staged(session, sheet(TOM))
    apart.content, apart.state = content.getvalue(), BatchState.APPLIED
    staged(session, sheet((NAME, "", "", 1, 1), ("Other Person", "", "", 1, 1)))
    staged(session, sheet(("Other Person", "", "", f"see {NAME}", 1)))
    staged(session, sheet(("Other Person", "", "", 3, 3)))
    need = work(session, f"Deputy of {NAME}", starts_on=MONDAY, ends_on=SUNDAY)
    role(session, need, f"Deputy of {NAME}", {"SQL": 1})
    run = staff(session, need.id, today=TODAY)
    older = staff(session, need.id, today=TODAY)
    older.inputs = zlib.compress(json.dumps(stored_problem(run).to_json()).encode())
    assert run.inputs
    session.flush()


def erased(session: Session, person_id: int) -> Erased:
    told = erase(session, COMMAND_LINE, person_id, NOW)
    session.commit()
    return told


class TestNoTrace:
    def test_was_everywhere_before(self, session: Session, known: Known) -> None:
        found = traces(session, NAME, EMAIL)
        assert {place.split(".")[0] for place in found} >= {
            "accounts",
            "allocation_changes",
            "audit_entries",
            "decisions",
            "endorsements",
            "external_identities",
            "import_batches",
            "import_lines",
            "import_mappings",
            "imported_values",
            "jobs",
            "practitioners",
            "projects",
            "roles",
            "skill_aliases",
            "skills",
            "staffing_runs",
        }

    def test_is_anywhere_after(self, session: Session, known: Known) -> None:
        told = erased(session, known.person.id)
        assert traces(session, NAME, EMAIL) == []
        assert told.left == {}

    def test_is_in_the_rows_about_the_person(self, session: Session, known: Known) -> None:
        pid = known.person.id
        erased(session, pid)
        row = session.get_one(Practitioner, pid)
        assert (row.name, row.name_key, row.active) == (f"Erased person {pid}", f"erasedperson{pid}", False)
        assert row.erased_at == NOW
        said = (row.email, row.external_id, row.title, row.about, row.location, row.time_zone, row.home_unit_id)
        assert set(said) == {None}
        for table in (Rating, LearningGoal):
            assert not session.scalars(select(table.id).where(table.practitioner_id == pid)).all()
        assert not session.scalars(select(Account.id).where(Account.email == EMAIL)).all()
        assert not session.scalars(select(Tie.strength)).all()
        assert [row.note for row in session.scalars(select(Endorsement))] == []

    def test_leaves_texts_that_can_be_read(self, session: Session, known: Known) -> None:
        erased(session, known.person.id)
        who = f"Erased person {known.person.id}"
        told = session.scalars(select(Project.description).where(Project.name == "Old mill")).one()
        handle = who.lower().replace(" ", "-")
        assert told == f"Ask {who} or {who}; else {handle}. Not Hana Bergström-Ek."
        assert set(session.scalars(select(Skill.name).where(Skill.name.like("Erased%")))) == {
            f"{who} things",
            f"{who} things (2)",
        }
        keys = {skill.name_key for skill in session.scalars(select(Skill).where(Skill.name.like("Erased%")))}
        assert keys == {normal_form(f"{who} things"), normal_form(f"{who} things (2)")}
        aliases = session.scalars(select(SkillAlias.alias).where(SkillAlias.alias.like("%Erased%"))).all()
        assert aliases == [f"Snakes of {who}"]

    def test_every_column_of_bytes_is_looked_into(self) -> None:
        columns = {
            (table.name, column.name)
            for table in Base.metadata.sorted_tables
            for column in table.c
            if isinstance(column.type, LargeBinary)
        }
        assert columns == set(PACKED)


class TestTheHistory:
    def test_stays_under_the_number(self, session: Session, known: Known) -> None:
        pid = known.person.id
        erased(session, pid)
        assert len(session.scalars(select(Engagement).where(Engagement.practitioner_id == pid)).all()) == 1
        states = session.scalars(select(Allocation.state).where(Allocation.practitioner_id == pid)).all()
        assert sorted(states) == [AllocationState.COMPLETED, AllocationState.RELEASED]
        assert session.scalars(select(ProposedSeat.id).where(ProposedSeat.practitioner_id == pid)).all()

    def test_releases_open_bookings_with_a_sentence(self, session: Session, known: Known) -> None:
        told = erased(session, known.person.id)
        change = session.scalars(select(AllocationChange).order_by(AllocationChange.id.desc()).limit(1)).one()
        assert (change.state, change.reason, change.changed_at) == (AllocationState.RELEASED, RELEASED, NOW)
        assert told.counts["bookings_released"] == 1

    def test_forgets_the_reasons_that_were_given_for_steps_of_their_bookings(
        self, session: Session, known: Known
    ) -> None:
        erased(session, known.person.id)
        reasons = session.scalars(select(AllocationChange.reason).order_by(AllocationChange.id)).all()
        assert reasons == [None, RELEASED]

    def test_makes_no_ties_any_more(self, session: Session, known: Known) -> None:
        erased(session, known.person.id)
        assert refresh_ties(session, TODAY) == 0

    def test_keeps_stored_problems_readable_and_their_digests_right(self, session: Session, known: Known) -> None:
        erased(session, known.person.id)
        runs = session.scalars(select(StaffingRun).order_by(StaffingRun.id)).all()
        for run in runs[:2]:
            assert stored_problem(run).digest() == run.inputs_digest
        assert f"Deputy of Erased person {known.person.id}" in str(stored_problem(runs[1]).roles)


class TestImports:
    def test_lose_the_file_and_say_so(self, session: Session, known: Known) -> None:
        erased(session, known.person.id)
        first = session.scalars(select(ImportBatch).order_by(ImportBatch.id).limit(1)).one()
        assert (first.state, first.content) == (BatchState.APPLIED, b"")
        with pytest.raises(Conflict, match="no longer kept"):
            annotation(session, first.id)

    def test_not_decided_are_discarded_unless_they_are_about_others(self, session: Session, known: Known) -> None:
        told = erased(session, known.person.id)
        states = [
            (batch.state, bool(batch.content))
            for batch in session.scalars(select(ImportBatch).order_by(ImportBatch.id))
        ]
        assert states == [
            (BatchState.APPLIED, False),
            (BatchState.APPLIED, False),
            (BatchState.DISCARDED, False),
            (BatchState.DISCARDED, False),
            (BatchState.STAGED, True),
        ]
        assert (told.counts["import_files"], told.counts["imports_discarded"]) == (4, 2)

    def test_can_still_be_undone(self, session: Session, known: Known) -> None:
        pid = known.person.id
        erased(session, pid)
        undo(session, COMMAND_LINE, 1)
        session.commit()
        assert session.get_one(Practitioner, pid).name == f"Erased person {pid}"

    def test_of_the_next_month_do_not_miss_the_person(self, session: Session) -> None:
        anna = ("Anna Berg", "anna@example.org", "", 4, 5)
        applied(session, sheet(anna, TOM))
        pid = one(session, "Anna Berg").id
        erased(session, pid)
        again = staged(session, sheet(TOM))
        assert again.plan["missing"] == []


class TestOthers:
    def test_with_the_same_name_keep_theirs_and_what_is_left_is_told(self, session: Session, known: Known) -> None:
        namesake = person(session, NAME, email="other.lucia@example.org")
        session.commit()
        told = erased(session, known.person.id)
        session.refresh(namesake)
        assert (namesake.name, namesake.name_key, namesake.email) == (
            NAME,
            normal_form(NAME),
            "other.lucia@example.org",
        )
        assert told.why == "somebody else has the same name"
        assert told.left["projects.description"] == 1
        assert traces(session, EMAIL) == []

    def test_whose_names_hold_the_name_are_left_alone(self, session: Session, known: Known) -> None:
        longer = person(session, f"{NAME} Ek")
        project = work(session, "Twins", description=f"{NAME} Ek, and {NAME}")
        session.commit()
        erased(session, known.person.id)
        session.refresh(longer)
        session.refresh(project)
        assert longer.name == f"{NAME} Ek"
        assert project.description == f"{NAME} Ek, and Erased person {known.person.id}"

    def test_are_as_they_were(self, session: Session, known: Known) -> None:
        tom = known.colleague.id
        before = {
            "row": session.execute(select(Practitioner.__table__).where(Practitioner.id == tom)).one(),
            "ratings": session.execute(select(Rating.__table__).where(Rating.practitioner_id == tom)).all(),
            "parts": session.execute(select(Engagement.__table__).where(Engagement.practitioner_id == tom)).all(),
        }
        erased(session, known.person.id)
        assert before == {
            "row": session.execute(select(Practitioner.__table__).where(Practitioner.id == tom)).one(),
            "ratings": session.execute(select(Rating.__table__).where(Rating.practitioner_id == tom)).all(),
            "parts": session.execute(select(Engagement.__table__).where(Engagement.practitioner_id == tom)).all(),
        }

    def test_a_role_of_the_catalogue_is_no_mention(self, session: Session) -> None:
        misread = person(session, "Data Engineer")
        session.commit()
        before = session.scalar(select(func.count()).where(Skill.name.like("Erased%")))
        told = erased(session, misread.id)
        assert told.why == "the catalogue has a role of that name"
        assert session.scalar(select(func.count()).where(Skill.name.like("Erased%"))) == before

    def test_a_word_of_the_language_is_no_name(self, session: Session) -> None:
        short = person(session, "Be Low")
        project = work(session, "Depth", description="below the line; Be Low wrote it")
        person(session, "Kim Below")
        session.commit()
        erased(session, short.id)
        session.refresh(project)
        assert project.description == f"below the line; Erased person {short.id} wrote it"


class TestRefusals:
    def test_nobody_is_erased_twice(self, session: Session, known: Known) -> None:
        erased(session, known.person.id)
        with pytest.raises(Conflict, match="erased already"):
            erase(session, COMMAND_LINE, known.person.id, NOW)

    def test_the_only_administrator_stays(self, session: Session) -> None:
        boss = person(session, "Only Boss")
        account(session, "only@example.org", "Only Boss", AccountRole.ADMIN, boss.id)
        session.commit()
        with pytest.raises(Conflict, match="only administrator"):
            erase(session, COMMAND_LINE, boss.id, NOW)


class TestTheAuditTrail:
    def test_holds_and_keeps_a_pseudonym(self, session: Session, known: Known) -> None:
        assert verify_chain(session).redacted == 0
        told = erased(session, known.person.id)
        found = verify_chain(session)
        assert found.unbroken
        assert found.redacted == told.counts["audit_entries"] >= 2
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.erase")).one()
        assert (entry.actor, entry.subject_id) == ("command line", known.person.id)
        deed = session.scalars(select(AuditEntry).where(AuditEntry.action == "project.edit").limit(1)).one()
        assert deed.actor == f"account {known.account.id}"


@pytest.mark.one_database  # each statement that fails repeats all before it; rolling back is proven on both elsewhere
class TestHalfWay:
    def test_nothing_is_half_done_whichever_statement_fails(self, engine: Engine, session: Session) -> None:
        applied(session, sheet(("Anna Berg", "anna@example.org", "", 4, 5), TOM))
        pid = one(session, "Anna Berg").id
        engagement(session, one(session, "Anna Berg"), work(session, "Mill", description="By Anna Berg"))
        tie(session, one(session, "Anna Berg"), one(session, "Tom Rahman"))
        session.commit()
        before = dump(session)
        session.rollback()
        failed = fail_one_by_one(engine, session, lambda own: erase(own, COMMAND_LINE, pid, NOW), dump)
        assert failed > 50
        assert dump(session) != before
