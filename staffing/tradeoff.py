"""The best teams as the weight that two measures have together moves from one of them to the other.

Where the weight is, each team's score is a straight line over it, and the best teams are the upper edge of all these
lines. Between two neighbours on the edge there is another one exactly if it beats both where they tie; so the engine is
asked there, and again on either side of what it finds (Aneja and Nair, "Bicriteria transportation problem", 1979).
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from staffing.asked import QUESTION_LIMIT, Asked
from staffing.bounded import Bounded
from staffing.problem import Problem
from staffing.proposal import Team
from staffing.search import Found
from staffing.seating import Team as People
from staffing.stopping import Work, WorkLimit
from staffing.terms import Measure

SEARCHES = 6
"""Splits of the weight that the engine is asked about, at most; the ones with most to gain come first."""
_EXACT = 9
"""Decimals to which measures differ if they differ."""


@dataclass(frozen=True)
class FrontierPoint:
    """A best team for one split of the weight of two measures; `team.proven` says whether that is certain."""

    weights: Mapping[Measure, float]
    team: Team


def trade_off(
    problem: Problem | Asked, one: Measure, other: Measure, *, limit: WorkLimit = QUESTION_LIMIT
) -> tuple[FrontierPoint, ...]:
    """The best teams as the weight that two measures have together moves from the other to the one.

    No team is as good as another of them in both measures. Between two neighbours there may be more than are shown.
    Raises ValueError when the measures are the same.
    """
    if one == other:
        raise ValueError("A trade-off is between two different measures.")
    return _Frontier(Asked.of(problem), one, other, Work(limit)).points()


@dataclass(frozen=True, eq=False)
class _Point:
    """A team, and the split at which it was found to be the best."""

    people: People
    asked: Asked
    part: float
    """Of the weight, in [0, 1]: what the one measure has."""
    units: int
    bound: int
    """No team is worth more there."""
    ends: tuple[int, int]
    """Units where the other measure has all the weight, and where the one has."""

    def at(self, part: float) -> float:
        return self.ends[0] + part * (self.ends[1] - self.ends[0])


class _Frontier:
    def __init__(self, asked: Asked, one: Measure, other: Measure, work: Work) -> None:
        self._asked = asked
        self._one, self._other = one, other
        self._both = asked.problem.weights.get(one, 0.0) + asked.problem.weights.get(other, 0.0)
        self._work = work
        self._searches = 0
        self._numbers = count()
        self._ends = self._weighed(0.0), self._weighed(1.0)
        self._known: list[_Point] = []

    def points(self) -> tuple[FrontierPoint, ...]:
        first = self._best(0.0, self._ends[0])
        last = self._best(1.0, self._ends[1]) if first is not None and self._both else None
        points = [point for point in (first, last) if point is not None]
        if first is not None and last is not None:
            points += self._between(first, last)
        return tuple(self._worth_showing(points))

    def _between(self, first: _Point, last: _Point) -> Iterator[_Point]:
        """The best teams between two, as far as the work allows, where most may be gained first."""
        stretches: list[tuple[float, int, _Point, _Point]] = []
        self._note(stretches, first, last)
        while stretches and self._searches < SEARCHES and not self._work.over:
            _, _, left, right = heapq.heappop(stretches)
            part = _tie(left, right)
            found = self._best(part, self._weighed(part))
            if found is not None and found.people not in (left.people, right.people):
                yield found
                self._note(stretches, left, found)
                self._note(stretches, found, right)

    def _note(self, stretches: list[tuple[float, int, _Point, _Point]], left: _Point, right: _Point) -> None:
        """Have a stretch between two teams looked at, if a team there may beat both."""
        part = _tie(left, right)
        if left.part < part < right.part:
            weight = (part - left.part) / (right.part - left.part)
            # The best score of all is convex over the split, and so below the straight line between two of its values.
            most = (1 - weight) * left.bound + weight * right.bound - left.at(part)
            gain = (1 - weight) * left.units + weight * right.units - left.at(part)
            if most >= 1:
                heapq.heappush(stretches, (-gain, next(self._numbers), left, right))

    def _best(self, part: float, asked: Asked) -> _Point | None:
        """The best team at a split; the teams that are known already are the least that it may be worth."""
        likely = sorted(self._known, key=lambda point: -point.at(part))[:2]
        known = min(
            (asked.found(point.people) for point in likely),
            key=lambda one: (self._gaps(one.team or ()), -one.units, one.team),
            default=Found(),
        )
        with self._work.at_most(self._work.left // (SEARCHES - self._searches)):
            found = asked.best(self._work, known=known)
        self._searches += 1
        if found.team is None:
            return None
        low, high = (end.found(found.team).units for end in self._ends)
        point = _Point(found.team, asked, part, found.units, max(found.bound, found.units), (low, high))
        self._known.append(point)
        return point

    def _gaps(self, people: People) -> int:
        return people.count(len(self._asked.problem.people))

    def _weighed(self, part: float) -> Asked:
        one = self._both * part
        weights = {**self._asked.problem.weights, self._one: one, self._other: self._both - one}
        if part in (0.0, 1.0):
            return self._asked.weighed(weights)
        low, high = self._ends

        def wider(gaps: bool) -> Bounded | None:
            one, other = low.bounded(gaps, self._work), high.bounded(gaps, self._work)
            return None if one is None or other is None else one.mixed(other, part)

        return self._asked.weighed(weights, wider)

    def _worth_showing(self, points: list[_Point]) -> Iterator[FrontierPoint]:
        """Each team once, without those that another one is as good as in both measures."""
        fewest = min((self._gaps(point.people) for point in points), default=0)
        distinct = {point.people: point for point in reversed(points) if self._gaps(point.people) == fewest}
        shown = [
            FrontierPoint(point.asked.problem.weights, team)
            for point in sorted(distinct.values(), key=lambda point: point.part)
            if (team := point.asked.team(Found(point.people, point.units, point.bound))) is not None
        ]
        values = [self._values(point.team) for point in shown]
        for n, (point, own) in enumerate(zip(shown, values, strict=True)):
            others = (
                other for m, other in enumerate(values) if m != n and (other != own or m < n) and _covers(other, own)
            )
            if not any(others):
                yield point

    def _values(self, team: Team) -> tuple[float, float]:
        return round(team.measures[self._one], _EXACT), round(team.measures[self._other], _EXACT)


def _tie(left: _Point, right: _Point) -> float:
    """The split at which both are worth the same; beyond every split where there is none."""
    falls, rises = left.ends[0] - right.ends[0], right.ends[1] - left.ends[1]
    return falls / (falls + rises) if falls + rises > 0 else 2.0


def _covers(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] >= other[0] and one[1] >= other[1]
