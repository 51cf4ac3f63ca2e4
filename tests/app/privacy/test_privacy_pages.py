"""What people see of what is stored about them, decide about it, and ask; and what administrators do with it."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db import writing_session
from app.queries.privacy.stored import stored_about
from app.queries.sight.reach import managers_of
from app.queries.sight.visibility import Operator, managed_by
from app.services.audit import COMMAND_LINE, record
from models import (
    Account,
    AccountRole,
    Audience,
    AuditEntry,
    ErasureRequest,
    ImportBatch,
    ManagedUnit,
    PersonalField,
    Practitioner,
    Reach,
    SignInSession,
    Visibility,
    VisibilityPolicy,
)
from tests.app.conftest import Browser
from tests.factories.people import booking, home_unit, person, work
from tests.factories.record import EMAIL, NAME, account, known_person
from tests.traces import traces

pytestmark = pytest.mark.one_database

PRIVACY, PROPOSALS = "/account/privacy", "/account/proposals"


@pytest.fixture
def known_id(engine: Engine) -> int:
    """Somebody about whom much is stored, whose account is called otherwise than that of the test."""
    with writing_session(engine) as session:
        known = known_person(session)
        known.account.practitioner_id = None
        session.commit()
        return known.person.id


@pytest.fixture
def theirs(signed_in: Callable[..., Browser], known_id: int) -> Browser:
    return signed_in("practitioner", practitioner_id=known_id)


def posted(browser: Browser, path: str, page: str) -> TestResponse:
    """The answer to a form of the page, whatever kind it is."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page))
    assert token
    return browser.client.post(path, data={"csrf_token": token[1]})


def chosen(session: Session, person_id: int) -> dict[PersonalField, Audience]:
    session.rollback()
    rows = session.scalars(select(Visibility).where(Visibility.practitioner_id == person_id))
    return {row.field: row.audience for row in rows}


