"""Dense tables over the few choices that are left: every pair's units, with all rules about two choices in them."""

import numpy as np
from numpy.typing import NDArray

from staffing.messages import FORBIDDEN, Messages
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Labels, pinned


class Board(Messages):
    """Messages over a table of all pairs of labels."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units | None = None) -> None:
        super().__init__(labels, moved)
        self._pairs = _pair_table(problem, scoring, labels)

    def partners(self, seat: int, others: range, offers: Units) -> Units:
        starts = self.labels.starts[others.start : others.stop]
        span = slice(int(starts[0]), int(self.labels.starts[others.stop]))
        offered = self._pairs[span, self.labels.of(seat)] + offers[:, None]
        return np.maximum.reduceat(offered, starts - starts[0], axis=0)

    def moved_pairs(self) -> NDArray[np.int64]:
        """(labels, labels) pair units less what has been moved to the labels; 0 within a seat."""
        seat = self.labels.seat
        sent = self.moved[seat]
        moved: NDArray[np.int64] = self._pairs - sent - sent.T
        moved[seat[:, None] == seat[None, :]] = 0
        return moved


def _pair_table(problem: Problem, scoring: Scoring, labels: Labels) -> NDArray[np.int32]:
    """(labels, labels) units of every pair of choices, with all rules about two choices in it."""
    empty = len(problem.people)
    people, place = np.unique(np.append(labels.person, empty), return_inverse=True)
    place = place.reshape(-1)[:-1]
    real = people[:-1]
    pairs = scoring.pairs(real)
    apart = _never_together(problem, real)
    pins = pinned(problem)
    by_talk: dict[float, NDArray[np.int32]] = {}
    table = np.zeros((len(labels), len(labels)), np.int32)
    for j in range(labels.seats):
        for i in range(j):
            first, second = problem.seats[i].role, problem.seats[j].role
            talk = scoring.communication(first, second)
            if talk not in by_talk:
                by_talk[talk] = np.zeros((len(people), len(people)), np.int32)
                by_talk[talk][:-1, :-1] = np.where(apart, FORBIDDEN, scoring.pair_units(talk, pairs))
            a, b = labels.of(i), labels.of(j)
            block = by_talk[talk][np.ix_(place[a], place[b])]
            who_a, who_b = labels.person[a, None], labels.person[None, b]
            block[(who_a == who_b) & (who_a != empty) & ~_both(problem, i, j, labels.person[a])[:, None]] = FORBIDDEN
            if first == second and pins[i] is None and pins[j] is None:
                block[who_a > who_b] = FORBIDDEN
            table[a, b] = block
            table[b, a] = block.T
    return table


def _never_together(problem: Problem, people: Index) -> NDArray[np.bool_]:
    apart = np.zeros((len(people), len(people)), bool)
    for pair in problem.rules.never_together:
        a, b = (np.flatnonzero(people == problem.position[who]) for who in pair)
        apart[np.ix_(a, b)] = apart[np.ix_(b, a)] = True
    return apart


def _both(problem: Problem, i: int, j: int, people: Index) -> NDArray[np.bool_]:
    """Which of the people have room for both seats."""
    if problem.rules.max_seats_per_person == 1:
        return np.zeros(len(people), bool)
    first, second = (problem.roles[problem.seats[seat].role] for seat in (i, j))
    start, stop = max(first.start, second.start), min(first.stop, second.stop)
    if start >= stop:
        return np.ones(len(people), bool)
    free, both = problem.people.free, np.ones(len(people), bool)
    real = people < len(free)
    share = free[people[real], 0] if free.shape[1] == 1 else free[people[real], start:stop].min(axis=1)
    both[real] = share >= first.fte + second.fte
    return both
