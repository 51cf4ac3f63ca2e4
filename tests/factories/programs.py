"""A program that asks the API with a token of its own."""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.services.accounts.tokens import issue_token
from app.services.audit import Actor
from models import Account, AccountRole, Scope

_numbers = itertools.count(1)


class Program:
    """Checks what every answer has: the content policy, JSON that says its media type, and a problem where it fails."""

    def __init__(self, app: Flask, account_id: int, token_id: int, secret: str) -> None:
        self.client = app.test_client(use_cookies=False)
        self.account_id, self.token_id, self.secret = account_id, token_id, secret

    @classmethod
    def starting(
        cls,
        app: Flask,
        session: Session,
        role: AccountRole,
        scopes: Sequence[Scope],
        practitioner_id: int | None = None,
        days: int = 30,
    ) -> Self:
        number = next(_numbers)
        account = Account(
            email=f"program{number}@example.org", name=f"Program {number}", role=role, practitioner_id=practitioner_id
        )
        session.add(account)
        session.flush()
        now = datetime.now(UTC)
        token, secret = issue_token(
            session, Actor.of(account.id), account.id, "A program", scopes, now + timedelta(days=days), now
        )
        return cls(app, account.id, token.id, secret)

    def ask(self, method: str, path: str, **request: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}"} | request.pop("headers", {})
        answer = self.client.open(path, method=method, headers=headers, **request)
        check_answer(answer)
        return answer

    def get(self, path: str, status: int = 200, **request: Any) -> Any:
        return self.read(self.ask("GET", path, **request), status)

    def post(self, path: str, body: Any, status: int = 200, **request: Any) -> Any:
        sent = {"data": json.dumps(body), "content_type": "application/json"} | request
        return self.read(self.ask("POST", path, **sent), status)

    @staticmethod
    def read(answer: TestResponse, status: int) -> Any:
        assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
        return answer.json


def check_answer(answer: TestResponse) -> None:
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    if answer.status_code >= 400 and answer.data:
        assert answer.mimetype == "application/problem+json", answer.mimetype
        told = answer.json
        assert isinstance(told, dict)
        assert told["status"] == answer.status_code
        assert told["detail"].endswith((".", "…")), told
        assert told["request_id"]
