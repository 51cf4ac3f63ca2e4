"""Messages over everybody eligible, without a table of pairs.

A pair is worth what the two time zones make it worth, and more where a tie says so. Ties are few: the best partner of
everybody is found once per zone, and then for the tied people one by one. Interchangeable seats are filled in ascending
order; all other rules about the team are left to the search.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.messages import Messages
from staffing.pairs import PairRows
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Labels, pinned

_NEVER = -(1 << 50)
"""Below every offer, and far enough from the end of 64 bits to be added to."""


@dataclass(frozen=True, eq=False)
class _Ties:
    """Ties of the choices of one seat, in order of the other seat and then of the choice."""

    giver: Index
    """(ties,) the other label."""
    units: Units
    """(ties,) of the tied pair."""
    starts: Index
    """(groups,) ties of one choice with one other seat follow each other; where they begin."""
    other: Index
    """(groups,) the other seat."""
    taker: Index
    """(groups,) the choice, by its place on the seat."""


class Field(Messages):
    """Messages over all labels by zones and ties."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units | None = None) -> None:
        super().__init__(labels, moved)
        self._one_seat_each = problem.rules.max_seats_per_person == 1
        self._rows = PairRows(problem, scoring, labels)
        self._nobodys_zone = len(scoring.zone_overlap)
        zone_of = np.append(scoring.zones, self._nobodys_zone)
        self._zones, self._zone = np.unique(zone_of[labels.person], return_inverse=True)
        """Classes that occur, and (labels,) which of them each label is in. Empty seats have one of their own."""
        roles = [seat.role for seat in problem.seats]
        talks, which = np.unique([[scoring.communication(a, b) for b in roles] for a in roles], return_inverse=True)
        self._which = which.reshape(len(roles), len(roles))
        self._untied = np.stack([scoring.untied(talk)[np.ix_(self._zones, self._zones)] for talk in talks.tolist()])
        """(kinds of communication, zones, zones); `_which` says which kind a pair of seats has."""
        self._sort_by_zone()
        self._kinds = _kinds(roles, labels)
        self._ties: dict[int, _Ties] = {}
        self._ties_by_kind: dict[int, tuple[Index, Index, Units, NDArray[np.uint16]]] = {}
        alike = [role if pin is None else -1 for role, pin in zip(roles, pinned(problem), strict=True)]
        self._alike = [[t for t, b in enumerate(alike) if t != s and a == b >= 0] for s, a in enumerate(alike)]
        """By seat: those that are interchangeable with it."""
        self._allowed: dict[tuple[int, int], Index] = {}

    def _sort_by_zone(self) -> None:
        """Labels of one seat and zone, a cell, one after the other."""
        seat = self.labels.seat
        self._in_order = np.lexsort((self._zone, seat))
        cells, self._cell_starts = np.unique((seat * len(self._zones) + self._zone)[self._in_order], return_index=True)
        self._cell_seat, self._cell_zone = np.divmod(cells, len(self._zones))
        self._seat_cells = np.searchsorted(self._cell_seat, np.arange(self.labels.seats + 1))

    def pairs(self, batch: Index) -> Units:
        return self._rows.of(batch)

    def partners(self, seat: int, others: range, offers: Units) -> Units:
        first, last = self.labels.starts[[others.start, others.stop]]
        cells = slice(*self._seat_cells[[others.start, others.stop]].tolist())
        ordered = offers[self._in_order[first:last] - first]
        starts = self._cell_starts[cells] - first
        tops = np.maximum.reduceat(ordered, starts)
        offered = np.full((len(others), len(self._zones)), _NEVER)
        offered[self._cell_seat[cells] - others.start, self._cell_zone[cells]] = tops
        untied = self._untied[self._which[others.start : others.stop, seat]]
        best: Units = (offered[:, :, None] + untied).max(axis=1)[:, self._zone[self.labels.of(seat)]]
        if self._one_seat_each:
            self._not_with_oneself(seat, others, ordered, tops, offered, best)
        for other in self._alike[seat]:
            if other in others:
                best[other - others.start] = self._in_turn(seat, other, offers, int(first))
        self._with_colleagues(seat, others, offers, best)
        return best

    def _not_with_oneself(
        self, seat: int, others: range, ordered: Units, tops: Units, offered: Units, best: Units
    ) -> None:
        """Mend the entries of people who are themselves the best of their zone: nobody has both seats."""
        first = self.labels.starts[others.start]
        cells = slice(*self._seat_cells[[others.start, others.stop]].tolist())
        starts = self._cell_starts[cells] - first
        cell = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(ordered))))
        at_top = np.flatnonzero(ordered == tops[cell])
        place = at_top[np.searchsorted(cell[at_top], np.arange(len(starts)))]
        who = self.labels.person[self._in_order[place + first]]
        own = self.labels.person[self.labels.of(seat)]
        twin = np.minimum(np.searchsorted(own, who), len(own) - 1)
        both = np.flatnonzero((own[twin] == who) & (self._zones[self._cell_zone[cells]] < self._nobodys_zone))
        if not len(both):
            return
        without = ordered.copy()
        without[place] = _NEVER
        other, zone = self._cell_seat[cells][both] - others.start, self._cell_zone[cells][both]
        left = offered[other]
        left[np.arange(len(both)), zone] = np.maximum.reduceat(without, starts)[both]
        untied = self._untied[self._which[other + others.start, seat], :, zone]
        best[other, twin[both]] = (left + untied).max(axis=1)

    def _in_turn(self, seat: int, other: int, offers: Units, first: int) -> Units:
        """(labels of the seat,) the best untied partners on the other seat when both are filled in ascending order."""
        cells = slice(int(self._seat_cells[other]), int(self._seat_cells[other + 1]))
        if (seat, other) not in self._allowed:
            self._allowed[seat, other] = self._turns(seat, other, cells)
        allowed = self._allowed[seat, other]
        tops = np.empty(allowed.shape, np.int64)
        for row, counts, labels in zip(tops, allowed, self._cells(cells), strict=True):
            offered = offers[labels - first]
            row[:] = np.append(_NEVER, np.maximum.accumulate(offered[::-1] if other > seat else offered))[counts]
        untied = self._untied[self._which[other, seat]][self._cell_zone[cells]]
        best: Units = (tops + untied[:, self._zone[self.labels.of(seat)]]).max(axis=0)
        return best

    def _turns(self, seat: int, other: int, cells: slice) -> Index:
        """(cells, labels of the seat) how many people of each cell may sit on the other seat beside each label.

        Nobody sits beside themselves unless they may have both seats; empty seats stand beside each other.
        """
        own = self.labels.person[self.labels.of(seat)]
        beside = (self._zones[self._zone[self.labels.of(seat)]] == self._nobodys_zone) | (not self._one_seat_each)
        turns = np.empty((cells.stop - cells.start, len(own)), np.intp)
        for row, labels in zip(turns, self._cells(cells), strict=True):
            people = self.labels.person[labels]
            if other > seat:
                row[:] = len(people) - np.searchsorted(people, own + ~beside)
            else:
                row[:] = np.searchsorted(people, own + beside)
        return turns

    def _cells(self, cells: slice) -> list[Index]:
        """Labels of each of the cells, ascending by person."""
        ends = np.append(self._cell_starts, len(self._in_order)).tolist()
        return [self._in_order[ends[cell] : ends[cell + 1]] for cell in range(cells.start, cells.stop)]

    def _with_colleagues(self, seat: int, others: range, offers: Units, best: Units) -> None:
        if seat not in self._ties:
            self._ties[seat] = self._ties_of(seat)
        ties = self._ties[seat]
        groups = slice(*np.searchsorted(ties.other, (others.start, others.stop)).tolist())
        if groups.start == groups.stop:
            return
        ends = np.append(ties.starts, len(ties.giver))
        span = slice(int(ends[groups.start]), int(ends[groups.stop]))
        worth = offers[ties.giver[span] - self.labels.starts[others.start]] + ties.units[span]
        tied = np.maximum.reduceat(worth, ties.starts[groups] - span.start)
        at = ties.other[groups] - others.start, ties.taker[groups]
        best[at] = np.maximum(best[at], tied)

    def _ties_of(self, seat: int) -> _Ties:
        kind = self._kinds[seat]
        if kind not in self._ties_by_kind:
            self._ties_by_kind[kind] = self._ties_anyhow(kind)
        taker, giver, units, other = self._ties_by_kind[kind]
        if self._alike[seat]:
            fit = self._in_order_of_ids(seat, taker, giver)
            taker, giver, units, other = taker[fit], giver[fit], units[fit], other[fit]
        starts = np.flatnonzero(np.append(True, (np.diff(other) != 0) | (np.diff(taker) != 0))[: len(other)])
        return _Ties(giver, units, starts, other[starts].astype(np.intp), taker[starts])

    def _ties_anyhow(self, seat: int) -> tuple[Index, Index, Units, NDArray[np.uint16]]:
        """Choice by its place on the seat, other label, units of the tied pair, other seat; in any order of ids."""
        people = self.labels.person[self.labels.of(seat)]
        taker, giver, units = self._rows.ties(seat, people)
        if not self._one_seat_each:
            twins = self._rows.twins(seat, people)
            taker, giver, units = (np.concatenate(both) for both in zip((taker, giver, units), twins, strict=True))
            by_taker = np.argsort(taker, kind="stable")
            taker, giver, units = taker[by_taker], giver[by_taker], units[by_taker]
        other = self.labels.seat.astype(np.uint16)[giver]
        order = np.argsort(other, kind="stable")
        return taker[order], giver[order], units[order], other[order]

    def _in_order_of_ids(self, seat: int, taker: Index, giver: Index) -> NDArray[np.bool_]:
        """(ties,) those that fill interchangeable seats in ascending order."""
        fit = np.ones(len(taker), bool)
        own = self.labels.person[self.labels.of(seat)]
        for other in self._alike[seat]:
            there = self.labels.of(other)
            at = np.flatnonzero((giver >= there.start) & (giver < there.stop))
            one, theirs = own[taker[at]], self.labels.person[giver[at]]
            fit[at] = theirs >= one if other > seat else theirs <= one
        return fit


def _kinds(roles: Sequence[int], labels: Labels) -> list[int]:
    """By seat: the first seat of the same role with the same choices; its ties are the same."""
    kinds: list[int] = []
    for seat, role in enumerate(roles):
        own = labels.person[labels.of(seat)]
        alike = (kind for kind in kinds if roles[kind] == role and np.array_equal(labels.person[labels.of(kind)], own))
        kinds.append(next(alike, seat))
    return kinds
