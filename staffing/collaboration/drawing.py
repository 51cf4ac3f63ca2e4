"""Where to put people on a drawing, so that those with strong ties stand close together."""

from collections.abc import Mapping
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from staffing.collaboration.graph import PARTS, Collaboration

LARGEST_DRAWING = 400
"""People on one drawing; with more nobody could read it."""
_SEED = 1
_MARGIN = 0.35
"""What stays free on every side of a square; the square of one person has the side 1."""
_DIGITS = 4

Points = NDArray[np.float64]


def layout(graph: Collaboration) -> Mapping[str, tuple[float, float]]:
    """A place for everybody, by id: across and down, each in [0, 1], in the same unit of length.

    People who are connected by ties are drawn by attraction and repulsion on a square of their own; the squares stand
    in rows, the largest group first, people without a tie last. Raises ValueError beyond `LARGEST_DRAWING` people.
    """
    import networkx as nx

    if len(graph.people) > LARGEST_DRAWING:
        raise ValueError(f"A drawing shows at most {LARGEST_DRAWING} people, not {len(graph.people)}.")
    parts = sorted((sorted(part) for part in nx.connected_components(graph.network)), key=lambda p: (-len(p), p[0]))
    corners = _rows([sqrt(len(part)) for part in parts])
    placed = [
        (person, corner + _MARGIN + (sqrt(len(part)) - 2 * _MARGIN) * point)
        for part, corner in zip(parts, corners, strict=True)
        for person, point in zip(part, _square(graph, part), strict=True)
    ]
    extent = max((float((corner + sqrt(len(p))).max()) for p, corner in zip(parts, corners, strict=True)), default=1.0)
    return {
        graph.people[person]: (round(float(point[0]) / extent, _DIGITS), round(float(point[1]) / extent, _DIGITS))
        for person, point in sorted(placed, key=lambda one: one[0])
    }


def _square(graph: Collaboration, part: list[int]) -> Points:
    """(p, 2) places of connected people on the unit square."""
    import networkx as nx

    if len(part) == 1:
        return np.full((1, 2), 0.5)
    if len(part) == 2:
        return np.array([[0.0, 0.5], [1.0, 0.5]])
    network = nx.Graph(graph.network.subgraph(part))
    for _, _, tie in network.edges(data=True):
        tie["weight"] /= PARTS
    places = nx.spring_layout(network, weight="weight", seed=_SEED, iterations=100)
    points = np.array([places[person] for person in part])
    low = points.min(axis=0)
    return np.asarray((points - low) / np.maximum(points.max(axis=0) - low, 1e-9))


def _rows(sides: list[float]) -> list[Points]:
    """Upper left corners of squares, given largest first, set in rows that together are about as wide as high."""
    width = max(sqrt(sum(side * side for side in sides)), max(sides, default=0.0)) + 1e-9
    corners: list[Points] = []
    across = down = height = 0.0
    for side in sides:
        if across + side > width:
            across, down, height = 0.0, down + height, 0.0
        corners.append(np.array([across, down]))
        across, height = across + side, max(height, side)
    return corners
