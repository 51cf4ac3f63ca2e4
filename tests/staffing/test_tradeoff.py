"""The trade-off between two measures: best teams only, none of them pointless, and all of them where work allows."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffing import FrontierPoint, WorkLimit, propose, read_problem, trade_off, tradeoff
from staffing.terms import Measure
from tests.staffing.documents import documents
from tests.staffing.enumeration import Yardstick
from tests.staffing.test_explaining import organisation
from tests.staffing.test_questions import size, thorough, undecided

__all__ = ["size"]

measures = st.permutations(list(Measure)).map(lambda some: (some[0], some[1]))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tradeoff, "SEARCHES", 200)


def _values(point: FrontierPoint, pair: tuple[Measure, Measure]) -> tuple[float, float]:
    return point.team.measures[pair[0]], point.team.measures[pair[1]]


class TestTheTradeOff:
    @thorough
    @given(documents(), measures)
    def test_has_the_best_team_of_each_split(self, size: None, document: Any, pair: Any) -> None:
        document["teams"] = 1
        problem = read_problem(document)
        for point in trade_off(problem, *pair):
            weights = {name.value: weight for name, weight in point.weights.items()}
            units, people = Yardstick({**document, "weights": weights}).answer()[0]
            assert point.team.proven
            assert point.team.units == units
            assert point.team.people.count(None) == people.count(None)

    @thorough
    @given(documents(), measures)
    def test_gains_in_one_measure_what_it_loses_in_the_other(self, size: None, document: Any, pair: Any) -> None:
        values = [_values(point, pair) for point in trade_off(read_problem(document), *pair)]
        for (one, other), (next_one, next_other) in pairwise(values):
            assert next_one > one
            assert next_other < other

    @thorough
    @given(documents(), measures, st.floats(0, 1))
    def test_misses_no_split(self, size: None, patient: None, document: Any, pair: Any, part: float) -> None:
        points = trade_off(read_problem(document), *pair)
        both = sum(document["weights"][measure] for measure in pair)
        weights = {**document["weights"], pair[0].value: both * part, pair[1].value: both - both * part}
        document = {**document, "weights": weights, "teams": 1}
        found = propose(read_problem(document)).teams
        assert bool(points) == bool(found)
        for team in found:
            best = team.measures[pair[0]] - 1e-9, team.measures[pair[1]] - 1e-9
            covered = any(all(map(float.__ge__, _values(point, pair), best)) for point in points)
            shown = max(Yardstick(document).score(point.team.people) for point in points)
            rounding = len(team.people) * (len(team.people) + 1)
            assert covered or shown >= team.units - rounding

    def test_has_a_single_team_where_neither_counts(self) -> None:
        document = organisation(ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}, eve={"skills": {"ml": 3}})
        document["weights"] = {"fit": 0, "thrift": 0, "growth": 0, "track": 1, "cohesion": 0, "spread": 0}
        problem = read_problem(document)
        assert [point.team for point in trade_off(problem, Measure.FIT, Measure.THRIFT)] == list(propose(problem).teams)

    def test_says_what_a_limit_left_unproven(self) -> None:
        points = trade_off(read_problem(undecided()), Measure.FIT, Measure.COHESION, limit=WorkLimit(nodes=0))
        assert points
        assert not all(point.team.proven for point in points)

    def test_is_between_two_measures(self) -> None:
        problem = read_problem(organisation(ann={"skills": {"sql": 4}}, bob={"skills": {"ml": 4}}))
        with pytest.raises(ValueError, match="two different measures"):
            trade_off(problem, Measure.FIT, Measure.FIT)
