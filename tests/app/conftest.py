"""The application on a real database, and clients that are somebody."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import html5lib
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from huey import MemoryHuey
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app import create_app, jobs, mail
from app.config import Settings
from app.db import writing_session
from app.entrance import hosts, identity_provider, limits
from app.services.accounts import passwords
from app.services.accounts.sessions import start_session
from importers.process import child, sandbox
from models import Account, AccountRole, Scope
from tests.factories.imports import Stage, staged
from tests.factories.programs import Program

PASSWORD = "plum gravel sonata kettle"


class Browser:
    """A client that checks every page as a browser and a validator would, and sends forms with their token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> str:
        return self._read(self.client.get(path), path, status)

    def follow(self, path: str) -> str:
        return self._read(self.client.get(path, follow_redirects=True), path, 200)

    def post(self, path: str, status: int = 303, *, page: str | None = None, **fields: object) -> TestResponse:
        """Send a form with the token that `page` (default: the path itself) gave, as a browser does."""
        shown = self.client.get(page or path, follow_redirects=True).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        assert token, f"{page or path} shows no form"
        data = {"csrf_token": token[1], **fields}
        response = self.client.post(path, data=data, content_type="multipart/form-data")
        if status != 303:
            self._read(response, path, status)
        assert response.status_code == status, response.get_data(as_text=True)[:3000]
        return response

    def _read(self, response: TestResponse, path: str, status: int) -> str:
        body = response.get_data(as_text=True)
        assert response.status_code == status, f"{path}: {response.status}\n{body[:3000]}"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        if response.mimetype == "text/html":
            check_html(body)
        return body


def check_html(body: str) -> None:
    """Valid HTML, a title, one first-level heading, unique ids, no inline styles or handlers."""
    tree = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False).parse(body)
    assert (tree.findtext(".//title") or "").strip(), "the page has no title"
    assert len(tree.findall(".//h1")) == 1, "the page has not exactly one h1"
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({name for name in ids if ids.count(name) > 1})}"
    for element in tree.iter():
        for name in element.attrib:
            assert name != "style", f"inline style on {element.tag}"
            assert not name.startswith("on"), f"inline handler {name} on {element.tag}"


def settings_for(folder: Path, database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=folder,
        secret_key="a key for tests that nobody else will ever use",
        base_url="http://localhost",
        log_level="WARNING",
    )


def immediate() -> MemoryHuey:
    """A queue where a job runs where it is queued, so that tests wait for nobody."""
    return MemoryHuey(immediate=True, results=False)


class Started:
    """One application for many tests, each of which finds it as if just started: with its own database, queue, mail
    and single sign-on, nothing counted and nothing set by another test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._config = dict(app.config)

    def again(self, settings: Settings, engine: Engine) -> Flask:
        """`settings` as of `settings_for`, with another address over plain HTTP, mail or single sign-on."""
        app = self.app
        app.config.clear()
        app.config.update(self._config, BASE_URL=settings.base_url)
        if settings.base_url != self._config["BASE_URL"]:
            app.config[hosts.HOSTS] = hosts.known_hosts(settings)
        logging.getLogger("app").setLevel(settings.log_level)
        app.extensions["muster-engine"] = engine
        app.extensions[limits.EXTENSION].storage.reset()
        jobs.init_app(app, engine, immediate())
        mail.init_app(app, settings)
        identity_provider.init_app(app, settings)
        app.testing = True
        return app


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[tuple[PasswordHasher, str]]:
    """Passwords are hashed with argon2id at its smallest, a thousandth of the work. `real_hashes` is for tests whose
    subject is the hash or the time that it takes; here is what the program has."""
    real = passwords._hasher, passwords._nobody_hash
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", quick)
        patch.setattr(passwords, "_nobody_hash", quick.hash("nobody's"))
        yield real


@pytest.fixture
def real_hashes(quick_hashes: tuple[PasswordHasher, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", quick_hashes[0])
    monkeypatch.setattr(passwords, "_nobody_hash", quick_hashes[1])


@pytest.fixture(autouse=True)
def files_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read by what the child process would run, in this one: starting it takes longer than most files. The
    process is the subject of tests/importers, and what the command and the pages in Chromium start."""

    def run_here(request: dict[str, Any], content: bytes, *_limits: object) -> bytes:
        return json.dumps(child.answer(request, content)).encode()

    monkeypatch.setattr(sandbox, "run_child", run_here)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Compiling the templates anew for each test's application would take most of the time of the suite."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def started(compiled_templates: FileSystemBytecodeCache, tmp_path_factory: pytest.TempPathFactory) -> Started:
    """The application started once: registering its addresses takes longer than most tests."""
    folder = tmp_path_factory.mktemp("started")
    settings = settings_for(folder, "sqlite://")
    app = create_app(settings, queue=immediate())
    app.jinja_env.bytecode_cache = compiled_templates
    return Started(app)


@pytest.fixture
def app(started: Started, engine: Engine, database_url: str, tmp_path: Path) -> Flask:
    """An application as if just started on the test's database. One to which a test adds addresses is a `new_app`."""
    return started.again(settings_for(tmp_path, database_url), engine)


def mailing(started: Started, engine: Engine, folder: Path, port: int) -> Flask:
    """An application whose mails go to the server at that port of this machine."""
    settings = replace(
        settings_for(folder, str(engine.url)),
        smtp_url=f"smtp://127.0.0.1:{port}",
        mail_from="muster@lattice.example",
        base_url="http://muster.localhost",
    )
    app = started.again(settings, engine)
    app.testing = False  # a fault is answered, as people see it
    return app


@pytest.fixture
def new_app(engine: Engine, database_url: str, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Flask:
    app = create_app(settings_for(tmp_path, database_url), engine, immediate())
    app.jinja_env.bytecode_cache = compiled_templates
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def signed_in(app: Flask, engine: Engine) -> Callable[..., Browser]:
    """`signed_in("manager")` is a browser in which a new account of that role is signed in."""

    def enter(role: str, email: str | None = None, practitioner_id: int | None = None) -> Browser:
        with writing_session(engine) as session:
            account = Account(
                email=email or f"{role}@example.org",
                name=f"Test {role}",
                role=AccountRole(role),
                practitioner_id=practitioner_id,
            )
            session.add(account)
            session.flush()
            secret = start_session(session, account, "test")
            session.commit()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = secret
            cookie["_fresh"] = True
        return Browser(client)

    return enter


@pytest.fixture
def program(app: Flask, engine: Engine) -> Callable[..., Program]:
    """`program("manager", Scope.PROPOSE)` asks the API in the name of a new account of that role; without scopes it has
    them all."""

    def start(role: str, *scopes: Scope, practitioner_id: int | None = None) -> Program:
        with writing_session(engine) as session:
            made = Program.starting(app, session, AccountRole(role), scopes or tuple(Scope), practitioner_id)
            session.commit()
        return made

    return start


@pytest.fixture
def manager(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("manager")


@pytest.fixture
def admin(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("admin")


@pytest.fixture
def practitioner(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("practitioner")


@pytest.fixture
def stage(engine: Engine) -> Stage:
    def stage(content: bytes) -> str:
        with writing_session(engine) as session:
            batch = staged(session, content)
            session.commit()
            return f"/imports/{batch.id}"

    return stage


def digest(page: str) -> str:
    """What a page of an import offers to apply."""
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found, "the page offers nothing to apply"
    return found[1]
