"""A packed problem comes back as it was, whatever was in it."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from staffing import propose, read_problem
from staffing.packing import is_packed, pack_problem, unpack_problem
from staffing.terms import Bar
from tests.staffing.documents import documents


class TestPacking:
    @settings(max_examples=60)
    @given(documents())
    def test_is_undone_by_unpacking(self, document: dict[str, Any]) -> None:
        problem = replace(read_problem(document), others={Bar.SKILL: 3})
        again = unpack_problem(pack_problem(problem))
        assert again.to_json() == problem.to_json()
        assert again.digest() == problem.digest()
        assert (again.roles, again.rules, again.share_scale) == (problem.roles, problem.rules, problem.share_scale)
        assert pack_problem(again) == pack_problem(problem)

    def test_keeps_names_in_every_script_and_skills_that_nobody_has(self) -> None:
        problem = read_problem(
            {
                "format": "muster-problem/1",
                "weeks": 2,
                "people": [{"id": "Żółć \u2028 x", "skills": {"C++/CLI": 3}}, {"id": "\x00"}],
                "roles": [
                    {"id": "naïve, 1", "needs": [{"skill": "C++/CLI", "level": 2}]},
                    {"id": "2", "fte": 0.1, "needs": [{"skill": "nobody's", "level": 2, "must": False}]},
                ],
            }
        )
        packed = pack_problem(problem)
        assert is_packed(packed)
        assert unpack_problem(packed) == problem
        assert propose(unpack_problem(packed)).to_json() == propose(problem).to_json()

    def test_leaves_out_skills_that_nothing_names(self) -> None:
        problem = read_problem(
            {
                "format": "muster-problem/1",
                "weeks": 1,
                "people": [{"id": "a", "skills": {"go": 3}}],
                "roles": [{"id": "r", "needs": [{"skill": "go", "level": 2}]}],
            }
        )
        more = replace(problem, ratings={**problem.ratings, "cooking": problem.ratings["go"]})
        assert pack_problem(more) == pack_problem(problem)
