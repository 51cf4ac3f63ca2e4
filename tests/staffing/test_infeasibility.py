"""Problems without a team: found out before any search, and every reason as small as it can be."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffing import Infeasibility, Problem, WorkLimit, propose, read_problem
from staffing.conflicts import dropped, stated_rules
from staffing.deciding import deciding, restricted
from staffing.feasibility import has_team
from staffing.relaxing import relaxed
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.terms import Cause, Change, RuleKind, Status
from tests.staffing.documents import SKILLS, WEEKS, documents, levels, people, shares
from tests.staffing.enumeration import Yardstick

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def crowds(draw: st.DrawFn) -> dict[str, Any]:
    """Problems with far more people than seats, most of them alike."""
    document = draw(documents())
    document["rules"]["allow_gaps"] = False
    kinds = [draw(people(f"kind{n}")) for n in range(draw(st.integers(1, 3)))]
    for n in range(draw(st.integers(4, 12))):
        kind = draw(st.sampled_from(kinds))
        changed = draw(
            st.fixed_dictionaries({}, optional={"cost": st.integers(300, 700), "free": shares})
            | st.builds(dict, skills=st.dictionaries(st.sampled_from(SKILLS), levels, max_size=3))
        )
        document["people"].append({**kind, **changed, "id": f"q{n:02}"})
    return document


def is_possible(document: dict[str, Any]) -> bool:
    return bool(Yardstick({**document, "teams": 1, "min_difference": 0}).answer())


def has_a_team(problem: Problem) -> bool | None:
    scoring = Scoring(problem)
    return has_team(problem, scoring, Eligibility(problem, scoring).candidates)


def explained(document: dict[str, Any], **limit: Any) -> Infeasibility:
    """The explanation, which must have taken no search."""
    result = propose(read_problem({"format": "muster-problem/1", "weeks": WEEKS, **document}), **limit)
    assert (result.status, result.work.nodes) == (Status.INFEASIBLE, 0)
    assert result.infeasible is not None
    return result.infeasible


def staff(count: int, **traits: Any) -> list[dict[str, Any]]:
    return [{"id": f"p{n:03}", "skills": {"go": 4}, **traits} for n in range(count)]


def role(name: str, seats: int = 1, **traits: Any) -> dict[str, Any]:
    return {"id": name, "seats": seats, "needs": [{"skill": "go", "level": 3}], **traits}


def kinds_of(found: Infeasibility) -> list[list[RuleKind]]:
    return [[rule.kind for rule in conflict.rules] for conflict in found.conflicts]


class TestWhetherThereIsATeam:
    @thorough
    @given(documents() | crowds())
    def test_is_what_enumeration_says(self, document: dict[str, Any]) -> None:
        document["rules"]["allow_gaps"] = False
        assert has_a_team(read_problem(document)) is is_possible(document)

    @thorough
    @given(crowds())
    def test_depends_on_a_few_people_only(self, document: dict[str, Any]) -> None:
        problem = read_problem(document)
        scoring = Scoring(problem)
        few = deciding(problem, scoring, Eligibility(problem, scoring).candidates)
        assert has_team(problem, scoring, few) is is_possible(document)

    def test_leaves_out_who_gives_way_to_enough_others(self) -> None:
        strong, weak = staff(3, cost=500), staff(1, cost=500)[0]
        document = {
            "format": "muster-problem/1",
            "weeks": 4,
            "people": [
                *strong,
                {**weak, "id": "q", "skills": {"go": 3}, "cost": 600},
                {**weak, "id": "r", "skills": {"go": 3, "gdpr": 1}, "cost": 600},
                {**weak, "id": "s", "cost": 400},
            ],
            "roles": [role("dev", seats=2)],
            "rules": {"budget": 5000, "team_skills": [{"skill": "gdpr", "level": 1, "people": 1}]},
        }
        problem = read_problem(document)
        scoring = Scoring(problem)
        few = deciding(problem, scoring, Eligibility(problem, scoring).candidates)
        assert [problem.people.ids[who] for who in few[0].people] == ["p000", "r", "s"]
        alone = restricted(problem, few[0].people)
        assert alone.people.ids == ("p000", "r", "s")
        assert has_a_team(alone) is has_a_team(problem) is True


class TestAnExplanation:
    @thorough
    @given(documents() | crowds())
    def test_names_rules_of_which_any_one_less_would_do(self, document: dict[str, Any]) -> None:
        document["rules"]["allow_gaps"] = False
        problem = read_problem(document)
        found = propose(problem).infeasible
        for conflict in found.conflicts if found else ():
            if conflict.cause is Cause.RULES:
                for rule in stated_rules(problem.rules):
                    problem = problem if rule in conflict.rules else dropped(problem, rule)
                assert not is_possible(problem.to_json())
                stated = [rule for rule in conflict.rules if rule.kind is not RuleKind.MENTOR]
                assert all(is_possible(dropped(problem, rule).to_json()) for rule in stated)

    @thorough
    @given(documents() | crowds())
    def test_offers_changes_that_are_enough(self, document: dict[str, Any]) -> None:
        document["rules"]["allow_gaps"] = False
        problem = read_problem(document)
        found = propose(problem).infeasible
        if found is not None:
            changed = relaxed(problem, found.relaxations)
            assert found.sufficient is (changed is None or is_possible(changed.to_json()))

    @pytest.mark.parametrize(("roles", "people"), [([100], 30), ([50, 50], 30), ([50] * 4, 150), ([200], 199)])
    def test_of_many_seats_takes_no_search(self, roles: list[int], people: int) -> None:
        seats = [role(f"dev{n}", seats=count) for n, count in enumerate(roles)]
        found = explained({"people": staff(people), "roles": seats})
        assert len(found.conflicts) == sum(roles) - people
        assert {(len(c.seats), len(c.people)) for c in found.conflicts} == {(people + 1, people)}
        assert [a.change for a in found.relaxations] == [Change.HIRE] * (sum(roles) - people)
        assert found.sufficient

    def test_names_a_budget_that_is_a_cent_too_small(self) -> None:
        people = [{**one, "cost": 100 + n} for n, one in enumerate(staff(400))]
        roles = [role(f"dev{n}", fte=0.5) for n in range(20)]
        least = sum(100 + n for n in range(20)) * 0.5 * WEEKS
        found = explained({"people": people, "roles": roles, "rules": {"budget": least - 0.01}})
        assert kinds_of(found) == [[RuleKind.BUDGET]]
        assert [(a.change, a.after) for a in found.relaxations] == [(Change.RAISE_BUDGET, least)]

    def test_names_too_small_a_team(self) -> None:
        roles = [role(f"dev{n}", fte=0.5) for n in range(12)]
        rules = {"max_people": 5, "max_seats_per_person": 12}
        found = explained({"people": staff(400), "roles": roles, "rules": rules})
        assert kinds_of(found) == [[RuleKind.MAX_PEOPLE]]

    def test_names_specialists_whom_too_few_people_cannot_replace(self) -> None:
        skilled = [{"id": f"{skill}{n}", "skills": {skill: 3}} for skill in "abc" for n in range(50)]
        roles = [{"id": s, "fte": 0.2, "needs": [{"skill": s, "level": 3}]} for s in "abc"]
        rules = {"max_people": 2, "max_seats_per_person": 3}
        assert kinds_of(explained({"people": skilled, "roles": roles, "rules": rules})) == [[RuleKind.MAX_PEOPLE]]

    def test_names_a_team_skill_too_few_have(self) -> None:
        rare = [{**one, "id": f"r{n}", "skills": {"go": 4, "gdpr": 3}} for n, one in enumerate(staff(3))]
        rules = {"team_skills": [{"skill": "gdpr", "level": 3, "people": 4}, {"skill": "go", "level": 2, "people": 1}]}
        roles = [role(f"dev{n}") for n in range(8)]
        found = explained({"people": [*staff(400), *rare], "roles": roles, "rules": rules})
        assert [rule.subject for rule in found.conflicts[0].rules] == [("gdpr",)]

    def test_names_a_budget_that_cannot_pay_for_a_team_skill(self) -> None:
        people = [{**one, "cost": 100 + n} for n, one in enumerate(staff(400))]
        people += [
            {**one, "id": f"r{n}", "skills": {"go": 4, "gdpr": 3}, "cost": 900 + n} for n, one in enumerate(staff(40))
        ]
        roles = [role(f"dev{n}", fte=0.5) for n in range(8)]
        least = 0.5 * WEEKS * (sum(100 + n for n in range(5)) + sum(900 + n for n in range(3)))
        rules = {"budget": least, "team_skills": [{"skill": "gdpr", "level": 3, "people": 3}]}
        document = {"people": people, "roles": roles, "rules": rules}
        assert has_a_team(read_problem({"format": "muster-problem/1", "weeks": WEEKS, **document})) is True
        rules["budget"] = least - 0.01
        assert kinds_of(explained(document)) == [[RuleKind.TEAM_SKILL, RuleKind.BUDGET]]

    def test_names_two_people_who_are_both_needed_and_never_together(self) -> None:
        roles = [role("pilot", needs=[{"skill": "fly", "level": 3}], seats=2), *(role(f"dev{n}") for n in range(8))]
        pilots = [{"id": name, "skills": {"fly": 4}} for name in ("ann", "bob")]
        rules = {"never_together": [["p000", "p001"], ["ann", "bob"]]}
        found = explained({"people": [*staff(400), *pilots], "roles": roles, "rules": rules})
        assert [rule.subject for rule in found.conflicts[0].rules] == [("ann", "bob")]

    def test_gives_up_a_lock_of_somebody_who_is_locked_twice(self) -> None:
        document = {"people": staff(9), "roles": [role("a"), role("b")]}
        found = explained({**document, "rules": {"locks": [["a", "p000"], ["b", "p000"]]}})
        assert [(len(c.seats), c.people) for c in found.conflicts] == [(2, ("p000",))]
        assert [a.change for a in found.relaxations] == [Change.DROP_RULE]
        assert found.sufficient

    def test_names_the_seats_for_which_time_is_short(self) -> None:
        roles = [role(f"pilot{n}", fte=0.6, needs=[{"skill": "fly", "level": 3}]) for n in range(4)]
        pilots = [{"id": name, "skills": {"fly": 4}} for name in ("ann", "bob")]
        apprentices = [{"id": f"x{n}", "skills": {"fly": 2}} for n in range(5)]
        rules = {"max_seats_per_person": 3}
        roles += [role(f"dev{n}", fte=0.2) for n in range(6)]
        found = explained({"people": [*staff(400), *pilots, *apprentices], "roles": roles, "rules": rules})
        assert [(c.cause, len(c.seats), c.people) for c in found.conflicts] == [(Cause.CAPACITY, 3, ("ann", "bob"))]
        assert {near.ineligible.person for near in found.nearest["pilot3"]} == {"x0", "x1", "x2"}
        assert [a.change for a in found.relaxations] == [Change.LOWER_LEVEL] * 2
        assert found.sufficient

    def test_is_not_a_matter_of_the_work_limit(self) -> None:
        document = {"people": staff(400), "roles": [role("dev", seats=12)], "rules": {"max_people": 11}}
        assert kinds_of(explained(document, limit=WorkLimit(nodes=0))) == [[RuleKind.MAX_PEOPLE]]
