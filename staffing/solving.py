"""From all eligible people to the next best team: what is left after bounding goes to the search."""

from collections.abc import Sequence

from staffing.board import Board
from staffing.problem import Problem
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.search import NOTHING, Found, Search
from staffing.seating import overlocked, seat_labels, with_gaps
from staffing.stopping import Work


class Solver:
    def __init__(self, problem: Problem, scoring: Scoring, eligibility: Eligibility, work: Work) -> None:
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self._labels = seat_labels(problem, eligibility.candidates)
        self._gaps = 0
        """Fewest seats that have to stay empty, as far as is known."""

    def next(self, earlier: Sequence[frozenset[int]]) -> Found:
        """The best team that differs enough from the earlier ones; without a team when there is none."""
        most = self._labels.seats if self._problem.rules.allow_gaps else 0
        if overlocked(self._problem):
            return Found()
        while self._gaps <= most:
            found = self._with_gaps(earlier)
            if found.team is not None or self._work.spent:
                return found
            self._gaps += 1
        return Found()

    def _with_gaps(self, earlier: Sequence[frozenset[int]]) -> Found:
        labels = with_gaps(self._problem, self._labels) if self._gaps else self._labels
        if not labels.complete:
            return Found()
        board = Board(self._problem, self._scoring, labels)
        board.tighten(self._work, NOTHING, 12)
        search = Search(self._problem, self._scoring, board, self._work, self._gaps)
        return search.best(earlier, self._problem.min_difference, Found(), self._scoring.constant)
