"""The search's first levels, many partial teams side by side.

A board of thousands of choices has far more partial teams than can be looked at one by one. All of them that share the
choice on their first seat are grown together here, seat after seat: a table has a row of gains for each, and whoever is
bounded below the best known team drops out. The few that stay are handed to `Search`, which alone knows all rules.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.messages import HOPELESS, Messages
from staffing.scoring import Index
from staffing.search import NOTHING, Search
from staffing.stopping import Work

Narrow = NDArray[np.int32]
_OUT = -(1 << 24)
"""Units of what a rule forbids: below every score, and twelve dozen of them fit 32 bits."""
ENTRIES = 1 << 21
"""Entries of the tables worked out at once, so that they stay near the processor."""
_CHEAP = 24
"""Partial teams bounded side by side in the time that `Search` takes for one."""


_SWEEPS = 1
"""Message passing once the first seat has its choice."""
_TIGHTENING = 200
"""Search nodes that this counts for: it takes about as long."""


@dataclass(frozen=True, eq=False)
class _Crowd:
    """Partial teams with choices on the same seats."""

    chosen: Index
    """(teams, seats chosen) labels in the order of choice."""
    fixed: Narrow
    """(teams,) units that the chosen labels bring."""
    columns: Index
    """Labels of open seats that are still of use to any of the teams, one seat after the other."""
    gains: Narrow
    """(teams, columns)"""

    def some(self, teams: NDArray[np.bool_]) -> "_Crowd":
        return _Crowd(self.chosen[teams], self.fixed[teams], self.columns, self.gains[teams])


class WideSearch:
    """Grows the teams of one board until few are left."""

    def __init__(self, board: Messages, search: Search, work: Work) -> None:
        self._board = board
        self._seat = board.labels.seat
        self._seats = board.labels.seats
        self._search = search
        self._work = work
        self._pairs = np.empty((len(self._seat), len(self._seat)), np.int32)
        for seat in range(self._seats):
            own = board.labels.of(seat)
            self._pairs[own] = np.maximum(board.pairs(np.arange(own.start, own.stop)), _OUT)
        self._moved = np.empty((0, 0), np.int32)

    def left(self) -> int:
        """Search everything; a bound on what was left out for want of work, `NOTHING` if nothing was."""
        board, left = self._board, NOTHING
        record = board.labels.record
        if record is not None:
            record.below.clear()
        sizes = np.add.reduceat((~board.dead).astype(np.intp), board.labels.starts[:-1])
        seat = int(np.argmin(sizes))
        own = np.flatnonzero(~board.dead & (self._seat == seat))
        hoped = board.merit[own] + int(board.peaks().sum() - board.peaks()[seat])
        order = np.lexsort((own, -hoped))
        for n, label in enumerate(own[order].tolist()):
            if self._work.over:
                left = max(left, int(hoped[order[n]]))
                break
            out = self._seat == seat
            out[label] = False
            left = max(left, self._with(board.without(out)))
        if record is not None and left != NOTHING:
            record.below.clear()
        return left

    def _with(self, board: Messages) -> int:
        self._work.nodes_done(_TIGHTENING)
        floor = max(self._search.best_units, HOPELESS)
        bound = board.tighten(self._work, floor, _SWEEPS)
        if bound < floor:
            return NOTHING
        merit, peaks = board.merit, board.peaks()
        columns = np.flatnonzero(~board.dead & (merit + (bound - peaks)[self._seat] >= floor))
        self._moved = board.moved.astype(np.int32)
        gains = merit[columns].astype(np.int32)[None, :]
        return self._grown(_Crowd(np.empty((1, 0), np.intp), np.zeros(1, np.int32), columns, gains))

    def _moved_pairs(self, rows: Index, columns: Index) -> Narrow:
        """(rows, columns) units of pairs with labels of one seat, less what has been moved to single labels."""
        pairs = self._pairs.take(rows, axis=0).take(columns, axis=1)
        pairs -= self._moved[self._seat[rows[0]], columns]
        pairs -= self._moved.take(rows, axis=1).T.take(self._seat[columns], axis=1)
        return pairs

    def _grown(self, crowd: _Crowd) -> int:
        floor = max(self._search.best_units, HOPELESS)
        seats, starts = np.unique(self._seat[crowd.columns], return_index=True)
        if len(seats) + crowd.chosen.shape[1] < self._seats:
            return NOTHING
        peaks = np.maximum.reduceat(crowd.gains, starts, axis=1)
        bounds = crowd.fixed + peaks.sum(axis=1)
        good = bounds >= floor
        if not good.all():
            crowd, peaks, bounds = crowd.some(good), peaks[good], bounds[good]
        if not len(bounds):
            return NOTHING
        if self._work.over:
            return int(bounds.max())
        if len(seats) == 1:
            return self._handed_over(crowd, seats, bounds)
        place = np.repeat(np.arange(len(seats)), np.diff(np.append(starts, len(crowd.columns))))
        alive = crowd.gains >= (peaks - (bounds - floor).astype(np.int32)[:, None])[:, place]
        seat = int(np.argmin(np.add.reduceat(alive.sum(axis=0), starts)))
        return self._on_seat(crowd, peaks, bounds, alive, place == seat, peaks[:, seat])

    def _on_seat(
        self,
        crowd: _Crowd,
        peaks: Narrow,
        bounds: Narrow,
        alive: NDArray[np.bool_],
        own: NDArray[np.bool_],
        peak: Narrow,
    ) -> int:
        """Every team with everybody who may be of use on one seat, some at a time."""
        useful = alive.any(axis=0)
        here, rest = np.flatnonzero(own & useful), np.flatnonzero(~own & useful)
        columns = crowd.columns[rest]
        if len(np.unique(self._seat[columns])) < peaks.shape[1] - 1:
            return NOTHING
        gains, own_gains = crowd.gains.take(rest, axis=1), crowd.gains.take(here, axis=1)
        pairs = self._moved_pairs(crowd.columns[here], columns)
        team, choice = np.nonzero(alive[:, here])
        hoped = bounds[team] - peak[team] + own_gains[team, choice]
        left, step = NOTHING, max(1, ENTRIES // max(1, len(rest)))
        for begin in range(0, len(team), step):
            if self._work.over:
                return max(left, int(hoped[begin:].max()))
            batch = slice(begin, begin + step)
            some = hoped[batch] >= self._search.best_units
            who, what = team[batch][some], choice[batch][some]
            self._work.nodes_done(-(-len(who) // _CHEAP))
            grown = _Crowd(
                np.column_stack((crowd.chosen[who], crowd.columns[here[what]])),
                crowd.fixed[who] + own_gains[who, what],
                columns,
                gains[who] + pairs[what],
            )
            left = max(left, self._grown(grown))
        return left

    def _handed_over(self, crowd: _Crowd, seats: Index, bounds: Narrow) -> int:
        left = NOTHING
        for n in np.lexsort((np.arange(len(bounds)), -bounds)):
            gain = np.full(len(self._seat), 2 * HOPELESS)
            gain[crowd.columns] = np.where(crowd.gains[n] < _OUT // 2, 2 * HOPELESS, crowd.gains[n])
            chosen = tuple(crowd.chosen[n].tolist())
            left = max(left, self._search.below(chosen, seats, int(crowd.fixed[n]), gain))
        return left
