"""The digest of a problem says what its canonical JSON says, and who was left out of it still counts."""

import copy
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staffing import Goals, ProblemError, Ratings, propose, read_problem, write_problem
from staffing.terms import Bar
from tests.staffing.documents import documents


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all numbers and flags."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value) for leaf in leaves(inner, (*path, n))]
    return [path] if isinstance(value, bool | int | float) else []


def other(value: float) -> float:
    """Something else that stands a good chance of being allowed in the same place."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else value / 2 if value else 0.5


def changed(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    *way, last = path
    inner: Any = copied
    for step in way:
        inner = inner[step]
    inner[last] = other(inner[last])
    return copied


class TestTheDigest:
    @settings(max_examples=12)
    @given(documents())
    def test_changes_with_every_value_that_the_document_keeps(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        written, digest = write_problem(problem), problem.digest()
        for path in leaves(written):
            with suppress(ProblemError):
                another = read_problem(changed(written, path))
                assert (another.digest() == digest) is (write_problem(another) == written), path

    @settings(max_examples=40)
    @given(documents(), st.randoms(use_true_random=False))
    def test_is_the_same_in_whatever_order_people_ties_and_rules_are_stated(
        self, document: dict[str, Any], dice: Any
    ) -> None:
        mixed = copy.deepcopy(document)
        for part in (mixed["people"], mixed["ties"], mixed["communication"], mixed["rules"]["never_together"]):
            dice.shuffle(part)
        mixed["ties"] = [[b, a, strength] for a, b, strength in mixed["ties"]]
        for person in mixed["people"]:
            person["skills"] = dict(sorted(person["skills"].items(), reverse=True))
        assert read_problem(mixed).digest() == read_problem(document).digest()

    def test_does_not_depend_on_how_the_columns_hold_the_same(self) -> None:
        problem = read_problem(PLAIN)
        people = problem.people
        wide = replace(people, free=np.repeat(people.free // 1000, problem.weeks, axis=1), cost=-people.cost * 0)
        roles = tuple(replace(role, fte=role.fte // 1000) for role in problem.roles)
        nobody = Ratings(np.empty(0, np.int32), np.empty(0, np.int8), np.empty(0))
        none_wanted = Goals(np.empty(0, np.int32), np.empty(0, np.int8))
        held = problem.ratings["go"]
        zero = Ratings(np.array([0, 1], np.int32), np.array([4, 0], np.int8), np.array([1.0, 0.5]))
        assert held.people.tolist() == [0]
        again = replace(
            problem,
            people=wide,
            roles=roles,
            share_scale=problem.share_scale // 1000,
            ratings={"go": zero, "sql": nobody, "cobol": held},
            goals={"go": none_wanted},
        )
        assert (again.digest(), again.to_json()) == (problem.digest(), problem.to_json())

    def test_tells_one_skill_from_another_and_a_rating_from_a_goal(self) -> None:
        problem = read_problem(PLAIN)
        moved = replace(problem, ratings={"sql": problem.ratings["go"]})
        assert moved.digest() != problem.digest()
        assert replace(problem, weeks=5).digest() != problem.digest()

    def test_holds_shares_of_any_exactness(self) -> None:
        third = {**PLAIN, "people": [{**PLAIN["people"][0], "free": 1 / 3}, PLAIN["people"][1]]}
        near = {**PLAIN, "people": [{**PLAIN["people"][0], "free": 0.33333333333333337}, PLAIN["people"][1]]}
        assert len({read_problem(document).digest() for document in (PLAIN, third, near)}) == 3


PLAIN: dict[str, Any] = {
    "format": "muster-problem/1",
    "weeks": 4,
    "people": [{"id": "ann", "skills": {"go": 4}}, {"id": "bob"}],
    "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}, {"skill": "sql", "level": 1, "must": False}]}],
}


LEFT_OUT: dict[str, Any] = {**PLAIN, "others": {"skill": 90, "availability": 8}}


class TestPeopleLeftOut:
    def test_are_counted_among_those_considered(self) -> None:
        considered = propose(read_problem(LEFT_OUT)).considered
        assert considered.people == 100
        assert considered.excluded == {Bar.SKILL: 91, Bar.AVAILABILITY: 8, Bar.RULE: 0}

    def test_change_the_digest_and_stay_in_the_document(self) -> None:
        problem = read_problem(LEFT_OUT)
        assert problem.digest() != read_problem(PLAIN).digest()
        assert read_problem(write_problem(problem)) == problem
        assert "others" not in write_problem(read_problem(PLAIN))

    @pytest.mark.parametrize("others", [{"skill": -1}, {"skill": 1.5}, {"rule": 1}, {"taste": 1}, []])
    def test_are_refused_where_they_cannot_be_a_count(self, others: Any) -> None:
        with pytest.raises(ProblemError, match="others"):
            read_problem({**PLAIN, "others": others})
