"""Groups of people who are much alike to a team: in one time zone, or with the same colleagues."""

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Problem
from staffing.scoring import Index, Scoring

_ROUNDS = 6
FEW = 8
"""People a group has at least, where communities are smaller."""
_SMALL = 16
"""Zones with less than one part in this many of the people are taken together."""


class Grouping:
    """Zones and communities of the people on a field of choices."""

    def __init__(self, problem: Problem, scoring: Scoring, people: Index) -> None:
        self._zone = np.append(scoring.zones, len(scoring.zone_overlap))
        self._community = np.append(_communities(problem, people), -1)

    def outside(self, people: Index) -> int:
        """How many of the people are not in the zone that most of them are in."""
        counts = np.bincount(self._zone[people])
        return len(people) - int(counts.max())

    def by_zone(self, people: Index) -> list[Index]:
        """Places in `people`: the people of each large zone, and those of all others."""
        _, zone, counts = np.unique(self._zone[people], return_inverse=True, return_counts=True)
        large = counts * _SMALL >= len(people)
        groups = [np.flatnonzero(zone == n) for n in np.flatnonzero(large)]
        rest = np.flatnonzero(~large[zone])
        return [*groups, rest] if len(rest) else groups

    def by_community(self, people: Index) -> list[Index]:
        """Places in `people`: some with the same colleagues together, one by one where there are few."""
        if len(people) <= 2 * FEW:
            return list(np.arange(len(people))[:, None])
        order = np.lexsort((people, self._community[people], self._zone[people]))
        community = self._community[people[order]]
        groups, first = [], 0
        for last in range(1, len(order) + 1):
            ended = last == len(order) or (community[last] != community[last - 1] and last - first >= FEW)
            if ended or last - first >= 2 * FEW:
                groups.append(order[first:last])
                first = last
        return groups


def _communities(problem: Problem, people: Index) -> NDArray[np.int64]:
    """(n,) a number that people share whose ties lie among each other (label propagation)."""
    count = len(problem.people)
    community = np.arange(count)
    here = np.zeros(count, bool)
    here[people[people < count]] = True
    if problem.ties is None:
        return community
    kept = here[problem.ties.first] & here[problem.ties.second]
    first, second = problem.ties.first[kept].astype(np.int64), problem.ties.second[kept].astype(np.int64)
    one, other = np.concatenate((first, second)), np.concatenate((second, first))
    strength = np.tile(problem.ties.strength[kept], 2)
    for _ in range(_ROUNDS):
        pairs, place = np.unique(one * count + community[other], return_inverse=True)
        pull = np.bincount(place.reshape(-1), weights=strength, minlength=len(pairs)).astype(np.float64).round(6)
        who, where = np.divmod(pairs, count)
        pull += 0.5 * (where == community[who])
        order = np.lexsort((where, -pull, who))
        firsts = np.append(True, np.diff(who[order]) != 0) if len(order) else np.zeros(0, bool)
        community[who[order][firsts]] = where[order][firsts]
    return community
