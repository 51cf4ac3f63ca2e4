"""Guessing at passwords: stopped by the eleventh try, and nobody can lock the owner out."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from huey import MemoryHuey
from sqlalchemy import Engine

from app import create_app
from app.config import Settings, SettingsError, read_settings
from app.entrance.limits import client, trial
from app.errors import TooOften
from tests.app.clocks import later
from tests.app.conftest import Browser, settings_for
from tests.factories.doors import EMAIL, PASSWORD, invite, reset_link, settle_in

pytestmark = pytest.mark.one_database

GUESS = "wrong horse battery"


@pytest.fixture
def owner(app: Flask, engine: Engine) -> Browser:
    """A browser in which Anna has signed in before."""
    settle_in(engine)
    browser = Browser(app.test_client())
    browser.client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    browser.post("/sign-in", email=EMAIL, password=PASSWORD)
    browser.post("/sign-out", page="/account")
    return browser


def stranger(app: Flask, address: str = "203.0.113.9") -> Browser:
    browser = Browser(app.test_client())
    browser.client.environ_base["REMOTE_ADDR"] = address
    return browser


def guess(browser: Browser, times: int, email: str = EMAIL) -> None:
    for _ in range(times):
        browser.post("/sign-in", 422, email=email, password=GUESS)


class TestGuessing:
    def test_at_an_account_is_stopped_by_the_eleventh_try_from_wherever(self, app: Flask, owner: Browser) -> None:
        for number in range(10):
            guess(stranger(app, f"203.0.113.{number}"), 1)
        refused = stranger(app, "203.0.113.99").post("/sign-in", 429, email=EMAIL, password=PASSWORD)
        assert 0 < int(refused.headers["Retry-After"]) <= 300
        assert "Forgot your password?" in refused.get_data(as_text=True)

    def test_from_a_client_is_stopped_by_the_eleventh_try_at_whomever(self, app: Flask, owner: Browser) -> None:
        browser = stranger(app)
        for number in range(10):
            guess(browser, 1, f"nobody{number}@example.org")
        browser.post("/sign-in", 429, email=EMAIL, password=PASSWORD)

    def test_is_not_hidden_by_claiming_other_addresses(self, app: Flask, owner: Browser) -> None:
        statuses = []
        for number in range(25):
            browser = stranger(app)
            address = f"198.51.100.{number}"
            browser.client.environ_base.update(
                {f"HTTP_{name}": address for name in ("X_FORWARDED_FOR", "FORWARDED", "X_REAL_IP", "CLIENT_IP")}
            )
            page = browser.get("/sign-in")
            token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
            data = {"csrf_token": token, "email": f"nobody{number}@example.org", "password": GUESS}
            statuses.append(browser.client.post("/sign-in", data=data).status_code)
        assert statuses == [422] * 10 + [429] * 15

    def test_is_answered_the_same_whether_or_not_there_is_an_account(self, app: Flask, owner: Browser) -> None:
        for email in (EMAIL, "nobody@example.org"):
            for number in range(10):
                guess(stranger(app, f"203.0.113.{number}" if email == EMAIL else f"198.51.100.{number}"), 1, email)
            stranger(app, "192.0.2.77").post("/sign-in", 429, email=email, password=GUESS)

    def test_works_again_after_five_minutes(self, app: Flask, owner: Browser) -> None:
        browser = stranger(app)
        guess(browser, 10)
        browser.post("/sign-in", 429, email=EMAIL, password=PASSWORD)
        with later(timedelta(minutes=5, seconds=5)):
            browser.post("/sign-in", email=EMAIL, password=PASSWORD)

    def test_under_way_counts_as_failed_until_it_ends(self, app: Flask) -> None:
        count = ("sign-in", "client", "a")
        with app.app_context(), ExitStack() as under_way:
            for _ in range(10):
                under_way.enter_context(trial("10 per 5 minutes", "Wait {wait}.", count))
            with pytest.raises(TooOften):
                under_way.enter_context(trial("10 per 5 minutes", "Wait {wait}.", count))
            under_way.pop_all().close()
            with trial("10 per 5 minutes", "Wait {wait}.", count):
                pass

    def test_by_many_at_once_gets_no_further(self, app: Flask) -> None:
        def attempt(_: int) -> bool:
            with app.app_context():
                try:
                    with trial("10 per 5 minutes", "Wait {wait}.", ("sign-in", "client", "a")) as failed:
                        failed()
                except TooOften:
                    return False
            return True

        with ThreadPoolExecutor(24) as threads:
            assert sum(threads.map(attempt, range(200))) == 10

    def test_counts_only_failures(self, app: Flask, engine: Engine, owner: Browser) -> None:
        browser = stranger(app)
        for _ in range(12):
            browser.post("/sign-in", page="/sign-in", email=EMAIL, password=PASSWORD)
            browser.post("/sign-out", page="/account")


class TestTheOwner:
    def test_comes_in_from_a_known_browser_while_others_guess(self, app: Flask, owner: Browser) -> None:
        guess(stranger(app), 10)
        stranger(app, "192.0.2.8").post("/sign-in", 429, email=EMAIL, password=PASSWORD)
        owner.post("/sign-in", email=EMAIL, password=PASSWORD)

    def test_comes_in_by_a_link_from_a_new_browser_while_others_guess(
        self, app: Flask, engine: Engine, owner: Browser
    ) -> None:
        attacked = stranger(app)
        guess(attacked, 10)
        attacked.post(f"/welcome/{reset_link(engine)}", password="lantern river copper moth")
        attacked.get("/account")

    def test_has_a_count_too(self, owner: Browser) -> None:
        guess(owner, 10)
        owner.post("/sign-in", 429, email=EMAIL, password=PASSWORD)

    def test_is_known_for_own_accounts_only(self, app: Flask, engine: Engine, owner: Browser) -> None:
        settle_in(engine, "ben@example.org")
        for number in range(10):
            guess(stranger(app, f"203.0.113.{number}"), 1, "ben@example.org")
        owner.post("/sign-in", 429, email="ben@example.org", password=PASSWORD)

    def test_is_not_known_by_a_mark_that_somebody_made_up(self, app: Flask, owner: Browser) -> None:
        cookie = owner.client.get_cookie("muster-device")
        assert cookie is not None
        assert cookie.http_only
        guess(stranger(app), 10)
        forger = stranger(app)
        body, _, seal = cookie.value.rpartition(".")
        for value in (f"{body}.{seal[::-1]}", body, "", "[]", "W10.x"):
            forger.client.set_cookie("muster-device", value)
            forger.post("/sign-in", 429, email=EMAIL, password=PASSWORD)


class TestAskingForLinks:
    def test_is_limited_for_a_client(self, app: Flask, engine: Engine) -> None:
        invite(engine)
        browser = stranger(app)
        for number in range(30):
            browser.post("/forgot-password", 200, page="/sign-in", email=f"nobody{number}@example.org")
        refused = browser.post("/forgot-password", 429, page="/sign-in", email=EMAIL)
        assert int(refused.headers["Retry-After"]) <= 3600


class TestAClient:
    def address(self, settings: Settings, engine: Engine, connection: str, forwarded: str = "") -> str:
        app = create_app(settings, engine, MemoryHuey(immediate=True, results=False))
        seen = []
        app.before_request(lambda: seen.append(client()))
        app.test_client().get(
            "/healthz", environ_base={"REMOTE_ADDR": connection}, headers={"X-Forwarded-For": forwarded}
        )
        return seen[0]

    def test_is_what_the_connection_says(self, engine: Engine, tmp_path: Path, database_url: str) -> None:
        settings = settings_for(tmp_path, database_url)
        assert self.address(settings, engine, "203.0.113.5", "198.51.100.7") == "203.0.113.5"

    @pytest.mark.parametrize(
        ("proxies", "forwarded", "found"),
        [(1, "198.51.100.7", "198.51.100.7"), (1, "1.1.1.1, 198.51.100.7", "198.51.100.7"),
         (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"), (2, "198.51.100.7", "203.0.113.5"),
         (1, "198.51.100.7:4711", "198.51.100.7"), (1, '"[2001:db8::7]:4711"', "2001:db8::/64"),
         (1, "2001:db8::7", "2001:db8::/64")],
    )  # fmt: skip
    def test_is_what_as_many_proxies_say_as_there_are(
        self, engine: Engine, tmp_path: Path, database_url: str, proxies: int, forwarded: str, found: str
    ) -> None:
        settings = replace(settings_for(tmp_path, database_url), proxies=proxies)
        assert self.address(settings, engine, "203.0.113.5", forwarded) == found

    def test_is_a_network_in_ipv6(self, engine: Engine, tmp_path: Path, database_url: str) -> None:
        settings = settings_for(tmp_path, database_url)
        one, other, elsewhere = (
            self.address(settings, engine, address) for address in ("2001:db8::1", "2001:db8::ffff", "2001:db8:1::1")
        )
        assert one == other != elsewhere
        assert self.address(settings, engine, "::ffff:203.0.113.5") == "203.0.113.5"

    @pytest.mark.parametrize("stated", ["-1", "6", "many", "1.5"])
    def test_is_not_left_to_a_number_of_proxies_that_cannot_be(self, tmp_path: Path, stated: str) -> None:
        with pytest.raises(SettingsError, match="how many proxies"):
            read_settings({"MUSTER_DATA_DIR": str(tmp_path), "MUSTER_PROXIES": stated})
