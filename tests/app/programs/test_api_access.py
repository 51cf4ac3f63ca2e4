"""Tokens: whom they stand for, what they open, and when they stop."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, update
from werkzeug.routing import Rule

from app.access import opens
from app.db import writing_session
from app.entrance.declaring import declared_access
from app.programs.bearer import WRONG_TOKENS, takes_tokens
from models import Account, AccountRole, ApiToken, Scope
from tests.app.conftest import Browser
from tests.factories.programs import Program, check_answer

pytestmark = pytest.mark.one_database

Start = Callable[..., Program]
ABSENT = 999_999


def rules(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Method, path and rule of every address for programs."""
    for rule in app.url_map.iter_rules():
        if takes_tokens(app, rule.endpoint):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, re.sub(r"<[^>]+>", str(ABSENT), rule.rule), rule


def ask(client: Any, method: str, path: str, secret: str | None = None, **request: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    body = {"json": {}} if method != "GET" else {}
    return client.open(path, method=method, headers=headers | request.pop("headers", {}), **body, **request)


def change(engine: Engine, kind: type[Account] | type[ApiToken], number: int, **values: Any) -> None:
    with writing_session(engine) as session:
        session.execute(update(kind).where(kind.id == number).values(**values))
        session.commit()


class TestEveryAddressForPrograms:
    def test_is_closed_without_a_token(self, app: Flask) -> None:
        answers = {f"{method} {path}": ask(app.test_client(), method, path) for method, path, _ in rules(app)}
        assert len(answers) >= 8
        for answer in answers.values():
            check_answer(answer)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Muster"'
        assert {answer.status_code for answer in answers.values()} == {401}

    def test_is_closed_to_the_session_of_a_browser(self, app: Flask, admin: Browser) -> None:
        found = {f"{method} {path}": ask(admin.client, method, path).status_code for method, path, _ in rules(app)}
        assert set(found.values()) == {401}

    @pytest.mark.parametrize("role", list(AccountRole))
    def test_opens_to_the_roles_that_it_declares(self, app: Flask, program: Start, role: AccountRole) -> None:
        asking, wrong = program(role.value), {}
        for method, path, rule in rules(app):
            access = declared_access(app, rule.endpoint)
            assert access is not None
            status = ask(asking.client, method, path, asking.secret).status_code
            if (status == 403) is opens(role, *access) or status == 401 or status >= 500:
                wrong[f"{method} {path}"] = status
        assert not wrong

    @pytest.mark.parametrize("scope", list(Scope))
    def test_opens_to_the_scope_that_it_declares(self, app: Flask, program: Start, scope: Scope) -> None:
        asking, wrong = program("admin", scope), {}
        for method, path, rule in rules(app):
            declared = getattr(app.view_functions[rule.endpoint], "scope")  # noqa: B009 - set by a decorator
            answer = ask(asking.client, method, path, asking.secret)
            if (answer.status_code == 403) is (declared is scope):
                wrong[f"{method} {path}"] = answer.status_code
            elif answer.status_code == 403:
                assert f"This token is not for {declared.value}." in answer.json["detail"]
        assert not wrong


class TestAToken:
    def test_opens_no_page(self, app: Flask, program: Start) -> None:
        asking = program("admin")
        answer = asking.client.get("/people", headers={"Authorization": f"Bearer {asking.secret}"})
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]

    def test_is_not_taken_from_a_cookie(self, app: Flask, program: Start) -> None:
        client, asking = app.test_client(), program("admin")
        for name in ("token", "access_token", "Authorization", "muster"):
            client.set_cookie(name, asking.secret)
        assert client.get("/api/v1/people").status_code == 401

    @pytest.mark.parametrize("name", ["access_token", "token", "api_key", "Token", "q"])
    def test_in_an_address_is_refused_with_a_sentence(self, program: Start, name: str) -> None:
        asking = program("admin")
        refused = asking.get("/api/v1/people", 400, query_string={name: asking.secret})
        assert "never into an address" in refused["detail"]
        assert asking.secret not in str(refused)

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "Bearer",
            "Bearer ",
            "Basic YTpi",
            "Bearer wrong",
            "Bearer muster_wrong",
            f"Bearer {'x' * 5_000}",
            "Token {}",
            "{}",
            "Bearer {} more",
            "Bearer \xe9",
        ],
    )
    def test_that_is_none_opens_nothing(self, program: Start, header: str) -> None:
        asking = program("admin")
        told = header.format(asking.secret)
        asking.get("/api/v1/people", 401, headers={"Authorization": told})

    def test_stops_when_it_is_over(self, engine: Engine, program: Start) -> None:
        asking = program("practitioner")
        asking.get("/api/v1/people")
        past = datetime.now(UTC) - timedelta(seconds=1)
        change(engine, ApiToken, asking.token_id, created_at=past - timedelta(days=1), expires_at=past)
        asking.get("/api/v1/people", 401)

    def test_of_a_clock_that_went_ahead_stops_when_that_is_put_right(self, engine: Engine, program: Start) -> None:
        asking, then = program("practitioner"), datetime.now(UTC) + timedelta(days=400)
        change(engine, ApiToken, asking.token_id, created_at=then, expires_at=then + timedelta(days=1))
        asking.get("/api/v1/people", 401)

    def test_stops_when_it_is_revoked(self, engine: Engine, program: Start) -> None:
        asking = program("practitioner")
        change(engine, ApiToken, asking.token_id, revoked_at=datetime.now(UTC))
        asking.get("/api/v1/people", 401)

    def test_stops_with_its_account(self, engine: Engine, program: Start) -> None:
        asking = program("admin")
        asking.get("/api/v1/audit")
        change(engine, Account, asking.account_id, active=False)
        asking.get("/api/v1/audit", 401)

    def test_loses_with_its_account_what_a_role_allowed(self, engine: Engine, program: Start) -> None:
        asking = program("admin")
        asking.get("/api/v1/audit")
        change(engine, Account, asking.account_id, role=AccountRole.VIEWER)
        asking.get("/api/v1/audit", 403)
        asking.get("/api/v1/people")

    def test_notes_by_the_hour_when_it_was_used(self, engine: Engine, program: Start) -> None:
        asking = program("practitioner")
        asking.get("/api/v1/skills?limit=1")
        with writing_session(engine) as session:
            first = session.get_one(ApiToken, asking.token_id).last_used_at
        asking.get("/api/v1/skills?limit=1")
        with writing_session(engine) as session:
            assert session.get_one(ApiToken, asking.token_id).last_used_at == first
        assert first is not None

    def test_is_guessed_by_nobody_for_long(self, app: Flask) -> None:
        client, most = app.test_client(), int(WRONG_TOKENS.split()[0])
        wrong = [client.get("/api/v1/people", headers={"Authorization": f"Bearer {n}"}) for n in range(most + 1)]
        assert [answer.status_code for answer in wrong] == [401] * most + [429]
        assert 1 <= int(wrong[-1].headers["Retry-After"]) <= 300
        check_answer(wrong[-1])


class TestPace:
    def test_of_a_token_is_limited(self, program: Start, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.programs.bearer.PACE", "2 per minute")
        asking, other = program("practitioner"), program("practitioner")
        for _ in range(2):
            asking.get("/api/v1/skills?limit=1")
        refused = asking.ask("GET", "/api/v1/skills?limit=1")
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        other.get("/api/v1/skills?limit=1")

    def test_of_what_makes_the_engine_work_is_limited_more(
        self, program: Start, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.programs.bearer.HEAVY_PACE", "1 per minute")
        asking = program("manager")
        asking.post("/api/v1/solve", {}, 422)
        asking.post("/api/v1/solve", {}, 429)
        asking.get("/api/v1/people?limit=1")
