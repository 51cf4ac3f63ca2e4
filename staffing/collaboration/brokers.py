"""Brokers: the people through whom the others reach each other."""

from dataclasses import dataclass
from itertools import chain

from staffing.collaboration.graph import Collaboration

_SEED = 1
_STEPS = 20_000_000
_STEPS_PER_PERSON = 8
_FEWEST_PIVOTS = 32


@dataclass(frozen=True)
class Broker:
    """Somebody on the shortest ways between others."""

    person: str
    betweenness: float
    """Share of all pairs of others whose shortest way leads through this person, in [0, 1]; an estimate where
    `Brokers.pivots` is less than everybody. Of several shortest ways, each counts its part."""


@dataclass(frozen=True)
class Brokers:
    """Whose place between others is the greatest."""

    ranked: tuple[Broker, ...]
    """The greatest betweenness first, equal ones by id; nobody with none."""
    pivots: int
    """How many people's shortest ways to everybody were followed."""
    people: int


@dataclass(frozen=True)
class ArticulationPoint:
    """Somebody without whom people who can reach each other over ties no longer could."""

    person: str
    pieces: tuple[int, ...]
    """How many people each of the parts has that would remain, the largest first; at least two parts."""

    @property
    def cut_off(self) -> int:
        """How many people this person alone connects with the largest part."""
        return sum(self.pieces[1:])


def brokers(graph: Collaboration, *, count: int = 20, pivots: int | None = None) -> Brokers:
    """The people with the greatest betweenness, counting ties and not their strength.

    Follows the shortest ways from `pivots` people, drawn once and for all; unless stated from `pivots_in_reach`.
    """
    import networkx as nx

    everybody = len(graph.people)
    used = min(everybody, pivots_in_reach(everybody, len(graph.first)) if pivots is None else max(1, pivots))
    if not len(graph.first):
        return Brokers((), used, everybody)
    sample = None if used == everybody else used
    values = nx.betweenness_centrality(graph.network, k=sample, seed=_SEED)
    ranked = sorted((-round(value, 6), n) for n, value in values.items())
    found = tuple(Broker(graph.people[n], -value) for value, n in ranked[:count] if value < 0)
    return Brokers(found, used, everybody)


def pivots_in_reach(people: int, ties: int) -> int:
    """From how many people the shortest ways can be followed in about 5 s of one core, but 32 at least.

    From everybody among 1,500 people with 10,000 ties, from 60 of 10,000 people with 125,000 ties.
    """
    return max(_FEWEST_PIVOTS, _STEPS // (_STEPS_PER_PERSON * people + 2 * ties or 1))


def articulation_points(graph: Collaboration) -> tuple[ArticulationPoint, ...]:
    """Everybody whose leaving cuts others off: who alone connects the most people first, equal ones by id."""
    pieces = _Blocks(graph).pieces()
    found = (ArticulationPoint(graph.people[n], tuple(sorted(sizes, reverse=True))) for n, sizes in pieces.items())
    return tuple(sorted(found, key=lambda point: (-point.cut_off, point.person)))


class _Blocks:
    """The parts of a graph that nobody's leaving cuts; they hang together in their articulation points as a forest."""

    def __init__(self, graph: Collaboration) -> None:
        import networkx as nx

        self._blocks = [set(chain.from_iterable(ties)) for ties in nx.biconnected_component_edges(graph.network)]
        self._blocks_of: dict[int, list[int]] = {}
        for number, block in enumerate(self._blocks):
            for person in block:
                self._blocks_of.setdefault(person, []).append(number)

    def pieces(self) -> dict[int, list[int]]:
        """By articulation point: the sizes of the parts that its leaving makes."""
        found: dict[int, list[int]] = {}
        seen: set[int] = set()
        for root in range(len(self._blocks)):
            if root not in seen:
                order = self._walk(root)
                seen.update(block for block, _ in order)
                found.update(self._pieces_of_tree(order))
        return found

    def _walk(self, root: int) -> list[tuple[int, int | None]]:
        """All blocks of a tree with the point through which each was reached, parents before children."""
        order: list[tuple[int, int | None]] = []
        waiting: list[tuple[int, int | None]] = [(root, None)]
        while waiting:
            block, through = waiting.pop()
            order.append((block, through))
            for person in self._blocks[block]:
                if person != through:
                    waiting += [(other, person) for other in self._blocks_of[person] if other != block]
        return order

    def _pieces_of_tree(self, order: list[tuple[int, int | None]]) -> dict[int, list[int]]:
        below: dict[int, list[int]] = {}
        total = 0
        for block, through in reversed(order):
            people = [person for person in self._blocks[block] if person != through]
            size = len(people) + sum(sum(below.get(person, ())) for person in people)
            if through is None:
                total = size
            else:
                below.setdefault(through, []).append(size)
        return {person: [*sizes, total - 1 - sum(sizes)] for person, sizes in below.items()}
