"""Requests as nobody means them, drawn from the API's own document and from the pages' addresses, and what every answer
has to keep to all the same."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, quote_from_bytes

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from app.programs.bearer import takes_tokens

TEXTS = [
    "",
    " ",
    "0",
    "-1",
    "1",
    "007",
    "1.5",
    "1e400",
    "NaN",
    "null",
    "true",
    "٣",
    "１",
    "2147483648",
    "9223372036854775808",
    "9" * 400,
    "\0",
    "a\0b",
    "a\r\nSet-Cookie: x=1",
    "\u202eevil",
    "'\" OR 1=1 --",
    "%",
    "_",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "x" * 5_000,
    "é" * 300,
    "🙂" * 120,
    "ﷺ" * 150,
    "2027-02-29",
    "0000-01-01",
    "9999-12-31",
    "2027-01-31T10:00:00+14:00",
    "2027-13-01",
    "WzEsMV0",
    "W10",
    "e30",
]
RAW = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"]
IDS = [
    "1",
    "2",
    "0",
    "-1",
    "+1",
    "1.0",
    "01",
    "٣",
    "１",
    "999999",
    "2147483647",
    "2147483648",
    "9" * 30,
    "a",
    "%00",
    "%ff",
]
BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"NaN",
    b'{"a":1,"a":2}',
    b"[" * 3_000,
    b'{"project":1e400}',
    b'{"project":[1]}',
    b'{"project":"1"}',
    b'{"project":true}',
    b"\xff",
    b'"\\ud800"',
    b" " * 70_000,
]
TYPES = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", ""]


class Asked(NamedTuple):
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    rule: str
    """The address as the document or the application spells it."""


def encoded(value: str | bytes) -> str:
    return quote_from_bytes(value) if isinstance(value, bytes) else quote(value)


hostile = st.sampled_from([*TEXTS, *RAW])
scalars = st.sampled_from(TEXTS) | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.booleans() | st.none()
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(TEXTS), inner)
)


def queries(names: Sequence[str]) -> st.SearchStrategy[str]:
    """At most four parameters, mostly known ones, some of them twice."""
    if not names:
        return st.just("") | st.builds(lambda value: f"x={encoded(value)}", hostile)
    name = st.sampled_from([*names, "nothing"])
    pair = st.builds(lambda one, value: f"{one}={encoded(value)}", name, hostile)
    return st.lists(pair, max_size=4).map("&".join)


def bodies(document: Mapping[str, Any], schema: Mapping[str, Any]) -> st.SearchStrategy[bytes]:
    """Objects with the known fields, and others, at values that fit or do not."""
    shaped = _shaped(document, schema)
    return shaped.map(lambda value: json.dumps(value).encode()) | st.sampled_from(BODIES)


def _shaped(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _shaped(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], depth)
    fitting: st.SearchStrategy[Any] = scalars
    if "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif "properties" in schema and depth < 3:
        known = {name: _shaped(document, inner, depth + 1) for name, inner in schema["properties"].items()}
        wrong = st.dictionaries(
            st.sampled_from(["id", "role", "owner_id", "version", "verified_level"]), scalars, max_size=1
        )
        fitting = st.builds(lambda good, bad: good | bad, st.fixed_dictionaries({}, optional=known), wrong)
    elif "array" in str(schema.get("type")):
        fitting = st.lists(_shaped(document, schema.get("items", {}), depth + 1), max_size=3)
    elif "integer" in str(schema.get("type")):
        fitting = st.integers(schema.get("minimum", 0), schema.get("maximum", 9))
    return st.one_of(fitting, fitting, fitting, anything)


def api_requests(document: Mapping[str, Any], secret: str) -> st.SearchStrategy[Asked]:
    found = [
        _operation(document, rule, method, item[method], secret)
        for rule, item in document["paths"].items()
        for method in ("get", "post", "patch")
        if method in item
    ]
    return st.one_of(found)


def _operation(
    document: Mapping[str, Any], rule: str, method: str, told: Mapping[str, Any], secret: str
) -> st.SearchStrategy[Asked]:
    names = [one["name"] for one in told.get("parameters", ()) if isinstance(one, dict) and one.get("in") == "query"]
    content = told.get("requestBody", {}).get("content", {})
    body = bodies(document, content["application/json"]["schema"]) if content else st.none()
    own = {"Authorization": f"Bearer {secret}"} | ({"Content-Type": "application/json"} if content else {})
    more = st.sampled_from(
        [{}, {}, {}, {"If-Match": "*"}, {"If-Match": "*"}, {"If-None-Match": "*"}, {"Idempotency-Key": "k" * 300}]
        + [{"Authorization": "Bearer \xe9"}, {"Origin": "http://["}, {"Sec-Fetch-Site": "cross-site"}]
        + [{"Content-Type": kind} for kind in TYPES]
    )
    return st.builds(
        lambda path, query, extra, sent: Asked(method.upper(), path, query, own | extra, sent, rule),
        st.sampled_from(IDS).map(lambda number: re.sub(r"{\w+}", number, rule)),
        queries(names),
        more,
        body,
    )


def page_requests(app: Flask) -> st.SearchStrategy[Asked]:
    """Every address for people, read with a hostile query or sent a hostile form (without its token: see `forms`)."""
    names = [
        "q",
        "page",
        "skill",
        "level",
        "free",
        "share",
        "location",
        "unit",
        "sort",
        "state",
        "next",
        "from",
        "role",
    ]
    names += [
        "category",
        "single",
        "template",
        "preset",
        "account",
        "action",
        "subject",
        "at",
        "since",
        "until",
        "kind",
    ]
    rules = sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint != "static" and not takes_tokens(app, rule.endpoint)
        }
    )
    return st.builds(
        lambda rule, number, query, extra: Asked(
            "GET", re.sub(r"<[^>]+>", lambda _found: number, rule), query, extra, None, rule
        ),
        st.sampled_from(rules),
        st.sampled_from(IDS),
        queries(names),
        st.sampled_from(
            [{}, {"HX-Request": "true"}, {"Origin": "http://["}, {"Referer": "http://["}, {"Range": "bytes=-1"}]
        ),
    )


def form_requests(app: Flask, token: str) -> st.SearchStrategy[Asked]:
    """Every form but those that end or lock the session, sent with its token and hostile fields."""
    kept = ("sign-out", "end", "sessions", "password", "deactivate", "confirm", "unlink")
    rules = sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or ())
            and not takes_tokens(app, rule.endpoint)
            and not any(word in rule.rule for word in kept)
        }
    )
    names = [
        "name",
        "email",
        "role",
        "reach",
        "person",
        "skill",
        "starts_on",
        "ends_on",
        "expires_on",
        "budget",
        "teams",
    ]
    names += ["priority", "state", "scopes", "phases-0-name", "phases-0-starts_on", "needs-0-level", "needs-9999-skill"]
    names += ["version", "seen", "once", "add", "remove", "reason", "team", "digest", "kept", "code", "theme", "units"]
    pair = st.builds(lambda one, value: f"{one}={encoded(value)}", st.sampled_from(names), hostile)
    return st.builds(
        lambda rule, number, fields: Asked(
            "POST",
            re.sub(r"<[^>]+>", lambda _found: number, rule),
            "",
            {"Content-Type": "application/x-www-form-urlencoded"},
            "&".join([f"csrf_token={quote(token)}", *fields]).encode(),
            rule,
        ),
        st.sampled_from(rules),
        st.sampled_from(IDS),
        st.lists(pair, max_size=6),
    )


def send(client: FlaskClient, asked: Asked) -> TestResponse:
    path = asked.path + (f"?{asked.query}" if asked.query else "")
    return client.open(path, method=asked.method, headers=dict(asked.headers), data=asked.body)


def check(document: Mapping[str, Any], asked: Asked, answer: TestResponse) -> None:
    """No failure of ours, the content policy, and under /api an answer that its document describes."""
    assert answer.status_code < 500, f"{answer.status_code} {asked}"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if (
        not asked.rule.startswith("/api/v1/")
        or asked.rule == "/api/v1/openapi.json"
        or answer.status_code in {304, 308}
    ):
        return
    told = document["paths"][asked.rule][asked.method.lower()]["responses"]
    described = _resolved(document, told.get(str(answer.status_code), told["default"]))
    assert answer.mimetype in described["content"], asked
    if answer.data:
        reference = json.dumps(described["content"][answer.mimetype]["schema"])
        faults = list(_validator(json.dumps(document["components"]), reference).iter_errors(answer.json))
        assert not faults, f"{asked}: {faults[0].message}"


@lru_cache(maxsize=64)
def _validator(components: str, schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": json.loads(components)})


def _resolved(document: Mapping[str, Any], stated: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in stated:
        return stated
    found: Mapping[str, Any] = document["components"]["responses"][stated["$ref"].rpartition("/")[2]]
    return found
