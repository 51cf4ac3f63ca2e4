"""The true objective as tables, for those who cannot read a `Problem`: nothing but eligibility, units and who is tied.

The pair term of two seats is a small table over pairs of time zones, plus a gain for each tied pair of people. Both are
whole units, so that every rival works on exactly what the engine works on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing import Problem
from staffing.breakdown import team_units
from staffing.rules import Eligibility
from staffing.scoring import Scoring

Index = NDArray[np.intp]
Units = NDArray[np.int64]


@dataclass(frozen=True)
class Answer:
    """What somebody found: positions of people in seat order, and how sure it is."""

    team: tuple[int, ...] | None
    proven: bool
    """No team is worth more."""
    seconds: float
    """Wall time of the search alone; what it took to state the model is not counted."""
    processor: float
    """The same in processor time."""
    stated: float = 0.0
    """Seconds that it took to state the model."""


@dataclass(frozen=True, eq=False)
class TiedPairs:
    """Pairs of choices on two seats whose people are tied: positions in the seats' lists, and the units gained."""

    one: Index
    other: Index
    gain: Units


class Objective:
    """One person per seat, nobody on two; the sum of seat units and pair units is to be as large as possible.

    Covers problems without further rules.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._scoring = Scoring(problem)
        candidates = Eligibility(problem, self._scoring).candidates
        self._roles = [seat.role for seat in problem.seats]
        self.people = [candidates[role].people for role in self._roles]
        """By seat: who is eligible, ascending."""
        self.units = [candidates[role].units for role in self._roles]
        """By seat: what each of them is worth there."""
        self.zones = self._scoring.zones
        """(n,) everybody's time zone, as a class."""
        self._pairs: dict[tuple[int, int], TiedPairs] = {}

    @property
    def seats(self) -> int:
        return len(self.people)

    def zone_units(self, i: int, j: int) -> Units:
        """(classes, classes) units of seats i and j for people without a tie."""
        return self._scoring.untied(self._scoring.communication(self._roles[i], self._roles[j]))

    def tied(self, i: int, j: int) -> TiedPairs:
        key = self._roles[i], self._roles[j]
        if key not in self._pairs:
            self._pairs[key] = self._tied(i, j)
        return self._pairs[key]

    def _tied(self, i: int, j: int) -> TiedPairs:
        ties = self.problem.ties
        if ties is None:
            return TiedPairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, np.int64))
        place_i, place_j = self._places(i), self._places(j)
        first = np.concatenate((ties.first, ties.second))
        second = np.concatenate((ties.second, ties.first))
        strength = np.concatenate((ties.strength, ties.strength))
        both = np.flatnonzero((place_i[first] >= 0) & (place_j[second] >= 0))
        first, second, strength = first[both], second[both], strength[both]
        talk = self._scoring.communication(self._roles[i], self._roles[j])
        overlap = self._scoring.zone_overlap[self.zones[first], self.zones[second]]
        units = self._scoring.pair_units(talk, 0.6 * strength + 0.4 * overlap)
        gain = units - self.zone_units(i, j)[self.zones[first], self.zones[second]]
        kept = gain > 0
        return TiedPairs(place_i[first[kept]], place_j[second[kept]], gain[kept])

    def _places(self, seat: int) -> Index:
        places = np.full(len(self.problem.people), -1, np.intp)
        places[self.people[seat]] = np.arange(len(self.people[seat]))
        return places

    def with_person(self, i: int, j: int, who: int) -> Units:
        """(eligible for i,) units of the pair of seats when `who` sits on j."""
        talk = self._scoring.communication(self._roles[i], self._roles[j])
        return self._scoring.pair_units(talk, self._scoring.pairs_with(who)[self.people[i]])

    def score(self, team: tuple[int, ...]) -> int:
        """The team's units by the engine's own account; an error for a team that breaks a rule."""
        if len(team) != self.seats or len(set(team)) != len(team):
            raise ValueError(f"{team} is not one person for each of {self.seats} seats.")
        for seat, who in enumerate(team):
            if who not in self.people[seat]:
                raise ValueError(f"Person {who} is not eligible for seat {seat}.")
        return team_units(self.problem, self._scoring, team)


@dataclass(frozen=True)
class PortfolioAnswer:
    """What somebody reached for a whole portfolio; as `Answer` otherwise."""

    total: float | None
    proven: bool
    seconds: float
    processor: float
    stated: float = 0.0
