"""JSON to a document: every encoding that JSON has, each key once, and one sentence about what is no JSON."""

import json
from typing import Any

import pytest

from staffing import ProblemError, parse_document

DOCUMENT: dict[str, Any] = {"weeks": 4, "people": [{"id": "änn", "free": 0.5}], "note": None}


def refusal(text: str | bytes) -> tuple[str, str]:
    with pytest.raises(ProblemError) as caught:
        parse_document(text)
    return caught.value.path, caught.value.sentence


class TestADocument:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
    def test_is_read_in_any_encoding_of_json(self, encoding: str) -> None:
        assert parse_document(json.dumps(DOCUMENT, ensure_ascii=False).encode(encoding)) == DOCUMENT

    @pytest.mark.parametrize("text", ["", b" ", " \n\t", b"\n"])
    def test_may_not_be_empty(self, text: str | bytes) -> None:
        assert refusal(text) == ("", "is empty.")

    def test_that_breaks_off_names_the_place(self) -> None:
        assert refusal('{"weeks": 4,\n "people": [') == ("", "is not JSON; at line 2, column 13: Expecting value.")

    def test_of_other_bytes_is_no_text(self) -> None:
        assert refusal(b'{"weeks": "\xe9"}') == ("", "is not text; save it as UTF-8.")

    def test_may_not_be_endlessly_nested(self) -> None:
        assert refusal("[" * 100_000) == ("", "is nested too deeply.")

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ('{"weeks": 4, "weeks": 5}', "weeks"),
            ('{"people": [{"id": "a"}, {"id": "b", "skills": {"go": 1, "sql": 2, "go": 1}}]}', "people[1].skills.go"),
            ('{"a": [1, {"b": 1, "c": {"d": 1, "d": 2}, "b": 2}], "a": 1}', "a"),
            ('[{"x": {"y": 1, "y": 1}}, {"z": 1, "z": 1}]', "[0].x.y"),
        ],
    )
    def test_says_each_key_once(self, text: str, path: str) -> None:
        assert refusal(text) == (path, "stands twice in its object; keep one of the two.")

    def test_keeps_what_is_no_number_for_reading_to_refuse(self) -> None:
        document = parse_document('{"a": NaN, "b": -Infinity, "c": 4, "d": ' + "9" * 5000 + "}")
        assert str(document) == "{'a': nan, 'b': -inf, 'c': 4, 'd': inf}"
        assert type(document["c"]) is int
