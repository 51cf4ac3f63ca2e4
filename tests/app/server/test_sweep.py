"""Hostile requests to every address: refused or answered, never a failure of ours, always as the document says.

Many more are sent by `python -m benchmarks.sweep`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from sqlalchemy import Engine

from tests.app.conftest import Browser
from tests.app.server.test_every_form import form_token
from tests.factories.hostile import Asked, api_requests, check, form_requests, page_requests, send
from tests.factories.programs import Program
from tests.factories.projects import stored

pytestmark = pytest.mark.one_database

REQUESTS = 120


@pytest.fixture(autouse=True)
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for pace in ("PACE", "HEAVY_PACE", "WRONG_TOKENS"):
        monkeypatch.setattr(f"app.programs.bearer.{pace}", "1000000 per minute")


@pytest.fixture
def document(app: Flask) -> Mapping[str, Any]:
    told = app.test_client().get("/api/v1/openapi.json").json
    assert isinstance(told, dict)
    return told


class TestHostileRequests:
    def test_to_the_api(self, engine: Engine, program: Callable[..., Program], document: Mapping[str, Any]) -> None:
        stored(engine)
        asking = program("admin")

        @given(api_requests(document, asking.secret))
        @settings(max_examples=REQUESTS)
        def sweep(asked: Asked) -> None:
            check(document, asked, send(asking.client, asked))

        sweep()

    def test_to_pages(self, app: Flask, engine: Engine, admin: Browser, document: Mapping[str, Any]) -> None:
        stored(engine)

        @given(page_requests(app))
        @settings(max_examples=REQUESTS)
        def sweep(asked: Asked) -> None:
            check(document, asked, send(admin.client, asked))

        sweep()

    def test_as_forms(self, app: Flask, engine: Engine, admin: Browser, document: Mapping[str, Any]) -> None:
        stored(engine)

        @given(form_requests(app, form_token(admin.client)))
        @settings(max_examples=REQUESTS)
        def sweep(asked: Asked) -> None:
            check(document, asked, send(admin.client, asked))

        sweep()


class TestTheDocument:
    def test_holds_schemas_that_are_schemas(self, document: Mapping[str, Any]) -> None:
        assert document["openapi"] == "3.1.0"
        for schema in document["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)

    def test_names_every_scope_and_describes_every_failure(self, document: Mapping[str, Any]) -> None:
        operations = [told for item in document["paths"].values() for how, told in item.items() if how != "parameters"]
        assert len(operations) >= 9
        for told in operations:
            assert told["security"][0]["token"][0]
            assert told["summary"].endswith((".", "…"))
            assert "default" in told["responses"]
