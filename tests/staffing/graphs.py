"""Small collaboration graphs for property tests: some people, any ties among them, in any order."""

import itertools
import random

import numpy as np
from hypothesis import strategies as st

from staffing import Collaboration, Ties

Tie = tuple[str, str, float]

strengths = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 0.4, 0.5, 0.8, 1.0])


def graph(people: list[str], ties: list[Tie], *, least: float = 0.0) -> Collaboration:
    """The graph of ties by id."""
    ends = [(people.index(one), people.index(other)) for one, other, _ in ties]
    first, second = np.array(ends, np.int32).reshape(-1, 2).T
    strength = np.array([strength for _, _, strength in ties], np.float64)
    return Collaboration.from_ties(Ties(first, second, strength), people, least=least)


@st.composite
def organisations(draw: st.DrawFn, most: int = 9) -> tuple[list[str], list[Tie]]:
    people = [f"p{n}" for n in range(draw(st.integers(0, most)))]
    pairs = [(one, other) for n, one in enumerate(people) for other in people[n + 1 :]]
    drawn = draw(st.lists(st.sampled_from(pairs), max_size=2 * most, unique=True)) if pairs else []
    return people, [(*pair, draw(strengths)) for pair in drawn]


def shuffled(people: list[str], ties: list[Tie], chance: random.Random) -> Collaboration:
    """The same graph with everything in another order, and ties the other way round."""
    turned = [
        (other, one, strength) if chance.random() < 0.5 else (one, other, strength) for one, other, strength in ties
    ]
    return graph(chance.sample(people, len(people)), chance.sample(turned, len(turned)))


def villages(count: int, size: int) -> tuple[list[str], list[Tie]]:
    """Groups in which everybody knows everybody well; the first of each knows the first of the next a little."""
    people = [f"v{village:02}-{n:02}" for village in range(count) for n in range(size)]
    within = [(one, other, 0.8) for n, one in enumerate(people) for other in people[n + 1 :] if one[:3] == other[:3]]
    firsts = people[::size]
    return people, within + [(one, other, 0.2) for one, other in itertools.pairwise(firsts)]
