"""What seats and pairs of seats are worth: measures and units, worked out from the columns of a problem.

For many people at once in floating point; wherever that could fall on the other side of a rounding, and for the teams
of the answer, in fractions of the decimals that the problem is written in.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import floor

import numpy as np
from numpy.typing import NDArray

from staffing.checking.eligibility import Eligible
from staffing.terms import FULL_UNITS, SEAT_MEASURES, Measure

Units = NDArray[np.int64]
Floats = NDArray[np.float64]
Index = NDArray[np.intp]

_UP = Fraction(1, 2) + Fraction(1, 1_000_000)
_CLOSE = 1e-7
"""Closer than this to the next unit, a floating number is worked out again in fractions."""


def exact(number: float) -> Fraction:
    """The decimal that a number is written as."""
    return Fraction(str(number))


def half_up(value: Fraction) -> int:
    return floor(value + _UP)


def rounded(values: Floats, precisely: Callable[[int], Fraction]) -> Units:
    """Units of many values; `precisely` gives the fraction behind the one at a place."""
    shifted = values + float(_UP)
    units = np.floor(shifted).astype(np.int64)
    rest = shifted - units
    for place in np.flatnonzero((rest < _CLOSE) | (rest > 1 - _CLOSE)):
        units.flat[place] = half_up(precisely(int(place)))
    return units


class Worth:
    """The score of one problem."""

    def __init__(self, eligible: Eligible) -> None:
        self._eligible = eligible
        self.problem = problem = eligible.problem
        self.seats = len(problem.seats)
        everything = sum((exact(weight) for weight in problem.weights.values()), Fraction(0))
        self.weight = {measure: exact(problem.weights.get(measure, 0.0)) / everything for measure in Measure}
        self.talk = [[self._talk(a.role, b.role) for b in problem.seats] for a in problem.seats]
        """How much two seats communicate."""
        self.all_talk = sum((self.talk[i][j] for i, j in combinations(range(self.seats), 2)), Fraction(0))

    def _talk(self, a: int, b: int) -> Fraction:
        one, other = self.problem.roles[a].id, self.problem.roles[b].id
        listed = self.problem.communication
        return exact(listed[one, other] if (one, other) in listed else listed.get((other, one), 1.0))

    @cached_property
    def common(self) -> int:
        """Units of full cohesion, which every team has where nobody has anybody to talk to."""
        return 0 if self.all_talk else half_up(FULL_UNITS * self.weight[Measure.COHESION])

    # -- seats
    def measures(self, role_at: int, who: int) -> dict[Measure, Fraction]:
        """The measures of one person on one seat of a role."""
        problem, people, role = self.problem, self.problem.people, self.problem.roles[role_at]
        total = sum((exact(need.weight) for need in role.needs), Fraction(0))
        fit, growth = Fraction(0), Fraction(0)
        for need in role.needs:
            level = int(self._eligible.levels[need.skill][who])
            sure = exact(float(self._eligible.confidence[need.skill][who]))
            fit += exact(need.weight) * sure * min(Fraction(1), Fraction(level, need.level))
            growth += exact(need.weight) * (level < int(self._eligible.targets[need.skill][who]))
        mean, strength = exact(problem.track_prior.mean), exact(problem.track_prior.strength)
        done = exact(float(people.projects[who])) + strength
        low, high = (exact(bound) for bound in problem.cost_range)
        spent = (exact(float(people.cost[who])) - low) / (high - low)
        return {
            Measure.FIT: fit / total if total else Fraction(1),
            Measure.GROWTH: growth / total if total else Fraction(0),
            Measure.TRACK: (exact(float(people.successes[who])) + strength * mean) / done if done else mean,
            Measure.THRIFT: 1 - min(Fraction(1), max(Fraction(0), spent)),
            Measure.SPREAD: 1 - exact(float(people.recent_load[who])),
        }

    def _merit(self, role_at: int, who: int) -> Fraction:
        measures = self.measures(role_at, who)
        merit = sum((self.weight[name] * measures[name] for name in SEAT_MEASURES), Fraction(0))
        return FULL_UNITS * merit / self.seats

    def seat_units(self, role_at: int, who: int) -> int:
        return half_up(self._merit(role_at, who))

    @cached_property
    def units_by_role(self) -> list[Units]:
        """(n,) units of everybody eligible on one seat of each role; 0 for the others."""
        columns = []
        for role_at, (may, _) in enumerate(self._eligible.by_role):
            people = np.flatnonzero(may)
            merit = self._merits(role_at, people)
            column = np.zeros(self._eligible.count + 1, np.int64)
            column[people] = rounded(merit, lambda at, r=role_at, p=people: self._merit(r, int(p[at])))  # type: ignore[misc]
            columns.append(column)
        return columns

    def _merits(self, role_at: int, who: Index) -> Floats:
        problem, people, role = self.problem, self.problem.people, self.problem.roles[role_at]
        total = float(sum(need.weight for need in role.needs))
        fit, growth = np.full(len(who), 0.0 if total else 1.0), np.zeros(len(who))
        for need in role.needs if total else ():
            level = self._eligible.levels[need.skill][who]
            met = np.minimum(1.0, level / need.level) * self._eligible.confidence[need.skill][who]
            fit += need.weight / total * met
            growth += need.weight / total * (level < self._eligible.targets[need.skill][who])
        mean, strength = problem.track_prior.mean, problem.track_prior.strength
        done = people.projects[who] + strength
        won = people.successes[who] + strength * mean
        track = np.divide(won, done, out=np.full(len(who), float(mean)), where=done != 0)
        low, high = problem.cost_range
        values = {
            Measure.FIT: fit,
            Measure.GROWTH: growth,
            Measure.TRACK: track,
            Measure.THRIFT: 1.0 - np.clip((people.cost[who] - low) / (high - low), 0.0, 1.0),
            Measure.SPREAD: 1.0 - people.recent_load[who],
        }
        merit = sum((float(self.weight[name]) * values[name] for name in SEAT_MEASURES), np.zeros(len(who)))
        return np.asarray(FULL_UNITS / self.seats * merit)

    # -- pairs
    @cached_property
    def zones(self) -> tuple[Floats, Index]:
        """The UTC offsets that occur, and (n + 1,) which of them everybody has; an empty seat has none of them."""
        offsets, zone = np.unique(self.problem.people.utc_offset, return_inverse=True)
        return offsets, np.append(zone.reshape(-1), len(offsets)).astype(np.intp)

    def overlap(self, a: int, b: int) -> Fraction:
        """Shared working time of two people."""
        offset = self.problem.people.utc_offset
        return self._overlap(float(offset[a]), float(offset[b]))

    @staticmethod
    def _overlap(one: float, other: float) -> Fraction:
        hours = abs(exact(one) - exact(other))
        return max(Fraction(0), 1 - min(hours, 24 - hours) / 9)

    def together(self, a: int, b: int, tie: float) -> Fraction:
        """How well two people are placed to work together; 1 of everybody with themselves."""
        return Fraction(1) if a == b else Fraction(6, 10) * exact(tie) + Fraction(4, 10) * self.overlap(a, b)

    def _pair(self, talk: Fraction, together: Fraction) -> Fraction:
        if not self.all_talk:
            return Fraction(0)
        return FULL_UNITS * self.weight[Measure.COHESION] * talk * together / self.all_talk

    def pair_units(self, talk: Fraction, together: Fraction) -> int:
        return half_up(self._pair(talk, together))

    @cached_property
    def talks(self) -> list[Fraction]:
        """The amounts of communication that occur."""
        return sorted({talk for row in self.talk for talk in row})

    @cached_property
    def talk_at(self) -> Index:
        """(seats, seats) which of `talks` two seats have."""
        place = {talk: n for n, talk in enumerate(self.talks)}
        return np.array([[place[talk] for talk in row] for row in self.talk], np.intp)

    @cached_property
    def overlaps(self) -> tuple[list[list[Fraction]], Floats]:
        """(zones, zones) shared working time, as fractions and as floating numbers."""
        offsets = self.zones[0].tolist()
        table = [[self._overlap(a, b) for b in offsets] for a in offsets]
        return table, np.array([[float(value) for value in row] for row in table]).reshape(len(offsets), -1)

    @cached_property
    def untied(self) -> Units:
        """(talks, zones + 1, zones + 1) units of two people without a tie; none beside an empty seat."""
        overlaps = self.overlaps[0]
        tables = [
            [[half_up(self._pair(talk, Fraction(4, 10) * value)) for value in row] for row in overlaps]
            for talk in self.talks
        ]
        shape = len(self.talks), len(overlaps), len(overlaps)
        return np.pad(np.array(tables, np.int64).reshape(shape), ((0, 0), (0, 1), (0, 1)))

    @cached_property
    def alone(self) -> Units:
        """(talks,) units of somebody with themselves."""
        return np.array([self.pair_units(talk, Fraction(1)) for talk in self.talks], np.int64)

    def tied(self, talk: int, one: Index, other: Index, strength: Floats) -> Units:
        """Units of tied people, pair by pair, on seats that have this one of `talks`."""
        zone = self.zones[1]
        together = 0.6 * strength + 0.4 * self.overlaps[1][zone[one], zone[other]]
        return rounded(
            float(self._pair(self.talks[talk], Fraction(1))) * together,
            lambda at: self._pair(self.talks[talk], self.together(int(one[at]), int(other[at]), float(strength[at]))),
        )

    # -- teams
    @cached_property
    def _strengths(self) -> dict[tuple[int, int], float]:
        """Filled on demand by `know_ties_of`."""
        return {}

    @cached_property
    def _known(self) -> set[int]:
        return set()

    def tie(self, a: int, b: int) -> float:
        """Strength of the tie between two people; 0 where there is none."""
        ties = self.problem.ties
        if ties is not None and a not in self._known:
            self._known.add(a)
            for one, other in ((ties.first, ties.second), (ties.second, ties.first)):
                for at in np.flatnonzero(one == a):
                    self._strengths[a, int(other[at])] = float(ties.strength[at])
        return self._strengths.get((a, b), 0.0)

    def team_units(self, team: Sequence[int]) -> int:
        """Units of a team, which holds the number of people where a seat is empty."""
        filled = [(n, who) for n, who in enumerate(team) if who < self._eligible.count]
        units = self.common + sum(int(self.units_by_role[self.problem.seats[n].role][who]) for n, who in filled)
        for (i, a), (j, b) in combinations(filled, 2):
            units += self.pair_units(self.talk[i][j], self.together(a, b, self.tie(a, b)))
        return units
