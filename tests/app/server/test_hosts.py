"""Under which names Muster answers."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from huey import MemoryHuey
from sqlalchemy import Engine

from app import create_app
from app.config import Settings
from app.entrance.hosts import known_hosts
from tests.app.conftest import check_html, settings_for

pytestmark = pytest.mark.one_database


@pytest.fixture
def https(engine: Engine, tmp_path: Path) -> Flask:
    settings = replace(settings_for(tmp_path, str(engine.url)), base_url="https://muster.example")
    return create_app(settings, engine, MemoryHuey(immediate=True, results=False))


class TestOnPlainHttp:
    @pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
    def test_names_of_this_machine_are_known(self, app: Flask, host: str) -> None:
        assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost.evil.example", "203.0.113.7", "localhost@evil.example", "[::1", "", "a b"]
    )
    def test_others_are_refused_by_a_page_that_names_the_setting(self, app: Flask, host: str) -> None:
        answer = app.test_client().get("/sign-in", headers={"Host": host})
        assert answer.status_code == 400
        page = answer.get_data(as_text=True)
        assert "MUSTER_BASE_URL" in page
        check_html(page)

    def test_what_a_proxy_claims_changes_nothing(self, app: Flask) -> None:
        claimed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"}
        answer = app.test_client().get("/people", headers=claimed)
        assert answer.location == "/sign-in?next=/people"
        assert "evil" not in app.test_client().get("/sign-in", headers=claimed).get_data(as_text=True)

    def test_a_wrong_name_with_forwarded_right_one_is_refused(self, app: Flask) -> None:
        headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
        assert app.test_client().get("/sign-in", headers=headers).status_code == 400


class TestOnHttps:
    def test_only_the_name_that_is_set_up_is_known(self, https: Flask) -> None:
        client = https.test_client()
        assert client.get("/sign-in", headers={"Host": "muster.example"}).status_code == 200
        for host in ("localhost", "127.0.0.1:8000", "www.muster.example"):
            assert client.get("/sign-in", headers={"Host": host}).status_code == 400

    def test_probes_may_call_it_by_any_address(self, https: Flask) -> None:
        assert https.test_client().get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200


class TestThisMachine:
    def test_knows_its_addresses_only_where_people_reach_it_over_plain_http(self, tmp_path: Path) -> None:
        plain: Settings = replace(settings_for(tmp_path, "sqlite:///x"), base_url="http://team-server:8000")
        assert {"team-server", "localhost", "127.0.0.1", "::1"} <= known_hosts(plain)
        assert known_hosts(replace(plain, base_url="https://muster.example:8443")) == {"muster.example"}
