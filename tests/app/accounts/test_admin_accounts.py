"""Accounts in the hands of an administrator: the list, the page of one, and who may do what to whom."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.db import writing_session
from app.errors import Conflict, DomainError, Forbidden
from app.queries.accounts.listing import A_PAGE, AccountFilters, AccountState, list_accounts
from app.queries.accounts.records import AccountBrief, account_record
from app.services.accounts import administration
from app.services.audit import COMMAND_LINE
from models import (
    Account,
    Actor,
    AuditEntry,
    ExternalIdentity,
    ManagedUnit,
    OneTimeLink,
    Reach,
    SecondFactor,
    SignInSession,
)
from tests.app.conftest import Browser
from tests.factories.accounts import ADMIN, MANAGER, PRACTITIONER, VIEWER, account, fresh, rights
from tests.factories.administrators import with_token
from tests.factories.people import home_unit, person


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

    def test_takes_whoever_came_by_single_sign_on_for_entered_when_no_session_is_kept(self, session: Session) -> None:
        linked = account(session, "Ben Ode")
        session.add(
            ExternalIdentity(account_id=linked.id, issuer="https://id.example.org", subject="7", email="b@x.org")
        )
        session.flush()
        assert account_record(session, linked.id, datetime.now(UTC)).entered
        found = list_accounts(session, AccountFilters())
        assert (found.counts[AccountState.ACTIVE], found.counts[AccountState.INVITED]) == (1, 0)

    def test_shows_the_latest_sign_in(self, session: Session, admin: Browser) -> None:
        added = account(session)
        at = datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
        for days in (3, 0, 9):
            moment = at - timedelta(days=days)
            session.add(SignInSession(token_hash=f"{days}", account_id=added.id, created_at=moment))
        session.commit()
        assert "4 Jan 2027, 08:30" in admin.get("/admin/accounts?q=ben")

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

    @pytest.mark.parametrize(
        "path", ["", "/email", "/deactivate", "/end-sessions", "/link", "/person", "/reset-second-factor"]
    )
    def test_asks_who_is_there_when_the_administrator_signed_in_long_ago(
        self, admin: Browser, session: Session, path: str
    ) -> None:
        ben = account(session)
        opened = session.scalars(select(SignInSession)).one()
        opened.authenticated_at = datetime.now(UTC) - timedelta(minutes=11)
        session.commit()
        fields = with_token(admin, ben.id, rights(ben, role="admin", person=person(session).id))
        session.commit()
        answer = admin.client.post(f"/admin/accounts/{ben.id}{path}", data=fields)
        assert "/account/confirm" in answer.get_data(as_text=True) + answer.headers.get("Location", "")
        assert answer.status_code != 200
        fresh(session, ben)
        assert (ben.role, ben.active, ben.practitioner_id) == (PRACTITIONER, True, None)

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

    def test_changes_the_address_and_ends_the_links(self, admin: Browser, session: Session) -> None:
        ben, other = account(session), account(session, "Tia Ken")
        session.commit()
        there = f"/admin/accounts/{ben.id}"
        admin.post(f"{there}/link", 200, page=there)
        before = ben.email
        for wrong, sentence in (("ben", "is not an e-mail address"), (other.email, "already exists"), ("", "Type the")):
            page = admin.post(f"{there}/email", 422, page=there, email=wrong).get_data(as_text=True)
            assert sentence in page
            assert re.search(r'name="name"[^>]*value="[^"]+"', page), "the other form stands as stored"
        admin.post(f"{there}/email", page=there, email=" Ben.New@Example.org")
        fresh(session, ben)
        assert ben.email == "ben.new@example.org"
        assert session.scalars(select(OneTimeLink.replaced_at)).one() is not None
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.email")).one()
        assert (entry.before, entry.after) == ({"email": before}, {"email": "ben.new@example.org"})

    def test_gives_nobody_the_whole_organisation_when_units_are_chosen(self, admin: Browser, session: Session) -> None:
        ben = account(session)
        unit = home_unit(session, "Data")
        session.commit()
        sent = rights(ben, role="manager", reach="organisation", units=unit.id)
        page = admin.post(f"/admin/accounts/{ben.id}", 422, **sent).get_data(as_text=True)
        assert "Units are chosen, but the reach is the whole organisation." in page
        assert "(1 chosen)" in page, "what was chosen stays"
        fresh(session, ben)
        assert ben.role is PRACTITIONER

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
        told = session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("%activate")).order_by(AuditEntry.id)
        ).all()
        assert told == ["account.deactivate", "account.activate"]

    def test_keeps_why_it_was_changed_or_deactivated_where_that_is_said(self, admin: Browser, session: Session) -> None:
        ben = account(session)
        page = f"/admin/accounts/{ben.id}"
        admin.post(page, **rights(ben, role="viewer", reason=" Moves to sales "))
        assert "Use at most 500 characters." in admin.post(f"{page}/deactivate", 422, page=page, reason="x" * 501).text
        admin.post(f"{page}/deactivate", page=page, reason="Left")
        admin.post(f"{page}/activate", page=page)
        admin.post(f"{page}/deactivate", page=page)
        told = session.execute(
            select(AuditEntry.action, AuditEntry.reason)
            .where(AuditEntry.subject_id == ben.id, AuditEntry.subject == "account")
            .order_by(AuditEntry.id)
        ).all()
        assert [tuple(entry) for entry in told] == [
            ("account.edit", "Moves to sales"),
            ("account.deactivate", "Left"),
            ("account.activate", None),
            ("account.deactivate", None),
        ]
        assert "Moves to sales" in admin.get(f"/admin/audit?subject=account&number={ben.id}")

    def test_takes_a_lost_second_factor_away_and_ends_the_sessions(
        self, signed_in: Callable[..., Browser], admin: Browser, session: Session
    ) -> None:
        browser = signed_in("viewer", "ben@example.org")
        ben = session.scalars(select(Account).where(Account.email == "ben@example.org")).one()
        session.add(SecondFactor(account_id=ben.id, salt="ab" * 16, last_step=0, set_up_at=datetime.now(UTC)))
        session.commit()
        page = f"/admin/accounts/{ben.id}"
        admin.post(f"{page}/reset-second-factor", page=page)
        session.rollback()
        assert not session.scalars(select(SecondFactor)).all()
        assert not is_signed_in(browser)
        admin.post(f"{page}/reset-second-factor", 404, page=page)

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

    def test_are_offered_no_role_of_their_own_to_change(self, admin: Browser, session: Session) -> None:
        me = session.scalars(select(Account.id).where(Account.email == "admin@example.org")).one()
        page, others = (admin.get(f"/admin/accounts/{one}") for one in (me, account(session, "Other", ADMIN).id))
        assert "Another administrator can change its role and reach." in page
        assert re.search(r'<select[^>]* name="role"', others)
        assert not re.search(r'<select[^>]* name="role"', page)

    def test_find_the_way_to_their_own_address_where_no_mail_is_sent(self, admin: Browser, session: Session) -> None:
        me = session.scalars(select(Account.id).where(Account.email == "admin@example.org")).one()
        page = admin.get("/account/email")
        assert "Ask an administrator" not in page
        assert f'href="/admin/accounts/{me}"' in page

    def test_may_change_their_own_name(self, admin: Browser, session: Session) -> None:
        me = session.scalars(select(Account)).one()
        admin.post(f"/admin/accounts/{me.id}", **rights(me, name="Somebody"))
        assert "Somebody" in admin.get("/admin")

    def test_are_never_all_gone(self, session: Session) -> None:
        last = account(session, "Last Admin", ADMIN)
        account(session, "Gone", ADMIN, active=False)
        account(session, "Merely Invited", ADMIN, password_hash=None)
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
