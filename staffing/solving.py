"""From all eligible people to the next best team.

Bounds over everybody come first (`Field`). A search over the few most promising people per seat gives a good team; who
cannot be on a team as good as that drops out for certain, and a second search over the rest proves the best one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from staffing.alike import without_surplus
from staffing.board import Board
from staffing.field import Field
from staffing.pricing import price_rules
from staffing.problem import Problem
from staffing.rules import Candidates
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team, overlocked, seat_labels, with_gaps
from staffing.stopping import Work

SMALL = 320
"""Labels up to which the search starts at once, with everybody on the board."""
LARGEST = 3000
"""Most labels on a board; a table of all pairs of them takes 36 MB, some copies of it a few times that."""
_FIELD_SWEEPS = 8
_BOARD_SWEEPS = 15
FIRST_LOOK = 12
"""People per seat in the first search for a good team; four times as many in each further one."""
FIRST_NODES = 5_000


class Solver:
    """Finds the teams of one problem one after the other; what one team taught about bounds serves the next."""

    def __init__(self, problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], work: Work) -> None:
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self._labels = seat_labels(problem, without_surplus(problem, scoring, candidates))
        self._gaps = 0
        """Fewest seats that have to stay empty, as far as is known."""
        self._pools: dict[bool, _Pool] = {}

    def next(self, earlier: Sequence[Team]) -> Found:
        """The best team that differs enough from the earlier ones; without a team when there is none."""
        most = self._labels.seats if self._problem.rules.allow_gaps else 0
        if overlocked(self._problem):
            return Found()
        unseen = Found()
        for gaps in range(self._gaps, most + 1):
            found = self._with_gaps(earlier, gaps)
            if found.team is not None and unseen.cut:
                bound = max(found.bound, unseen.bound, found.units + 1)
                return Found(found.team, found.units, bound, cut=True)
            if found.team is not None:
                return found
            if found.cut:
                unseen = Found(bound=max(unseen.bound, found.bound), cut=True)
            elif not unseen.cut:
                self._gaps = gaps + 1
        return unseen

    def _with_gaps(self, earlier: Sequence[Team], gaps: int) -> Found:
        pool = self._pool(gaps > 0)
        return pool.best(earlier, gaps) if pool.labels.complete else Found()

    def _pool(self, gaps: bool) -> "_Pool":
        if gaps not in self._pools:
            labels = with_gaps(self._problem, self._labels) if gaps else self._labels
            self._pools[gaps] = _Pool(self._problem, self._scoring, labels, self._work)
        return self._pools[gaps]


class _Pool:
    """Everybody who may sit somewhere, with a bound on the teams that each choice can be part of."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, work: Work) -> None:
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self.labels = labels
        self._field: Field | None = None
        self._bounds: Units | None = None

    def best(self, earlier: Sequence[Team], gaps: int) -> Found:
        if len(self.labels) <= SMALL:
            return self._search(self.labels, None, earlier, gaps, Found())
        field, bounds = self._bounded()
        known = self._good_team(field, bounds, earlier, gaps)
        kept = bounds + self._scoring.constant >= known.units
        return self._certify(field, bounds, kept, earlier, gaps, known)

    def _bounded(self) -> tuple[Field, Units]:
        if self._field is None or self._bounds is None:
            self._field = Field(self._problem, self._scoring, self.labels)
            self._field.tighten(self._work, NOTHING, _FIELD_SWEEPS)
            price_rules(self._problem, self._scoring, self._field, self._work)
            self.labels = self._field.labels
            self._bounds = self._field.team_bounds()
        return self._field, self._bounds

    def _good_team(self, field: Field, bounds: Units, earlier: Sequence[Team], gaps: int) -> Found:
        """A team from the most promising people, as a floor for what is worth looking at."""
        width, known = FIRST_LOOK, Found()
        widest = int(np.diff(self.labels.starts).max())
        while known.team is None:
            few = _most_promising(self.labels, bounds, width)
            if self._problem.rules.max_seats_per_person > 1:
                few = np.isin(self.labels.person, self.labels.person[few])
            if int(few.sum()) > LARGEST:
                break
            with self._work.at_most(FIRST_NODES):
                known = self._search(self.labels.where(few), field.moved[:, few], earlier, gaps, Found())
            if width >= widest or self._work.over:
                break
            width *= 4
        return self._climbed(Found(known.team, known.units, known.units), bounds, earlier, gaps)

    def _climbed(self, known: Found, bounds: Units, earlier: Sequence[Team], gaps: int) -> Found:
        """A better team from the people who go best with the one that is known, as long as there is one.

        Only where many people are left to be looked at: ties that matter a lot hide good teams from the bounds.
        """
        while known.team is not None and int((bounds + self._scoring.constant >= known.units).sum()) > SMALL:
            kept = _most_promising(self.labels, self._beside(known.team), FIRST_LOOK)
            kept |= np.isin(self.labels.person, known.team)
            with self._work.at_most(FIRST_NODES):
                found = self._search(self.labels.where(kept), None, earlier, gaps, known)
            if found.team == known.team:
                break
            known = Found(found.team, found.units, found.units)
        return known

    def _beside(self, team: Team) -> Units:
        """(labels,) what each choice would bring with everybody else on the team staying."""
        problem, labels = self._problem, self.labels
        seat, brings = labels.seat, labels.worth.copy()
        for other, who in enumerate(team):
            if who < len(problem.people):
                together = np.append(self._scoring.pairs_with(who), 0.0)[labels.person]
                roles = [(problem.seats[other].role, one.role) for one in problem.seats]
                talk = np.array([self._scoring.communication(*pair) for pair in roles])
                talk[other] = 0.0
                brings += self._scoring.pair_units(1.0, talk[seat] * together)
        return brings

    def _certify(
        self,
        field: Field,
        bounds: Units,
        kept: NDArray[np.bool_],
        earlier: Sequence[Team],
        gaps: int,
        known: Found,
    ) -> Found:
        """Search everybody who may be on a better team; too many of them leave a gap between team and bound."""
        omitted = bounds[:0]
        labels, moved, bounds = self.labels.where(kept), field.moved[:, kept], bounds[kept]
        if not labels.complete:
            return known
        if len(labels) > LARGEST:
            smaller = Field(self._problem, self._scoring, labels, moved)
            smaller.tighten(self._work, known.units - self._scoring.constant, _FIELD_SWEEPS)
            bounds, moved = smaller.team_bounds(), smaller.moved
            top = _most_promising(labels, bounds, LARGEST // labels.seats)
            omitted = bounds[~top]
            labels, moved = labels.where(top), moved[:, top]
        found = self._search(labels, moved, earlier, gaps, known)
        if not (omitted + self._scoring.constant >= found.units).any():
            return found
        return Found(found.team, found.units, max(found.bound, int(omitted.max()) + self._scoring.constant), cut=True)

    def _search(self, labels: Labels, moved: Units | None, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        board = Board(self._problem, self._scoring, labels, moved)
        board.tighten(self._work, known.units - self._scoring.constant, _BOARD_SWEEPS)
        search = Search(self._problem, self._scoring, board, self._work, gaps)
        return search.best(earlier, self._problem.min_difference, known, self._scoring.constant)


def _most_promising(labels: Labels, bounds: Units, width: int) -> NDArray[np.bool_]:
    """The labels with the highest bounds, at most so many per seat."""
    kept = np.zeros(len(labels), bool)
    for seat in range(labels.seats):
        own = labels.of(seat)
        best = np.argsort(-bounds[own], kind="stable")[:width]
        kept[best + own.start] = True
    return kept
