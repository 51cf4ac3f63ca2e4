"""Sessions: how long they last, where they are listed, and what ends them."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.access import Action, Thing
from app.db import reading_session, writing_session
from app.entrance.cookies import SEEN_EVERY
from app.entrance.declaring import declared_access, wants_recent
from app.entrance.signed_in import find_signed_in
from app.rendering import browser as in_words
from app.services.accounts import accounts, passwords, sessions, sign_in
from app.services.audit import COMMAND_LINE
from app.session_limits import ADMINISTRATORS_AGE_LIMIT, AGE_LIMIT, IDLE_LIMIT
from models import Account, AccountRole, SignInSession
from tests.app.clocks import later
from tests.app.conftest import Browser
from tests.factories.doors import EMAIL, PASSWORD, invite, settle_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
A_MINUTE = timedelta(minutes=1)


def is_open(browser: Browser) -> bool:
    return browser.client.get("/account").status_code == 200


class TestASession:
    def test_ends_after_eight_hours_without_use(self, manager: Browser) -> None:
        assert timedelta(hours=8) == IDLE_LIMIT
        with later(IDLE_LIMIT - A_MINUTE):
            assert is_open(manager)
        with later(2 * IDLE_LIMIT - 2 * A_MINUTE):
            assert is_open(manager), "looking at a page kept it awake"
        with later(3 * IDLE_LIMIT):
            assert not is_open(manager)

    @pytest.mark.parametrize(
        ("role", "limit"), [("admin", timedelta(hours=12)), ("manager", timedelta(days=7)), ("viewer", AGE_LIMIT)]
    )
    def test_ends_in_any_case_after_a_week_and_an_administrators_after_half_a_day(
        self, signed_in: Callable[..., Browser], role: str, limit: timedelta
    ) -> None:
        browser, step = signed_in(role), IDLE_LIMIT - A_MINUTE
        passed = step
        while passed < limit:
            with later(passed):
                assert is_open(browser), passed
            passed += step
        with later(limit + A_MINUTE):
            assert not is_open(browser)
        assert timedelta(hours=12) == ADMINISTRATORS_AGE_LIMIT

    @pytest.mark.parametrize("column", ["created_at", "last_seen_at"])
    def test_of_a_clock_that_went_ahead_ends_when_it_is_put_right(
        self, manager: Browser, session: Session, column: str
    ) -> None:
        opened = session.scalars(select(SignInSession)).one()
        setattr(opened, column, datetime.now(UTC) + timedelta(minutes=5))
        session.commit()
        assert is_open(manager), "two machines never agree to the second"
        setattr(opened, column, datetime.now(UTC) + timedelta(days=400))
        session.commit()
        assert not is_open(manager)

    def test_of_somebody_made_an_administrator_ends_by_the_shorter_limit(
        self, manager: Browser, session: Session
    ) -> None:
        opened = session.scalars(select(SignInSession)).one()
        opened.created_at = datetime.now(UTC) - timedelta(days=1)
        session.scalars(select(Account)).one().role = AccountRole.ADMIN
        session.commit()
        assert not is_open(manager)

    def test_ends_at_once_when_the_account_is_deactivated(self, manager: Browser, session: Session) -> None:
        session.scalars(select(Account)).one().active = False
        session.commit()
        assert not is_open(manager)

    def test_ends_when_the_same_browser_enters_again(self, app: Flask, engine: Engine, manager: Browser) -> None:
        before = Browser(app.test_client())
        with manager.client.session_transaction() as cookie, before.client.session_transaction() as copy:
            copy.update(cookie)
        manager.post(f"/welcome/{invite(engine)}", password=PASSWORD)
        assert not is_open(before)
        with manager.client.session_transaction() as cookie, before.client.session_transaction() as copy:
            copy.update(cookie)
        manager.post("/sign-in", page="/", email=EMAIL, password=PASSWORD)
        assert not is_open(before)

    def test_is_kept_awake_by_looking_at_pages(self, manager: Browser, session: Session) -> None:
        opened = session.scalars(select(SignInSession)).one()
        opened.last_seen_at = seen_before = datetime.now(UTC) - 2 * SEEN_EVERY
        session.commit()
        manager.get("/skills")
        session.refresh(opened)
        assert opened.last_seen_at > seen_before

    def test_lets_a_page_be_read_while_an_import_writes(
        self, manager: Browser, session: Session, engine: Engine
    ) -> None:
        session.scalars(select(SignInSession)).one().last_seen_at = datetime.now(UTC) - 2 * SEEN_EVERY
        session.commit()
        with writing_session(engine) as writer:
            accounts.create_account(writer, COMMAND_LINE, email="a@x.org", name="A", role=AccountRole.ADMIN)
            manager.get("/skills")

    def test_begun_while_the_password_is_being_changed_ends_with_the_others(self, engine: Engine) -> None:
        settle_in(engine)
        with reading_session(engine) as reading:
            attempt = sign_in.find_attempt(reading, EMAIL)

        def change() -> None:
            with writing_session(engine) as changing:
                account = changing.scalars(select(Account).where(Account.email == EMAIL)).one()
                passwords.set_password(changing, account, "lantern river copper moth")
                changing.commit()

        with writing_session(engine) as entering, ThreadPoolExecutor(1) as meanwhile:
            secret = sign_in.finish(entering, attempt, sign_in.verify(attempt, PASSWORD), "test")
            assert secret
            changed = meanwhile.submit(change)
            wait([changed], timeout=0.5)
            entering.commit()
            changed.result(10)
        with reading_session(engine) as reading:
            assert find_signed_in(reading, secret, datetime.now(UTC)) is None

    def test_gets_a_new_secret_at_every_sign_in(self, app: Flask, engine: Engine) -> None:
        settle_in(engine)
        seen = set()
        browser = Browser(app.test_client())
        for _ in range(3):
            browser.post("/sign-in", page="/sign-in", email=EMAIL, password=PASSWORD)
            with browser.client.session_transaction() as cookie:
                seen.add(cookie["_user_id"])
            browser.post("/sign-out", page="/account")
        assert len(seen) == 3


class TestTheListOfOnesSessions:
    @pytest.fixture
    def here(self, app: Flask, engine: Engine) -> Browser:
        settle_in(engine)
        browser = Browser(app.test_client())
        browser.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
        browser.post("/sign-in", email=EMAIL, password=PASSWORD)
        return browser

    @pytest.fixture
    def there(self, app: Flask, here: Browser) -> Browser:
        browser = Browser(app.test_client())
        browser.post("/sign-in", email=EMAIL, password=PASSWORD)
        return browser

    def test_names_the_browser_in_words_and_marks_this_one(self, here: Browser, there: Browser) -> None:
        page = here.get("/account/sessions")
        assert "Firefox on Linux" in page
        assert page.count("This one") == 1
        assert page.index("This one") < page.index("An unknown browser"), "this one comes first"

    def test_ends_one(self, here: Browser, there: Browser, session: Session) -> None:
        with there.client.session_transaction() as cookie:
            digest = sessions.digest(cookie["_user_id"])
        row = session.scalars(select(SignInSession).where(SignInSession.token_hash == digest)).one()
        here.post(f"/account/sessions/{row.id}/end", page="/account/sessions")
        assert not is_open(there)
        assert is_open(here)
        here.post(f"/account/sessions/{row.id}/end", 404, page="/account/sessions")

    def test_has_the_button_beside_the_name_where_a_phone_shows_it(self, here: Browser, there: Browser) -> None:
        page = here.get("/account/sessions")
        assert re.search(r'<th scope="row">An unknown browser<form[^>]*/end"', page)

    def test_ends_all_others(self, here: Browser, there: Browser) -> None:
        here.post("/account/sessions/end-others", page="/account/sessions")
        assert not is_open(there)
        assert is_open(here)

    @pytest.mark.parametrize("which", ["end-others", "{}/end"])
    def test_asks_who_is_there_before_it_ends_any(
        self, here: Browser, there: Browser, session: Session, which: str
    ) -> None:
        with there.client.session_transaction() as cookie:
            digest = sessions.digest(cookie["_user_id"])
        row = session.scalars(select(SignInSession).where(SignInSession.token_hash == digest)).one()
        path = f"/account/sessions/{which.format(row.id)}"
        with later(timedelta(minutes=11)):
            asked = here.post(path, 307, page="/account/sessions")
            assert asked.location == f"/account/confirm/form?next={path}"
            assert is_open(there)
            assert here.post(f"/account/confirm?next={path}", password=PASSWORD, page="/account").status_code == 303
            here.post(path, page="/account/sessions")
            assert not is_open(there)

    def test_ends_nobody_elses(self, here: Browser, manager: Browser, session: Session) -> None:
        others = session.scalars(select(SignInSession).join(Account).where(Account.email == "manager@example.org"))
        here.post(f"/account/sessions/{others.one().id}/end", 404, page="/account/sessions")
        assert is_open(manager)

    def test_leaves_out_what_has_ended_and_what_waits_for_a_second_factor(
        self, here: Browser, there: Browser, session: Session
    ) -> None:
        there.post("/sign-out", page="/account")
        waiting = session.scalars(select(SignInSession).where(SignInSession.ended_at.is_(None))).first()
        session.add(SignInSession(token_hash="0" * 64, account_id=waiting.account_id, pending=True))
        session.commit()
        with later(timedelta(minutes=1)):
            page = here.get("/account/sessions")
        # The first of them is the one in which the password was set.
        assert page.count('<th scope="row">') == 2

    @pytest.mark.parametrize(
        ("told", "words"),
        [
            (FIREFOX, "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
                "Chrome on Windows",
            ),
            ("curl/8.5.0", "curl"),
            ("", "An unknown browser"),
            (None, "An unknown browser"),
            ("<script>alert(1)</script>" * 8, "An unknown browser"),
        ],
    )
    def test_knows_what_browsers_say_of_themselves(self, told: str | None, words: str) -> None:
        assert in_words(told) == words


NOT_ASKED = {
    # These are the proof itself, or ask for the password in the same form.
    "proving.confirm_now", "proving.confirm_form", "proving.go_on", "proving.change_password",
    # These take away what opens the account, and whoever is in a hurry to do so shall not be held up.
    "signing_in.sign_out", "tokens.revoke", "tokens.revoke_anybodys",
    # These are about the person's own record, and are taken back as easily.
    "privacy.choose_audience", "privacy.ask_for_erasure", "privacy.take_back_erasure",
}  # fmt: skip


class TestProvingToBeTheOwnerAgain:
    def test_is_asked_before_every_change_of_accounts_and_policy_but_these(self, app: Flask) -> None:
        changes = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or set())
            and (access := declared_access(app, rule.endpoint))
            and access[0] in {Thing.ACCOUNT, Thing.POLICY}
            and access[1] is not Action.SEE
        }
        assert {endpoint for endpoint in changes if not wants_recent(app, endpoint)} == NOT_ASKED

    @pytest.fixture
    def anna(self, app: Flask, engine: Engine) -> Browser:
        settle_in(engine)
        browser = Browser(app.test_client())
        browser.post("/sign-in", email=EMAIL, password=PASSWORD)
        return browser

    def test_is_not_asked_of_whoever_just_came_in(self, anna: Browser) -> None:
        anna.get("/account/email")

    def test_is_asked_ten_minutes_later_and_leads_back(self, anna: Browser) -> None:
        with later(timedelta(minutes=11)):
            asked = anna.client.get("/account/email")
            assert (asked.status_code, asked.location) == (303, "/account/confirm?next=/account/email")
            with anna.client.session_transaction() as cookie:
                before = cookie["_user_id"]
            assert anna.post(asked.location, password=PASSWORD).location == "/account/email"
            anna.get("/account/email")
            with anna.client.session_transaction() as cookie:
                assert cookie["_user_id"] != before, "a new secret"
                cookie["_user_id"] = before
            assert not is_open(anna)

    def test_refuses_a_wrong_password(self, anna: Browser) -> None:
        with later(timedelta(minutes=11)):
            answer = anna.post("/account/confirm?next=/account/email", 422, password="wrong horse battery")
            assert "not your password" in answer.get_data(as_text=True)
            assert anna.client.get("/account/email").status_code == 303

    def test_keeps_what_was_typed(self, anna: Browser) -> None:
        token = value_of(anna.get("/account"), "csrf_token")
        with later(timedelta(minutes=11)):
            data = {"csrf_token": token, "email": "<b>new@example.org", "password": "never kept"}
            asked = anna.client.post("/account/email", data=data)
            assert asked.status_code == 307, "the browser sends the same form there"
            shown = anna.client.post(asked.location, data=data).get_data(as_text=True)
            assert "What you typed is kept" in shown
            assert "never kept" not in shown
            confirmed = anna.client.post(
                "/account/confirm?next=/account/email",
                data={"csrf_token": token, "password": PASSWORD, "kept": value_of(shown, "kept")},
            ).get_data(as_text=True)
            assert value_of(confirmed, "email") == "<b>new@example.org"
            assert 'action="/account/email"' in confirmed
            assert "what you typed is still here" in confirmed

    def test_says_that_a_button_alone_has_done_nothing_yet(self, anna: Browser) -> None:
        token = value_of(anna.get("/account"), "csrf_token")
        with later(timedelta(minutes=11)):
            data = {"csrf_token": token}
            asked = anna.client.post("/account/sessions/end-others", data=data)
            shown = anna.client.post(asked.location, data=data).get_data(as_text=True)
            assert "What you typed is kept" not in shown
            sent = {"csrf_token": token, "password": PASSWORD, "kept": value_of(shown, "kept")}
            page = anna.client.post("/account/confirm", data=sent).get_data(as_text=True)
            assert "Nothing was changed yet." in page
            assert "what you typed" not in page

    @pytest.mark.parametrize(
        "kept", ["", "nonsense", "[1]", '["//evil.example", [], false, false]', '["/x", [1], 0, 0]']
    )
    def test_never_leads_to_another_site(self, anna: Browser, kept: str) -> None:
        answer = anna.post(
            "/account/confirm?next=//evil.example", page="/account/confirm", password=PASSWORD, kept=kept
        )
        assert answer.location == "/account"


def value_of(page: str, name: str) -> str:
    tag = page.split(f'name="{name}"')[1].split(">")[0]
    return unescape(tag.split('value="')[1].split('"')[0])
