"""Rules about the whole team, asked of a team that is still being put together.

Each rule answers whether the team may still become one that keeps it; with no seat open the answer is exact. Rules
about two seats at a time are in the board's pair table already.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Problem
from staffing.rules import NO_STRETCH, mentor_level
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Labels, distance

Mask = NDArray[np.bool_]

_TOO_MUCH = 1 << 60
"""More units than any team has."""


@dataclass(frozen=True, eq=False)
class Partial:
    """A team in the making."""

    labels: Labels
    chosen: Sequence[int]
    """Chosen labels, in the order of choice."""
    open: Index
    """Seats without a choice."""
    alive: Mask
    """(labels,) choices of open seats that may still be made."""
    members: frozenset[int]
    """People of the chosen labels."""

    def seats_with(self, wanted: Mask) -> int:
        """In how many open seats one of the wanted labels may still be chosen."""
        found = np.logical_or.reduceat(wanted & self.alive, self.labels.starts[:-1])
        return int(found[self.open].sum())


class TeamRule(Protocol):
    def possible(self, team: Partial) -> bool: ...


class Budget:
    def __init__(self, problem: Problem, labels: Labels, budget: float) -> None:
        self._labels = labels
        self._limit = Fraction(str(budget))
        self._cost = problem.people.cost
        self._effort = [
            Fraction(problem.roles[seat.role].fte, problem.share_scale) * problem.roles[seat.role].weeks
            for seat in problem.seats
        ]
        paid = np.append(problem.people.cost, 0.0)[labels.person]
        self._estimate = paid * np.array([float(effort) for effort in self._effort])[labels.seat]

    def possible(self, team: Partial) -> bool:
        least = np.where(team.alive, self._estimate, np.inf)
        lowest = np.minimum.reduceat(least, self._labels.starts[:-1])[team.open].sum()
        estimate = self._estimate[list(team.chosen)].sum() + lowest
        if estimate > float(self._limit) * (1 + 1e-9) + 1e-9:
            return False
        return len(team.open) > 0 or self._spent(team.chosen) <= self._limit

    def _spent(self, chosen: Sequence[int]) -> Fraction:
        """Exact: amounts are the decimals that they are written as."""
        seat, person = self._labels.seat, self._labels.person
        filled = [(int(seat[label]), int(person[label])) for label in chosen if person[label] < len(self._cost)]
        return sum((Fraction(str(self._cost[who])) * self._effort[s] for s, who in filled), Fraction(0))


class Mentors:
    """Whoever stretches has another member to learn from."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels) -> None:
        self._labels = labels
        self._teaches: dict[tuple[int, int], tuple[frozenset[int], Mask]] = {}
        seats = labels.seat
        for label in np.flatnonzero(labels.stretch != NO_STRETCH):
            self._key_of(problem, scoring, int(seats[label]), int(labels.stretch[label]))
        self._role = [seat.role for seat in problem.seats]
        self._seat = seats

    def _key_of(self, problem: Problem, scoring: Scoring, seat: int, need: int) -> None:
        position = problem.seats[seat].role
        if (position, need) not in self._teaches:
            role = problem.roles[position]
            level = mentor_level(role, role.needs[need])
            able = np.append(scoring.levels[role.needs[need].skill] >= level, False)[self._labels.person]
            self._teaches[position, need] = frozenset(self._labels.person[able].tolist()), able

    def possible(self, team: Partial) -> bool:
        for label in team.chosen:
            need = int(self._labels.stretch[label])
            if need == NO_STRETCH:
                continue
            learner = int(self._labels.person[label])
            people, able = self._teaches[self._role[self._seat[label]], need]
            if team.members & people - {learner}:
                continue
            if not team.seats_with(able & (self._labels.person != learner)):
                return False
        return True


class Quota(ABC):
    """At least so many of the open seats must go to people of one kind."""

    def __init__(self, labels: Labels, wanted: Mask) -> None:
        self._wanted = wanted
        self._starts = labels.starts[:-1]

    @abstractmethod
    def owed(self, members: frozenset[int], chosen: Sequence[int], seats_open: int) -> int:
        """How many open seats must take a wanted label; with no seat open, more than 0 if the rule is broken."""

    def possible(self, team: Partial) -> bool:
        owed = self.owed(team.members, team.chosen, len(team.open))
        return owed <= 0 or (owed <= len(team.open) and team.seats_with(self._wanted) >= owed)

    def loss(self, members: frozenset[int], chosen: Sequence[int], gain: Units, peaks: Units, seats: Index) -> int:
        """Units that the open seats lose at least, against the best of each, for having to take wanted labels."""
        owed = self.owed(members, chosen, len(seats))
        if owed <= 0:
            return 0
        if owed > len(seats):
            return _TOO_MUCH
        wanted = np.maximum.reduceat(np.where(self._wanted, gain, -_TOO_MUCH), self._starts)
        return int(np.sort((peaks - wanted)[seats])[:owed].sum())


