"""Dense tables over the few choices that are left: every pair's units, with all rules about two choices in them."""

import numpy as np

from staffing.messages import Messages
from staffing.pairs import PairRows
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Labels


class Board(Messages):
    """Messages over a table of all pairs of labels."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units | None = None) -> None:
        super().__init__(labels, moved)
        rows = PairRows(problem, scoring, labels)
        self._pairs = np.empty((len(labels), len(labels)), np.int32)
        for seat in range(labels.seats):
            own = labels.of(seat)
            self._pairs[own] = rows.of(np.arange(own.start, own.stop))

    def pairs(self, batch: Index) -> Units:
        return self._pairs[batch].astype(np.int64)

    def partners(self, seat: int, others: range, offers: Units) -> Units:
        starts = self.labels.starts[others.start : others.stop]
        span = slice(int(starts[0]), int(self.labels.starts[others.stop]))
        offered = self._pairs[span, self.labels.of(seat)] + offers[:, None]
        return np.maximum.reduceat(offered, starts - starts[0], axis=0)
