"""Reading JSON in one way only."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programs.strict_json import DEEPEST, NotJson, read_json

REFUSED = {
    b"": "is not JSON",
    b"{": "is not JSON",
    b"{} {}": "is not JSON",
    b"\xef\xbb\xbf{}": "is not JSON",
    b'{"a": 1, "a": 2}': "a stands twice",
    b'{"x": {"role": "admin", "role": "viewer"}}': "role stands twice",
    b"NaN": "NaN is no number",
    b'{"a": [Infinity]}': "Infinity is no number",
    b"-Infinity": "no number",
    b"1e400": "does not fit into 64 bits",
    b"-1e999": "does not fit into 64 bits",
    b"9223372036854775808": "does not fit into 64 bits",
    b"-9223372036854775809": "does not fit into 64 bits",
    b"9" * 100_000: "does not fit into 64 bits",
    b'"\\ud800"': "half of a character",
    b'{"\\udfff": 1}': "half of a character",
    b'"a\\u0000b"': "null character",
    b'"\xff"': "not UTF-8",
    b'"\xed\xa0\x80"': "not UTF-8",
    '{"a": "ü"}'.encode("utf-16"): "not UTF-8",
    b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1): "nested deeper",
    b'{"a":' * 1_000 + b"1" + b"}" * 1_000: "nested deeper",
    b"[" * 200_000: "nested deeper",
}


class TestABody:
    @pytest.mark.parametrize("body", REFUSED, ids=lambda body: f"{body[:24]!r} {len(body)} bytes")
    def test_that_could_be_read_in_two_ways_is_refused_with_a_sentence(self, body: bytes) -> None:
        with pytest.raises(NotJson) as refused:
            read_json(body)
        assert refused.value.status == 400
        assert REFUSED[body] in refused.value.sentence
        assert len(refused.value.sentence) < 200

    @pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, 1.5, -1e300])
    def test_keeps_every_number_of_64_bits(self, number: float) -> None:
        assert read_json(json.dumps([number]).encode()) == [number]

    def test_may_be_as_deep_as_is_said(self) -> None:
        assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**63 - 1)
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner)
            ),
            max_leaves=20,
        )
    )
    def test_that_is_sound_comes_through_unchanged(self, document: Any) -> None:
        assert read_json(json.dumps(document).encode()) == document
        assert read_json(json.dumps(document, ensure_ascii=False).encode()) == document

    @given(st.binary(max_size=200))
    def test_of_any_bytes_is_read_or_refused(self, body: bytes) -> None:
        with suppress(NotJson):
            json.dumps(read_json(body), allow_nan=False).encode()
