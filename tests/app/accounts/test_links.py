"""One-use links: each dead one has its own sentence, and none tells whether there is an account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import reading_session, writing_session
from app.services.accounts.links import LINK_LIFETIME, DeadLink, find_link, use_up
from models import Account, AuditEntry, LinkPurpose, OneTimeLink
from tests.app.clocks import later
from tests.app.conftest import Browser
from tests.factories.doors import EMAIL, PASSWORD, invite, reset_link, settle_in

pytestmark = pytest.mark.one_database

NEW = "lantern river copper moth"


class TestOneUseLink:
    def test_sets_a_password_and_signs_in(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        assert EMAIL in visitor.get(f"/welcome/{secret}")
        visitor.post(f"/welcome/{secret}", password=PASSWORD)
        assert "Anna Berg" in visitor.follow("/")

    def test_works_once(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        visitor.post(f"/welcome/{secret}", password=PASSWORD)
        assert "has been used" in visitor.get(f"/welcome/{secret}", 404)

    def test_that_is_wrong_says_so(self, visitor: Browser, engine: Engine) -> None:
        invite(engine)
        page = visitor.get("/welcome/nonsense", 404)
        assert "This link is wrong" in page
        assert "<h1>This link does not work</h1>" in page
        assert "This page does not exist" not in page

    @pytest.mark.parametrize("purpose", [LinkPurpose.FIRST_RUN, LinkPurpose.INVITATION, LinkPurpose.RESET])
    def test_lives_a_day_as_an_invitation_and_an_hour_as_a_reset(
        self, app: Flask, engine: Engine, purpose: LinkPurpose
    ) -> None:
        settle_in(engine)
        secret, browser = reset_link(engine, purpose=purpose), Browser(app.test_client())
        lives = timedelta(hours=1 if purpose is LinkPurpose.RESET else 24)
        assert LINK_LIFETIME[purpose] == lives
        with later(lives - timedelta(seconds=5)):
            browser.get(f"/welcome/{secret}")
        with later(lives + timedelta(seconds=5)):
            assert "too old" in browser.get(f"/welcome/{secret}", 404)

    def test_made_while_the_clock_went_ahead_is_dead_when_it_is_put_right(
        self, visitor: Browser, engine: Engine
    ) -> None:
        with later(timedelta(days=1)):
            secret = invite(engine)
            visitor.get(f"/welcome/{secret}")
        assert "too old" in visitor.get(f"/welcome/{secret}", 404)

    def test_is_dead_after_a_newer_one_was_issued(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        newer = reset_link(engine)
        assert "replaced by a newer one" in visitor.get(f"/welcome/{secret}", 404)
        visitor.get(f"/welcome/{newer}")

    def test_is_dead_after_the_password_was_changed(self, app: Flask, visitor: Browser, engine: Engine) -> None:
        settle_in(engine)
        secret = reset_link(engine)
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        visitor.post("/account/password", current=PASSWORD, password=NEW)
        assert "password was changed" in Browser(app.test_client()).get(f"/welcome/{secret}", 404)

    def test_of_a_deactivated_account_looks_like_a_wrong_one(
        self, visitor: Browser, engine: Engine, session: Session
    ) -> None:
        secret = invite(engine)
        session.scalars(select(Account)).one().active = False
        session.commit()
        assert "This link is wrong" in visitor.get(f"/welcome/{secret}", 404)

    def test_is_opened_by_one_of_two_who_send_it_at_once(self, app: Flask, engine: Engine) -> None:
        secret = invite(engine)
        first, second = Browser(app.test_client()), Browser(app.test_client())
        second.get(f"/welcome/{secret}")
        first.post(f"/welcome/{secret}", password=PASSWORD)
        again = second.post(f"/welcome/{secret}", 404, page="/sign-in", password=NEW)
        assert "has been used" in again.get_data(as_text=True)
        second.post("/sign-in", email=EMAIL, password=PASSWORD)

    def test_found_by_two_at_once_is_used_up_by_one(self, engine: Engine) -> None:
        secret, now = invite(engine), datetime.now(UTC)
        with reading_session(engine) as one, reading_session(engine) as other:
            found = [find_link(one, secret, now), find_link(other, secret, now)]
        with writing_session(engine) as session:
            use_up(session, found[0], now)
            session.commit()
        with writing_session(engine) as session, pytest.raises(DeadLink, match="has been used"):
            use_up(session, found[1], now)

    @pytest.mark.parametrize("password", ["short", "password1234", "anna.anna.anna", "a" * 300, "musterMuster12"])
    def test_refuses_a_password_that_is_easy_to_guess(self, visitor: Browser, engine: Engine, password: str) -> None:
        secret = invite(engine)
        visitor.post(f"/welcome/{secret}", 422, password=password)
        visitor.get(f"/welcome/{secret}")

    def test_is_long_and_stored_as_a_digest_only(self, engine: Engine, session: Session) -> None:
        secret = invite(engine)
        assert len(secret) >= 43, "256 bits"
        assert secret not in str(session.scalars(select(OneTimeLink)).one().token_hash)

    def test_is_never_guessed_at_for_long_and_a_right_one_still_works(self, visitor: Browser, engine: Engine) -> None:
        secret = invite(engine)
        for n in range(20):
            visitor.get(f"/welcome/guess{n}", 404)
        refused = visitor.client.get("/welcome/guess")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        visitor.get(f"/welcome/{secret}")


class TestAskingForALink:
    def test_without_mail_says_whom_to_ask(self, visitor: Browser) -> None:
        page = visitor.get("/forgot-password")
        assert "Ask an administrator" in page
        assert 'name="email"' not in page
        assert "/forgot-password" in visitor.get("/sign-in")


class TestChangingOnesAddress:
    def test_by_a_link_of_ones_own_takes_the_new_one_at_once(
        self, app: Flask, visitor: Browser, engine: Engine, session: Session
    ) -> None:
        settle_in(engine)
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        secret = address_link(engine, "new@example.org")
        page = visitor.get(f"/new-address/{secret}")
        assert "new@example.org" in page
        visitor.post(f"/new-address/{secret}")
        assert session.scalars(select(Account.email)).one() == "new@example.org"
        assert "has been used" in visitor.get(f"/new-address/{secret}", 404)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "account.email")).one()
        assert (entry.before, entry.after) == ({"email": EMAIL}, {"email": "new@example.org"})

    def test_gives_the_account_to_nobody_who_opens_a_mail_that_went_astray(
        self, app: Flask, visitor: Browser, engine: Engine, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        settle_in(engine)
        secret = address_link(engine, "stranger@example.org")
        for stranger in (visitor, signed_in("manager", "stranger.here@example.org")):
            assert "Sign in with the address that you had so far" in stranger.get(f"/new-address/{secret}", 403)
            stranger.post(f"/new-address/{secret}", 403, page="/" if stranger is not visitor else "/sign-in")
        assert "stranger@example.org" not in session.scalars(select(Account.email)).all()
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        visitor.post(f"/new-address/{secret}")

    def test_ends_a_link_that_was_made_at_the_same_moment(
        self, app: Flask, visitor: Browser, engine: Engine, session: Session
    ) -> None:
        settle_in(engine)
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        mailed_before, secret = reset_link(engine), address_link(engine, "new@example.org")
        for link in session.scalars(select(OneTimeLink)):
            link.replaced_at = None  # two transactions at once do not see each other's links
        session.commit()
        visitor.post(f"/new-address/{secret}")
        assert "replaced by a newer one" in Browser(app.test_client()).get(f"/welcome/{mailed_before}", 404)

    def test_is_no_way_to_choose_a_password(self, visitor: Browser, engine: Engine) -> None:
        settle_in(engine)
        visitor.get(f"/welcome/{address_link(engine, 'new@example.org')}", 404)
        visitor.get(f"/new-address/{reset_link(engine)}", 404)

    def test_is_refused_when_somebody_took_the_address_meanwhile(self, visitor: Browser, engine: Engine) -> None:
        settle_in(engine)
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        secret = address_link(engine, "new@example.org")
        invite(engine, "new@example.org")
        answer = visitor.post(f"/new-address/{secret}", 422)
        assert "cannot be used any more" in answer.get_data(as_text=True)


def address_link(engine: Engine, email: str) -> str:
    from app.db import writing_session
    from app.services.accounts.accounts import ask_for_address

    with writing_session(engine) as session:
        account = session.scalars(select(Account).where(Account.email == EMAIL)).one()
        asked = ask_for_address(session, account.id, email)
        session.commit()
    assert asked.secret
    return asked.secret
