"""Questions about an answer: exhaustive enumeration says the same, however the answers are found."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from staffing import Asked, WorkLimit, alternatives, incumbents, propose, read_problem, solving, why, why_not
from staffing.proposal import Team
from tests.staffing.documents import documents
from tests.staffing.enumeration import People, Yardstick
from tests.staffing.test_explaining import every_team, organisation

thorough = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


@pytest.fixture(params=["as small", "as large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes small problems take the way of large ones too: bounds are shared and looked through."""
    if request.param == "as large":
        monkeypatch.setattr(solving, "SMALL", 0)
        monkeypatch.setattr(incumbents, "FIRST_LOOK", 1)
        monkeypatch.setattr(incumbents, "FIRST_NODES", 3)


def _lost(before: Team, after: People) -> int:
    return after.count(None) - before.people.count(None)


def undecided() -> dict[str, Any]:
    """A problem that cannot be answered at a glance: everybody goes well with somebody else."""
    names = [f"p{n:02}" for n in range(14)]
    return {
        "format": "muster-problem/1",
        "weeks": 1,
        "people": [{"id": who, "skills": {"go": [3, 1 - n / 20]}, "cost": n / 14} for n, who in enumerate(names)],
        "ties": [[a, b, (3 * n + 5 * m) % 11 / 10] for n, a in enumerate(names) for m, b in enumerate(names[:n])],
        "roles": [{"id": f"r{n}", "needs": [{"skill": "go", "level": 3}]} for n in range(5)],
        "weights": {"fit": 30, "cohesion": 40, "growth": 0, "track": 0, "thrift": 20, "spread": 10},
    }


class TestWhyNot:
    @thorough
    @given(documents())
    def test_knows_the_best_team_with_somebody(self, size: None, document: dict[str, Any]) -> None:
        asked, teams = Asked(read_problem(document)), every_team(document)
        result = propose(asked.problem)
        for person in asked.problem.people.ids:
            absence = why_not(asked, result, person)
            units, people = next(((units, team) for units, team in teams if person in team), (None, None))
            assert absence.certain
            assert (absence.best and absence.best.units, absence.best and absence.best.people) == (units, people)
            if absence.best is not None and absence.best.people != result.teams[0].people:
                assert absence.loss == teams[0][0] - absence.best.units
                assert absence.seats_lost == _lost(result.teams[0], absence.best.people)

    @thorough
    @given(documents())
    def test_has_changes_that_turn_one_team_into_the_other(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        result = propose(problem)
        assume(result.teams)
        before = result.teams[0]
        for person in problem.people.ids:
            absence = why_not(problem, result, person)
            if absence.best is not None and absence.swaps + absence.role_changes:
                seats = Counter(before.people)
                seats.subtract(swap.out for swap in absence.swaps)
                seats.update(swap.into for swap in absence.swaps)
                assert +seats == Counter(absence.best.people)
                roles = Counter((a.role, a.person) for a in before.assignments)
                held = Counter((a.role, a.person) for a in absence.best.assignments)
                moved = [(one.person, one.before, one.after) for one in absence.role_changes]
                assert all(roles[old, who] and held[new, who] and old != new for who, old, new in moved)

    def test_shows_a_change_of_role_as_one(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4}}, bob={"skills": {"sql": 3, "ml": 3}}, eve={"skills": {"ml": 3}, "recent_load": 1}
        )
        document["rules"] = {"never_together": [["ann", "eve"]]}
        absence = why_not(read_problem(document), propose(read_problem(document)), "eve")
        assert [(swap.role, swap.out, swap.into) for swap in absence.swaps] == [("model", "ann", "eve")]
        assert [(one.person, one.before, one.after) for one in absence.role_changes] == [("bob", "model", "data")]

    def test_counts_the_seats_that_somebody_would_leave_empty(self) -> None:
        document = organisation(ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}, eve={"skills": {"ml": 4}})
        document["rules"] = {"allow_gaps": True, "never_together": [["ann", "eve"]]}
        absence = why_not(read_problem(document), propose(read_problem(document)), "eve")
        assert absence.seats_lost == 1
        assert [(swap.role, swap.out, swap.into) for swap in absence.swaps] == [
            ("data", "ann", None),
            ("model", "bob", "eve"),
        ]

    def test_refuses_somebody_unknown(self) -> None:
        problem = read_problem(organisation(ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}))
        with pytest.raises(ValueError, match="'zoe' is not among the people"):
            why_not(problem, propose(problem), "zoe")


