"""The log: one JSON object a line, with the number of the request and nothing that is secret."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.access import Action, Relation, Thing
from app.db import writing_session
from app.entrance.declaring import allow
from app.events import SECRET_PATHS, JsonLines, ReadableLines, log_event, set_up
from app.services.accounts import accounts, links
from app.services.audit import COMMAND_LINE, record
from models import AccountRole, LinkPurpose
from tests.app.conftest import PASSWORD, Browser
from tests.factories.relations import world

pytestmark = pytest.mark.one_database


class Log:
    """What was logged since the test began, as it would stand on standard error."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]


@pytest.fixture
def log(sqlite_template: Path) -> Iterator[Log]:
    """Begins once the schema is there, of which the first test of a process would else read how it was made."""
    assert sqlite_template.exists()
    kept = Log()
    root, ours = logging.getLogger(), logging.getLogger("app")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    set_up("INFO", kept.stream)
    ours.setLevel("INFO")
    yield kept
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture
def app(app: Flask, log: Log) -> Flask:
    logging.getLogger("app").setLevel("INFO")
    return app


class TestALine:
    def test_is_one_object_in_utc(self, log: Log) -> None:
        log_event("session.start", account=17)
        (told,) = log.events
        assert told["at"].endswith("Z")
        assert datetime.fromisoformat(told["at"]).utcoffset() == timedelta(0)
        assert {name: told[name] for name in ("level", "kind", "outcome", "account")} == {
            "level": "INFO",
            "kind": "session.start",
            "outcome": "ok",
            "account": 17,
        }

    @pytest.mark.parametrize("shape", [JsonLines(), ReadableLines()])
    def test_cannot_be_forged_by_a_value(self, log: Log, shape: logging.Formatter) -> None:
        logging.getLogger().handlers[0].setFormatter(shape)
        log_event("export.make", file='a\r\n{"kind": "session.start"}\x1b[31m\u2028\x85\x00\u202e')
        logging.getLogger("other").warning("one\ntwo\x1b[2J%s", "\r\x9b")
        lines = log.text.split("\n")
        assert len(lines) == 3
        assert lines[2] == ""
        assert all(letter.isprintable() for line in lines for letter in line)
        assert len(log.text.splitlines()) == 2

    def test_of_another_library_has_the_same_shape(self, log: Log) -> None:
        logging.getLogger("waitress").error("Exception while serving %s", "/welcome/a-secret-that-opens-a-door")
        (told,) = log.events
        assert told["text"] == "Exception while serving /welcome/..."

    def test_of_an_error_names_places_and_no_values(self, log: Log) -> None:
        try:
            int("hunter2")
        except ValueError:
            logging.getLogger("other").exception("It failed")
        (told,) = log.events
        assert told["error"] == "ValueError"
        assert any("tests/app/server/test_log.py" in place for place in told["trace"])
        assert "hunter2" not in log.text

    def test_at_a_terminal_is_for_people(self) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        stream = Terminal()
        set_up("INFO", stream)
        logging.getLogger("app").setLevel("INFO")
        log_event("session.start", account=17)
        root.handlers[:] = handlers
        root.setLevel(level)
        assert re.fullmatch(r"20\S+Z INFO session.start account=17 outcome=ok\n", stream.getvalue())


