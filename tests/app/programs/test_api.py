"""What programs read and change: the same as the pages, in JSON that can be meant in one way only."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.db import writing_session
from app.programs.bearer import LARGEST_BODY
from app.queries.people.listing import Order, PeopleFilters, find_people
from models import Practitioner
from tests.factories.people import absence, goal, person
from tests.factories.programs import Program
from tests.factories.projects import stored
from tests.factories.viewers import MANAGER

pytestmark = pytest.mark.one_database

Start = Callable[..., Program]


OTHER_KINDS = (
    None,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-16",
    "application/ld+json",
    "text/json",
)


WRONG_QUERIES = [
    ("limit=0", "limit"),
    ("limit=201", "limit"),
    ("limit=10&limit=20", "limit"),
    ("limit=٣", "limit"),
    ("limit=1e1", "limit"),
    ("limit=", "limit"),
    ("level=6", "level"),
    ("skill=1&skill=x", "skill.1"),
    ("skill=9223372036854775808", "skill.0"),
    ("free=never", "free.0"),
    ("sort=name&sort=free", "sort"),
    ("sort=__class__", "sort"),
    ("unknown=1", "unknown"),
    ("q=" + "x" * 201, "q"),
    ("q=a%00b", "q"),
    ("cursor=none", "cursor"),
    ("&".join(f"skill={n}" for n in range(1, 40)), "skill"),
]

OTHER_SITES = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]

AMBIGUOUS = [
    b'{"project": 1, "project": 2}',
    b'{"project": NaN}',
    b'{"project": 1e400}',
    b'{"project": 9223372036854775808}',
    b"[" * 1_000 + b"]" * 1_000,
    b'{"project": "\\ud800"}',
    b'{"project": "\xff"}',
    b"",
]

WRONG_BODIES: list[Any] = [
    [],
    None,
    "x",
    {"project": [1]},
    {"project": "1"},
    {"project": True},
    {"project": 1.0},
    {"project": None},
    {"project": -1},
    {"project": 2**40},
    {"project": {"id": 1}},
    {},
    {"project": 1, "choices": None},
    {"project": 1, "choices": {"teams": None}},
    {"project": 1, "choices": {"stretch": 1}},
    {"project": 1, "choices": {"weights": {"fit": 0}}},
    {"project": 1, "choices": {"weights": {"fit": 101}}},
    {"project": 1, "choices": {"exclude": list(range(1, 300))}},
    {"project": 1, "choices": {"role": "admin"}},
    {"project": 1, "requested_by_id": 1},
    {"project": 1, "id": 7},
]


@pytest.fixture
def crowd(engine: Engine) -> list[int]:
    """Thirty people; ids in order."""
    with writing_session(engine) as session:
        made = [
            person(session, f"Person {n:02}", skills={"SQL": n % 6, "Python": 3}, location="Berlin") for n in range(30)
        ]
        session.commit()
        return [one.id for one in made]


def walk(asking: Program, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item of a list, following `next`."""
    items, cursor = [], None
    while True:
        page = asking.get(path, query_string=query | ({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


class TestPeople:
    @pytest.mark.parametrize("sort", ["match", "name", "free"])
    def test_come_in_the_order_of_the_page_however_they_are_cut(
        self, engine: Engine, crowd: list[int], program: Start, sort: str
    ) -> None:
        with Session(engine) as session:
            page = find_people(session, MANAGER, PeopleFilters(order=Order(sort)), date(2027, 1, 6))
        asking = program("manager")
        for limit in (1, 7, 200):
            found = [one["id"] for one in walk(asking, "/api/v1/people", limit=limit, sort=sort)]
            assert sorted(found) == crowd
            assert found[: len(page.rows)] == [row.id for row in page.rows]

    def test_are_found_by_the_filters_of_the_page(self, crowd: list[int], program: Start) -> None:
        asking = program("manager")
        assert len(walk(asking, "/api/v1/people", q="person berlin")) == 30
        assert walk(asking, "/api/v1/people", q="person lisbon") == []
        sql = next(one["id"] for one in asking.get("/api/v1/skills?q=SQL&limit=200")["items"] if one["name"] == "SQL")
        assert len(walk(asking, "/api/v1/people", skill=sql, level=5)) == 5
        assert walk(asking, "/api/v1/people", location="Lisbon") == []

    def test_go_on_after_somebody_who_left_meanwhile(self, engine: Engine, crowd: list[int], program: Start) -> None:
        asking = program("manager")
        first = asking.get("/api/v1/people?limit=3&sort=name")
        with writing_session(engine) as session:
            session.get_one(Practitioner, first["items"][2]["id"]).active = False
            session.commit()
        after = asking.get(f"/api/v1/people?limit=3&sort=name&cursor={first['next']}")
        assert [one["name"] for one in after["items"]] == ["Person 04", "Person 05", "Person 06"]

    @pytest.mark.parametrize(("path", "few"), [("people", 2), ("skills", 2), ("projects", 2), ("audit", 6)])
    def test_take_as_many_statements_for_two_hundred_as_for_a_few(
        self, engine: Engine, crowd: list[int], program: Start, path: str, few: int
    ) -> None:
        """The few of the audit trail are of every kind, since the names of each kind are one statement."""
        asking, sent = program("admin"), []
        for n in range(3):
            stored(engine, f"Project {n}")
        asking.get("/api/v1/people?limit=1")
        event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        counts = []
        for limit in (few, 200):
            sent.clear()
            assert asking.get(f"/api/v1/{path}?limit={limit}")["items"]
            counts.append(len(sent))
        assert counts[0] == counts[1]

    def test_are_seen_as_far_as_the_account_may(self, engine: Engine, program: Start) -> None:
        with writing_session(engine) as session:
            anna = person(session, "Anna Berg", email="anna@example.org", skills={"SQL": 4})
            goal(session, anna, "Kubernetes")
            absence(session, anna, date(2099, 1, 1), date(2099, 2, 1)).reason = "private matter"
            session.commit()
            number = anna.id
        seen = {}
        for role in ("manager", "practitioner", "viewer"):
            asking = program(role)
            seen[role] = asking.get(f"/api/v1/people/{number}")
            assert (seen[role]["email"] == "anna@example.org") is (role == "manager")
            assert ("private matter" in str(seen[role])) is (role == "manager")
        own = program("practitioner", practitioner_id=number).get(f"/api/v1/people/{number}")
        assert own["email"] == "anna@example.org"
        assert set(seen["viewer"]) == set(own)

    @pytest.mark.parametrize(
        "number", ["0", "-1", "999999", "2147483648", "9" * 30, "٣", "１", "1.0", "+1", "a", "1%00"]
    )
    def test_that_are_nobody_are_not_found(self, crowd: list[int], program: Start, number: str) -> None:
        asking = program("admin")
        asking.get(f"/api/v1/people/{number}", 404)
        assert asking.client.get(f"/people/{number}").status_code in {303, 404}

    def test_say_whether_they_changed(self, engine: Engine, crowd: list[int], program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/people/{crowd[0]}"
        etag = asking.ask("GET", path).headers["ETag"]
        same = asking.ask("GET", path, headers={"If-None-Match": etag})
        assert (same.status_code, same.data) == (304, b"")
        with writing_session(engine) as session:
            session.get_one(Practitioner, crowd[0]).title = "Lead"
            session.commit()
        assert asking.ask("GET", path, headers={"If-None-Match": etag}).status_code == 200


class TestAQuery:
    def test_that_cannot_be_meant_is_refused_by_name(self, program: Start) -> None:
        asking = program("manager")
        for query, field in WRONG_QUERIES:
            refused = asking.get(f"/api/v1/people?{query}", 422)
            named = [one["field"] for one in refused.get("errors", ())]
            assert field in named or field in refused["detail"], refused

    @pytest.mark.parametrize("query", ["limit=1&limit=2", "page=1&page=2", "q=a&q=b", "level=9", "page=-1", "x=%ff"])
    def test_of_a_page_is_read_as_documented_instead(self, app: Flask, admin: Any, query: str) -> None:
        admin.get(f"/people?{query}")


class TestABody:
    @pytest.fixture(autouse=True)
    def without_haste(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.programs.bearer.HEAVY_PACE", "1000 per minute")

    def test_of_another_kind_is_refused(self, engine: Engine, program: Start) -> None:
        asking, body = program("manager"), f'{{"project": {stored(engine)}}}'
        for kind in OTHER_KINDS:
            answer = asking.ask("POST", "/api/v1/proposals", data=body, content_type=kind)
            assert asking.read(answer, 415)["detail"] == "Send the body as application/json in UTF-8."

    def test_from_another_site_is_refused(self, engine: Engine, program: Start) -> None:
        asking, body = program("manager"), {"project": stored(engine)}
        for headers in OTHER_SITES:
            asking.post("/api/v1/proposals", body, 403, headers=headers)

    def test_is_sent_by_no_method_that_is_only_claimed(self, engine: Engine, program: Start) -> None:
        asking, path = program("manager"), f"/api/v1/projects/{stored(engine)}"
        asking.post(path, {"name": "Other"}, 405, headers={"X-HTTP-Method-Override": "PATCH", "If-Match": "*"})
        assert asking.get(path)["name"] == "Claims triage"

    def test_that_could_be_read_in_two_ways_is_refused(self, program: Start) -> None:
        asking = program("manager")
        for body in AMBIGUOUS:
            asking.read(asking.ask("POST", "/api/v1/proposals", data=body, content_type="application/json"), 400)

    def test_of_other_values_is_refused_with_a_sentence_each(self, program: Start) -> None:
        asking = program("manager")
        for body in WRONG_BODIES:
            refused = asking.post("/api/v1/proposals", body, 422)
            assert all(one["detail"].endswith(".") for one in refused["errors"]), refused

    def test_that_is_too_large_is_refused_before_it_is_read(self, program: Start) -> None:
        class Unread:
            def read(self, *_sizes: int) -> bytes:
                raise AssertionError("the body was read")

        asking = program("manager")
        large = {"CONTENT_LENGTH": str(10 * 1024 * 1024), "wsgi.input": Unread()}
        for path in ("/api/v1/proposals", "/api/v1/solve", "/api/v1/nowhere"):
            answer = asking.ask("POST", path, environ_overrides=large, content_type="application/json")
            assert asking.read(answer, 413)["detail"] == "The body is too large."

    def test_that_hides_its_length_is_read_no_further_than_allowed(self, program: Start) -> None:
        asking = program("manager")
        body = b'{"project": "' + b"x" * (LARGEST_BODY * 2) + b'"}'
        answer = asking.ask(
            "POST",
            "/api/v1/proposals",
            data=body,
            content_type="application/json",
            environ_overrides={
                "CONTENT_LENGTH": "",
                "HTTP_TRANSFER_ENCODING": "chunked",
                "wsgi.input_terminated": True,
            },
        )
        asking.read(answer, 413)
