"""The collaboration graph agrees with slow and simple answers on small graphs, and with itself in any order."""

import itertools
import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from staffing import (
    Collaboration,
    Ties,
    articulation_points,
    brokers,
    communities,
    introductions,
    layout,
    team_introductions,
    team_ties,
)
from staffing.collaboration.brokers import pivots_in_reach
from tests.staffing.graphs import Tie, graph, organisations, shuffled, villages

Organisation = tuple[list[str], list[Tie]]

ROOT = Path(__file__).resolve().parents[2]
chance = st.randoms(use_true_random=False)


def everything(part: Collaboration) -> list[object]:
    """Every answer about a graph."""
    people = part.people
    pairs = list(itertools.combinations(people, 2))[:6]
    return [
        people,
        part.ties,
        communities(part),
        brokers(part),
        brokers(part, pivots=3),
        articulation_points(part),
        [introductions(part, *pair) for pair in pairs],
        team_introductions(part, people[:5]),
        team_ties(part, people[:5]),
        dict(layout(part)),
    ]


def parts_of(network: "nx.Graph[str]") -> list[int]:
    return sorted((len(part) for part in nx.connected_components(network)), reverse=True)


def network(part: Collaboration) -> "nx.Graph[str]":
    by_id: nx.Graph[str] = nx.Graph()
    by_id.add_nodes_from(part.people)
    by_id.add_weighted_edges_from(part.ties)
    return by_id


