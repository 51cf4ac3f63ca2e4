"""What a person on a seat, and two people on two seats, are worth: measures in [0, 1] and whole units.

Every seat term and every pair term is rounded once, so that a team's score is an exact sum of integers. The margin in
`half_up` is far above the error of the floating arithmetic here and far below anything that matters.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from staffing.colleagues import Colleagues
from staffing.evidence import track_record
from staffing.problem import Problem, Role
from staffing.terms import FULL_UNITS, SEAT_MEASURES, Measure

Floats = NDArray[np.float64]
Units = NDArray[np.int64]
Index = NDArray[np.intp]

Number = TypeVar("Number", float, Floats)

TIE_SHARE = 0.6
ZONE_SHARE = 0.4
ZONE_HOURS = 9
"""From this many hours apart, two people share no working time."""


def half_up(values: Floats) -> Units:
    return np.floor(values + (0.5 + 1e-6)).astype(np.int64)


def pair_measure(tie: Number, overlap: Number) -> Number:
    """How well two people are placed to work together, by their tie and their shared working time; in [0, 1]."""
    return TIE_SHARE * tie + ZONE_SHARE * overlap


class Scoring:
    """The score of one problem, prepared for looking up many people at once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._weight_sum = sum(problem.weights.values())
        seats = problem.seats
        self._talk_sum = sum(
            self.communication(seats[i].role, seats[j].role) for j in range(len(seats)) for i in range(j)
        )
        self._pair_full = FULL_UNITS * self.weight(Measure.COHESION) / (self._talk_sum or 1.0)

    def weight(self, measure: Measure) -> float:
        """The measure's part of the full score, in [0, 1]."""
        return self._problem.weights.get(measure, 0.0) / self._weight_sum

    def communication(self, a: int, b: int) -> float:
        """How much the roles at two positions talk."""
        first, second = self._problem.roles[a].id, self._problem.roles[b].id
        listed = self._problem.communication
        return listed.get((first, second), listed.get((second, first), 1.0))

    @cached_property
    def levels(self) -> Mapping[str, NDArray[np.int8]]:
        """(n,) level of everybody, by named skill."""
        return {skill: self._spread_out(skill) for skill in sorted(self._problem.named_skills)}

    def _spread_out(self, skill: str) -> NDArray[np.int8]:
        column = np.zeros(len(self._problem.people), np.int8)
        if held := self._problem.ratings.get(skill):
            column[held.people] = held.level
        return column

    def confidence(self, skill: str, people: Index) -> Floats:
        """Confidence in the given people's ratings; 1 where there is none."""
        held = self._problem.ratings.get(skill)
        if held is None or not len(held.people):
            return np.ones(len(people))
        at = np.minimum(np.searchsorted(held.people, people), len(held.people) - 1)
        return np.where(held.people[at] == people, held.confidence[at], 1.0)

    def target(self, skill: str, people: Index) -> NDArray[np.int8]:
        """The level that each of the people wants to reach; -1 where the skill is no goal."""
        wanted = self._problem.goals.get(skill)
        if wanted is None or not len(wanted.people):
            return np.full(len(people), -1, np.int8)
        at = np.minimum(np.searchsorted(wanted.people, people), len(wanted.people) - 1)
        return np.where(wanted.people[at] == people, wanted.target[at], -1).astype(np.int8)

    def need_fits(self, role: Role, people: Index) -> Floats:
        """(needs, people) how well each need is met: confidence x the part of the level that is there."""
        fits = np.empty((len(role.needs), len(people)))
        for row, need in zip(fits, role.needs, strict=True):
            row[:] = self.confidence(need.skill, people) * np.minimum(1.0, self.levels[need.skill][people] / need.level)
        return fits

    def seat_measures(self, role: Role, people: Index) -> dict[Measure, Floats]:
        problem, columns = self._problem, self._problem.people
        weights = np.array([need.weight for need in role.needs])
        total = weights.sum()
        fit, growth = np.ones(len(people)), np.zeros(len(people))
        if total > 0:
            fit = weights @ self.need_fits(role, people) / total
            for need in role.needs:
                grows = self.levels[need.skill][people] < self.target(need.skill, people)
                growth += grows * (need.weight / total)
        low, high = problem.cost_range
        prior = problem.track_prior
        return {
            Measure.FIT: fit,
            Measure.GROWTH: growth,
            Measure.TRACK: track_record(
                columns.successes[people], columns.projects[people], prior.mean, prior.strength
            ),
            Measure.THRIFT: 1.0 - np.clip((columns.cost[people] - low) / (high - low), 0.0, 1.0),
            Measure.SPREAD: 1.0 - columns.recent_load[people],
        }

    def seat_units(self, role: Role, people: Index) -> Units:
        """Units of each of the people on one seat of the role."""
        measures = self.seat_measures(role, people)
        merit = sum((self.weight(name) * measures[name] for name in SEAT_MEASURES), np.zeros(len(people)))
        return half_up(FULL_UNITS * merit / len(self._problem.seats))

    # -- pairs
    @cached_property
    def zones(self) -> NDArray[np.intp]:
        """(n,) class of everybody's UTC offset: a row of `zone_overlap`."""
        return self._zones[1]

    @cached_property
    def _zones(self) -> tuple[Floats, NDArray[np.intp]]:
        offsets, zones = np.unique(self._problem.people.utc_offset, return_inverse=True)
        return offsets, zones.reshape(-1)

    @cached_property
    def zone_overlap(self) -> Floats:
        """(classes, classes) shared working time of two classes of UTC offsets, 1 when they are the same."""
        offsets = self._zones[0]
        gap = np.abs(offsets[:, None] - offsets[None, :])
        gap = np.minimum(gap, 24 - gap)
        return np.asarray(np.maximum(0.0, 1.0 - gap / ZONE_HOURS))

    def untied(self, talk: float) -> Units:
        """(classes + 1, classes + 1) units of a pair of seats that communicate `talk`, for two people without a tie.

        The last class is that of nobody.
        """
        return np.pad(half_up(self._pair_full * talk * (ZONE_SHARE * self.zone_overlap)), (0, 1))

    @cached_property
    def constant(self) -> int:
        """Units that every team has: full cohesion where nobody has anybody to talk to."""
        if self._talk_sum:
            return 0
        return int(half_up(np.array([FULL_UNITS * self.weight(Measure.COHESION)]))[0])

    @property
    def talk_sum(self) -> float:
        """Communication over all pairs of seats."""
        return self._talk_sum

    # -- pairs among a few people
    @cached_property
    def colleagues(self) -> Colleagues:
        return Colleagues(len(self._problem.people), self._problem.ties)

    @cached_property
    def tied_pairs(self) -> Floats:
        """(entries of `colleagues`,) the pair measure of two people with a tie."""
        known = self.colleagues
        return pair_measure(known.strength, self.zone_overlap[self.zones[known.one], self.zones[known.other]])

    def pairs(self, people: Index) -> Floats:
        """(m, m) the pair measure among the given people; 1 of everybody with themselves."""
        overlap = self.zone_overlap[np.ix_(self.zones[people], self.zones[people])]
        values = pair_measure(self.strengths(people), overlap)
        np.fill_diagonal(values, 1.0)
        return values

    def pairs_with(self, person: int) -> Floats:
        """(n,) the pair measure of everybody with one person."""
        strengths = np.zeros(len(self.zones))
        _, entries = self.colleagues.of(np.array([person]))
        strengths[self.colleagues.other[entries]] = self.colleagues.strength[entries]
        overlap: Floats = self.zone_overlap[self.zones[person], self.zones]
        together = pair_measure(strengths, overlap)
        together[person] = 1.0
        return together

    def strengths(self, people: Index) -> Floats:
        """(m, m) tie strengths among the given people, which are distinct; 0 where there is none."""
        strengths = np.zeros((len(people), len(people)))
        place = np.full(len(self._problem.people), -1)
        place[people] = np.arange(len(people))
        one, entries = self.colleagues.of(people)
        other = place[self.colleagues.other[entries]]
        inside = np.flatnonzero(other >= 0)
        strengths[one[inside], other[inside]] = self.colleagues.strength[entries[inside]]
        return strengths

    def pair_units(self, talk: float, pairs: Floats) -> Units:
        """Units of pairs of seats that communicate `talk`, for people with these pair measures."""
        return half_up(self._pair_full * talk * pairs)
