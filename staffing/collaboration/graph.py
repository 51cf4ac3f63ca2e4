"""People and the ties that count among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Ties

if TYPE_CHECKING:
    from networkx import Graph

LEAST_TIE = 0.1
"""Strength of a tie from a month of recent work together; weaker ones hardly carry a word."""
PARTS = 1000
"""Parts that a strength is counted in, so that sums and products of strengths are exact."""

Strengths = NDArray[np.int64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Every tie in both directions, by where it starts and then where it leads."""

    sources: Positions
    """(s,) people with any tie, ascending."""
    starts: NDArray[np.intp]
    """(s,) where their arcs begin."""
    target: Positions
    """(2m,)"""
    strength: Strengths
    """(2m,)"""

    def of(self, person: int) -> slice:
        """The arcs that start at a person."""
        at = int(np.searchsorted(self.sources, person))
        if at == len(self.sources) or self.sources[at] != person:
            return slice(0, 0)
        stop = self.starts[at + 1] if at + 1 < len(self.starts) else len(self.target)
        return slice(int(self.starts[at]), int(stop))


@dataclass(frozen=True, eq=False)
class Collaboration:
    """The collaboration graph; make it with `from_ties`."""

    people: tuple[str, ...]
    """Ids, ascending."""
    first: Positions
    """(m,) positions in `people`; ties stand in ascending order of `first`, then `second`."""
    second: Positions
    """(m,) positions in `people`, each greater than its `first`."""
    strength: Strengths
    """(m,) in parts of `PARTS`, each positive."""

    @classmethod
    def from_ties(cls, ties: Ties | None, people: Sequence[str], *, least: float = LEAST_TIE) -> "Collaboration":
        """The graph of the ties of at least this strength, and of none of strength 0.

        `people` are the ids that the ties' positions point into, in any order. Strengths count to a thousandth.
        Raises ValueError for ids that stand twice and for ties that `Ties` rules out.
        """
        count = len(people)
        order = sorted(range(count), key=people.__getitem__)
        ids = tuple(people[n] for n in order)
        if any(a == b for a, b in pairwise(ids)):
            raise ValueError("Two people of the collaboration graph have the same id.")
        if ties is None:
            return cls(ids, *(np.zeros(0, np.int64) for _ in range(3)))
        rank = np.empty(count, np.int64)
        rank[order] = np.arange(count)
        if not _are_ties(ties, count):
            raise ValueError("A tie joins two different people of the graph, with a strength between 0 and 1.")
        one, other = rank[ties.first], rank[ties.second]
        strength = np.floor(ties.strength * PARTS + 0.5).astype(np.int64)
        kept = strength >= max(1, round(least * PARTS))
        low, high = np.minimum(one, other)[kept], np.maximum(one, other)[kept]
        keys = low * count + high
        by_key = np.argsort(keys, kind="stable")
        if (np.diff(keys[by_key]) == 0).any():
            raise ValueError("A pair of people has two ties.")
        return cls(ids, low[by_key], high[by_key], strength[kept][by_key])

    @property
    def ties(self) -> tuple[tuple[str, str, float], ...]:
        """Every tie as two ids, the smaller first, and its strength."""
        columns = (self.first.tolist(), self.second.tolist(), self.strength.tolist())
        return tuple((self.people[a], self.people[b], parts / PARTS) for a, b, parts in zip(*columns, strict=True))

    def among(self, people: Iterable[str]) -> "Collaboration":
        """The part of the graph that consists of these people and the ties between them."""
        kept = np.unique(np.array([self.place(person) for person in people], np.int64))
        rank = np.full(len(self.people), -1, np.int64)
        rank[kept] = np.arange(len(kept))
        inside = (rank[self.first] >= 0) & (rank[self.second] >= 0)
        ids = tuple(self.people[n] for n in kept.tolist())
        return Collaboration(ids, rank[self.first[inside]], rank[self.second[inside]], self.strength[inside])

    def around(self, people: Iterable[str], hops: int = 1) -> "Collaboration":
        """The part that can be reached from these people over at most `hops` ties."""
        reached = np.zeros(len(self.people), bool)
        reached[[self.place(person) for person in people]] = True
        for _ in range(hops):
            one, other = reached[self.first], reached[self.second]
            reached[self.second[one]] = True
            reached[self.first[other]] = True
        return self.among(self.people[n] for n in np.flatnonzero(reached).tolist())

    def place(self, person: str) -> int:
        """Position of an id. Raises ValueError for somebody who is not in the graph."""
        place = self._places.get(person)
        if place is None:
            raise ValueError(f"{person!r} is not among the people of this collaboration graph.")
        return place

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {person: n for n, person in enumerate(self.people)}

    @cached_property
    def arcs(self) -> Arcs:
        source, target = np.append(self.first, self.second), np.append(self.second, self.first)
        order = np.lexsort((target, source))
        sources, starts = np.unique(source[order], return_index=True)
        return Arcs(sources, starts, target[order], np.tile(self.strength, 2)[order])

    @cached_property
    def network(self) -> "Graph[int]":
        """The graph for networkx, over positions, with the strengths as `weight`."""
        import networkx as nx

        network: Graph[int] = nx.Graph()
        network.add_nodes_from(range(len(self.people)))
        columns = (self.first.tolist(), self.second.tolist(), self.strength.tolist())
        network.add_weighted_edges_from(zip(*columns, strict=True))
        return network


def _are_ties(ties: Ties, count: int) -> bool:
    ends = np.append(ties.first, ties.second)
    inside = bool(((ends >= 0) & (ends < count)).all()) and not (ties.first == ties.second).any()
    return inside and bool(((ties.strength >= 0) & (ties.strength <= 1)).all())
