"""Good teams without proof: the floor below which nobody needs to look.

Bounds say whom to look at first. A search over the few most promising people per seat finds a team, the people who go
best with that team find a better one, and where ties matter so much that bounds mislead, many teams are put together
side by side, seat after seat, the best of them kept at each step (beam search).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffing.board import Board
from staffing.messages import HOPELESS
from staffing.problem import Problem
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team
from staffing.stopping import Work

BOARD_SWEEPS = 15
FIRST_LOOK = 12
"""People per seat in the first search for a good team; four times as many in each further one."""
FIRST_NODES = 5_000
LARGEST = 3_000
"""Most labels on a board; a table of all pairs of them takes 36 MB, some copies of it a few times that."""
BEAM = 150
"""Teams put together side by side."""
_CHILDREN = 4
"""Continuations looked at for each team that is kept."""


class Incumbents:
    """Finds good teams among the labels, whose `bounds` say what a team with each of them can be worth."""

    def __init__(
        self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units, bounds: Units, work: Work
    ) -> None:
        self._problem = problem
        self._scoring = scoring
        self._labels = labels
        self._moved = moved
        self._bounds = bounds
        self._work = work

    def team(self, earlier: Sequence[Team], gaps: int, crowd: int, known: Found) -> Found:
        """A team from the most promising people, made better while more than `crowd` choices are left to be looked at.

        The known team made better, if there is one; without a team when none was found.
        """
        if known.team is None:
            known = self.first_look(earlier, gaps)
        known = self._climbed(known, earlier, gaps, crowd)
        if known.team is None or self.better_than(known) <= LARGEST:
            return known
        beamed = self._climbed(self._beamed(earlier, gaps, known), earlier, gaps, crowd)
        return max(known, beamed, key=lambda found: found.units)

    def better_than(self, known: Found) -> int:
        """How many choices could be part of a better team than this, as far as the bounds know."""
        return int((self._bounds + self._scoring.constant >= known.units).sum())

    def first_look(self, earlier: Sequence[Team], gaps: int) -> Found:
        """The best team of the most promising people; without a team when they make none."""
        width, known = FIRST_LOOK, Found()
        widest = int(np.diff(self._labels.starts).max())
        while known.team is None:
            few = most_promising(self._labels, self._bounds, width)
            if self._problem.rules.max_seats_per_person > 1:
                few = np.isin(self._labels.person, self._labels.person[few])
            if int(few.sum()) > LARGEST:
                break
            known = self._search(few, earlier, gaps, Found())
            if width >= widest or self._work.over:
                break
            width *= 4
        return known

    def _climbed(self, known: Found, earlier: Sequence[Team], gaps: int, crowd: int) -> Found:
        """A better team from the people who go best with the one that is known, as long as there is one."""
        while known.team is not None and self.better_than(known) > crowd:
            kept = most_promising(self._labels, self._beside(known.team), FIRST_LOOK)
            kept |= np.isin(self._labels.person, known.team)
            found = self._search(kept, earlier, gaps, known, moved=False)
            if found.team == known.team:
                break
            known = found
        return known

    def _beside(self, team: Team) -> Units:
        """(labels,) what each choice would bring with everybody else on the team staying."""
        problem, labels = self._problem, self._labels
        seat, brings = labels.seat, labels.worth.copy()
        for other, who in enumerate(team):
            if who < len(problem.people):
                together = np.append(self._scoring.pairs_with(who), 0.0)[labels.person]
                roles = [(problem.seats[other].role, one.role) for one in problem.seats]
                talk = np.array([self._scoring.communication(*pair) for pair in roles])
                talk[other] = 0.0
                brings += self._scoring.pair_units(1.0, talk[seat] * together)
        return brings

    def _beamed(self, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        """What the people of the best teams of a beam make together, if that is better than the known team."""
        few = most_promising(self._labels, self._bounds, LARGEST // self._labels.seats)
        board = Board(self._problem, self._scoring, self._labels.where(few), self._moved[:, few])
        kept = np.zeros(len(self._labels), bool)
        for chosen in beam(board)[:FIRST_LOOK]:
            kept[np.flatnonzero(few)[chosen]] = True
            kept |= np.isin(self._labels.person, known.team or ())
            found = self._search(kept, earlier, gaps, known, moved=False)
            if found.units > known.units:
                return found
        return known

    def _search(
        self, kept: NDArray[np.bool_], earlier: Sequence[Team], gaps: int, known: Found, *, moved: bool = True
    ) -> Found:
        labels, floor = self._labels.where(kept), known.units - self._scoring.constant
        board = Board(self._problem, self._scoring, labels, self._moved[:, kept] if moved else None)
        board.tighten(self._work, floor, BOARD_SWEEPS)
        with self._work.at_most(FIRST_NODES):
            search = Search(self._problem, self._scoring, board, self._work, gaps)
            found = search.best(earlier, self._problem.min_difference, known, self._scoring.constant)
        return Found(found.team, found.units, found.units)


def most_promising(labels: Labels, bounds: Units, width: int) -> NDArray[np.bool_]:
    """The labels with the highest bounds, at most so many per seat."""
    kept = np.zeros(len(labels), bool)
    for seat in range(labels.seats):
        own = labels.of(seat)
        best = np.argsort(-bounds[own], kind="stable")[:width]
        kept[best + own.start] = True
    return kept


def beam(board: Board) -> list[list[int]]:
    """The labels of good complete teams, best first; rules about the whole team are not looked at."""
    labels = board.labels
    starts = labels.starts[:-1]
    gains, fixed = board.merit[None, :], np.zeros(1, np.int64)
    chosen = np.empty((1, 0), np.intp)
    open_seats = np.argsort(np.diff(labels.starts), kind="stable")
    while len(open_seats):
        own, open_seats = labels.of(int(open_seats[0])), open_seats[1:]
        peaks = np.maximum.reduceat(gains, starts, axis=1)[:, open_seats].sum(axis=1)
        hoped = (fixed + peaks)[:, None] + gains[:, own]
        some = _highest(hoped.ravel(), BEAM * _CHILDREN)
        team, label = np.divmod(some, hoped.shape[1])
        label += own.start
        fixed = fixed[team] + gains[team, label]
        gains = gains[team] + board.moved_pairs(label)
        hoped = fixed + np.maximum.reduceat(gains, starts, axis=1)[:, open_seats].sum(axis=1)
        best = _highest(hoped, BEAM)
        gains, fixed = gains[best], fixed[best]
        chosen = np.column_stack((chosen[team[best]], label[best]))
    return [row.tolist() for row, units in zip(chosen, fixed, strict=True) if units > HOPELESS]


def _highest(values: Units, count: int) -> NDArray[np.intp]:
    """Places of the highest values, highest first, the first of equal ones."""
    if len(values) > count:
        least = -np.partition(-values, count - 1)[count - 1]
        over, even = np.flatnonzero(values > least), np.flatnonzero(values == least)
        places = np.concatenate((over, even[: count - len(over)]))
    else:
        places = np.arange(len(values))
    return places[np.lexsort((places, -values[places]))]


__all__ = ["LARGEST", "NOTHING", "Incumbents", "beam", "most_promising"]
