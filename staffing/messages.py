"""Upper bounds by moving units from pairs of seats to the choices of single seats.

Sequential reweighted message passing (Kolmogorov, "A new look at reweighted message passing", IEEE TPAMI 2015): seat
after seat takes in what its pairs with the seats before are worth, then puts an even part into the pairs with the seats
after it, and the same backwards. Messages are whole numbers, so moving units about never changes the score of any team,
and after every sweep no pair is worth more than nothing: the sum of the best choices per seat is then a true bound.
"""

from abc import ABC, abstractmethod
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from staffing.certificate import Part
from staffing.scoring import Index, Units
from staffing.seating import Labels
from staffing.stopping import Work

FORBIDDEN = -(1 << 28)
"""Units of a pair that a rule forbids: further below any score than all messages together can make good."""
HOPELESS = FORBIDDEN // 2
"""Whatever lies below is ruled out."""
_SLOW = 5_000
"""A sweep that lowers the bound by less than one part in this many is the last."""


class Messages(ABC):
    """Labels, what has been moved to them, and which of them are out of the running."""

    def __init__(self, labels: Labels, moved: Units | None = None, dead: NDArray[np.bool_] | None = None) -> None:
        self.labels = labels
        self.moved = np.zeros((labels.seats, len(labels)), np.int64) if moved is None else moved
        """(seats, labels) units that each label has from its pair with each other seat."""
        self.dead = np.zeros(len(labels), bool) if dead is None else dead
        """(labels,) those that no team worth having contains."""
        self.parent: Part | None = None
        """The record of the part that these choices are a part of."""

    @abstractmethod
    def partners(self, seat: int, others: range, offers: Units) -> Units:
        """(others, labels of the seat) the best of pair units plus offer over each other seat's labels.

        `offers` stands for the labels of the other seats, one seat after the other.
        """

    @abstractmethod
    def pairs(self, batch: Index) -> Units:
        """(batch, labels) units of pairs, rules kept, with the labels in the batch, which are all of one seat."""

    def moved_pairs(self, batch: Index) -> Units:
        """The same less what has been moved to the labels; means nothing within a seat."""
        seat = self.labels.seat
        moved: Units = self.pairs(batch) - self.moved[seat[batch[0]]] - self.moved[:, batch].T[:, seat]
        return moved

    def without(self, out: NDArray[np.bool_]) -> Self:
        """The same messages with some more labels dead; whatever happens to these leaves the present ones alone."""
        twin = copy(self)
        twin.moved, twin.dead = self.moved.copy(), self.dead | out
        if self.labels.record is not None:
            twin.labels = self.labels.recorded(~twin.dead)
            twin.parent = self.labels.record
        return twin

    def _write_down(self) -> None:
        record = self.labels.record
        if record is None:
            return
        if self.parent is not None and not record.potentials:
            self.parent.below.append(record)
        record.add(self.labels.starts, self.labels.person, ~self.dead, self.moved)

    @property
    def merit(self) -> Units:
        """(labels,) units of each label after all moves; forbidden where dead."""
        return np.where(self.dead, FORBIDDEN, self.labels.worth + self.moved.sum(axis=0))

    def peaks(self) -> Units:
        """(seats,) the best merit on each seat."""
        return np.maximum.reduceat(self.merit, self.labels.starts[:-1])

    def tighten(self, work: Work, floor: int, sweeps: int) -> int:
        """Lower the bound by sweeps forth and back; returns it.

        Labels that no team of at least `floor` units contains are declared dead on the way.
        """
        seats = self.labels.seats
        bound = int(self.peaks().sum())
        for sweep in range(sweeps if seats > 1 else 0):
            for seat in range(seats):
                self._visit(seat, range(seat), range(seat + 1, seats))
            for seat in reversed(range(seats)):
                self._visit(seat, range(seat + 1, seats), range(seat))
            work.sweep()
            self._write_down()
            peaks = self.peaks()
            before, bound = bound, int(peaks.sum())
            if bound < HOPELESS:
                break
            self.dead |= self.merit + (bound - peaks)[self.labels.seat] < floor
            if bound <= floor or (sweep and before - bound < before // _SLOW):
                break
        return bound

    def _visit(self, seat: int, behind: range, ahead: range) -> None:
        labels, own = self.labels, self.labels.of(seat)
        if behind:
            best = self.partners(seat, behind, self._offers(seat, behind))
            self.dead[own] |= (best < HOPELESS).any(axis=0)
            self.moved[behind.start : behind.stop, own] = np.where(self.dead[own], 0, best)
        if ahead:
            has = labels.worth[own] + self.moved[:, own].sum(axis=0)
            share = np.where(self.dead[own], 0, has // max(len(behind), len(ahead)))
            self.moved[ahead.start : ahead.stop, own] -= share

    def _offers(self, seat: int, others: range) -> Units:
        """What the others' labels have put into their pairs with this seat."""
        span = slice(int(self.labels.starts[others.start]), int(self.labels.starts[others.stop]))
        return np.where(self.dead[span], FORBIDDEN, -self.moved[seat, span])

    def team_bounds(self) -> Units:
        """(labels,) an upper bound on every team that contains the label: tighter than merit and peaks say."""
        labels, merit = self.labels, self.merit
        bounds = merit.copy()
        for seat in range(labels.seats):
            own = labels.of(seat)
            for others in (range(seat), range(seat + 1, labels.seats)):
                if others:
                    span = slice(int(labels.starts[others.start]), int(labels.starts[others.stop]))
                    best = self.partners(seat, others, merit[span] - self.moved[seat, span])
                    bounds[own] += (best - self.moved[others.start : others.stop, own]).sum(axis=0)
        return bounds