class TestWhatIsStored:
    def test_is_told_in_plain_words_with_counts_origins_and_audiences(self, theirs: Browser) -> None:
        page = theirs.get(PRIVACY)
        assert "What Muster stores about you and who can see it" in page
        assert "3 entries: 1 from a manager, 2 from an import" in page or "3 entries: 2 from an import, 1" in page
        assert "You and your managers" in page
        assert "Ines Boss" in page

    def test_counts_the_entries_of_the_trail_that_the_history_shows(
        self, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        anna = person(session, "Anna Berg")
        held = booking(session, anna, date(2026, 1, 5), date(2026, 2, 1))
        record(session, COMMAND_LINE, "allocation.confirmed", "allocation", held.id)
        record(session, COMMAND_LINE, "person.edit", "person", anna.id, after={"title": "Doctor"})
        session.commit()
        audit = next(part for part in stored_about(session, anna.id).parts if part.code == "audit")
        history = signed_in("practitioner", practitioner_id=anna.id).get(f"/people/{anna.id}/history")
        assert audit.count == history.count('<time class="nowrap"') == 2

    def test_of_an_account_without_a_person_is_the_account(self, manager: Browser) -> None:
        page = manager.get(PRIVACY)
        assert "Nobody of the directory stands behind your account" in page
        assert "manager@example.org" in page
        assert "Ask to be erased" not in page
        assert "you are not proposed" in manager.get(PROPOSALS)


class TestChoosing:
    def test_who_sees_a_part_holds_at_once(self, theirs: Browser, session: Session, known_id: int) -> None:
        theirs.post(f"{PRIVACY}/audience", page=PRIVACY, field="ratings", audience="managers")
        assert chosen(session, known_id)[PersonalField.RATINGS] is Audience.MANAGERS
        theirs.post(f"{PRIVACY}/audience", page=PRIVACY, field="ratings", audience="everyone")
        assert chosen(session, known_id)[PersonalField.RATINGS] is Audience.EVERYONE
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.visibility")).all()
        assert [entry.after for entry in told] == [
            {"field": "ratings", "audience": "managers"},
            {"field": "ratings", "audience": "everyone"},
        ]

    def test_is_answered_where_the_button_was(self, theirs: Browser, engine: Engine) -> None:
        theirs.post(f"{PRIVACY}/audience", page=PRIVACY, field="ratings", audience="managers")
        page = theirs.get(PRIVACY)
        part = page[page.index('id="part-ratings"') :]
        assert "Your choice holds from now on." in part[: part.index("</section>")]
        assert page.count("Your choice holds") == 1
        assert "Your choice holds" not in theirs.get(PRIVACY)
        theirs.post(f"{PRIVACY}/erasure", page=PRIVACY)
        page = theirs.get(PRIVACY)
        assert page.index('id="erasure"') < page.index("The administrators see your wish.")

    @pytest.mark.parametrize(
        ("field", "audience"),
        [("cost", "everyone"), ("ratings", "self"), ("ratings", "nobody"), ("salary", "self"), ("", "")],
    )
    def test_outside_the_policy_is_refused(
        self, theirs: Browser, session: Session, known_id: int, field: str, audience: str
    ) -> None:
        before = chosen(session, known_id)
        page = theirs.post(f"{PRIVACY}/audience", 422, page=PRIVACY, field=field, audience=audience)
        assert "Choose one" in page.get_data(as_text=True)
        assert chosen(session, known_id) == before

    def test_follows_the_organisations_policy(self, theirs: Browser, engine: Engine) -> None:
        with writing_session(engine) as session:
            only = {"usual": Audience.MANAGERS, "narrowest": Audience.MANAGERS, "widest": Audience.MANAGERS}
            session.add(VisibilityPolicy(field=PersonalField.GOALS, **only))
            session.commit()
        page = theirs.get(PRIVACY)
        assert 'id="audience-goals"' not in page
        assert 'id="part-goals">Learning goals' in page
        assert '<section id="part-ratings">' in page
        theirs.post(f"{PRIVACY}/audience", 422, page=PRIVACY, field="goals", audience="everyone")

    def test_is_nobodys_without_a_person(self, manager: Browser) -> None:
        manager.post(f"{PRIVACY}/audience", 404, page=PRIVACY, field="ratings", audience="everyone")


class TestManagers:
    def test_named_are_those_whose_reach_takes_the_person_in(self, session: Session) -> None:
        top, below, aside = (home_unit(session, name) for name in ("Mills", "North mill", "Bank"))
        below.parent_id = top.id
        someone = person(session, unit="North mill")
        reaches = {"Of Mills": top, "Of North": below, "Of Bank": aside}
        accounts = {name: account(session, f"{n}@x.org", name, AccountRole.MANAGER) for n, name in enumerate(reaches)}
        accounts["Leads"] = account(session, "leads@x.org", "Leads", AccountRole.MANAGER)
        accounts["All"] = account(session, "all@x.org", "All", AccountRole.MANAGER)
        for name, unit in reaches.items():
            accounts[name].reach = Reach.ASSIGNED
            session.add(ManagedUnit(account_id=accounts[name].id, unit_id=unit.id))
        accounts["Leads"].reach = Reach.ASSIGNED
        project = work(session, manager_id=accounts["Leads"].id)
        booking(session, someone, datetime(2026, 1, 1, tzinfo=UTC).date(), project=project)
        session.flush()
        expected = sorted(
            name
            for name, one in accounts.items()
            if session.scalar(
                select(Practitioner.id).where(
                    Practitioner.id == someone.id, managed_by(Operator(one.id, one.role, one.reach))
                )
            )
        )
        assert expected == ["All", "Leads", "Of Mills", "Of North"]
        assert sorted(managers_of(session, someone.id).managers) == expected


class TestACopy:
    def test_is_one_click(self, theirs: Browser) -> None:
        response = posted(theirs, f"{PRIVACY}/data", PRIVACY)
        assert response.mimetype == "application/zip"
        assert response.headers["Content-Disposition"].startswith("attachment")
        with zipfile.ZipFile(io.BytesIO(response.get_data())) as archive:
            assert json.loads(archive.read("personal-data.json"))["about"] == NAME

    def test_asks_who_is_there_when_that_was_long_ago(self, theirs: Browser, engine: Engine) -> None:
        with writing_session(engine) as session:
            session.execute(update(SignInSession).values(authenticated_at=datetime.now(UTC) - timedelta(hours=1)))
            session.commit()
        response = posted(theirs, f"{PRIVACY}/data", PRIVACY)
        assert "/account/confirm" in response.location
        asked = theirs.client.get(f"{PRIVACY}/data")
        assert "/account/confirm" in asked.location

    def test_is_for_administrators_too(self, admin: Browser, known_id: int) -> None:
        response = posted(admin, f"/people/{known_id}/personal-data", f"/people/{known_id}/erase")
        assert response.mimetype == "application/zip"

    def test_is_for_nobody_else(self, manager: Browser, known_id: int) -> None:
        manager.post(f"/people/{known_id}/personal-data", 403, page=PRIVACY)
        manager.get(f"/people/{known_id}/erase", 403)


class TestTheWishToBeErased:
    def test_is_seen_by_administrators_and_taken_back(
        self, engine: Engine, theirs: Browser, admin: Browser, session: Session
    ) -> None:
        with writing_session(engine) as writing:
            for wish in writing.scalars(select(ErasureRequest)):
                writing.delete(wish)
            writing.commit()
        assert "Nobody asks to be erased" in admin.get("/admin")
        theirs.post(f"{PRIVACY}/erasure", page=PRIVACY)
        theirs.post(f"{PRIVACY}/erasure", page=PRIVACY)
        assert "1 person asks to be erased" in admin.get("/admin")
        assert "You asked for it on" in theirs.get(PRIVACY)
        theirs.post(f"{PRIVACY}/erasure/take-back", page=PRIVACY)
        assert "Nobody asks to be erased" in admin.get("/admin")
        wanted = AuditEntry.action.in_(("person.ask_erasure", "person.keep"))
        deeds = session.scalars(select(AuditEntry.action).where(wanted).order_by(AuditEntry.id)).all()
        assert deeds == ["person.ask_erasure", "person.keep"]


class TestErasing:
    def test_says_what_goes_and_what_stays(self, admin: Browser, known_id: int) -> None:
        page = admin.get(f"/people/{known_id}/erase")
        assert f"Erase {NAME}" in page
        assert "asked for it on 5 Jan 2026" in page
        assert "Open bookings, which are released" in page
        assert f"“{NAME.split()[0]}” alone is not taken for the person" in page
        assert f"Erased person {known_id}" in page

    def test_wants_the_name_typed(self, admin: Browser, session: Session, known_id: int) -> None:
        path = f"/people/{known_id}/erase"
        for wrong in ("", "Lucía", "Tom Rahman"):
            admin.post(path, 422, name=wrong)
        assert session.scalars(select(Practitioner.name).where(Practitioner.id == known_id)).one() == NAME

    def test_leaves_nothing(self, admin: Browser, session: Session, engine: Engine, known_id: int) -> None:
        admin.post(f"/people/{known_id}/erase", name="lucia bergstrom")
        assert "The person is erased; " in admin.get(f"/people/{known_id}")
        assert traces(session, NAME, EMAIL) == []
        session.rollback()
        admin.get(f"/people/{known_id}/erase", 409)

    def test_leaves_no_button_that_leads_to_a_refusal(self, admin: Browser, session: Session, known_id: int) -> None:
        there, batch = f"/people/{known_id}", session.scalars(select(ImportBatch.id)).first()
        session.rollback()  # who still reads keeps the old bytes from being wiped
        assert "Download the annotated workbook" in admin.get(f"/imports/{batch}")
        assert f"{there}/erase" in admin.get(there)
        admin.post(f"{there}/erase", page=f"{there}/erase", name=NAME)
        page = admin.get(there)
        for gone in (f"{there}/erase", f"{there}/verify", "Free now", "is stated", "Contract", "Worked with"):
            assert gone not in page
        assert "The data of this person was erased." in page
        assert "<h1>This cannot be done now</h1>" in admin.get(f"{there}/erase", 409)
        assert "Download the annotated workbook" not in admin.get(f"/imports/{batch}")

    def test_ends_the_sessions_of_whoever_is_erased(self, theirs: Browser, admin: Browser, known_id: int) -> None:
        theirs.get(PRIVACY)
        admin.post(f"/people/{known_id}/erase", name=NAME)
        assert theirs.client.get(PRIVACY).status_code == 303

    def test_keeps_the_only_administrator(self, admin: Browser, engine: Engine) -> None:
        with writing_session(engine) as session:
            boss = person(session, "Ada Admin")
            session.scalars(select(Account).where(Account.role == AccountRole.ADMIN)).one().practitioner_id = boss.id
            session.commit()
            boss_id = boss.id
        response = admin.post(f"/people/{boss_id}/erase", 409, name="Ada Admin")
        assert "the only administrator" in response.get_data(as_text=True)


class TestWhereYouWereProposed:
    def test_is_told_with_the_stored_numbers_and_the_decision(self, theirs: Browser) -> None:
        page = theirs.get(PROPOSALS)
        assert "Where you were proposed and why" in page
        assert "Claims triage" in page
        assert "Team A, Engineer" in page
        assert "A team with you was chosen by Ines Boss" in page
        assert f"{NAME} is the best" in page
        assert "Skill fit" in page

    def test_tells_managers_the_same_about_their_people(
        self, manager: Browser, signed_in: Callable[..., Browser], engine: Engine, known_id: int
    ) -> None:
        page = manager.get(f"/people/{known_id}/proposals")
        assert "A team with them was chosen" in page
        with writing_session(engine) as session:
            session.execute(update(Account).where(Account.email == "manager@example.org").values(reach=Reach.ASSIGNED))
            session.commit()
        manager.get(f"/people/{known_id}/proposals", 404)
        signed_in("viewer").get(f"/people/{known_id}/proposals", 404)

    def test_leads_to_the_proposal_only_whoever_may_open_it(
        self, theirs: Browser, manager: Browser, known_id: int, session: Session
    ) -> None:
        here = f"/people/{known_id}/proposals"
        assert "Open proposal" in manager.get(here)
        assert "Open proposal" not in theirs.get(here)
        unit = home_unit(session, "Looms")
        session.get_one(Practitioner, known_id).home_unit_id = unit.id
        account = session.scalars(select(Account).where(Account.email == "manager@example.org")).one()
        account.reach = Reach.ASSIGNED
        session.add(ManagedUnit(account_id=account.id, unit_id=unit.id))
        session.commit()
        assert "Open proposal" not in manager.get(here), "the project is not within their reach"

    def test_counts_runs_that_looked_and_proposed_others(
        self, engine: Engine, signed_in: Callable[..., Browser]
    ) -> None:
        with writing_session(engine) as session:
            known = known_person(session)
            other = known.colleague.id
            session.commit()
        page = signed_in("practitioner", practitioner_id=other).get(PROPOSALS)
        assert "You have not been proposed" in page
        assert "staffing run" in page
