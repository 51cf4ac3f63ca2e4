"""Introductions: who can make two people known to each other, over a few ties."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.collaboration.graph import PARTS, Collaboration, Strengths

MOST_HOPS = 6
"""Ties in the longest chain; more would overflow the exact product of their strengths."""


@dataclass(frozen=True)
class Chain:
    """People of whom each has a tie to the next."""

    people: tuple[str, ...]
    """From the one who is to be introduced to the other, both included."""
    strength: float
    """Product of the ties' strengths."""

    @property
    def introducers(self) -> tuple[str, ...]:
        """Who makes the two known to each other; nobody where they have a tie."""
        return self.people[1:-1]


@dataclass(frozen=True)
class Untied:
    """Two members of a team who have no tie."""

    people: tuple[str, str]
    """Ascending."""
    chain: Chain | None
    """The strongest introduction, through members or others; None when there is none so short."""


def introductions(graph: Collaboration, person: str, other: str, *, hops: int = 3, count: int = 3) -> tuple[Chain, ...]:
    """Up to `count` chains of at most `hops` ties between two people, no two with an introducer in common.

    The first is the strongest of all, each further one the strongest of those that avoid the introducers before it.
    The product of the strengths decides, then fewer ties, then the smaller ids in order from `person`. Their own tie is
    a chain too.
    """
    start, goal = graph.place(person), graph.place(other)
    if start == goal:
        raise ValueError("Nobody needs an introduction to themselves.")
    inner = np.ones(len(graph.people), bool)
    inner[[start, goal]] = False
    chains: list[Chain] = []
    direct = True
    while len(chains) < count:
        ways = _Ways(graph, goal, hops, inner)
        chain = ways.best(start, shortest=1 if direct else 2)
        if chain is None:
            break
        chains.append(chain)
        inner[[graph.place(each) for each in chain.introducers]] = False
        direct = direct and bool(chain.introducers)
    return tuple(chains)


def team_introductions(graph: Collaboration, members: Iterable[str], *, hops: int = 3) -> tuple[Untied, ...]:
    """Every pair of members without a tie, with the strongest chain of at most `hops` ties between them."""
    team = sorted({graph.place(member) for member in members})
    anybody = np.ones(len(graph.people), bool)
    found: list[Untied] = []
    for n, goal in enumerate(team[1:], 1):
        ways = _Ways(graph, goal, hops, anybody)
        known = set(graph.arcs.target[graph.arcs.of(goal)].tolist())
        found += [
            Untied((graph.people[start], graph.people[goal]), ways.best(start))
            for start in team[:n]
            if start not in known
        ]
    return tuple(sorted(found, key=lambda untied: untied.people))


class _Ways:
    """The strongest ways from everybody to one person, by number of ties.

    No tie is stronger than 1, so a way that meets somebody twice is never better than the shorter one without the
    detour; the best of the shortest ways is therefore a chain.
    """

    def __init__(self, graph: Collaboration, goal: int, hops: int, inner: NDArray[np.bool_]) -> None:
        if not 1 <= hops <= MOST_HOPS:
            raise ValueError(f"An introduction takes 1 to {MOST_HOPS} ties, not {hops}.")
        self._graph = graph
        self._goal = goal
        at_goal = np.zeros(len(graph.people), np.int64)
        at_goal[goal] = 1
        self._onward = [at_goal]
        """By number of ties left: (n,) the strength of what follows for everybody who may stand in between."""
        for _ in range(hops - 1):
            self._onward.append(np.where(inner, self._one_further(self._onward[-1]), 0))

    def _one_further(self, onward: Strengths) -> Strengths:
        arcs = self._graph.arcs
        further = np.zeros(len(self._graph.people), np.int64)
        if len(arcs.starts):
            further[arcs.sources] = np.maximum.reduceat(arcs.strength * onward[arcs.target], arcs.starts)
        return further

    def best(self, start: int, shortest: int = 1) -> Chain | None:
        """The best chain of at least `shortest` ties."""
        longest = len(self._onward)
        by_hops = [(self._from(start, hops).max(initial=0), hops) for hops in range(shortest, longest + 1)]
        rated = [(int(product) * PARTS ** (longest - hops), -hops) for product, hops in by_hops if product]
        if not rated:
            return None
        hops = -max(rated)[1]
        return self._follow(start, hops)

    def _from(self, start: int, hops: int) -> Strengths:
        """What each arc of a person leads to in exactly this many ties."""
        arcs = self._graph.arcs
        own = arcs.of(start)
        return arcs.strength[own] * self._onward[hops - 1][arcs.target[own]]

    def _follow(self, start: int, hops: int) -> Chain:
        arcs, people = self._graph.arcs, [start]
        product = int(self._from(start, hops).max())
        for left in range(hops, 0, -1):
            reach = self._from(people[-1], left)
            people.append(int(arcs.target[arcs.of(people[-1])][int(np.argmax(reach))]))
        names = tuple(self._graph.people[n] for n in people)
        return Chain(names, product / PARTS**hops)
