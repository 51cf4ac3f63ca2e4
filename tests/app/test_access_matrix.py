"""Every address, asked by everybody: who is let in is exactly what the endpoint declares."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.bearer import takes_tokens
from app.security import ADMITTED, Access, declared_access
from models import AccountRole
from tests.app.conftest import Browser

ABSENT = 999_999
"""Made-up ids: an address answers "not found" only to those whom it admits."""


def addresses(app: Flask) -> Iterator[tuple[str, str, Access]]:
    """Method, path and declared access of every address for people; signing out, which ends the session, comes last.
    Those for programs are asked in test_api_access."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == "accounts.sign_out", rule.rule))
    for rule in rules:
        if takes_tokens(app, rule.endpoint):
            continue
        access = declared_access(app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} declares no access"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path_of(rule), access


def path_of(rule: Rule) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: str(ABSENT) if found[1] == "int" else "absent", rule.rule)


def ask(client: FlaskClient, method: str, path: str) -> int:
    """The answer's status; a form is sent empty but with its token, so that only access can refuse it."""
    if method == "GET":
        return client.get(path).status_code
    shown = client.get("/sign-in", follow_redirects=True).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
    assert token
    return client.open(path, method=method, data={"csrf_token": token[1]}).status_code


class TestEveryAddress:
    def test_sends_a_visitor_to_sign_in_unless_it_is_public(self, app: Flask, visitor: Browser) -> None:
        wrong = {}
        for method, path, access in addresses(app):
            status = ask(visitor.client, method, path)
            refused = status == (303 if method == "GET" else 401)
            if refused is (access is Access.PUBLIC):
                wrong[f"{method} {path}"] = status
        assert not wrong

    @pytest.mark.parametrize("role", list(AccountRole))
    def test_lets_in_whom_it_declares_and_nobody_else(
        self, app: Flask, signed_in: Callable[..., Browser], role: AccountRole
    ) -> None:
        client = signed_in(role.value).client
        wrong = {}
        for method, path, access in addresses(app):
            status = ask(client, method, path)
            admitted = access is Access.PUBLIC or role in ADMITTED[access]
            if (status in {401, 403} or status >= 500) if admitted else status != 403:
                wrong[f"{method} {path}"] = status
        assert not wrong

    def test_takes_no_form_without_its_token(self, app: Flask, admin: Browser) -> None:
        answers = {
            f"{method} {path}": admin.client.open(path, method=method).status_code
            for method, path, _ in addresses(app)
            if method != "GET"
        }
        assert len(answers) > 10
        assert set(answers.values()) == {400}