class TestTheGraph:
    @given(organisations(), chance)
    def test_answers_alike_in_whatever_order_people_and_ties_come(
        self, organisation: Organisation, order: random.Random
    ) -> None:
        assert everything(graph(*organisation)) == everything(shuffled(*organisation, order))

    def test_answers_alike_in_every_process_and_loads_networkx_only_when_asked(self) -> None:
        program = (
            "import sys, staffing; assert not {'networkx', 'scipy.sparse'} & set(sys.modules)\n"
            "from tests.staffing.graphs import villages, graph\n"
            "from tests.staffing.test_collaboration import everything\n"
            "print(everything(graph(*villages(6, 7))))"
        )
        said = [
            subprocess.run(
                [sys.executable, "-c", program],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        ]
        assert said[0] == said[1]
        assert said[0].strip() == str(everything(graph(*villages(6, 7))))

    @given(organisations())
    def test_ignores_ties_of_no_strength(self, organisation: Organisation) -> None:
        people, ties = organisation
        known = [tie for tie in ties if tie[2]]
        assert graph(people, ties).ties == graph(people, known).ties == tuple(sorted(known))

    @given(organisations(), st.sampled_from([0.1, 0.25, 0.5]))
    def test_leaves_out_ties_that_are_too_weak(self, organisation: Organisation, least: float) -> None:
        people, ties = organisation
        assert graph(people, ties, least=least).ties == tuple(sorted(tie for tie in ties if tie[2] >= least))

    @given(organisations(most=1))
    def test_may_be_empty_or_one_person(self, organisation: Organisation) -> None:
        people, _ = organisation
        part = Collaboration.from_ties(None, people)
        found = communities(part)
        assert (found.groups, found.alone, found.modularity, found.bridges) == ((), tuple(people), 0.0, ())
        assert (brokers(part).ranked, articulation_points(part)) == ((), ())
        assert dict(layout(part)) == dict.fromkeys(people, (0.5, 0.5))
        assert team_ties(part, people).connected

    @given(organisations(), st.integers(0, 3))
    def test_has_a_part_around_somebody(self, organisation: Organisation, hops: int) -> None:
        assume(organisation[0])
        whole = graph(*organisation)
        near = nx.single_source_shortest_path_length(network(whole), "p0", cutoff=hops)
        part = whole.around(["p0"], hops)
        assert part.people == tuple(sorted(near))
        assert part.ties == tuple(tie for tie in whole.ties if tie[0] in near and tie[1] in near)

    @pytest.mark.parametrize(
        ("first", "second", "strength", "complaint"),
        [
            ([0], [0], [0.5], "two different people"),
            ([0], [2], [0.5], "two different people"),
            ([0], [1], [1.5], "strength between 0 and 1"),
            ([0], [1], [float("nan")], "strength between 0 and 1"),
            ([0, 1], [1, 0], [0.5, 0.5], "two ties"),
        ],
    )
    def test_refuses_what_is_no_tie(
        self, first: list[int], second: list[int], strength: list[float], complaint: str
    ) -> None:
        ties = Ties(np.array(first, np.int32), np.array(second, np.int32), np.array(strength))
        with pytest.raises(ValueError, match=complaint):
            Collaboration.from_ties(ties, ["ann", "bob"])

    def test_refuses_an_id_that_stands_twice_and_one_that_does_not_stand_there(self) -> None:
        with pytest.raises(ValueError, match="same id"):
            Collaboration.from_ties(None, ["ann", "ann"])
        with pytest.raises(ValueError, match="'bob' is not among the people"):
            graph(["ann"], []).among(["bob"])


class TestCommunities:
    @given(organisations())
    def test_hold_everybody_once_and_hang_together(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        found = communities(part)
        assert sorted(itertools.chain(found.alone, *found.groups)) == list(part.people)
        assert all(nx.is_connected(network(part).subgraph(group)) for group in found.groups)
        assert set(found.alone) == set(nx.isolates(network(part)))
        assert [(-len(group), group[0]) for group in found.groups] == sorted((-len(g), g[0]) for g in found.groups)

    @given(organisations())
    def test_have_the_modularity_that_networkx_computes(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        assume(part.ties)
        found = communities(part)
        groups = [*map(set, found.groups), *({person} for person in found.alone)]
        assert found.modularity == pytest.approx(nx.community.modularity(network(part), groups), abs=1e-6)

    def test_are_the_villages_of_a_land(self) -> None:
        people, ties = villages(5, 6)
        found = communities(graph(people, ties))
        assert found.groups == tuple(tuple(people[n : n + 6]) for n in range(0, 30, 6))

    def test_are_smaller_at_a_greater_resolution(self) -> None:
        people, ties = villages(60, 3)
        whole = graph(people, ties)
        assert len(communities(whole).groups) < 60
        assert communities(whole, resolution=8).groups == tuple(tuple(people[n : n + 3]) for n in range(0, 180, 3))
        with pytest.raises(ValueError, match="a positive number, not 0"):
            communities(whole, resolution=0)

    @given(organisations())
    def test_are_bridged_by_the_ties_between_them(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        found = communities(part)
        home = {person: n for n, group in enumerate(found.groups) for person in group}
        across: dict[tuple[int, ...], list[Tie]] = {}
        for tie in part.ties:
            if home[tie[0]] != home[tie[1]]:
                across.setdefault(tuple(sorted((home[tie[0]], home[tie[1]]))), []).append(tie)
        assert {bridge.between for bridge in found.bridges} == set(across)
        for bridge in found.bridges:
            ties = across[bridge.between]
            assert (bridge.ties, bridge.strength) == (len(ties), pytest.approx(sum(tie[2] for tie in ties)))
            assert tuple(home[person] for person in bridge.strongest) == bridge.between
            assert max(tie[2] for tie in ties) in {tie[2] for tie in ties if {*tie[:2]} == {*bridge.strongest}}
            everywhere = set.intersection(*({*tie[:2]} for tie in ties))
            assert bridge.hangs_on == tuple(sorted(everywhere))


class TestBrokers:
    @given(organisations())
    def test_stand_between_as_many_pairs_as_networkx_says(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        expected = nx.betweenness_centrality(network(part))
        found = brokers(part)
        assert {one.person: one.betweenness for one in found.ranked} == pytest.approx(
            {person: value for person, value in expected.items() if value > 1e-9}, abs=1e-6
        )
        assert (found.pivots, found.people) == (len(part.people), len(part.people))

    def test_are_found_from_some_of_many_people(self) -> None:
        people, ties = villages(12, 10)
        found = brokers(graph(people, ties), count=6, pivots=40)
        assert (found.pivots, found.people) == (40, 120)
        assert {one.person for one in found.ranked} <= set(people[::10])

    def test_follow_the_ways_from_everybody_where_that_can_be_waited_for(self) -> None:
        assert pivots_in_reach(0, 0) > 1000
        assert pivots_in_reach(1_000, 10_000) >= 500
        assert 50 <= pivots_in_reach(10_000, 125_000) <= 100
        assert pivots_in_reach(100_000, 1_250_000) == 32


class TestArticulationPoints:
    @given(organisations(most=10))
    def test_are_those_whose_leaving_makes_more_pieces(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        found = {point.person: point.pieces for point in articulation_points(part)}
        whole = network(part)
        for person in part.people:
            without = whole.copy()
            without.remove_node(person)
            home = nx.node_connected_component(whole, person) - {person}
            pieces = parts_of(without.subgraph(home))
            assert found.get(person) == (tuple(pieces) if len(pieces) > 1 else None)

    def test_come_by_how_many_they_alone_connect(self) -> None:
        people, ties = villages(3, 4)
        first, second, third = articulation_points(graph(people, ties))
        assert (first.person, first.pieces, first.cut_off) == ("v01-00", (4, 4, 3), 7)
        assert [second.pieces, third.pieces] == [(8, 3), (8, 3)]


def every_chain(part: Collaboration, person: str, other: str, hops: int) -> list[tuple[Fraction, int, tuple[str, ...]]]:
    """All chains, the best first: by exact product, number of ties, and ids."""
    strength = {(a, b): Fraction(round(s * 1000), 1000) for x, y, s in part.ties for a, b in ((x, y), (y, x))}
    rated = []
    for count in range(hops):
        for inner in itertools.permutations([one for one in part.people if one not in {person, other}], count):
            steps = list(itertools.pairwise((person, *inner, other)))
            if all(step in strength for step in steps):
                product = Fraction(1)
                for step in steps:
                    product *= strength[step]
                rated.append((-product, count + 1, (person, *inner, other)))
    return sorted(rated)


class TestIntroductions:
    @given(organisations(most=6), st.integers(1, 4))
    def test_are_the_strongest_chains_with_no_introducer_in_common(self, organisation: Organisation, hops: int) -> None:
        part = graph(*organisation)
        assume(len(part.people) > 1)
        left = every_chain(part, "p0", "p1", hops)
        found = introductions(part, "p0", "p1", hops=hops, count=9)
        for chain in found:
            product, _, people = left[0]
            assert (chain.people, chain.strength) == (people, pytest.approx(float(-product)))
            used = set(chain.introducers)
            left = [one for one in left[1:] if not used & set(one[2])]
        assert not left

    @given(organisations(most=6), st.integers(1, 4))
    def test_of_a_team_are_for_every_pair_without_a_tie(self, organisation: Organisation, hops: int) -> None:
        part = graph(*organisation)
        team = part.people[::2]
        known = {tie[:2] for tie in part.ties}
        found = team_introductions(part, team, hops=hops)
        assert [one.people for one in found] == [pair for pair in itertools.combinations(team, 2) if pair not in known]
        for one in found:
            best = every_chain(part, *one.people, hops)[:1]
            assert (one.chain.people if one.chain else None) == (best[0][2] if best else None)

    def test_may_go_over_somebody_outside_although_they_know_each_other_a_little(self) -> None:
        part = graph(["ann", "bob", "eve"], [("ann", "bob", 0.3), ("ann", "eve", 0.9), ("bob", "eve", 0.9)])
        found = introductions(part, "bob", "ann")
        assert [(one.people, one.strength) for one in found] == [(("bob", "eve", "ann"), 0.81), (("bob", "ann"), 0.3)]
        assert found[0].introducers == ("eve",)

    def test_are_refused_to_oneself_and_over_too_many_ties(self) -> None:
        part = graph(["ann", "bob"], [("ann", "bob", 0.3)])
        with pytest.raises(ValueError, match="to themselves"):
            introductions(part, "ann", "ann")
        with pytest.raises(ValueError, match="1 to 6 ties, not 7"):
            introductions(part, "ann", "bob", hops=7)

    def test_are_exact_over_the_longest_chain_of_the_strongest_ties(self) -> None:
        people = [f"p{n}" for n in range(7)]
        part = graph(people, [(one, other, 0.999) for one, other in itertools.pairwise(people)])
        (chain,) = introductions(part, "p0", "p6", hops=6)
        assert chain.strength == pytest.approx(0.999**6, abs=1e-15)


class TestTheTiesOfATeam:
    @given(organisations(), st.integers(1, 3))
    def test_are_the_part_of_the_graph_between_its_members(self, organisation: Organisation, step: int) -> None:
        part = graph(*organisation)
        team = part.people[::step]
        found, own = team_ties(part, [*team, *team]), network(part).subgraph(team)
        assert (found.members, found.tied) == (team, own.number_of_edges())
        assert found.density == pytest.approx(nx.density(own) if len(team) > 1 else 1.0)
        assert {frozenset(group) for group in found.groups} == set(map(frozenset, nx.connected_components(own)))
        assert found.isolated == (tuple(sorted(nx.isolates(own))) if len(team) > 1 else ())
        assert found.connected == (not team or nx.is_connected(own))
        assert {point.person for point in found.articulation} == set(nx.articulation_points(own))

    def test_have_their_strength_over_all_pairs(self) -> None:
        part = graph(["ann", "bob", "eve"], [("ann", "bob", 0.6), ("bob", "eve", 0.3)])
        found = team_ties(part, ["ann", "bob", "eve"])
        assert (found.strength, found.articulation[0].pieces) == (0.3, (1, 1))


class TestADrawing:
    @given(organisations())
    def test_has_a_place_of_their_own_for_everybody(self, organisation: Organisation) -> None:
        part = graph(*organisation)
        places = layout(part)
        assert tuple(places) == part.people
        assert all(0 <= along <= 1 for place in places.values() for along in place)
        assert len(set(places.values())) == len(part.people)

    def test_keeps_groups_apart(self) -> None:
        people, ties = villages(2, 5)
        places = layout(graph(people, [tie for tie in ties if tie[2] > 0.5]))
        boxes = [np.array([places[person] for person in people[n : n + 5]]) for n in (0, 5)]
        assert (boxes[0].max(axis=0) < boxes[1].min(axis=0)).any()

    def test_puts_people_with_ties_nearer_than_others(self) -> None:
        people, ties = villages(4, 8)
        places = {person: np.array(place) for person, place in layout(graph(people, ties)).items()}
        apart = {
            pair: float(np.linalg.norm(places[pair[0]] - places[pair[1]])) for pair in itertools.combinations(people, 2)
        }
        known = {tie[:2] for tie in ties}
        near, far = ([length for pair, length in apart.items() if (pair in known) == tied] for tied in (True, False))
        assert np.mean(near) < 0.5 * np.mean(far)

    def test_of_more_people_than_can_be_read_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at most 400 people, not 401"):
            layout(graph([f"p{n:03}" for n in range(401)], []))
