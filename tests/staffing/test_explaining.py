"""Reasons as values: they agree with what exhaustive enumeration says."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from staffing import alternatives, bus_factor, propose, read_problem, trade_off, why, why_not
from staffing.terms import Cause, Change, Measure, RuleKind
from tests.staffing.documents import documents
from tests.staffing.enumeration import People, Yardstick

thorough = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def every_team(document: dict[str, Any]) -> list[tuple[int, People]]:
    return Yardstick({**document, "teams": 10**6, "min_difference": 0}).answer()


def organisation(**people: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": "muster-problem/1",
        "weeks": 10,
        "people": [{"id": name, **person} for name, person in people.items()],
        "roles": [
            {"id": "data", "fte": 0.5, "needs": [{"skill": "sql", "level": 3}]},
            {"id": "model", "fte": 0.5, "needs": [{"skill": "ml", "level": 3}]},
        ],
        "teams": 1,
    }


class TestWhy:
    @thorough
    @given(documents())
    def test_knows_the_loss_without_the_person(self, document: dict[str, Any]) -> None:
        document["rules"].update(allow_gaps=False, locks=[])
        for role in document["roles"]:
            role["seats"] = 1
        problem, teams = read_problem(document), every_team(document)
        assume(teams)
        best = propose(problem).teams[0]
        for seat, assignment in enumerate(best.assignments):
            reason = why(problem, best, seat)
            others = [units for units, team in teams if team[seat] != assignment.person]
            assert (reason.next_best.loss if reason.next_best else None) == (best.units - others[0] if others else None)
            assert all(seat in pair.seats for pair in reason.pairs)

    def test_ranks_alternatives_with_another_person_each(self) -> None:
        skilled = {"sql": 4, "ml": 4}
        document = organisation(
            ann={"skills": skilled}, bob={"skills": skilled, "recent_load": 0.5}, eve={"skills": {"sql": 3}, "cost": 9}
        )
        problem = read_problem(document)
        team = propose(problem).teams[0]
        found = alternatives(problem, team, 0, 5)
        assert team.people == ("ann", "bob")
        assert [other.person for other in found] == ["bob", "eve"]
        assert [other.loss for other in found] == sorted(team.units - other.team.units for other in found)


class TestWhyNot:
    @thorough
    @given(documents())
    def test_knows_the_best_team_with_the_person(self, document: dict[str, Any]) -> None:
        document["rules"]["allow_gaps"] = False
        problem, teams = read_problem(document), every_team(document)
        result = propose(problem)
        for person in problem.people.ids:
            absence = why_not(problem, result, person)
            with_them = [units for units, team in teams if person in team]
            assert (absence.best.units if absence.best else None) == (with_them[0] if with_them else None)
            if absence.best and absence.loss is not None:
                assert absence.loss == teams[0][0] - with_them[0]

    def test_says_which_rule_and_by_how_much(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}, eve={"skills": {"sql": 1}, "free": 0.2}
        )
        problem = read_problem(document)
        reason = why_not(problem, propose(problem), "eve").ineligible[0]
        assert [(gap.skill, gap.needed, gap.level) for gap in reason.short] == [("sql", 3, 1)]
        assert (len(reason.busy_weeks), reason.missing_share, reason.excluded) == (10, 0.3, False)

    def test_names_the_swaps_that_somebody_forces(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}, eve={"skills": {"sql": 4}, "recent_load": 1}
        )
        problem = read_problem(document)
        absence = why_not(problem, propose(problem), "eve")
        assert [(swap.role, swap.out, swap.into) for swap in absence.swaps] == [("data", "ann", "eve")]
        assert absence.loss == 25_000


class TestTheBusFactor:
    def test_counts_who_has_a_skill_on_the_team_and_off_it(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4, "ml": 3}}, bob={"skills": {"ml": 4}}, eve={"skills": {"sql": 3}, "recent_load": 1}
        )
        problem = read_problem(document)
        found = bus_factor(problem, propose(problem).teams[0])
        assert [(one.skill, one.level, one.members, one.elsewhere) for one in found] == [
            ("sql", 3, ("ann",), 1),
            ("ml", 3, ("ann", "bob"), 0),
        ]


class TestTheTradeOff:
    def test_shows_a_team_for_each_end(self) -> None:
        document = organisation(
            ann={"skills": {"sql": 4}, "cost": 1},
            bob={"skills": {"ml": 3}, "cost": 1},
            eve={"skills": {"sql": [4, 0.5]}, "cost": 0},
        )
        points = trade_off(read_problem(document), Measure.FIT, Measure.THRIFT)
        assert [point.team.people[0] for point in points] == ["eve", "ann"]


class TestInfeasibility:
    @thorough
    @given(documents())
    def test_has_reasons_and_a_way_out(self, document: dict[str, Any]) -> None:
        result = propose(read_problem(document))
        if result.teams:
            assert result.infeasible is None
        else:
            assert result.infeasible is not None
            assert result.infeasible.conflicts or document["rules"]["allow_gaps"]
            assert result.to_json()["infeasible"]["sufficient"] is result.infeasible.sufficient

    def test_names_the_seats_that_compete_for_one_person(self) -> None:
        document = organisation(ann={"skills": {"sql": 3, "ml": 4}}, bob={"skills": {"ml": 2}}, eve={"skills": {}})
        found = propose(read_problem(document)).infeasible
        assert found is not None
        conflict = found.conflicts[0]
        assert (conflict.cause, conflict.people) == (Cause.SEATS, ("ann",))
        assert conflict.seats == (("data", 1), ("model", 1))
        assert [near.ineligible.person for near in found.nearest["model"]] == ["bob", "eve"]
        assert [(a.change, a.role, a.person, a.before, a.after) for a in found.relaxations] == [
            (Change.LOWER_LEVEL, "model", "bob", 3, 2)
        ]
        assert found.sufficient

    def test_offers_to_move_a_period_or_to_hire(self) -> None:
        document = organisation(ann={"skills": {"sql": 3}, "free": [0] + [1] * 9}, bob={"free": 0})
        document["roles"][0]["to"] = 9
        found = propose(read_problem(document)).infeasible
        assert found is not None
        assert [(a.change, a.role, a.after) for a in found.relaxations] == [
            (Change.MOVE_PERIOD, "data", 1),
            (Change.HIRE, "model", None),
        ]

    def test_names_somebody_locked_to_what_they_cannot_do(self) -> None:
        document = organisation(ann={"skills": {"sql": 3}}, bob={"skills": {"ml": 3}})
        found = propose(read_problem({**document, "rules": {"locks": [["model", "ann"]]}})).infeasible
        assert found is not None
        assert found.conflicts[0].cause is Cause.LOCKED_OUT
        assert found.conflicts[0].ineligible is not None
        assert found.conflicts[0].ineligible.short[0].skill == "ml"

    def test_names_the_rules_that_rule_everybody_out_and_the_budget_that_would_do(self) -> None:
        document = organisation(ann={"skills": {"sql": 3}, "cost": 100}, bob={"skills": {"ml": 3}, "cost": 60})
        found = propose(read_problem({**document, "rules": {"budget": 500}})).infeasible
        assert found is not None
        assert [rule.kind for rule in found.conflicts[0].rules] == [RuleKind.BUDGET]
        assert [(a.change, a.before, a.after) for a in found.relaxations] == [(Change.RAISE_BUDGET, 500, 800)]

    def test_names_a_missing_mentor(self) -> None:
        learner = {"skills": {"sql": 2}, "goals": {"sql": 4}}
        document = organisation(ann=learner, bob={"skills": {"ml": 3}})
        found = propose(read_problem({**document, "rules": {"stretch": True}})).infeasible
        assert found is not None
        assert [rule.kind for rule in found.conflicts[0].rules] == [RuleKind.MENTOR]
        assert [a.change for a in found.relaxations] == [Change.LOWER_LEVEL]

    def test_gives_up_locks_for_which_there_are_no_seats(self) -> None:
        document = organisation(ann={"skills": {"sql": 3}}, bob={"skills": {"sql": 3}}, eve={"skills": {"ml": 3}})
        problem = read_problem(document)
        locked = replace(problem, rules=replace(problem.rules, locks=(("data", "ann"), ("data", "bob"))))
        found = propose(locked).infeasible
        assert found is not None
        assert found.conflicts[0].cause is Cause.OVERLOCKED
        assert [a.change for a in found.relaxations] == [Change.DROP_RULE]
        assert found.sufficient