class Skilled(Quota):
    """Enough different members have one skill at one level."""

    def __init__(self, labels: Labels, able: Mask, people: int) -> None:
        super().__init__(labels, able[labels.person])
        self._people = frozenset(labels.person[self._wanted].tolist())
        self._needed = people

    def owed(self, members: frozenset[int], _chosen: Sequence[int], _seats_open: int) -> int:
        return self._needed - len(members & self._people)


class Gaps(Quota):
    """At most so many seats stay empty."""

    def __init__(self, labels: Labels, empty: int, most: int) -> None:
        super().__init__(labels, labels.person != empty)
        self._most = most

    def owed(self, _members: frozenset[int], chosen: Sequence[int], seats_open: int) -> int:
        left = len(chosen) - int(self._wanted[list(chosen)].sum())
        return seats_open + left - self._most


class Difference(Quota):
    """The team differs from an earlier one in enough members."""

    def __init__(self, labels: Labels, empty: int, earlier: frozenset[int], least: int, size: int | None) -> None:
        super().__init__(labels, ~np.isin(labels.person, [*earlier, empty]))
        self._earlier = earlier
        self._least = least
        self._size = size
        """Size of the team in the making, where it is known beforehand."""

    def owed(self, members: frozenset[int], _chosen: Sequence[int], seats_open: int) -> int:
        """People from outside the earlier team; none while leaving some of its members out may do instead."""
        if not seats_open:
            return self._least - distance(members, self._earlier)
        if self._size is not None:
            return self._least - max(0, len(self._earlier) - self._size) - len(members - self._earlier)
        if len(self._earlier - members) >= self._least:
            return 0
        return self._least - len(members - self._earlier)


class Closing(Protocol):
    """A rule that takes choices off the open seats as others are made."""

    def closed(self, chosen: Sequence[int], members: frozenset[int]) -> Mask | None: ...


class TeamSize:
    """At most so many different people."""

    def __init__(self, labels: Labels, empty: int, most: int, seats_each: int) -> None:
        self._person = labels.person
        self._empty = empty
        self._most = most
        self._seats_each = seats_each

    def possible(self, team: Partial) -> bool:
        """The seats that nobody on the team can take are few enough for the people still to come."""
        among_us = np.isin(self._person, [*team.members, self._empty])
        others = len(team.open) - team.seats_with(among_us)
        return others <= (self._most - len(team.members)) * self._seats_each

    def closed(self, _chosen: Sequence[int], members: frozenset[int]) -> Mask | None:
        if len(members) < self._most:
            return None
        others: Mask = ~np.isin(self._person, [*members, self._empty])
        return others


class Hats:
    """Nobody has more seats than allowed, nor in any week more work than time."""

    def __init__(self, problem: Problem, labels: Labels) -> None:
        self._most = problem.rules.max_seats_per_person
        self._labels = labels
        self._empty = len(problem.people)
        self._free = problem.people.free
        self._seat = labels.seat
        self._load = np.zeros((labels.seats, problem.weeks), np.int64)
        for row, seat in zip(self._load, problem.seats, strict=True):
            role = problem.roles[seat.role]
            row[role.start : role.stop] = role.fte

    def closed(self, chosen: Sequence[int], _members: frozenset[int]) -> Mask | None:
        """Labels of the person chosen last that no longer fit; those of earlier ones are closed already."""
        if not chosen:
            return None
        person = int(self._labels.person[chosen[-1]])
        if person == self._empty:
            return None
        mask = self._labels.person == person
        held = [int(self._seat[label]) for label in chosen if self._labels.person[label] == person]
        if len(held) < self._most:
            room = self._free[person] - self._load[held].sum(axis=0)
            fits = ((self._load <= room) | (self._load == 0)).all(axis=1)
            mask = mask & ~fits[self._seat]
        return np.asarray(mask)


def team_rules(problem: Problem, scoring: Scoring, labels: Labels, gaps: int) -> list[TeamRule]:
    """The rules that the problem states and that its pair table cannot hold; `gaps` seats may stay empty."""
    rules: list[TeamRule] = []
    if problem.rules.budget is not None:
        rules.append(Budget(problem, labels, problem.rules.budget))
    if (labels.stretch != NO_STRETCH).any():
        rules.append(Mentors(problem, scoring, labels))
    for wish in problem.rules.team_skills:
        able = np.append(scoring.levels[wish.skill] >= wish.level, False)
        rules.append(Skilled(labels, able, wish.people))
    if problem.rules.allow_gaps:
        rules.append(Gaps(labels, len(problem.people), gaps))
    if _limits_size(problem):
        rules.append(_team_size(problem, labels))
    return rules


def closing_rules(problem: Problem, labels: Labels) -> list[Closing]:
    rules: list[Closing] = []
    if problem.rules.max_seats_per_person > 1:
        rules.append(Hats(problem, labels))
    if _limits_size(problem):
        rules.append(_team_size(problem, labels))
    return rules


def _limits_size(problem: Problem) -> bool:
    return problem.rules.max_people is not None and problem.rules.max_people < len(problem.seats)


def _team_size(problem: Problem, labels: Labels) -> TeamSize:
    rules = problem.rules
    return TeamSize(labels, len(problem.people), rules.max_people or 0, rules.max_seats_per_person)
