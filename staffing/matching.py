"""Can every seat have somebody of its own? A largest matching of seats and people, and what stands in its way."""

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffing.scoring import Index


class Matching:
    """A largest matching of seats with the people open to them; nobody is matched more than `capacity` times."""

    def __init__(self, choices: Sequence[Index], capacity: int) -> None:
        self._choices = [people.tolist() for people in choices]
        self._capacity = capacity
        self._holds: dict[int, list[int]] = {}
        """Seats by person."""
        rarest_first = sorted(range(len(choices)), key=lambda seat: len(choices[seat]))
        self.unmatched = tuple(seat for seat in rarest_first if not self._match(seat))

    def _match(self, root: int) -> bool:
        """Give the seat somebody, moving others along an alternating path if need be."""
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
        return False

    def _shift(self, person: int, root: int, came_from: dict[int, int]) -> None:
        while True:
            seat = came_from[person]
            before = next((who for who, seats in self._holds.items() if seat in seats), None)
            self._holds.setdefault(person, []).append(seat)
            if seat == root or before is None:
                return
            self._holds[before].remove(seat)
            person = before

    def violators(self) -> list[tuple[int, ...]]:
        """Sets of seats that compete for too few people, none of which can lose a seat and still be one.

        One for each unmatched seat, each seat in at most one set (Hall's theorem).
        """
        found: list[tuple[int, ...]] = []
        for seat in sorted(self.unmatched):
            if not any(seat in seats for seats in found):
                found.append(self._shrunk(self._reachable(seat), seat))
        return found

    def _reachable(self, root: int) -> list[int]:
        """Seats that could free somebody for the root seat, if only they had somebody else."""
        seats, seen = [root], set[int]()
        for seat in seats:
            for person in self._choices[seat]:
                if person not in seen:
                    seen.add(person)
                    seats.extend(other for other in self._holds.get(person, ()) if other not in seats)
        return seats

    def _shrunk(self, seats: list[int], root: int) -> tuple[int, ...]:
        kept = sorted(seats)
        for seat in sorted(seats, reverse=True):
            fewer = [other for other in kept if other != seat]
            if seat != root and self._too_few(fewer):
                kept = fewer
        return tuple(kept)

    def _too_few(self, seats: list[int]) -> bool:
        return len(self.people_of(seats)) * self._capacity < len(seats)

    def people_of(self, seats: Sequence[int]) -> list[int]:
        """Everybody open to any of the seats, ascending."""
        return sorted({person for seat in seats for person in self._choices[seat]})


def cheapest_assignment(costs: NDArray[np.float64]) -> list[int]:
    """A column of its own for each row so that the sum is least (Hungarian algorithm by shortest paths).

    `costs` is (rows, columns) with at least as many columns as rows. Written out because the first import of
    scipy.optimize takes longer than any question asked here.
    """
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows + 1), np.zeros(columns + 1)
    row_at, came_from = np.zeros(columns + 1, np.intp), np.zeros(columns + 1, np.intp)
    for row in range(1, rows + 1):
        row_at[0], here = row, 0
        reach, seen = np.full(columns + 1, np.inf), np.zeros(columns + 1, bool)
        while row_at[here] or not here:
            seen[here] = True
            step = costs[row_at[here] - 1] - row_price[row_at[here]] - column_price[1:]
            nearer = np.flatnonzero(~seen[1:] & (step < reach[1:])) + 1
            reach[nearer], came_from[nearer] = step[nearer - 1], here
            here = int(np.argmin(np.where(seen, np.inf, reach)))
            least = reach[here]
            row_price[row_at[seen]] += least
            column_price[seen] -= least
            reach[~seen] -= least
        while here:
            row_at[here] = row_at[came_from[here]]
            here = int(came_from[here])
    column_of = {int(row): column for column, row in enumerate(row_at[1:]) if row}
    return [column_of[row] for row in range(1, rows + 1)]
