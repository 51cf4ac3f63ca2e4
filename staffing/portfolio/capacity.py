"""Who is taken for how much of which week, by whole teams."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from staffing.problem import People, Problem, Role
from staffing.scoring import Index, Units


@dataclass(frozen=True, eq=False)
class Load:
    """Shares of full time that a team takes, in parts of `Problem.share_scale`."""

    people: Index
    """(k,) ascending."""
    weekly: Units
    """(k, weeks); nobody's row is empty."""


class Ledger:
    """What has been taken of everybody, week by week."""

    def __init__(self, weeks: int, loads: Iterable[Load] = ()) -> None:
        self._weeks = weeks
        self._taken: dict[int, Units] = {}
        for load in loads:
            self.take(load)

    def take(self, load: Load) -> None:
        for who, row in zip(load.people.tolist(), load.weekly, strict=True):
            self._taken[who] = self._taken[who] + row if who in self._taken else row

    def give_back(self, load: Load) -> None:
        self.take(Load(load.people, -load.weekly))

    def copy(self) -> "Ledger":
        again = Ledger(self._weeks)
        again._taken = dict(self._taken)
        return again

    @property
    def people(self) -> Index:
        """Those of whom something was ever taken, ascending."""
        return np.array(sorted(self._taken), np.intp)

    def of(self, people: Index) -> Units:
        """(k, weeks) what is taken of each."""
        nothing = np.zeros(self._weeks, np.int64)
        return np.array([self._taken.get(who, nothing) for who in people.tolist()], np.int64).reshape(-1, self._weeks)

    def left(self, columns: People, people: Index) -> Units:
        """(k, weeks) what each has left."""
        free: Units = columns.free[people] - self.of(people)
        return free

    def fits(self, columns: People, load: Load) -> bool:
        return bool((self.left(columns, load.people) >= load.weekly).all())

    def has_room(self, columns: People, role: Role, people: Index) -> NDArray[np.bool_]:
        """(k,) whom the ledger leaves time for a seat of the role; those it does not know are left alone."""
        room = np.ones(len(people), bool)
        known = np.flatnonzero(np.isin(people, self.people))
        if len(known):
            left = self.left(columns, people[known])
            room[known] = left[:, role.start : role.stop].min(axis=1) >= role.fte
        return room

    def within(self, problem: Problem) -> Problem:
        """The problem with only what is left free."""
        people = problem.people
        free = np.repeat(people.free, self._weeks, axis=1) if people.free.shape[1] == 1 else people.free.copy()
        free[self.people] -= self.of(self.people)
        return replace(problem, people=replace(people, free=np.maximum(free, 0)))


def seat_load(problem: Problem, held: Iterable[tuple[int, int]]) -> Load:
    """What the seats take: (person, position of the role) for each that somebody has."""
    taken: dict[int, Units] = {}
    for who, position in held:
        role = problem.roles[position]
        row = taken.setdefault(who, np.zeros(problem.weeks, np.int64))
        row[role.start : role.stop] += role.fte
    people = sorted(who for who, row in taken.items() if row.any())
    weekly = np.array([taken[who] for who in people], np.int64).reshape(-1, problem.weeks)
    return Load(np.array(people, np.intp), weekly)
