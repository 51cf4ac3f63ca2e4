"""Muster with a provider set up, which is a real one over HTTP (tests/identity_provider.py)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.config import SingleSignOn
from app.services.accounts import accounts
from app.services.audit import COMMAND_LINE
from models import (
    Account,
    AccountRole,
)
from tests.app.conftest import Browser, Started, settings_for
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, SmallProvider, new_key, small_provider

BEGIN = "/sign-in/single-sign-on"
RETURN = f"{BEGIN}/return"


@pytest.fixture(scope="session")
def keys() -> list[RSAKey]:
    return [new_key("first"), new_key("second")]


@pytest.fixture
def provider(keys: list[RSAKey]) -> Iterator[SmallProvider]:
    with small_provider(keys[0]) as provider:
        yield provider


@pytest.fixture
def site(
    engine: Engine,
    database_url: str,
    tmp_path: Path,
    started: Started,
    provider: SmallProvider,
) -> Callable[..., Flask]:
    """`site(join=..., only=...)` is Muster with the provider set up."""

    def make(**choices: object) -> Flask:
        chosen = SingleSignOn(provider.address, CLIENT_ID, CLIENT_SECRET, "Example login")
        chosen = replace(chosen, **choices)  # type: ignore[arg-type]
        settings = replace(settings_for(tmp_path, database_url), single_sign_on=chosen)
        return started.again(settings, engine)

    return make


@pytest.fixture
def app(site: Callable[..., Flask]) -> Flask:
    return site()


@pytest.fixture
def anna(session: Session) -> Account:
    account = accounts.create_account(
        session, COMMAND_LINE, email="anna@example.org", name="Anna Berg", role=AccountRole.MANAGER
    )
    session.commit()
    return account


def at_the_provider(browser: Browser, begin: str = BEGIN) -> str:
    """Begin, go to the provider, and answer where it sends the browser back to."""
    sent = browser.client.get(begin)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    answer = requests.get(sent.location, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.path == RETURN
    return f"{back.path}?{back.query}"


def sign_in(browser: Browser, begin: str = BEGIN) -> TestResponse:
    return browser.client.get(at_the_provider(browser, begin))


def refused(browser: Browser, status: int, begin: str = BEGIN) -> str:
    shown = browser.get(at_the_provider(browser, begin), status)
    assert browser.client.get("/people").status_code == 303, "somebody was signed in"
    return shown
