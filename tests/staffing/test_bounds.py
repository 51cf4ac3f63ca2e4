"""The parts that proofs rest on: messages, matchings and the right to forget people."""

from collections import Counter
from itertools import chain, permutations
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from staffing import read_problem
from staffing.alike import without_surplus
from staffing.board import Board
from staffing.field import Field
from staffing.matching import Matching, cheapest_assignment
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.seating import seat_labels
from staffing.stopping import Work
from tests.staffing.documents import documents
from tests.staffing.enumeration import Yardstick

thorough = settings(max_examples=40, deadline=None)
choices = st.lists(st.sets(st.integers(0, 6), max_size=4), min_size=1, max_size=6)


class TestBounds:
    @thorough
    @given(documents(), st.integers(1, 4))
    def test_are_never_below_a_team(self, document: dict[str, Any], sweeps: int) -> None:
        document["rules"]["allow_gaps"] = False
        document.update(teams=1)
        problem = read_problem(document)
        scoring = Scoring(problem)
        labels = seat_labels(problem, Eligibility(problem, scoring).candidates)
        best = Yardstick(document).answer()
        assume(best and labels.complete)
        units, people = best[0]
        for messages in (Board(problem, scoring, labels), Field(problem, scoring, labels)):
            bound = messages.tighten(Work(), units - scoring.constant, sweeps)
            assert bound + scoring.constant >= units
            bounds = messages.team_bounds() + scoring.constant
            seated = {problem.position[who] for who in people if who is not None}
            for seat in range(labels.seats):
                own = labels.of(seat)
                on_team = np.isin(labels.person[own], sorted(seated)) & ~messages.dead[own]
                assert (bounds[own][on_team] >= units).any()

    @thorough
    @given(documents(), st.randoms(use_true_random=False))
    def test_over_everybody_are_those_of_the_table_where_no_rule_interferes(self, document: Any, random: Any) -> None:
        document["rules"].update(never_together=[], locks=[], allow_gaps=False, max_seats_per_person=1)
        for role in document["roles"]:
            role["seats"] = 1
        problem = read_problem(document)
        scoring = Scoring(problem)
        labels = seat_labels(problem, Eligibility(problem, scoring).candidates)
        assume(labels.complete)
        board, field = Board(problem, scoring, labels), Field(problem, scoring, labels)
        for seat in range(1, labels.seats):
            offers = np.array([random.randrange(-9999, 9999) for _ in range(labels.starts[seat])])
            table, people = board.partners(seat, range(seat), offers), field.partners(seat, range(seat), offers)
            possible = table > -(1 << 27)
            assert (table[possible] == people[possible]).all()


class TestAMatching:
    @thorough
    @given(choices, st.integers(1, 2))
    def test_is_as_large_as_can_be(self, sets: list[set[int]], capacity: int) -> None:
        graph = nx.Graph()
        seats = [("seat", n) for n in range(len(sets))]
        graph.add_nodes_from(seats)
        graph.add_edges_from(
            (("seat", n), ("person", who, place))
            for n, own in enumerate(sets)
            for who in own
            for place in range(capacity)
        )
        largest = len(nx.bipartite.maximum_matching(graph, seats)) // 2
        assert len(Matching(_columns(sets), capacity).unmatched) == len(sets) - largest

    @thorough
    @given(choices, st.integers(1, 2))
    def test_has_violators_that_cannot_lose_a_seat(self, sets: list[set[int]], capacity: int) -> None:
        for seats in Matching(_columns(sets), capacity).violators():
            assert len(set().union(*(sets[n] for n in seats))) * capacity < len(seats)
            for left in seats:
                rest = [n for n in seats if n != left]
                assert len(set().union(*(sets[n] for n in rest))) * capacity >= len(rest)


def _columns(sets: list[set[int]]) -> list[Any]:
    return [np.array(sorted(own), np.intp) for own in sets]


class TestTheCheapestAssignment:
    @thorough
    @given(st.data())
    def test_costs_no_more_than_any_other(self, data: st.DataObject) -> None:
        seats = data.draw(st.lists(st.integers(1, 2), min_size=1, max_size=3))
        capacity = data.draw(st.integers(1, 2))
        columns = data.draw(st.integers(1, 4))
        row = st.lists(st.sampled_from([0.0, 0.5, 1.0, 12.0, np.inf]), min_size=columns, max_size=columns)
        costs = np.array(data.draw(st.lists(row, min_size=len(seats), max_size=len(seats))))
        rows = np.repeat(np.arange(len(seats)), seats)
        places = np.repeat(np.arange(columns), capacity).tolist()
        others = (costs[rows, list(other)].sum() for other in permutations(places, len(rows)))
        least = min(others, default=np.inf)
        taken = cheapest_assignment(costs, seats, capacity)
        assert (taken is None) == (least == np.inf)
        if taken is not None:
            assert [len(own) for own in taken] == seats
            assert max(Counter(chain(*taken)).values()) <= capacity
            assert sum(costs[row, own].sum() for row, own in enumerate(taken)) == least


class TestPeopleWhoAreAlike:
    def test_are_kept_as_far_as_teams_can_use_them(self) -> None:
        people = [{"id": f"p{n:02}", "skills": {"go": 3 + n % 2}} for n in range(40)]
        document = {
            "format": "muster-problem/1",
            "weeks": 1,
            "people": people,
            "ties": [["p38", "p39", 0.5]],
            "roles": [{"id": "dev", "seats": 2, "needs": [{"skill": "go", "level": 2}, {"skill": "go", "level": 4}]}],
            "teams": 3,
        }
        document["roles"][0]["needs"][1]["must"] = False
        problem = read_problem(document)
        scoring = Scoring(problem)
        kept = without_surplus(problem, scoring, Eligibility(problem, scoring).candidates)[0].people
        assert kept.tolist() == [*range(12), 38, 39]
