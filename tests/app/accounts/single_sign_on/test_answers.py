"""What a provider can answer: wrong, late, or not at all."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy.orm import Session

from app.entrance.identity_provider import KEPT_FOR, SKEW_SECONDS, Provider
from models import (
    Account,
)
from tests.app.accounts.single_sign_on.conftest import BEGIN, RETURN, at_the_provider, refused, sign_in
from tests.app.conftest import Browser
from tests.identity_provider import CLIENT_ID, SmallProvider, new_key

pytestmark = pytest.mark.one_database


class TestWhatIsNotBelieved:
    """Each is something that an attacker, or a provider set up wrongly, could send."""

    @pytest.mark.parametrize(
        "wrong", ["signature", "alg none", "shared secret", "garbage", "issuer", "closing slash", "endpoint"]
    )
    def test_is_a_token_or_provider_that_is_wrong(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider, wrong: str
    ) -> None:
        back = None if wrong in {"issuer", "closing slash", "endpoint"} else at_the_provider(visitor)
        provider.wrong = wrong
        if wrong in {"issuer", "closing slash"}:
            assert "could not be verified" in visitor.get(BEGIN, 502)
        else:
            assert "could not be verified" in visitor.get(back or at_the_provider(visitor), 502)
        assert visitor.client.get("/people").status_code == 303

    @pytest.mark.parametrize(
        "changed",
        [
            pytest.param({"nonce": "of another sign-in"}, id="another nonce"),
            pytest.param({"nonce": None}, id="no nonce"),
            pytest.param({"aud": "another-client"}, id="for another client"),
            pytest.param({"aud": [CLIENT_ID, "other"]}, id="for several without saying which asked"),
            pytest.param({"aud": [CLIENT_ID, "other"], "azp": "other"}, id="asked for by another client"),
            pytest.param({"aud": None}, id="for nobody"),
            pytest.param({"iss": "https://evil.example"}, id="another issuer"),
            pytest.param({"iss": None}, id="no issuer"),
            pytest.param({"sub": None}, id="no subject"),
            pytest.param({"sub": 7}, id="a subject that is no text"),
            pytest.param({"sub": "x" * 256}, id="a subject too long"),
            pytest.param({"sub": "a\u0000b"}, id="a subject of control characters"),
            pytest.param({"exp": None}, id="no end"),
            pytest.param({"exp": "tomorrow"}, id="an end that is no time"),
            pytest.param({"iat": None}, id="no beginning"),
            pytest.param({"at_hash": "of another token"}, id="another access token"),
        ],
    )
    def test_is_a_claim_that_is_wrong(
        self, visitor: Browser, anna: Account, provider: SmallProvider, changed: dict[str, object]
    ) -> None:
        provider.changed = changed
        assert "could not be verified" in refused(visitor, 502)

    def test_is_userinfo_about_somebody_else(self, visitor: Browser, anna: Account, provider: SmallProvider) -> None:
        provider.changed, provider.wrong = {"email": None}, "userinfo"
        assert "could not be verified" in refused(visitor, 502)

    @pytest.mark.parametrize("changed", [{"exp": -SKEW_SECONDS - 30}, {"iat": SKEW_SECONDS + 30}, {"nbf": 900}])
    def test_is_a_token_of_another_time_and_the_page_says_to_check_the_clock(
        self, visitor: Browser, anna: Account, provider: SmallProvider, changed: dict[str, int]
    ) -> None:
        provider.changed = {name: int(time.time()) + seconds for name, seconds in changed.items()}
        assert "clock of the server" in refused(visitor, 502)

    @pytest.mark.parametrize("changed", [{"exp": -SKEW_SECONDS + 30}, {"iat": SKEW_SECONDS - 30}])
    def test_is_nothing_that_clocks_apart_by_less_than_two_minutes_explain(
        self, visitor: Browser, anna: Account, provider: SmallProvider, changed: dict[str, int]
    ) -> None:
        provider.changed = {name: int(time.time()) + seconds for name, seconds in changed.items()}
        assert sign_in(visitor).location == "/"


class TestAPageSays:
    def test_that_the_state_is_wrong_missing_or_used(self, app: Flask, visitor: Browser, anna: Account) -> None:
        back = at_the_provider(visitor)
        assert "not begun in this browser" in visitor.get(RETURN, 422)
        assert "not begun in this browser" in visitor.get(f"{RETURN}?code=x&state=guessed", 422)
        # Login CSRF: the answer to somebody else's sign-in.
        assert "not begun in this browser" in Browser(app.test_client()).get(back, 422)
        assert visitor.client.get(back).location == "/"

    def test_that_it_took_too_long(self, visitor: Browser, anna: Account) -> None:
        back = at_the_provider(visitor)
        with visitor.client.session_transaction() as cookie:
            begun = cookie["single_sign_on"]
            cookie["single_sign_on"] = {state: {**one, "at": one["at"] - 601} for state, one in begun.items()}
        assert "longer than ten minutes" in visitor.get(back, 422)

    @pytest.mark.parametrize(
        ("error", "sentence"),
        [
            ("access_denied", "You did not let Example login tell"),
            ("temporarily_unavailable", "cannot sign anybody in now"),
            ("invalid_scope", "Example login did not sign you in"),
        ],
    )
    def test_that_the_person_or_the_provider_refused(
        self, visitor: Browser, provider: SmallProvider, error: str, sentence: str
    ) -> None:
        provider.refuses = error
        assert sentence in refused(visitor, 403)

    def test_that_a_code_was_used(self, visitor: Browser, anna: Account, provider: SmallProvider) -> None:
        back = at_the_provider(visitor)
        provider.codes.clear()
        assert "could not be verified" in visitor.get(back, 502)

    @pytest.mark.parametrize("failing", ["refused", "error", "unverified", "away"])
    def test_that_a_sign_in_that_failed_is_over(
        self, visitor: Browser, anna: Account, provider: SmallProvider, failing: str
    ) -> None:
        """Its state is used up: what would have been right opens nothing after it."""
        back = at_the_provider(visitor)
        state = parse_qs(urlsplit(back).query)["state"][0]
        if failing == "refused":
            visitor.get(f"{RETURN}?error=access_denied&state={state}", 403)
        elif failing == "error":
            visitor.get(f"{RETURN}?state={state}", 403)
        else:
            provider.wrong = {"unverified": "signature", "away": "500 /token"}[failing]
            visitor.get(back, {"unverified": 502, "away": 503}[failing])
            provider.wrong = None
        assert "was finished already" in visitor.get(back, 422)
        with visitor.client.session_transaction() as cookie:
            assert not cookie["single_sign_on"]
        assert visitor.client.get("/people").status_code == 303
        assert sign_in(visitor).location == "/"

    def test_that_there_is_no_account(self, visitor: Browser) -> None:
        assert "There is no account for anna@example.org" in refused(visitor, 403)

    @pytest.mark.parametrize("verified", [False, None, "false", 1, "yes"])
    def test_that_the_address_is_not_verified(
        self, visitor: Browser, anna: Account, provider: SmallProvider, verified: object
    ) -> None:
        provider.person |= {"email_verified": verified}
        provider.changed = {"email_verified": verified}
        assert "has not verified that anna@example.org is yours" in refused(visitor, 403)

    @pytest.mark.parametrize("email", [None, "", "no address", "a@" + "x" * 300, "a@b\u0000.org", 5])
    def test_that_no_address_was_told(
        self, visitor: Browser, anna: Account, provider: SmallProvider, email: object
    ) -> None:
        provider.person |= {"email": email}
        assert "did not tell your e-mail address" in refused(visitor, 403)

    def test_that_the_account_is_deactivated(
        self, app: Flask, visitor: Browser, anna: Account, session: Session
    ) -> None:
        anna.active = False
        session.commit()
        assert "is deactivated" in refused(visitor, 403)

    def test_that_the_account_was_deactivated_since(
        self, app: Flask, visitor: Browser, anna: Account, session: Session
    ) -> None:
        sign_in(visitor)
        anna.active = False
        session.commit()
        assert "is deactivated" in refused(Browser(app.test_client()), 403)

    def test_that_the_address_was_given_to_somebody_else(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        sign_in(visitor)
        provider.person |= {"sub": "person-2"}
        assert "belongs to another person" in refused(Browser(app.test_client()), 403)

    @pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks"])
    @pytest.mark.parametrize("fault", ["500", "words"])
    def test_that_the_provider_is_away_at_the_start(
        self, visitor: Browser, provider: SmallProvider, path: str, fault: str
    ) -> None:
        provider.wrong = f"{fault} {path}"
        assert "Example login does not answer" in visitor.get(BEGIN, 503)
        provider.wrong = None
        assert visitor.client.get(BEGIN).status_code == 303

    @pytest.mark.parametrize("fault", ["500", "words", "slow"])
    def test_that_the_provider_is_away_at_the_return(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider, fault: str
    ) -> None:
        known: Provider = app.extensions["muster-identity-provider"]
        known.timeout = (0.2, 0.2)
        back = at_the_provider(visitor)
        provider.wrong = f"{fault} /token"
        assert "Example login does not answer" in visitor.get(back, 503)

    def test_that_nobody_listens(self, app: Flask, visitor: Browser, provider: SmallProvider) -> None:
        known: Provider = app.extensions["muster-identity-provider"]
        known.settings = replace(known.settings, issuer="http://127.0.0.1:9")
        assert "Example login does not answer" in visitor.get(BEGIN, 503)


class TestWhatTheProviderPublishes:
    def test_is_asked_once_and_again_after_an_hour(self, app: Flask, provider: SmallProvider) -> None:
        known: Provider = app.extensions["muster-identity-provider"]
        now = datetime.now(UTC)
        for at in (now, now + timedelta(minutes=59), now + KEPT_FOR, now + KEPT_FOR):
            known.authorization_address("s", "n", "v" * 43, again=False, at=at)
        assert provider.asked.count("/jwks") == 2

    def test_may_change_its_keys_at_any_time(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider, keys: list[RSAKey]
    ) -> None:
        sign_in(visitor)
        provider.rotate(keys[1])
        again = Browser(app.test_client())
        assert sign_in(again).location == "/"
        assert provider.asked.count("/jwks") == 2

    def test_may_change_a_key_under_its_old_name(
        self, app: Flask, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        sign_in(visitor)
        provider.rotate(new_key("first"))
        assert sign_in(Browser(app.test_client())).location == "/"

    def test_may_hold_keys_of_kinds_unknown_here(
        self, visitor: Browser, anna: Account, provider: SmallProvider
    ) -> None:
        discovered = provider.answer

        def with_another_key(path: str, sent: dict[str, str], authorization: str) -> tuple[int, object]:
            status, told = discovered(path, sent, authorization)
            return status, {"keys": [{"kty": "future", "kid": "x"}, *told["keys"]]} if path == "/jwks" else told

        provider.answer = with_another_key  # type: ignore[method-assign]
        assert sign_in(visitor).location == "/"
