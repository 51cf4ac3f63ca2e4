"""Can every seat have somebody of its own? A largest matching of seats and people, and what stands in its way."""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffing.scoring import Index

_ROUNDING = 1e-9
"""Differences of costs that are none."""


class Matching:
    """A largest matching of seats with the people open to them; nobody is matched more than `capacity` times."""

    def __init__(self, choices: Sequence[Index], capacity: int) -> None:
        self._capacity = capacity
        scarce = [seat for seat, people in enumerate(choices) if len(people) < len(choices)]
        # With a person for every seat of the problem, a seat finds one whatever all others take, and frees nobody.
        self._choices = {seat: tuple(choices[seat].tolist()) for seat in scarce}
        self._holds: dict[int, list[int]] = {}
        """Seats by person."""
        self._held: dict[int, int] = {}
        """Person by seat."""
        self._full: set[tuple[int, ...]] = set()
        """Choices of which nobody can be freed any more."""
        rarest_first = sorted(scarce, key=lambda seat: (len(self._choices[seat]), self._choices[seat], seat))
        self.unmatched = tuple(seat for seat in rarest_first if not self._match(seat))

    def _match(self, root: int) -> bool:
        """Give the seat somebody, moving others along an alternating path if need be."""
        if self._choices[root] in self._full:
            return False
        came_from: dict[int, int] = {}
        queue = deque([root])
        while queue:
            seat = queue.popleft()
            for person in self._choices[seat]:
                if person in came_from:
                    continue
                came_from[person] = seat
                if len(self._holds.get(person, ())) < self._capacity:
                    self._shift(person, root, came_from)
                    return True
                queue.extend(self._holds[person])
        self._full.add(self._choices[root])
        return False

    def _shift(self, person: int, root: int, came_from: dict[int, int]) -> None:
        while True:
            seat = came_from[person]
            before = self._held.get(seat)
            self._held[seat] = person
            self._holds.setdefault(person, []).append(seat)
            if seat == root or before is None:
                return
            self._holds[before].remove(seat)
            person = before

    def violators(self) -> list[tuple[int, ...]]:
        """Sets of seats that compete for too few people, none of which can lose a seat and still be one.

        One for each unmatched seat (Hall's theorem). All seats of a set can be reached from the unmatched one by
        alternating paths; whichever of them is left out, its person moves along such a path, and the rest are matched.
        """
        others: dict[tuple[int, ...], list[int]] = {}
        found = []
        for seat in sorted(self.unmatched):
            choices = self._choices[seat]
            if choices not in others:
                others[choices] = self._reachable(seat)
            found.append(tuple(sorted([seat, *others[choices]])))
        return found

    def _reachable(self, root: int) -> list[int]:
        """Seats that could free somebody for the root seat, if only they had somebody else."""
        seats, seen = [root], {root}
        people = set[int]()
        for seat in seats:
            for person in self._choices[seat]:
                if person not in people:
                    people.add(person)
                    fresh = [other for other in self._holds.get(person, ()) if other not in seen]
                    seen.update(fresh)
                    seats += fresh
        return seats[1:]

    def people_of(self, seats: Sequence[int]) -> list[int]:
        """Everybody open to any of the seats of a violator, ascending."""
        return sorted(set[int]().union(*{self._choices[seat] for seat in seats}))


def cheapest_assignment(costs: NDArray[np.float64], seats: Sequence[int], capacity: int = 1) -> list[list[int]] | None:
    """For each row as many columns as it has seats, so that the sum of their costs is least; None when there are none.

    `costs` is (rows, columns), infinite where a row must not have a column. A column is taken at most `capacity` times,
    and perhaps more than once by one row. One cheapest path after the other: that rows have many seats costs little.
    Written out because the first import of scipy.optimize takes longer than any question asked here.
    """
    return _Assigning(costs, capacity).all(seats)


class _Assigning:
    def __init__(self, costs: NDArray[np.float64], capacity: int) -> None:
        self._costs = costs
        self._capacity = capacity
        self._order = np.argsort(costs, axis=1, kind="stable")
        """(rows, columns) columns of each row, the cheapest first."""
        self._next = [0] * len(costs)
        self._room = np.full(costs.shape[1], capacity)
        self._takers: list[int] = []
        """Rows that have a column, and in `_taken` that column: an entry for each seat."""
        self._taken: list[int] = []

    def all(self, seats: Sequence[int]) -> list[list[int]] | None:
        for row, count in enumerate(seats):
            for _ in range(count):
                if not self._seat(row):
                    return None
        columns: list[list[int]] = [[] for _ in seats]
        for row, column in sorted(zip(self._takers, self._taken, strict=True)):
            columns[row].append(column)
        return columns

    def _seat(self, row: int) -> bool:
        """One more column for the row, others passing theirs on where that is cheaper."""
        open_columns = [self._cheapest_open(one) for one in range(len(self._costs))]
        ends = np.array([self._costs[one, at] if at >= 0 else np.inf for one, at in enumerate(open_columns)])
        reach, came_by, came_from = self._paths(row)
        last = int(np.argmin(reach + ends))
        if not np.isfinite(reach[last] + ends[last]):
            return False
        column = open_columns[last]
        self._room[column] -= 1
        while last != row:
            entry = int(came_by[last])
            column, self._taken[entry] = self._taken[entry], column
            last = int(came_from[last])
        self._takers.append(row)
        self._taken.append(column)
        return True

    def _cheapest_open(self, row: int) -> int:
        """The row's cheapest column with room; -1 when it has none."""
        columns = self._order.shape[1]
        while self._next[row] < columns and not self._room[self._order[row, self._next[row]]]:
            self._next[row] += 1
        return int(self._order[row, self._next[row]]) if self._next[row] < columns else -1

    def _paths(self, row: int) -> tuple[NDArray[np.float64], Index, Index]:
        """What it costs to pass on a column of each row until this row has one more (Bellman-Ford).

        Then the entry that each row passes on, and the row it goes to. No cycle has a negative cost.
        """
        rows = len(self._costs)
        reach, came_by, came_from = np.full(rows, np.inf), np.full(rows, -1), np.full(rows, row)
        reach[row] = 0.0
        if not self._taken:
            return reach, came_by, came_from
        takers, taken = np.array(self._takers), np.array(self._taken)
        passing = self._costs[:, taken] - self._costs[takers, taken]
        current = [row]
        while current:
            at = np.array(current)
            offers = reach[at][:, None] + passing[at]
            giver, least = np.argmin(offers, axis=0), np.min(offers, axis=0)
            current = []
            for entry in np.flatnonzero(least < reach[takers] - _ROUNDING).tolist():
                taker = int(takers[entry])
                if least[entry] < reach[taker] - _ROUNDING:
                    reach[taker], came_by[taker] = least[entry], entry
                    came_from[taker] = at[giver[entry]]
                    current.append(taker)
            current = sorted(set(current))
        return reach, came_by, came_from
