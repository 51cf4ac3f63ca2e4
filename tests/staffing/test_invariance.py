"""What an answer must not depend on, and which way it moves when a problem is made harder."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from staffing import Result, propose, read_problem
from tests.staffing.documents import SKILLS, documents
from tests.staffing.enumeration import Yardstick
from tests.staffing.processes import printed

ROOT = Path(__file__).parents[2]

thorough = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


def answered(document: dict[str, Any]) -> Result:
    return propose(read_problem(document))


def worth(document: dict[str, Any]) -> tuple[int, int] | None:
    """Filled seats and units of the best team; None without one."""
    teams = answered({**document, "teams": 1}).teams
    return (len(teams[0].people) - teams[0].people.count(None), teams[0].units) if teams else None


class TestOrder:
    @thorough
    @given(documents(), st.randoms(use_true_random=False))
    def test_of_people_does_not_matter(self, document: dict[str, Any], random: Any) -> None:
        shuffled = deepcopy(document)
        for part in ("people", "ties"):
            random.shuffle(shuffled[part])
        assert answered(shuffled).to_json() == answered(document).to_json()

    @thorough
    @given(documents(), st.randoms(use_true_random=False))
    def test_of_roles_only_decides_between_teams_of_equal_worth(self, document: dict[str, Any], random: Any) -> None:
        shuffled = deepcopy(document)
        random.shuffle(shuffled["roles"])
        assert worth(shuffled) == worth(document)
        every = Yardstick({**document, "teams": 10**6, "min_difference": 0}).answer()
        ranks = [(people.count(None), units) for units, people in every]
        assume(ranks and ranks.count(ranks[0]) == 1)
        one, other = (answered(each).teams[0].assignments for each in (document, shuffled))
        assert {(a.role, a.seat, a.person) for a in one} == {(a.role, a.seat, a.person) for a in other}

    @thorough
    @given(documents(), st.randoms(use_true_random=False))
    def test_of_names_only_decides_between_teams_of_equal_worth(self, document: dict[str, Any], random: Any) -> None:
        names = [person["id"] for person in document["people"]]
        others = dict(zip(names, random.sample(names, len(names)), strict=True))
        renamed = deepcopy(document)
        for person in renamed["people"]:
            person["id"] = others[person["id"]]
        renamed["ties"] = [[others[a], others[b], strength] for a, b, strength in document["ties"]]
        rules = renamed["rules"]
        rules["locks"] = [[role, others[who]] for role, who in rules["locks"]]
        rules["exclude"] = [others[who] for who in rules["exclude"]]
        rules["never_together"] = [[others[a], others[b]] for a, b in rules["never_together"]]
        assert worth(renamed) == worth(document)


class TestSomebodyIrrelevant:
    @thorough
    @given(documents(), st.sampled_from(["a", "p2x", "z"]), st.sampled_from([-11, 0, 3.5]))
    def test_changes_only_how_many_were_considered(self, document: dict[str, Any], name: str, offset: float) -> None:
        busy = {"id": name, "skills": dict.fromkeys(SKILLS, 5), "free": 0, "utc_offset": offset}
        one, other = answered(document), answered({**document, "people": [*document["people"], busy]})
        assert (other.status, other.teams, other.work) == (one.status, one.teams, one.work)
        assert other.considered.people == one.considered.people + 1
        assert other.considered.eligible == one.considered.eligible


@st.composite
def tighter(draw: st.DrawFn, rule: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document with one rule tighter than it was."""
    tight = deepcopy(document)
    rules, ids = tight["rules"], [person["id"] for person in tight["people"]]
    role, some = draw(st.sampled_from(tight["roles"])), draw(st.permutations(ids))
    now = rules.get(rule)
    changes: dict[str, Callable[[], object]] = {
        "locks": lambda: [*now, [role["id"], some[0]]],
        "exclude": lambda: sorted({*now, some[0]}),
        "never_together": lambda: [*now, some[:2]] if len(some) > 1 else now,
        "max_seats_per_person": lambda: draw(st.integers(1, now)),
        "max_people": lambda: draw(st.integers(1, now or 4)),
        "budget": lambda: (now or 4000) * draw(st.sampled_from([0.25, 0.5, 0.75])),
        "team_skills": lambda: [
            *now,
            {"skill": draw(st.sampled_from(SKILLS)), "level": 3, "people": draw(st.integers(1, 2))},
        ],
        "stretch": lambda: False,
        "allow_gaps": lambda: False,
    }
    if rule in changes:
        rules[rule] = changes[rule]()
    elif rule == "must":
        role["needs"] = [{**need, "must": True} for need in role["needs"]]
    else:
        role.update({"share": {"fte": 1.0}, "period": {"from": 0, "to": tight["weeks"]}}[rule])
    return tight


RULES = (
    *("locks", "exclude", "never_together", "max_seats_per_person", "max_people", "budget", "team_skills"),
    *("stretch", "allow_gaps", "share", "period", "must"),
)


class TestATighterRule:
    @pytest.mark.parametrize("rule", RULES)
    @thorough
    @given(documents(), st.data())
    def test_never_makes_the_best_team_better(self, rule: str, document: dict[str, Any], data: st.DataObject) -> None:
        before, after = worth(document), worth(data.draw(tighter(rule, document)))
        assert after is None or (before is not None and after <= before)


class TestLockingTheAnswer:
    @thorough
    @given(documents())
    def test_gives_the_answer_again(self, document: dict[str, Any]) -> None:
        document["teams"] = 1
        teams = answered(document).teams
        assume(teams)
        seated = [[a.role, a.person] for a in teams[0].assignments if a.person is not None]
        locks = [*document["rules"]["locks"], *seated]
        locks = [lock for n, lock in enumerate(locks) if lock not in locks[:n]]
        locked = answered({**document, "rules": {**document["rules"], "locks": locks}})
        assert [(team.units, team.people) for team in locked.teams] == [(teams[0].units, teams[0].people)]


LARGE = """
import json, sys
from benchmarks.organisations import organisation
from staffing import WorkLimit, parts, propose
splits, split = [], parts.Cover._split
parts.Cover._split = lambda *asked: splits.append(1) or split(*asked)
people, seats, cohesion = map(int, sys.argv[1:])
limit = WorkLimit(nodes=30_000, seconds=None)
print(json.dumps(propose(organisation(people, seats, 0, cohesion=cohesion), limit=limit).to_json()))
print("in parts" if splits else "whole")
"""


class TestALargeProblem:
    @pytest.mark.parametrize(
        ("people", "seats", "cohesion", "way"), [(3000, 8, 20, "whole"), (5000, 10, 60, "in parts")]
    )
    def test_has_the_same_answer_in_every_process(self, people: int, seats: int, cohesion: int, way: str) -> None:
        answers = set(printed(LARGE, *map(str, (people, seats, cohesion))))
        assert [answer.splitlines()[1] for answer in answers] == [way]