class TestAlternatives:
    @thorough
    @given(documents(), st.integers(0, 3))
    def test_are_the_best_teams_with_somebody_else(self, size: None, document: dict[str, Any], seat: int) -> None:
        problem = read_problem(document)
        result = propose(problem)
        assume(result.teams and seat < len(problem.seats))
        found = alternatives(problem, result.teams[0], seat, 4)
        assert [(one.person, one.team.units, one.team.people) for one in found] == _others(
            document, result.teams[0], seat, 4
        )
        for one in found:
            assert one.certain
            assert (one.loss, one.seats_lost) == (
                result.teams[0].units - one.team.units,
                _lost(result.teams[0], one.team.people),
            )

    @settings(thorough, max_examples=12)
    @given(documents())
    def test_do_not_depend_on_what_was_asked_before(self, size: None, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        result = propose(problem)
        assume(result.teams)
        asked = Asked(problem)
        for seat in range(len(problem.seats)):
            why_not(asked, result, problem.people.ids[0])
            assert alternatives(asked, result.teams[0], seat, 2) == alternatives(problem, result.teams[0], seat, 2)

    def test_drop_a_lock_on_the_seat(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}, eve={"skills": {"sql": 4}, "recent_load": 1}
        )
        document["rules"] = {"locks": [["data", "ann"], ["model", "bob"]]}
        problem = read_problem(document)
        found = alternatives(problem, propose(problem).teams[0], 0, 3)
        assert [one.team.people for one in found] == [("eve", "bob")]

    def test_refuse_seats_and_teams_of_other_problems(self) -> None:
        document = organisation(ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}})
        problem = read_problem(document)
        team = propose(problem).teams[0]
        with pytest.raises(ValueError, match="there is no seat 2"):
            alternatives(problem, team, 2, 1)
        other = read_problem(document | {"roles": document["roles"][:1]})
        with pytest.raises(ValueError, match="other seats"):
            alternatives(other, team, 0, 1)

    def test_are_uncertain_when_the_limit_comes_first(self) -> None:
        problem = read_problem(undecided())
        team = propose(problem).teams[0]
        assert why(problem, team, 0).certain
        assert not why(problem, team, 0, limit=WorkLimit(nodes=0)).certain


def _others(document: dict[str, Any], team: Team, seat: int, count: int) -> list[tuple[str, int, People]]:
    """What `alternatives` promises, by looking at every team."""
    own, person = team.assignments[seat].role, team.people[seat]
    places = [n for n, a in enumerate(team.assignments) if a.role == own]
    mates = [team.people[n] for n in places if team.people[n] not in (None, person)]
    locks = [lock for lock in document["rules"]["locks"] if lock != [own, person]] + [[own, mate] for mate in mates]
    locked = {who for role, who in locks if role == own}
    rules = {**document["rules"], "locks": locks}
    every = Yardstick({**document, "rules": rules, "teams": 10**6, "min_difference": 0}).answer()
    found: list[tuple[str, int, People]] = []
    barred = {person}
    for units, people in [*every] * count:
        held = Counter(who for n, who in enumerate(people) if n in places and who is not None)
        open_to = all(held[who] <= (who in locked) for who in barred if who is not None)
        if len(found) < count and open_to and held.total() > len(locked):
            newcomer = min(who or "" for who in (held - Counter(mates) or held - Counter(set(mates))))
            found.append((newcomer, units, people))
            barred.add(newcomer)
    return sorted(found, key=lambda one: (one[2].count(None), -one[1]))
