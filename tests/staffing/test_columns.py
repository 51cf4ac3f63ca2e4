"""Columns of a document: what is read at once is what would be read value by value."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffing.columns import Column
from staffing.document import ProblemError, Value

numbers = st.integers(-2, 6) | st.floats(-1, 6) | st.sampled_from([math.nan, math.inf, 2**63, -(10**400), 4.0, 1e-19])
others = (
    st.none() | st.booleans() | st.sampled_from(["", "ann", "4", "\ud800"]) | st.lists(st.integers(0, 2), max_size=3)
)
anything = numbers | others | st.dictionaries(st.sampled_from(["", "a", "b"]), st.integers(0, 6), max_size=2)


def columns(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Lists of one kind mostly, sometimes of anything."""
    return st.one_of(*(st.lists(kind, max_size=6) for kind in kinds), st.lists(anything, max_size=6))


def outcome(read: Callable[[], Any]) -> Any:
    """What was read, as plain values, or the refusal with its path."""
    try:
        found = read()
    except ProblemError as error:
        return str(error)
    return found.tolist() if isinstance(found, np.ndarray) else found


def alike(raws: list[Any], together: Callable[[Column], Any], alone: Callable[[Value], Any]) -> bool:
    document = {"list": raws}
    one_by_one = outcome(lambda: [alone(value) for value in Value(document)["list"].items()])
    return bool(outcome(lambda: together(Column.of(Value(document)["list"]))) == one_by_one)


class TestAColumn:
    @given(columns(st.integers(0, 5), st.integers(-1, 6)))
    def test_of_whole_numbers_is_read_like_each(self, raws: list[Any]) -> None:
        assert alike(raws, lambda column: column.wholes(0, 5), lambda value: value.whole(0, 5))

    @given(columns(st.floats(0, 4), st.integers(0, 4) | st.floats(0, 5)))
    def test_of_numbers_is_read_like_each(self, raws: list[Any]) -> None:
        assert alike(raws, lambda column: column.numbers(0, 4), lambda value: value.number(0, 4))

    @given(columns(st.text(min_size=1, max_size=3), st.text(max_size=2)))
    def test_of_texts_is_read_like_each(self, raws: list[Any]) -> None:
        assert alike(raws, lambda column: column.texts(), lambda value: value.text())

    @given(columns(st.sampled_from(["ann", "bob"]), st.sampled_from(["ann", "eve"])))
    def test_of_ids_is_read_like_each(self, raws: list[Any]) -> None:
        known = {"bob": 0, "ann": 1}
        assert alike(raws, lambda c: c.known(known, "person"), lambda value: known[value.known(known, "person")])

    @given(columns(st.lists(st.integers(), min_size=2, max_size=2), st.lists(st.none(), max_size=3)))
    def test_of_lists_is_read_like_each(self, raws: list[Any]) -> None:
        def alone(value: Value) -> list[Any]:
            return [entry.raw for entry in value.items(2)]

        def together(column: Column) -> list[Any]:
            entries = column.items(2)
            return [list(pair) for pair in zip(entries.every(2, 0).raws, entries.every(2, 1).raws, strict=True)]

        assert alike(raws, together, alone)

    @given(columns(st.fixed_dictionaries({"a": st.integers(0, 6)}, optional={"b": anything})))
    def test_of_objects_is_read_like_each(self, raws: list[Any]) -> None:
        def alone(value: Value) -> Any:
            return value.fields("a", "b")

        assert alike(raws, lambda column: column.objects("a", "b").raws, lambda value: alone(value).raw)
        if all(isinstance(raw, dict) for raw in raws):
            assert alike(raws, lambda column: column["a"].raws, lambda value: value["a"].raw)
            assert alike(raws, lambda column: column.get("b", 7).raws, lambda value: value.get("b", 7).raw)

    @given(columns(st.dictionaries(st.sampled_from("ab"), st.integers(0, 6))))
    def test_of_objects_with_free_keys_is_read_like_each(self, raws: list[Any]) -> None:
        def together(column: Column) -> list[Any]:
            entries = column.entries()
            levels = entries.values.wholes(0, 5).tolist()
            held: list[dict[str, int]] = [{} for _ in raws]
            for owner, key, level in zip(entries.owner.tolist(), entries.keys, levels, strict=True):
                held[owner][key] = level
            return held

        keys_first = [str(error) for error in map(_refusal_of_keys, Value(raws).items()) if error]
        if keys_first:
            assert outcome(lambda: together(Column.of(Value(raws)))) == keys_first[0]
        else:
            alone = outcome(lambda: [{k: v.whole(0, 5) for k, v in one.entries()} for one in Value(raws).items()])
            assert outcome(lambda: together(Column.of(Value(raws)))) == alone

    @pytest.mark.parametrize("position", [0, 2])
    def test_names_the_first_value_that_is_wrong_among_those_chosen(self, position: int) -> None:
        column = Column.of(Value([9, 1, 9])).where(np.arange(3) >= position)
        with pytest.raises(ProblemError, match=rf"^\[{position}\]: "):
            column.wholes(0, 5)

    def test_finds_the_entries_of_each_key(self) -> None:
        entries = Column.of(Value([{"go": 1, "sql": 2}, {}, {"sql": 0, "go": 3, "ml": 4}])).entries()
        found = entries.by_key(["ml", "go", "css"], entries.values.wholes(0, 5) > 0)
        assert [(key, entries.owner[at].tolist()) for key, at in found] == [("ml", [2]), ("go", [0, 2]), ("css", [])]


def _refusal_of_keys(value: Value) -> ProblemError | None:
    try:
        list(value.entries())
    except ProblemError as error:
        return error
    return None
