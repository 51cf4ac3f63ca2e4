"""A problem prepared for questions about it, so that what serves all of them is worked out once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from staffing import solving
from staffing.bounded import Bounded, Wider, bounded
from staffing.breakdown import break_down, team_units
from staffing.problem import Problem
from staffing.proposal import Team
from staffing.rules import Candidates, Eligibility
from staffing.scoring import Scoring
from staffing.search import NOTHING, Found
from staffing.seating import Labels, pinned, seat_labels, with_gaps
from staffing.seating import Team as People
from staffing.stopping import Work, WorkLimit
from staffing.terms import Measure

QUESTION_LIMIT = WorkLimit(nodes=10_000)
"""What one question may take: about a second where every bound is far off, and far less as a rule."""

Locks = tuple[tuple[str, str], ...]
_NO_TEAM = Found()
_SWEEPS = 4
"""Fewer than for an answer: what a question leaves of the choices is swept again."""


@dataclass(frozen=True)
class Change:
    """What is asked of the best team beyond the problem's rules."""

    locks: Locks
    """In place of the problem's."""
    barred: Mapping[int, Collection[int]] = field(default_factory=dict)
    """By role position: people who have no seat of it but the one that a lock gives them."""
    filled: int | None = None
    """Position of a role that somebody has to take who is not locked to it."""


class Asked:
    """One problem and what all questions about it share: its figures, who may sit where, and bounds on every choice.

    Questions only ever take choices away, so these bounds hold for all of them. Ask many questions of one of these, and
    each is answered as if it were the only one.
    """

    def __init__(self, problem: Problem, wider: Wider | None = None) -> None:
        """`wider` says what is known already about the teams of the problem."""
        self.problem = replace(problem, teams=1)
        self.scoring = Scoring(self.problem)
        self._wider = wider
        self._bounds: dict[bool, Bounded] = {}

    @classmethod
    def of(cls, asked: "Problem | Asked") -> "Asked":
        return asked if isinstance(asked, Asked) else cls(asked)

    @cached_property
    def eligibility(self) -> Eligibility:
        return Eligibility(self.problem, self.scoring)

    @cached_property
    def candidates(self) -> Sequence[Candidates]:
        """By role."""
        return self.eligibility.candidates

    def position(self, person: str) -> int:
        """Where a person stands among the people; ValueError for somebody unknown."""
        if person not in self.problem.position:
            raise ValueError(f"{person!r} is not among the people.")
        return self.problem.position[person]

    def checked(self, team: Team, seat: int | None = None) -> Team:
        """The team, if it is one of this problem's seats and people; ValueError otherwise."""
        roles = [(self.problem.roles[one.role].id, one.number) for one in self.problem.seats]
        if [(one.role, one.seat) for one in team.assignments] != roles:
            raise ValueError("The team has other seats than the problem.")
        for person in team.people:
            if person is not None:
                self.position(person)
        if seat is not None and not 0 <= seat < len(roles):
            raise ValueError(f"Seats count from 0 to {len(roles) - 1}; there is no seat {seat}.")
        return team

    def best(self, work: Work, change: Change | None = None, known: Found = _NO_TEAM) -> Found:
        """The best team under the change, or the known one if that does not beat it."""
        change = change or Change(self.problem.rules.locks)
        problem, candidates = self.problem, self.candidates
        if change.locks != problem.rules.locks:
            problem = replace(problem, rules=replace(problem.rules, locks=change.locks))
        locked = {(problem.role_position[role], problem.position[who]) for role, who in change.locks}
        for role, who in change.barred.items():
            gone = [one for one in who if (role, one) not in locked]
            candidates = [_without(column, gone) if n == role else column for n, column in enumerate(candidates)]

        def only(labels: Labels) -> NDArray[np.bool_]:
            return _open(problem, change, labels)

        solver = solving.Solver(
            problem, self.scoring, candidates, work, wider=lambda gaps: self.bounded(gaps, work), only=only
        )
        return solver.next([], known)

    def team(self, found: Found) -> Team | None:
        if found.team is None:
            return None
        return break_down(self.problem, self.scoring, self.candidates, found.team, found.bound)

    def found(self, people: People) -> Found:
        """A team that is known, with its units."""
        units = team_units(self.problem, self.scoring, people)
        return Found(people, units, units)

    def hopes(self, person: int, roles: Sequence[int], work: Work) -> Mapping[int, int]:
        """By role: a bound on the complete teams with the person on a seat of it, where one is known."""
        if len(self._labels(gaps=False)) <= solving.SMALL:
            return {}
        known = self.bounded(False, work)
        if known is None:
            return {}
        theirs = known.labels.person == person
        role_of = np.array([seat.role for seat in self.problem.seats])[known.labels.seat]
        return {role: int(known.bounds[theirs & (role_of == role)].max(initial=NOTHING)) for role in roles}

    def bounded(self, gaps: bool, work: Work) -> Bounded | None:
        """Bounds on the teams of the problem as it stands, with gaps or without; None where there is no choice."""
        if gaps not in self._bounds:
            wider = None if self._wider is None else self._wider(gaps)
            labels = self._labels(gaps)
            known = None if wider is None else wider.among(labels)
            if known is None and not labels.complete:
                return None
            self._bounds[gaps] = known or bounded(self.problem, self.scoring, labels, work, _SWEEPS)
        return self._bounds[gaps]

    def _labels(self, gaps: bool) -> Labels:
        labels = seat_labels(self.problem, self.candidates)
        return with_gaps(self.problem, labels) if gaps else labels

    def weighed(self, weights: Mapping[Measure, float], wider: Wider | None = None) -> Self:
        """The same with other weights; `wider` says what is known already about the teams under these."""
        other = type(self)(replace(self.problem, weights=weights), wider)
        for shared in ("levels", "zones", "zone_overlap", "colleagues"):
            setattr(other.scoring, shared, getattr(self.scoring, shared))
        other.candidates = [
            Candidates(column.people, other.scoring.seat_units(role, column.people), column.stretch)
            for role, column in zip(self.problem.roles, self.candidates, strict=True)
        ]
        return other


def _open(problem: Problem, change: Change, labels: Labels) -> NDArray[np.bool_]:
    """(labels,) the choices that what is barred and what has to be filled leave open."""
    mask = np.ones(len(labels), bool)
    to_fill = change.filled
    for n, (seat, pin) in enumerate(zip(problem.seats, pinned(problem), strict=True)):
        own = labels.of(n)
        if pin is None and seat.role in change.barred:
            mask[own] &= ~np.isin(labels.person[own], list(change.barred[seat.role]))
        if pin is None and seat.role == to_fill:
            # Interchangeable seats are filled in order, so it is the first of them that must not stay empty.
            mask[own] &= labels.person[own] < len(problem.people)
            to_fill = None
    return mask


def _without(column: Candidates, barred: Collection[int]) -> Candidates:
    kept = ~np.isin(column.people, list(barred))
    return Candidates(column.people[kept], column.units[kept], column.stretch[kept])