class TestARequest:
    def test_carries_its_number_to_the_answer_the_log_and_the_audit_trail(
        self, log: Log, app: Flask, engine: Engine, visitor: Browser
    ) -> None:
        answer = visitor.client.get("/people?q=a+secret+word")
        number = answer.headers["X-Request-Id"]
        (told,) = log.of("request")
        assert (told["request"], told["path"], told["status"], told["method"]) == (number, "/people", 303, "GET")
        assert "secret" not in log.text

    def test_keeps_numbers_of_its_path_and_no_words(self, log: Log, admin: Browser) -> None:
        admin.client.get("/people/999999")
        admin.client.get("/nowhere/at/all")
        admin.client.get("/welcome/opens-a-door")
        assert [told["path"] for told in log.of("request")] == ["/people/999999", "-", "/welcome/<secret>"]
        assert {told["account"] for told in log.of("request")[:1]} != {None}

    def test_with_a_secret_in_its_path_is_known_wherever_the_path_is_written(self, app: Flask) -> None:
        opening = [rule.rule for rule in app.url_map.iter_rules() if {"secret", "token"} & rule.arguments]
        assert opening
        for rule in opening:
            path = re.sub(r"<(\w+:)?(secret|token)>", "opens-a-door", rule)
            assert "opens-a-door" not in SECRET_PATHS.sub(r"\1...", path), f"{path} would stand in the log"

    def test_that_is_refused_says_so(self, log: Log, practitioner: Browser) -> None:
        practitioner.client.get("/imports")
        (told,) = log.of("access.denied")
        assert (told["level"], told["outcome"], told["status"], told["path"]) == ("WARNING", "refused", 403, "/imports")
        assert told["account"] is not None

    def test_for_somebody_elses_thing_says_so_although_its_answer_does_not(
        self, log: Log, session: Session, signed_in: Callable[..., Browser]
    ) -> None:
        others = world(session, AccountRole.PRACTITIONER).ids["allocation_id"][Relation.OTHER]
        session.commit()
        practitioner = signed_in("practitioner")
        pages = [practitioner.get(f"/allocations/{number}", 404) for number in (others, 999_999)]
        bare = [re.sub(r'[\da-f]{12}|(value|nonce)="[^"]*"', "", page) for page in pages]
        assert bare[0] == bare[1]
        (told,) = log.of("access.denied")
        assert (told["outcome"], told["status"], told["path"]) == ("refused", 404, f"/allocations/{others}")

    def test_without_the_token_of_its_form_says_so(self, log: Log, manager: Browser) -> None:
        manager.client.post("/projects/new", data={"name": "Kestrel"})
        (told,) = log.of("form.refused")
        assert (told["level"], told["outcome"], told["path"]) == ("WARNING", "refused", "/projects/new")
        assert told["client"] == "127.0.0.1"
        assert "Kestrel" not in log.text

    def test_beyond_a_limit_says_so(self, log: Log, visitor: Browser) -> None:
        for _ in range(10):
            visitor.post("/sign-in", 422, email="ann@example.org", password="a wrong guess")
        visitor.post("/sign-in", 429, email="ann@example.org", password="a wrong guess")
        (told,) = log.of("limit.reached")
        assert (told["level"], told["outcome"], told["path"]) == ("WARNING", "refused", "/sign-in")
        assert told["client"] == "127.0.0.1"

    def test_that_fails_leaves_one_line_without_values(self, log: Log, new_app: Flask) -> None:
        @new_app.get("/broken/<secret>")
        @allow(Thing.HEALTH, Action.SEE)
        def broken(secret: str) -> str:
            raise ValueError(f"{secret} {PASSWORD}")

        new_app.testing = False
        answer = new_app.test_client().get("/broken/opens-a-door")
        (told,) = log.of("fault")
        assert answer.status_code == 500
        assert told["request"] == answer.headers["X-Request-Id"]
        assert (told["error"], told["outcome"]) == ("ValueError", "failed")
        assert told["trace"][-1].startswith("tests/app/server/test_log.py:")
        assert PASSWORD not in log.text
        assert "opens-a-door" not in log.text


class TestWhatIsRecorded:
    def test_is_logged_once_it_is_committed(self, log: Log, session: Session) -> None:
        record(session, COMMAND_LINE, "export.make", "project", 3, after={"name": "Anna Berg"})
        assert log.of("export.make") == []
        session.commit()
        (told,) = log.of("export.make")
        assert (told["actor"], told["subject"], told["subject_id"]) == ("command line", "project", 3)
        assert "Anna" not in log.text

    def test_is_not_logged_when_it_is_rolled_back(self, log: Log, session: Session) -> None:
        record(session, COMMAND_LINE, "export.make", "project", 3)
        session.rollback()
        session.commit()
        assert log.of("export.make") == []


class TestAWholeSession:
    """From the invitation to the way out, with a mistake in each step."""

    CV = "Ann led the rescue of the Kestrel programme at a bank that must not be named"

    def test_leaves_no_secret_in_the_log(
        self, log: Log, engine: Engine, visitor: Browser, signed_in: Callable[..., Browser]
    ) -> None:
        with writing_session(engine) as session:
            account = accounts.create_account(
                session, COMMAND_LINE, email="ann@example.org", name="Ann Kestrel", role=AccountRole.ADMIN
            )
            link = links.issue_link(session, account, LinkPurpose.INVITATION)
            session.commit()
        visitor.get(f"/welcome/{link}")
        visitor.post(f"/welcome/{link}", 422, password="tiny-word")
        visitor.post(f"/welcome/{link}", password=PASSWORD)
        visitor.client.get(f"/welcome/{link}")
        cookie = visitor.client.get_cookie("muster")
        assert cookie is not None
        visitor.client.get("/people?q=Kestrel+programme")
        upload = io.BytesIO(f"Name,Java,Notes\nAnn Kestrel,3,{self.CV}\n".encode())
        visitor.post("/imports", workbook=(upload, "kestrel.csv"))
        visitor.post("/exports/people", 200, page="/exports", ending=".csv")
        visitor.post("/projects/new", 422, page="/projects/new", name="", description=self.CV)
        visitor.post("/sign-out", page="/people")
        visitor.post("/sign-in", 422, email="ann@example.org", password="a wrong guess")
        visitor.post("/sign-in", email="ann@example.org", password=PASSWORD)
        kinds = {told["kind"] for told in log.events}
        assert kinds >= {"account.create", "session.start", "session.refuse", "import.stage", "export.make", "request"}
        secrets = [PASSWORD, link, cookie.value, "tiny-word", "a wrong guess", "Kestrel", "kestrel", "csrf_token"]
        assert [secret for secret in [*secrets, self.CV, "ann@example.org"] if secret in log.text] == []
        assert all(told["at"].endswith("Z") and "outcome" in told for told in log.events)
