"""Units of pairs of choices, row by row, with every rule about two choices in them."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from staffing.colleagues import spans
from staffing.messages import FORBIDDEN
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Labels, pinned


class PairRows:
    """What a choice is worth beside every other one. Between choices of one seat the figures mean nothing."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels) -> None:
        self._problem = problem
        self._scoring = scoring
        self._labels = labels
        self._seat = labels.seat
        self._empty = len(problem.people)
        self._zone_of = np.append(scoring.zones, len(scoring.zone_overlap))
        """(n + 1,) zone by person; empty seats have one of their own."""
        self._zone = self._zone_of[labels.person]
        roles = [seat.role for seat in problem.seats]
        self._talk = np.array([[scoring.communication(a, b) for b in roles] for a in roles])
        pins = pinned(problem)
        self._interchangeable = [
            [a == b and pins[i] is None and pins[j] is None for j, b in enumerate(roles)] for i, a in enumerate(roles)
        ]

    def of(self, batch: Index) -> Units:
        """(batch, labels) units beside the labels in the batch, which are all of one seat."""
        seat, people = int(self._seat[batch[0]]), self._labels.person[batch]
        zones, zone = np.unique(self._zone_of[people], return_inverse=True)
        rows = self._untied(seat, zones)[zone.reshape(-1)]
        row, tied, units = self.ties(seat, people)
        rows[row, tied] = units
        self._keep_in_order(rows, seat, people)
        self._keep_apart(rows, people)
        self._keep_to_room(rows, seat, people)
        return rows

    def ties(self, seat: int, people: Index) -> tuple[Index, Index, Units]:
        """Place among the people, by place; a label of somebody they are tied to; units with them beside the seat."""
        one, entry = self._scoring.colleagues.of(people)
        place, tied = self._labels_of(self._scoring.colleagues.other[entry])
        return one[place], tied, self._units(seat, tied, self._scoring.tied_pairs[entry][place])

    def twins(self, seat: int, people: Index) -> tuple[Index, Index, Units]:
        """Place among the people, a label of their own, and units of somebody who has the seat and that one."""
        row, label = self._labels_of(people)
        real = np.flatnonzero(people[row] != self._empty)
        row, label = row[real], label[real]
        return row, label, self._units(seat, label, np.ones(len(label)))

    def _units(self, seat: int, labels: Index, pairs: NDArray[np.float64]) -> Units:
        return self._scoring.pair_units(self._talk[seat, self._seat[labels]], pairs)

    def _untied(self, seat: int, zones: Index) -> Units:
        """(zones, labels) units of somebody in each of the zones, on the seat, beside people they have no tie with."""
        talks, which = np.unique(self._talk[seat], return_inverse=True)
        tables = np.stack([self._scoring.untied(talk)[zones] for talk in talks.tolist()])
        rows: Units = tables[which[self._seat], :, self._zone].T
        return rows

    @cached_property
    def _by_person(self) -> tuple[Index, Index]:
        """Labels in order of person, and where those of each person begin."""
        order = np.argsort(self._labels.person, kind="stable")
        counts = np.bincount(self._labels.person, minlength=self._empty + 1)
        return order, np.concatenate(([0], np.cumsum(counts)))

    def _labels_of(self, people: Index) -> tuple[Index, Index]:
        """Which of the people (by place), and a label of theirs: one entry for every label that any of them has."""
        order, starts = self._by_person
        first, last = starts[people], starts[people + 1]
        return np.repeat(np.arange(len(people)), last - first), order[spans(first, last)]

    def _keep_in_order(self, rows: Units, seat: int, people: Index) -> None:
        """Interchangeable seats are filled in ascending order."""
        for other, same in enumerate(self._interchangeable[seat]):
            if same and other != seat:
                own = self._labels.of(other)
                others = self._labels.person[own]
                wrong = others < people[:, None] if other > seat else others > people[:, None]
                rows[:, own][wrong] = FORBIDDEN

    def _keep_apart(self, rows: Units, people: Index) -> None:
        for pair in self._problem.rules.never_together:
            one, other = (self._problem.position[who] for who in pair)
            for a, b in ((one, other), (other, one)):
                rows[np.ix_(people == a, self._labels.person == b)] = FORBIDDEN

    def _keep_to_room(self, rows: Units, seat: int, people: Index) -> None:
        """Nobody sits on two seats without the time for both; whoever does is at one with themselves."""
        row, label, units = self.twins(seat, people)
        rows[row, label] = np.where(self._has_room(seat, people[row], label), units, FORBIDDEN)

    def _has_room(self, seat: int, people: Index, labels: Index) -> NDArray[np.bool_]:
        """Which of the people have room for the seat and for the one of the label beside their name."""
        both = np.zeros(len(people), bool)
        if self._problem.rules.max_seats_per_person == 1:
            return both
        for other in np.unique(self._seat[labels]).tolist():
            there = self._seat[labels] == other
            both[there] = _fits(self._problem, seat, other, people[there])
        return both


def _fits(problem: Problem, i: int, j: int, people: Index) -> NDArray[np.bool_]:
    """Which of the people have time for both seats."""
    first, second = (problem.roles[problem.seats[seat].role] for seat in (i, j))
    start, stop = max(first.start, second.start), min(first.stop, second.stop)
    if start >= stop:
        return np.ones(len(people), bool)
    free = problem.people.free
    share = free[people, 0] if free.shape[1] == 1 else free[people, start:stop].min(axis=1)
    return np.asarray(share >= first.fte + second.fte)
