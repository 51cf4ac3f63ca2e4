"""What every answer tells the browser, whatever was asked and however it ended."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from huey import MemoryHuey
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.test import TestResponse

from app import create_app
from app.access import Action, Thing
from app.config import ROOT
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError, TooOften
from tests.app.conftest import Browser, settings_for
from tests.app.server.test_every_form import form_token, paths
from tests.factories.doors import EMAIL, PASSWORD, settle_in

pytestmark = pytest.mark.one_database

POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HIDDEN = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
ELSEWHERE = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
TOO_LONG = {"CONTENT_LENGTH": str(10**9)}
NOT_OURS = [
    "/.git/config",
    "/.env",
    "/console",
    "/metrics",
    "/server-status",
    "/debug",
    "/static/",
    "/static/../pyproject.toml",
]


def policy_of(answer: TestResponse) -> dict[str, str]:
    stated = answer.headers["Content-Security-Policy"].split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in stated)}


def nonce_of(answer: TestResponse) -> str:
    found = re.fullmatch(r"'nonce-([\w-]{24,})'", policy_of(answer)["script-src"])
    assert found, "a nonce of 128 bits and more, and nothing else"
    return found[1]


def faults_of(answer: TestResponse) -> list[str]:
    """What is wrong with the headers of one answer."""
    wrong = [name for name, value in ALWAYS.items() if answer.headers.get(name) != value]
    wrong += [name for name in HIDDEN if name in answer.headers]
    if {name: value for name, value in policy_of(answer).items() if name != "script-src"} != POLICY:
        wrong.append("Content-Security-Policy")
    if "camera=()" not in answer.headers["Permissions-Policy"]:
        wrong.append("Permissions-Policy")
    kind = answer.headers.get("Content-Type", "")
    if answer.data and (not kind or (re.match(r"text/|\S+\+xml", kind) and "charset=utf-8" not in kind)):
        wrong.append(f"Content-Type {kind}")
    return wrong


def every_way(app: Flask, client: FlaskClient) -> Iterator[tuple[str, TestResponse]]:
    """An answer of every address, and one of each kind that is none."""
    ours = ("/nowhere", "/static/css/shell.css", "/static/js/shell.js", "/static/favicon.svg", "/api/v1/people")
    for path in (*(path for _, path in paths(app, "GET")), *ours):
        yield path, client.get(path, buffered=True)
    odd: dict[int, dict[str, Any]] = {
        405: {"path": "/people", "method": "PUT"},
        400: {"path": "/sign-in", "method": "POST"},
        413: {"path": "/sign-in", "method": "POST", "data": {"email": "x"}, "environ_overrides": TOO_LONG},
        403: {"path": "/api/v1/openapi.json", "method": "OPTIONS", "headers": ELSEWHERE},
    }
    for status, asked in odd.items():
        answer = client.open(**asked)
        assert answer.status_code == status
        yield str(status), answer
    yield "another host", client.get("/people", headers={"Host": "evil.example"})


class TestEveryAnswer:
    @pytest.mark.parametrize("who", ["a visitor", "an administrator"])
    def test_forbids_the_browser_all_that_we_do_not_need(
        self, app: Flask, visitor: Browser, admin: Browser, who: str
    ) -> None:
        client = (visitor if who == "a visitor" else admin).client
        told = {where: faults_of(answer) for where, answer in every_way(app, client)}
        assert len(told) > 60
        assert {where: wrong for where, wrong in told.items() if wrong} == {}

    def test_holds_by_every_method(self, app: Flask, admin: Browser) -> None:
        wrong, seen = {}, set()
        for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            for path in sorted({path for _, path in paths(app, "GET", "POST")} | {"/api/v1/people", "/nowhere"}):
                answer = admin.client.open(path, method=method, buffered=True)
                seen.add(answer.status_code)
                if found := [*faults_of(answer), *(["kept"] if answer.headers["Cache-Control"] != "no-store" else [])]:
                    wrong[f"{method} {path}"] = found
        assert {200, 303, 400, 401, 404, 405} <= seen
        assert wrong == {}

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (409, Conflict("Somebody was faster.")),
            (415, UnsupportedMediaType()),
            (422, DomainError("Not so.")),
            (429, TooOften(5)),
            (500, ZeroDivisionError()),
            (503, OperationalError("SELECT", {}, Exception("gone"))),
        ],
    )
    def test_holds_for_what_goes_wrong(self, new_app: Flask, status: int, error: Exception) -> None:
        new_app.testing = False

        @new_app.get("/wrong")
        @allow(Thing.HEALTH, Action.SEE)
        def wrong() -> str:
            raise error

        for headers in ({}, {"Authorization": "Bearer muster_nobody"}):
            answer = new_app.test_client().get("/wrong", headers=headers)
            # A page says in its own words what only programs tell apart.
            assert answer.status_code == (400 if status == 415 else status)
            assert faults_of(answer) == []
            assert answer.headers["Cache-Control"] == "no-store"

    def test_has_a_nonce_of_its_own(self, visitor: Browser) -> None:
        answers = [visitor.client.get("/sign-in") for _ in range(5)]
        assert len({nonce_of(answer) for answer in answers}) == 5
        scripts = re.findall(r"<script[^>]*>", answers[0].get_data(as_text=True))
        assert scripts
        assert all(f'nonce="{nonce_of(answers[0])}"' in script for script in scripts)

    def test_is_kept_by_nobody_but_for_files_of_ours(self, app: Flask, admin: Browser) -> None:
        kept = [
            where for where, answer in every_way(app, admin.client) if answer.headers["Cache-Control"] != "no-store"
        ]
        assert all(where.startswith("/static/") for where in kept), kept

    def test_opens_nothing_to_pages_of_other_sites(self, app: Flask, admin: Browser) -> None:
        for path in ("/people", "/sign-in", "/api/v1/people"):
            for answer in (admin.client.options(path, headers=ELSEWHERE), admin.client.get(path, headers=ELSEWHERE)):
                assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


class TestWhatIsNotThere:
    @pytest.mark.parametrize("path", NOT_OURS)
    def test_is_not_found(self, visitor: Browser, path: str) -> None:
        assert visitor.client.get(path).status_code == 404

    @pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
    def test_as_a_method_is_refused(self, admin: Browser, method: str) -> None:
        answer = admin.client.open("/people", method=method, headers={"X-Echo": "echoed"})
        assert answer.status_code in {400, 405}
        assert "echoed" not in answer.get_data(as_text=True)


class TestOverHttps:
    @pytest.fixture
    def https(self, engine: Engine, tmp_path: Path) -> Flask:
        settings = replace(settings_for(tmp_path, str(engine.url)), base_url="https://muster.example")
        return create_app(settings, engine, MemoryHuey(immediate=True, results=False))

    def test_every_answer_says_to_stay_there_for_a_year(self, https: Flask, visitor: Browser) -> None:
        @https.get("/broken")
        @allow(Thing.HEALTH, Action.SEE)
        def broken() -> str:
            raise ZeroDivisionError

        client = https.test_client()
        for path in ("/sign-in", "/people", "/nowhere", "/static/css/shell.css", "/api/v1/people", "/broken"):
            told = client.get(path, base_url="https://muster.example", buffered=True).headers[
                "Strict-Transport-Security"
            ]
            assert told == "max-age=31536000; includeSubDomains", path
        assert "Strict-Transport-Security" not in visitor.client.get("/sign-in").headers

    def test_so_does_the_last_page(self, https: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_given: object, **_named: object) -> str:
            raise RuntimeError

        monkeypatch.setattr("app.exchange.error_pages._page", fail)
        answer = https.test_client().get("/nowhere", base_url="https://muster.example")
        assert answer.status_code == 500
        assert "includeSubDomains" in answer.headers["Strict-Transport-Security"]

    def test_a_session_is_bound_to_the_host(self, https: Flask, engine: Engine) -> None:
        settle_in(engine)
        client, there = https.test_client(), {"base_url": "https://muster.example"}
        page = client.get("/sign-in", **there).get_data(as_text=True)
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        sent = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
        answer = client.post("/sign-in", data=sent, headers={"Referer": "https://muster.example/sign-in"}, **there)
        assert answer.status_code == 303
        (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-muster=")]
        told = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= told
        assert not [part for part in told if part.lower().startswith("domain")]

    def test_the_appearance_is_bound_to_the_host_too(self, https: Flask) -> None:
        client, there = https.test_client(), {"base_url": "https://muster.example"}
        page = client.get("/sign-in", **there).get_data(as_text=True)
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        sent = {"csrf_token": token, "theme": "dark"}
        answer = client.post(
            "/account/appearance", data=sent, headers={"Referer": "https://muster.example/sign-in"}, **there
        )
        (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "theme" in line]
        assert cookie.startswith("__Host-theme=dark; ")
        assert {"Secure", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
        assert 'data-theme="dark"' in client.get("/sign-in", **there).get_data(as_text=True)


class TestTemplates:
    def test_hold_no_style_handler_script_or_place_of_others(self) -> None:
        own = r"\s(style|on[a-z]+)=[\"']|javascript:|<script(?! type=\"module\" src=)"
        forbidden = re.compile(own + r"|(href|src|action)=[\"'](https?:)?//")
        found = {
            f"{path.name}: {line.strip()[:80]}"
            for path in (ROOT / "templates").rglob("*.html")
            for line in path.read_text(encoding="utf-8").splitlines()
            if forbidden.search(line)
        }
        assert found == set()


class TestTheToken:
    def test_of_a_form_stands_in_the_page_alone(self, admin: Browser) -> None:
        token = form_token(admin.client)
        assert token not in str(admin.client.get("/people").headers)
