"""`muster-problem/1` in and out, and what is refused."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from staffing import Problem, ProblemError, Role, read_problem, write_problem
from tests.staffing.documents import changed, documents

PLAIN: dict[str, Any] = {
    "format": "muster-problem/1",
    "weeks": 4,
    "people": [
        {"id": "ann", "skills": {"go": 4, "sql": [3, 0.8]}, "goals": {"sql": 4}, "free": [1, 0.5, 0.5, 1]},
        {"id": "bob"},
    ],
    "ties": [["ann", "bob", 0.5]],
    "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}]}],
    "communication": [["dev", "dev", 2]],
    "rules": {"locks": [["dev", "ann"]], "team_skills": [{"skill": "sql", "level": 2, "people": 1}]},
}

WRONG = [
    (["format"], "muster-problem/2", "format"),
    (["weeks"], 0, "weeks"),
    (["weeks"], True, "weeks"),
    (["surprise"], 1, "surprise"),
    (["people", 0, "title"], "guru", "people[0].title"),
    (["people", 1, "id"], "ann", "people[1].id"),
    (["people", 1, "id"], "", "people[1].id"),
    (["people", 1, "id"], "\ud800", "people[1].id"),
    (["people", 1, "id"], ["bob"], "people[1].id"),
    (["people", 0, "on\none line"], 1, 'people[0]."on\\none line"'),
    (["people", 1], "bob", "people[1]"),
    (["people"], {"ann": {}}, "people"),
    (["people", 0, "skills", "go"], 6, "people[0].skills.go"),
    (["people", 0, "skills", "go"], -1, "people[0].skills.go"),
    (["people", 0, "skills", "go"], 2.5, "people[0].skills.go"),
    (["people", 0, "skills", "go"], "expert", "people[0].skills.go"),
    (["people", 0, "skills", "go"], True, "people[0].skills.go"),
    (["people", 0, "skills", "cobol"], 6, "people[0].skills.cobol"),
    (["people", 0, "skills"], ["go"], "people[0].skills"),
    (["people", 0, "skills", ""], 1, "people[0].skills"),
    (["people", 0, "skills", "go"], [], "people[0].skills.go"),
    (["people", 0, "skills", "go"], [6], "people[0].skills.go[0]"),
    (["people", 0, "skills", "go"], [6, 1], "people[0].skills.go[0]"),
    (["people", 0, "skills", "go"], [3, math.nan], "people[0].skills.go[1]"),
    (["people", 0, "skills", "go"], [3, 0], "people[0].skills.go[1]"),
    (["people", 0, "skills", "go"], [3, 1.1], "people[0].skills.go[1]"),
    (["people", 0, "skills", "go"], [3, 1, 1], "people[0].skills.go"),
    (["people", 0, "goals", "sql"], 9, "people[0].goals.sql"),
    (["people", 0, "free"], math.nan, "people[0].free"),
    (["people", 0, "free"], math.inf, "people[0].free"),
    (["people", 0, "free"], -0.5, "people[0].free"),
    (["people", 0, "free"], [1, 1], "people[0].free"),
    (["people", 0, "free"], [1, 1, 1, None], "people[0].free[3]"),
    (["people", 0, "free"], [1, 1, 4.5, -1], "people[0].free[2]"),
    (["people", 0, "free"], [1, 1, 1, 1e-19], "people[0].free[3]"),
    (["people", 1, "free"], 1e-19, "people[1].free"),
    (["people", 1, "free"], True, "people[1].free"),
    (["people", 0, "cost"], "620", "people[0].cost"),
    (["people", 0, "cost"], 10**400, "people[0].cost"),
    (["people", 0, "track"], {"successes": 3, "projects": 2}, "people[0].track.successes"),
    (["people", 1, "track"], {"wins": 3}, "people[1].track.wins"),
    (["people", 0, "utc_offset"], 15, "people[0].utc_offset"),
    (["people", 0, "recent_load"], 1.5, "people[0].recent_load"),
    (["ties", 0, 1], "eve", "ties[0][1]"),
    (["ties", 0, 1], "ann", "ties[0]"),
    (["ties", 0, 2], 1.5, "ties[0][2]"),
    (["ties", 0], ["ann", "bob"], "ties[0]"),
    (["ties"], [["ann", "bob", 0.5], ["ann", "eve", 1], ["eve", "ann", 1]], "ties[1][1]"),
    (["ties"], [["ann", "bob", 0.5], ["bob", "ann", 0.6]], "ties[1]"),
    (["roles"], [], "roles"),
    (["roles"], [{"id": f"r{n}", "needs": []} for n in range(201)], "roles"),
    (["roles"], [{"id": f"r{n}", "needs": [], "seats": 101} for n in range(2)], "roles"),
    (["roles", 0, "seats"], 0, "roles[0].seats"),
    (["roles", 0, "fte"], math.nan, "roles[0].fte"),
    (["roles", 0, "from"], 4, "roles[0].from"),
    (["roles", 0, "to"], 0, "roles[0].to"),
    (["roles", 0, "to"], 5, "roles[0].to"),
    (["roles", 0, "needs"], {}, "roles[0].needs"),
    (["roles", 0, "needs", 0, "level"], 0, "roles[0].needs[0].level"),
    (["roles", 0, "needs", 0, "must"], 1, "roles[0].needs[0].must"),
    (["roles", 0, "needs", 0, "weight"], -1, "roles[0].needs[0].weight"),
    (["communication", 0, 0], "qa", "communication[0][0]"),
    (["weights"], {"charm": 1}, "weights.charm"),
    (["weights"], {"fit": 0}, "weights"),
    (["cost_range"], [5, 5], "cost_range"),
    (["track_prior"], {"mean": 2}, "track_prior.mean"),
    (["rules", "locks", 0, 1], "eve", "rules.locks[0][1]"),
    (["rules", "locks", 0, 0], "qa", "rules.locks[0][0]"),
    (["rules", "exclude"], ["eve"], "rules.exclude[0]"),
    (["rules", "never_together"], [["ann", "ann"]], "rules.never_together[0]"),
    (["rules", "max_seats_per_person"], 0, "rules.max_seats_per_person"),
    (["rules", "budget"], "a lot", "rules.budget"),
    (["rules", "team_skills", 0, "level"], 0, "rules.team_skills[0].level"),
    (["rules", "stretch"], "yes", "rules.stretch"),
    (["teams"], 0, "teams"),
    (["min_difference"], -1, "min_difference"),
]


class TestReading:
    @pytest.mark.parametrize(("path", "value", "named"), WRONG)
    def test_refuses_with_the_path_of_the_offending_value(self, path: list[Any], value: Any, named: str) -> None:
        with pytest.raises(ProblemError) as caught:
            read_problem(changed(PLAIN, path, value))
        assert caught.value.path == named
        assert caught.value.sentence.endswith(".")

    @pytest.mark.parametrize("key", ["format", "weeks", "people", "roles"])
    def test_refuses_what_is_missing(self, key: str) -> None:
        document = {name: value for name, value in PLAIN.items() if name != key}
        with pytest.raises(ProblemError) as caught:
            read_problem(document)
        assert caught.value.path == key

    def test_refuses_what_is_no_object(self) -> None:
        with pytest.raises(ProblemError):
            read_problem([])  # type: ignore[arg-type]  # what a careless caller might pass

    def test_fills_in_defaults(self) -> None:
        problem = read_problem(PLAIN)
        role = problem.roles[0]
        assert (role.seats, role.fte, role.start, role.stop) == (1, problem.share_scale, 0, 4)
        assert problem.people.free[1].tolist() == [1_000_000] * 4
        assert (problem.teams, problem.min_difference, problem.cost_range) == (3, 2, (0.0, 1.0))

    def test_sorts_people_by_id(self) -> None:
        problem = read_problem({**PLAIN, "people": list(reversed(PLAIN["people"]))})
        assert problem.people.ids == ("ann", "bob")
        assert problem == read_problem(PLAIN)

    def test_keeps_only_the_skills_that_are_named(self) -> None:
        assert sorted(read_problem(PLAIN).ratings) == ["go", "sql"]

    def test_counts_shares_exactly_however_many_decimals_they_have(self) -> None:
        third = 1 / 3
        problem = read_problem(changed(PLAIN, ["people", 0, "free"], third))
        assert problem.people.free[0, 0] / problem.share_scale == third
        assert problem.share_scale == 10**16

    def test_takes_a_rating_in_each_of_its_forms(self) -> None:
        levels = {"a": 4, "b": [3], "c": [2, 0.5], "d": 0, "e": [0, 0.5]}
        everybody = [{"id": name, "skills": {"go": rating}} for name, rating in reversed(levels.items())]
        held = read_problem({**PLAIN, "people": everybody, "ties": [], "rules": {}}).ratings["go"]
        assert held.people.tolist() == [0, 1, 2]
        assert (held.level.tolist(), held.confidence.tolist()) == ([4, 3, 2], [1, 1, 0.5])

    def test_takes_steady_and_changing_shares_side_by_side(self) -> None:
        people = [{"id": "c", "free": [0, 1, 0.25, 1]}, {"id": "a", "free": 0.5}, {"id": "b", "free": [1, 1, 1, 0]}]
        problem = read_problem({**PLAIN, "people": people, "ties": [], "rules": {}})
        assert (problem.people.free / problem.share_scale).tolist() == [[0.5] * 4, [1, 1, 1, 0], [0, 1, 0.25, 1]]

    def test_keeps_ties_in_the_order_in_which_they_are_said(self) -> None:
        ties = [["dee", "bob", 0.5], ["ann", "cy", 0.2], ["bob", "dee", 0.5], ["bob", "ann", 1]]
        people = [{"id": name} for name in ("dee", "cy", "bob", "ann")]
        read = read_problem({**PLAIN, "people": people, "ties": ties, "rules": {}}).ties
        assert read is not None
        assert [*zip(read.first.tolist(), read.second.tolist(), strict=True)] == [(1, 3), (0, 2), (0, 1)]
        assert read.strength.tolist() == [0.5, 0.2, 1]

    def test_forgives_a_tie_that_is_said_twice(self) -> None:
        problem = read_problem({**PLAIN, "ties": [["ann", "bob", 0.5], ["bob", "ann", 0.5]]})
        assert problem.ties is not None
        assert problem.ties.strength.tolist() == [0.5]


class TestWriting:
    @settings(max_examples=40, deadline=None)
    @given(documents())
    def test_is_undone_by_reading(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        again = read_problem(write_problem(problem))
        assert again == problem
        assert write_problem(again) == write_problem(problem)
        assert hash(again) == hash(problem)

    def test_gives_every_change_that_matters_another_digest(self) -> None:
        digest = read_problem(PLAIN).digest()
        assert read_problem(changed(PLAIN, ["people", 0, "cost"], 1)).digest() != digest
        assert read_problem(changed(PLAIN, ["people", 0, "skills", "cobol"], 5)).digest() == digest


class TestAProblemFromColumns:
    def test_refuses_people_out_of_order(self) -> None:
        problem = read_problem(PLAIN)
        columns = dict(vars(problem.people), ids=("bob", "ann"))
        with pytest.raises(ValueError, match="ascending"):
            Problem(4, type(problem.people)(**columns), problem.roles)

    def test_refuses_columns_of_another_length(self) -> None:
        problem = read_problem(PLAIN)
        columns = dict(vars(problem.people), cost=np.zeros(3))
        with pytest.raises(ValueError, match="cost"):
            Problem(4, type(problem.people)(**columns), problem.roles)

    def test_refuses_a_role_outside_the_calendar(self) -> None:
        with pytest.raises(ValueError, match="period"):
            Problem(4, read_problem(PLAIN).people, (Role("dev", (), 2, 5),))
