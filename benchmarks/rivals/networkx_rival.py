"""networkx: the best assignment of people to seats, which is all it can do; pairs of people are not part of it."""

import time
from typing import Any

import networkx as nx
from networkx.algorithms.bipartite import minimum_weight_full_matching

from benchmarks.objective import Answer, Objective


def solve(objective: Objective, limit: float) -> Answer:
    """`minimum_weight_full_matching`, the fastest that the library has for this; it knows no limit.

    Never proven, as pairs are ignored.
    """
    started = time.perf_counter()
    graph: nx.Graph[Any] = nx.Graph()
    seats = [("seat", seat) for seat in range(objective.seats)]
    for seat, (people, units) in enumerate(zip(objective.people, objective.units, strict=True)):
        edges = zip(people.tolist(), (-units).tolist(), strict=True)
        graph.add_weighted_edges_from((("seat", seat), person, weight) for person, weight in edges)
    stated = time.perf_counter()
    processor = time.process_time()
    matching = minimum_weight_full_matching(graph, seats)
    seconds, processor = time.perf_counter() - stated, time.process_time() - processor
    return Answer(tuple(matching[seat] for seat in seats), False, seconds, processor, stated - started)
