"""Accounts in the hands of an administrator."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict, DomainError, Forbidden
from app.queries.account_list import A_PAGE, AccountFilters, AccountState, list_accounts
from app.queries.account_people import suggest
from app.queries.account_records import AccountBrief, account_record
from app.services import administration
from app.services.audit import COMMAND_LINE
from models import Account, AccountRole, Actor, AuditEntry, ManagedUnit, Reach, SignInSession
from tests.app.conftest import PASSWORD, Browser
from tests.factories.people import home_unit, person

ADMIN, MANAGER, PRACTITIONER, VIEWER = (
    AccountRole.ADMIN,
    AccountRole.MANAGER,
    AccountRole.PRACTITIONER,
    AccountRole.VIEWER,
)


def account(session: Session, name: str = "Ben Ode", role: AccountRole = PRACTITIONER, **columns: object) -> Account:
    added = Account(email=f"{name.lower().replace(' ', '.')}@example.org", name=name, role=role, **columns)
    session.add(added)
    session.commit()
    return added


def rights(account: Account, **changes: object) -> dict[str, object]:
    return {
        "name": account.name,
        "role": account.role.value,
        "reach": account.reach.value,
        "version": account.version,
        **changes,
    }


def fresh(session: Session, row: Account) -> None:
    """The row as it stands now: what SQLite reads within one transaction stays as it was."""
    session.rollback()
    session.refresh(row)


def is_signed_in(browser: Browser) -> bool:
    return browser.client.get("/people").status_code == 200


class TestAccountList:
    def test_finds_by_name_address_and_the_linked_person_whatever_the_accents(self, session: Session) -> None:
        account(session, "Ben Ode")
        account(session, "zsolt", practitioner_id=person(session, "Zoë Müller").id)
        for text, names in (("ode", ["Ben Ode"]), ("ZSOLT@EX", ["zsolt"]), ("muller", ["zsolt"]), ("100%", [])):
            assert [row.name for row in list_accounts(session, AccountFilters(text)).rows] == names

    def test_counts_each_state_under_the_role_asked_for(self, session: Session) -> None:
        account(session, "Entered", password_hash="x")
        account(session, "Invited")
        account(session, "Gone", active=False)
        account(session, "Boss", ADMIN, practitioner_id=person(session).id)
        found = list_accounts(session, AccountFilters(role=PRACTITIONER, state=AccountState.INVITED))
        assert [row.name for row in found.rows] == ["Invited"]
        assert found.counts == {
            AccountState.ALL: 3,
            AccountState.ACTIVE: 1,
            AccountState.INVITED: 1,
            AccountState.DEACTIVATED: 1,
            AccountState.UNLINKED: 3,
        }

    def test_shows_the_latest_sign_in(self, session: Session, admin: Browser) -> None:
        added = account(session)
        at = datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
        for days in (3, 0, 9):
            moment = at - timedelta(days=days)
            session.add(SignInSession(token_hash=f"{days}", account_id=added.id, created_at=moment))
        session.commit()
        assert "4 Jan 2027, 08:30 UTC" in admin.get("/admin/accounts?q=ben")

    def test_leaves_out_what_an_address_cannot_mean(self, admin: Browser) -> None:
        assert "1 account" in admin.get("/admin/accounts?role=king&state=gone&page=-7&q=%00")

    def test_takes_the_same_number_of_statements_with_many_times_the_accounts(
        self, engine: Engine, session: Session, admin: Browser
    ) -> None:
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        counts = []
        for size in (3, 4 * A_PAGE):
            session.add_all(
                Account(email=f"{size}-{n}@x.org", name=f"N {n}", role=VIEWER, password_hash="x") for n in range(size)
            )
            session.commit()
            statements.clear()
            admin.get("/admin/accounts")
            counts.append(len(statements))
            shown = admin.get("/admin/accounts?state=active&page=2")
        assert counts[0] == counts[1]
        assert counts[1] <= 8
        assert f"{A_PAGE + 1} to {2 * A_PAGE} of" in shown


class TestInvitation:
    def test_shows_a_link_once_that_opens_the_account(self, app: Flask, admin: Browser, session: Session) -> None:
        page = admin.post("/admin/accounts/new", 200, email="Ben@Example.org", name="Ben Ode", role="viewer")
        link = re.search(r"http://localhost(/welcome/[\w-]+)", page.get_data(as_text=True))
        assert link
        made = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        assert (made.name, made.role) == ("Ben Ode", VIEWER)
        for path in ("", f"/{made.id}"):
            assert "/welcome/" not in admin.get(f"/admin/accounts{path}")
        Browser(app.test_client()).post(link[1], password=PASSWORD)
        assert "Active" in admin.get(f"/admin/accounts/{made.id}")

    def test_takes_the_person_of_the_same_address(self, admin: Browser, session: Session) -> None:
        anna = person(session, "Anna Berg", email="anna@example.org")
        session.commit()
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="practitioner")
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert (made.name, made.practitioner_id) == ("Anna Berg", anna.id)

    def test_leaves_the_person_of_the_same_address_with_the_account_they_have(
        self, admin: Browser, session: Session
    ) -> None:
        anna = person(session, "Anna Berg", email="anna@example.org")
        account(session, "Old Anna", practitioner_id=anna.id)
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="viewer")
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert (made.name, made.practitioner_id) == ("anna", None)

    def test_takes_the_person_chosen_rather_than_the_one_of_the_same_address(
        self, admin: Browser, session: Session
    ) -> None:
        person(session, "Anna Berg", email="anna@example.org")
        chosen = person(session, "Ben Ode")
        session.commit()
        shown = admin.get(f"/admin/accounts/new?person={chosen.id}")
        assert "The account will be" in shown
        admin.post("/admin/accounts/new", 200, email="anna@example.org", role="practitioner", person=chosen.id)
        made = session.scalars(select(Account).where(Account.email == "anna@example.org")).one()
        assert made.practitioner_id == chosen.id

    def test_keeps_what_was_typed_when_it_is_refused(self, admin: Browser, session: Session) -> None:
        taken = person(session, "Anna Berg")
        account(session, "Old Anna", practitioner_id=taken.id)
        before = session.scalars(select(Account.id)).all()
        for fields, sentence in (
            ({"email": "old.anna@example.org"}, "already exists"),
            ({"email": "nonsense"}, "is not an e-mail address"),
            ({"email": ""}, "Write the e-mail address."),
            ({"email": "new@example.org", "person": taken.id}, "has an account already, old.anna@example.org"),
            ({"email": "new@example.org", "person": 999999}, "There is no such person."),
            ({"email": "new@example.org", "person": 2**40}, "There is no such person."),
            ({"email": "new@example.org", "role": "king"}, "Not a valid choice"),
            ({"email": "new@example.org", "role": "manager", "reach": "assigned", "units": 999}, "valid choice"),
        ):
            fields = {"role": "viewer", "name": "Typed Name", **fields}
            answer = admin.post("/admin/accounts/new", 422, **fields).get_data(as_text=True)
            assert sentence in answer
            assert "Typed Name" in answer
        assert session.scalars(select(Account.id)).all() == before

    def test_of_several_makes_an_account_for_each_and_lists_the_links_once(
        self, app: Flask, admin: Browser, session: Session
    ) -> None:
        anna, ben = (person(session, name, email=f"{name}@example.org".lower()) for name in ("Anna", "Ben"))
        person(session, "Without address")
        session.commit()
        assert "2 people" in admin.get("/admin/accounts/invite-people")
        page = admin.post("/admin/accounts/invite-people", 200, people=[anna.id, ben.id], role="practitioner")
        links = re.findall(r"http://localhost(/welcome/[\w-]+)", page.get_data(as_text=True))
        assert len(set(links)) == 2
        made = dict(session.execute(select(Account.email, Account.practitioner_id)).all())
        assert (made["anna@example.org"], made["ben@example.org"]) == (anna.id, ben.id)
        Browser(app.test_client()).post(links[0], password=PASSWORD)
        again = admin.post("/admin/accounts/invite-people", 422, people=[anna.id], role="practitioner", page="/people")
        assert "None of the people you chose can still be invited" in again.get_data(as_text=True)

    @pytest.mark.parametrize("people", [[], ["x"], ["99999999999999"], list(range(1, 200))])
    def test_of_several_refuses_what_chooses_nobody_or_too_many(
        self, admin: Browser, session: Session, people: list[object]
    ) -> None:
        person(session, email="anna@example.org")
        session.commit()
        admin.post("/admin/accounts/invite-people", 422, people=people, role="practitioner")
        assert len(session.scalars(select(Account)).all()) == 1

    def test_again_kills_the_link_made_before(self, visitor: Browser, admin: Browser, session: Session) -> None:
        ben = account(session)
        page = f"/admin/accounts/{ben.id}"
        links = []
        for _ in range(2):
            answer = admin.post(f"{page}/link", 200, page=page).get_data(as_text=True)
            links += re.findall(r"http://localhost(/welcome/[\w-]+)", answer)
        visitor.get(links[0], 404)
        visitor.get(links[1])

    def test_again_is_refused_for_a_deactivated_account(self, admin: Browser, session: Session) -> None:
        ben = account(session, active=False)
        page = f"/admin/accounts/{ben.id}"
        assert "Activate it first" in admin.post(f"{page}/link", 422, page=page).get_data(as_text=True)


class TestAccountPage:
    def test_changes_role_and_reach_and_ends_the_sessions_at_once(
        self, signed_in: Callable[..., Browser], admin: Browser, session: Session
    ) -> None:
        browser = signed_in("practitioner", "ben@example.org")
        ben = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        unit = home_unit(session, "Data")
        session.commit()
        changes = rights(ben, role="manager", reach="assigned", units=unit.id)
        admin.post(f"/admin/accounts/{ben.id}", **changes)
        fresh(session, ben)
        assert (ben.role, ben.reach) == (MANAGER, Reach.ASSIGNED)
        assert session.scalars(select(ManagedUnit.unit_id).where(ManagedUnit.account_id == ben.id)).all() == [unit.id]
        assert not is_signed_in(browser)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.edit")).one()
        assert entry.before["role"] == "practitioner"
        assert (entry.after["role"], entry.after["reach"], entry.after["units"]) == ("manager", "assigned", [unit.id])

    def test_a_new_name_alone_ends_no_session(
        self, signed_in: Callable[..., Browser], admin: Browser, session: Session
    ) -> None:
        browser = signed_in("practitioner", "ben@example.org")
        ben = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        admin.post(f"/admin/accounts/{ben.id}", **rights(ben, name="Ben Two"))
        assert is_signed_in(browser)

    def test_forgets_the_units_of_somebody_who_manages_no_more(self, admin: Browser, session: Session) -> None:
        ben = account(session, role=MANAGER, reach=Reach.ASSIGNED)
        unit = home_unit(session, "Data")
        session.add(ManagedUnit(account_id=ben.id, unit_id=unit.id))
        session.commit()
        admin.post(f"/admin/accounts/{ben.id}", **rights(ben, role="viewer", units=unit.id))
        fresh(session, ben)
        assert (ben.role, ben.reach) == (VIEWER, Reach.ORGANISATION)
        assert not session.scalars(select(ManagedUnit)).all()

    def test_shows_both_values_when_somebody_else_was_quicker(self, admin: Browser, session: Session) -> None:
        ben = account(session)
        typed = rights(ben, role="viewer")
        administration.change_role(session, COMMAND_LINE, ben.id, MANAGER)
        session.commit()
        answer = admin.post(f"/admin/accounts/{ben.id}", 409, **typed).get_data(as_text=True)
        assert "<td>Manager</td><td>Viewer</td>" in answer
        fresh(session, ben)
        assert ben.role is MANAGER
        version = re.search(r'name="version"[^>]*value="(\d+)"', answer)
        assert version
        admin.post(f"/admin/accounts/{ben.id}", **{**typed, "version": version[1]})
        fresh(session, ben)
        assert ben.role is VIEWER

    def test_ends_every_session_of_an_account(
        self, signed_in: Callable[..., Browser], admin: Browser, session: Session
    ) -> None:
        browser = signed_in("viewer", "ben@example.org")
        ben = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        page = f"/admin/accounts/{ben.id}"
        admin.post(f"{page}/end-sessions", page=page)
        assert not is_signed_in(browser)

    def test_deactivates_at_once_and_activates_again(
        self, signed_in: Callable[..., Browser], admin: Browser, session: Session
    ) -> None:
        browser = signed_in("viewer", "ben@example.org")
        ben = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        page = f"/admin/accounts/{ben.id}"
        admin.post(f"{page}/deactivate", page=page)
        assert not is_signed_in(browser)
        admin.post(f"{page}/activate", page=page)
        assert not is_signed_in(browser)
        fresh(session, ben)
        assert ben.active
        session.rollback()
        told = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%activate"))).all()
        assert told == ["account.deactivate", "account.activate"]

    def test_is_not_found_when_there_is_none(self, admin: Browser) -> None:
        for path in ("", "/person"):
            admin.get(f"/admin/accounts/999{path}", 404)


class TestAdministrators:
    def test_cannot_change_their_own_role_or_deactivate_themselves(self, admin: Browser, session: Session) -> None:
        me = session.scalars(select(Account)).one()
        page = f"/admin/accounts/{me.id}"
        account(session, "Other Admin", ADMIN)
        answer = admin.post(page, 422, **rights(me, role="viewer")).get_data(as_text=True)
        assert "You cannot change your own role or reach." in answer
        assert "your own account" in admin.post(f"{page}/deactivate", 422, page=page).get_data(as_text=True)
        assert is_signed_in(admin)

    def test_may_change_their_own_name(self, admin: Browser, session: Session) -> None:
        me = session.scalars(select(Account)).one()
        admin.post(f"/admin/accounts/{me.id}", **rights(me, name="Somebody"))
        assert "Somebody" in admin.get("/admin")

    def test_are_never_all_gone(self, session: Session) -> None:
        last = account(session, "Last Admin", ADMIN)
        account(session, "Gone", ADMIN, active=False)
        with pytest.raises(DomainError, match="last active administrator"):
            administration.change_role(session, COMMAND_LINE, last.id, VIEWER)
        with pytest.raises(DomainError, match="last active administrator"):
            administration.deactivate(session, COMMAND_LINE, last.id)

    def test_who_were_ended_meanwhile_can_end_nobody(self, session: Session) -> None:
        one, two = account(session, "One", ADMIN), account(session, "Two", ADMIN)
        administration.change_role(session, Actor("one", one.id), two.id, VIEWER)
        session.commit()
        with pytest.raises(Forbidden):
            administration.deactivate(session, Actor("two", two.id), one.id)

    def test_cannot_end_each_other_at_the_same_moment(self, engine: Engine, session: Session) -> None:
        """Both are past the access check; the one who comes second finds the first one's decision."""
        ids = [account(session, name, ADMIN).id for name in ("One", "Two")]
        begun, refused = threading.Barrier(2), []

        def demote(me: int, other: int) -> None:
            begun.wait()
            with writing_session(engine) as own:
                try:
                    administration.change_role(own, Actor("me", me), other, VIEWER)
                    own.commit()
                except DomainError as error:
                    refused.append(error)

        threads = [threading.Thread(target=demote, args=pair) for pair in (ids, ids[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        session.expire_all()
        assert len(refused) == 1
        assert len(session.scalars(select(Account).where(Account.role == ADMIN)).all()) == 1


class TestLinking:
    def test_by_hand_gives_the_account_the_person_and_unlinking_takes_it_away(
        self, admin: Browser, session: Session
    ) -> None:
        ben, anna = account(session), person(session, "Anna Berg", email="a@b.org")
        session.commit()
        page = f"/admin/accounts/{ben.id}"
        assert "a@b.org" in admin.get(f"{page}/person?q=berg")
        admin.post(f"{page}/person", person=anna.id)
        fresh(session, ben)
        assert ben.practitioner_id == anna.id
        admin.post(f"{page}/unlink", page=page)
        fresh(session, ben)
        assert ben.practitioner_id is None
        session.rollback()
        told = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("%person"))).all()
        assert told == ["account.link_person", "account.unlink_person"]

    def test_offers_people_of_a_name_like_it_who_have_no_account(self, session: Session) -> None:
        for name in ("Meyer Kathrin", "Katrin Meier", "Karl Otto"):
            person(session, name)
        account(session, "Taken", practitioner_id=person(session, "Kathrin Meyer").id)
        person(session, "Kathrin Meyer", active=False)
        assert [one.name for one in suggest(session, "Kathrin Meyer")] == ["Meyer Kathrin", "Katrin Meier"]
        assert suggest(session, "?!") == []

    def test_keeps_to_one_account_a_person_and_one_person_an_account(self, admin: Browser, session: Session) -> None:
        anna, other = person(session, "Anna Berg"), person(session, "Other")
        account(session, "Anna Berg", practitioner_id=anna.id)
        ben = account(session, "Ben Ode")
        page = f"/admin/accounts/{ben.id}/person"
        linked = f"/admin/accounts/{ben.id}"
        answer = admin.post(page, 422, page=linked, person=anna.id).get_data(as_text=True)
        assert "Anna Berg has an account already, anna.berg@example.org." in answer
        administration.link_person(session, COMMAND_LINE, ben.id, other.id)
        session.commit()
        answer = admin.post(page, 422, page=linked, person=anna.id).get_data(as_text=True)
        assert "The account is linked to Other already. Unlink it first." in answer

    @pytest.mark.parametrize("sent", ["", "x", "0", "-1", "4294967296", "999999"])
    def test_refuses_what_is_nobody(self, admin: Browser, session: Session, sent: str) -> None:
        ben = account(session)
        admin.post(f"/admin/accounts/{ben.id}/person", 422, page=f"/admin/accounts/{ben.id}", person=sent)
        fresh(session, ben)
        assert ben.practitioner_id is None


class TestUnaskedFields:
    """Mass assignment: what a form does not hold is left unread, whatever a browser sends."""

    FOREIGN = {  # noqa: RUF012 - a constant of the tests
        "id": 1,
        "active": "",
        "email": "evil@example.org",
        "password_hash": "x",
        "practitioner_id": 1,
        "created_at": "2000-01-01",
    }

    def test_change_nothing_of_an_account_that_is_saved(self, admin: Browser, session: Session) -> None:
        person(session)
        ben = account(session, password_hash="old")
        admin.post(f"/admin/accounts/{ben.id}", **rights(ben, name="Ben Two"), **self.FOREIGN)
        fresh(session, ben)
        known = (ben.name, ben.email, ben.active, ben.password_hash, ben.practitioner_id)
        assert known == ("Ben Two", "ben.ode@example.org", True, "old", None)

    def test_change_nothing_of_an_account_that_is_made(self, admin: Browser, session: Session) -> None:
        person(session)
        session.commit()
        foreign = {**self.FOREIGN, "email": "new@example.org", "version": 77}
        admin.post("/admin/accounts/new", 200, name="New", role="viewer", **foreign)
        made = session.scalars(select(Account).where(Account.email == "new@example.org")).one()
        assert (made.active, made.password_hash, made.practitioner_id) == (True, None, None)
        assert made.version < 77

    @pytest.mark.parametrize("version", ["", "x", "-1", "0", "999999999999", "1e9"])
    def test_a_version_that_was_never_shown_saves_nothing(self, admin: Browser, session: Session, version: str) -> None:
        ben = account(session)
        sent = {**rights(ben, role="admin"), "version": version}
        answer = admin.client.post(f"/admin/accounts/{ben.id}", data=with_token(admin, ben.id, sent))
        assert answer.status_code in {409, 422}
        fresh(session, ben)
        assert ben.role is PRACTITIONER

    def test_nobody_but_an_administrator_reaches_any_of_it(
        self, signed_in: Callable[..., Browser], session: Session
    ) -> None:
        ben = account(session)
        for role in (MANAGER, PRACTITIONER, VIEWER):
            browser = signed_in(role.value, f"{role.value}@example.org")
            for path in ("", "/person"):
                browser.get(f"/admin/accounts/{ben.id}{path}", 403)
            browser.post(f"/admin/accounts/{ben.id}", 403, page="/people", **rights(ben, role="admin"))


def with_token(browser: Browser, account_id: int, fields: dict[str, object]) -> dict[str, object]:
    shown = browser.get(f"/admin/accounts/{account_id}")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token
    return {"csrf_token": token[1], **fields}


class TestAccountRecord:
    def test_is_at_a_new_version_after_a_change_of_the_units_alone(self, session: Session) -> None:
        ben = account(session, role=MANAGER, reach=Reach.ASSIGNED)
        unit = home_unit(session, "Data")
        now = datetime.now(UTC)
        seen = account_record(session, ben.id, now).version
        brief = AccountBrief(ben.name, MANAGER, Reach.ASSIGNED, (unit.id,))
        administration.edit_account(session, COMMAND_LINE, ben.id, brief, seen)
        with pytest.raises(Conflict):
            administration.edit_account(session, COMMAND_LINE, ben.id, brief, seen)
        assert account_record(session, ben.id, now).brief == brief
