"""One project of a portfolio: who may sit where, bounds over all of them, and its best team at given prices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import NDArray

from staffing.board import Board
from staffing.breakdown import team_units
from staffing.field import Field
from staffing.portfolio.capacity import Ledger, Load, seat_load
from staffing.portfolio.prices import Prices
from staffing.portfolio.problem import Project
from staffing.pricing import price_rules
from staffing.problem import Problem
from staffing.rules import Eligibility
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team, overlocked, pinned, seat_labels, with_gaps
from staffing.stopping import Work
from staffing.terms import FULL_UNITS

KEPT = 3_000
"""Choices of a project that are remembered one by one; the rest only as a bound."""
BOARD = 400
"""Choices that are laid on a board at once, or some per seat where there are many seats."""
PER_SEAT = 6
FIRST_LOOK = 12
_FIELD_SWEEPS = 8
_BOARD_SWEEPS = 15
NODES = 3_000
"""Search nodes for one team."""
_NONE = np.int64(NOTHING)


@dataclass(frozen=True, eq=False)
class Column:
    """A project with one of its teams, or left without any."""

    project: int
    team: Team | None
    filled: int
    units: int
    worth: Fraction
    """What it brings to the total."""
    load: Load
    """What it takes besides the seats that people are locked to."""


class ProjectPool:
    """The choices of one project.

    Search values are whole: units of the team and `bonus` for each filled seat, less what the choices are priced at.
    `surplus` is what a full team is worth beyond that, a partial one a part of it.
    """

    def __init__(self, position: int, project: Project, reserved: Ledger, work: Work) -> None:
        problem = project.problem
        self.position = position
        self.project = project
        self.scoring = Scoring(problem)
        self.candidates = Eligibility(problem, self.scoring).candidates
        self.seats = len(problem.seats)
        self.bonus, self.surplus = divmod(FULL_UNITS, self.seats)
        self._work = work
        self._pins = pinned(problem)
        self._reserved = reserved
        self.locked = locked_load(problem)
        others = reserved.copy()
        others.give_back(self.locked)
        self._several_seats = problem.rules.max_seats_per_person > 1
        self._problem = others.within(problem) if self._several_seats and len(reserved.people) else problem
        labels = seat_labels(problem, self.candidates)
        labels = with_gaps(problem, labels.where(self._has_room(labels, reserved)))
        filled = labels.person < len(problem.people)
        self._labels = replace(labels, units=labels.units + self.bonus * filled)
        self._moved = np.zeros((self.seats, len(labels)), np.int64)
        self._bounds = np.full(len(labels), _NONE)
        self._rest = NOTHING
        self.may_be_empty = not problem.rules.locks and not any(wish.people for wish in problem.rules.team_skills)
        self.hopeless = bool(overlocked(problem)) or not self._labels.complete
        if not self.hopeless:
            self._bound_everybody()

    def _bound_everybody(self) -> None:
        field = Field(self._problem, self.scoring, self._labels)
        field.tighten(self._work, NOTHING, _FIELD_SWEEPS)
        price_rules(self._problem, self.scoring, field, self._work)
        bounds = field.team_bounds()
        empty = field.labels.person == len(self._problem.people)
        kept = _most_promising(field.labels, bounds, max(PER_SEAT, KEPT // self.seats)) | empty
        self._labels, self._moved, self._bounds = field.labels.where(kept), field.moved[:, kept], bounds[kept]
        if not kept.all():
            self._rest = int(bounds[~kept].max())

    @property
    def problem(self) -> Problem:
        return self.project.problem

    def column(self, team: Team) -> Column:
        problem, empty = self.problem, len(self.problem.people)
        held = [(who, seat.role) for who, seat in zip(team, problem.seats, strict=True) if who < empty]
        load = Ledger(problem.weeks, [seat_load(problem, held)])
        load.give_back(self.locked)
        taken = load.of(load.people)
        some = taken.any(axis=1)
        units = team_units(problem, self.scoring, team)
        worth = self.project.priority * (Fraction(FULL_UNITS * len(held), self.seats) + units)
        return Column(self.position, team, len(held), units, worth, Load(load.people[some], taken[some]))

    @cached_property
    def nobody(self) -> Column:
        """All seats empty, where the rules allow that; no team at all where they do not."""
        if self.may_be_empty:
            return self.column((len(self.problem.people),) * self.seats)
        idle = Load(np.empty(0, np.intp), np.empty((0, self.problem.weeks), np.int64))
        return Column(self.position, None, 0, 0, Fraction(0), idle)

    @cached_property
    def alone(self) -> Found:
        """The best team with everybody to itself, but for what locks take."""
        return self.best()

    @property
    def has_no_team(self) -> bool:
        """For certain."""
        return self.hopeless or (not self.may_be_empty and self.alone.team is None and not self.alone.cut)

    def value(self, column: Column, prices: Prices | None = None) -> int:
        """The search value of the column's team, or a little less."""
        value = column.units + column.filled * self.bonus
        return value if prices is None else value - ceil(prices.cost(column.load) / self.project.priority)

    def peak(self, value: int, whole: bool) -> Fraction:
        """What a project whose search values go up to `value` brings at most; not `whole`: it may have no team."""
        peak = self.project.priority * (value + self.surplus)
        return peak if whole or self.may_be_empty else max(peak, Fraction(0))

    def priced(self, prices: Prices) -> Units:
        """(labels,) whole units that each choice is priced at, never more than it is."""
        problem, labels = self.problem, self._labels
        known = np.flatnonzero(np.isin(labels.person, prices.people))
        at = np.searchsorted(prices.people, labels.person[known])
        priced = np.zeros(len(labels), np.int64)
        for seat in np.unique(labels.seat[known]).tolist():
            if self._pins[seat] is None:
                mine = labels.seat[known] == seat
                role = problem.roles[problem.seats[seat].role]
                priced[known[mine]] = prices.of_role(role, self.project.priority)[at[mine]]
        return priced

    def best(
        self,
        priced: Units | None = None,
        taken: Ledger | None = None,
        floor: int = NOTHING,
        earlier: Sequence[Team] = (),
    ) -> Found:
        """The best team worth more than `floor` that `taken` leaves time for, if any.

        `bound` holds for every team, found or not, and is at least `floor`.
        """
        if self.hopeless:
            return Found()
        problem, labels = self._problem, self._labels
        upper = self._bounds + self.scoring.constant
        if priced is not None:
            upper = upper - priced
        if taken is not None:
            upper = np.where(self._has_room(labels, self._all_taken(taken)), upper, _NONE)
            if self._several_seats:
                problem = self._all_taken(taken, but_mine=True).within(self.problem)
        known = Found(None, floor + 1) if floor > NOTHING else Found()
        outside = NOTHING
        kept = (upper >= known.units) & (upper > NOTHING)
        most = max(BOARD, PER_SEAT * self.seats)
        if int(kept.sum()) > most:
            known = self._search(problem, self._few(upper, FIRST_LOOK, kept), priced, earlier, known)
            kept = (upper >= max(known.units, floor + 1)) & (upper > NOTHING)
            if known.team is None and floor > NOTHING:
                known = Found(None, floor + 1)
        if int(kept.sum()) > most:
            few = self._few(upper, most // self.seats, kept)
            outside = int(upper[kept & ~few].max(initial=NOTHING))
            kept = few
        found = self._search(problem, kept, priced, earlier, known)
        rest = NOTHING if self._rest == NOTHING else self._rest + self.scoring.constant
        bound = max(floor, found.bound, outside, rest)
        return Found(found.team, found.units, bound, cut=found.cut or bound > max(found.units, floor))

    def _search(
        self, problem: Problem, kept: NDArray[np.bool_], priced: Units | None, earlier: Sequence[Team], known: Found
    ) -> Found:
        labels = self._labels.where(kept)
        if not labels.complete:
            return Found() if known.team is None else Found(known.team, known.units, known.units)
        if priced is not None:
            labels = replace(labels, units=labels.units - priced[kept])
        board = Board(problem, self.scoring, labels, self._moved[:, kept])
        constant = self.scoring.constant
        board.tighten(self._work, known.units - constant, _BOARD_SWEEPS)
        with self._work.at_most(NODES):
            return Search(problem, self.scoring, board, self._work, self.seats).best(earlier, 0, known, constant)

    def _few(self, upper: Units, width: int, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        labels = self._labels
        few = _most_promising(labels, upper, width) | (labels.person == len(self.problem.people))
        if self._several_seats:
            few |= np.isin(labels.person, labels.person[few & (labels.person < len(self.problem.people))])
        chosen: NDArray[np.bool_] = few & kept
        return chosen

    def _has_room(self, labels: Labels, taken: Ledger) -> NDArray[np.bool_]:
        """(labels,) choices that what is taken leaves time for; a lock has its time already."""
        problem, room = self.problem, np.ones(len(labels), bool)
        for seat, pin in enumerate(self._pins):
            if pin is None:
                own = labels.of(seat)
                role = problem.roles[problem.seats[seat].role]
                room[own] = taken.has_room(problem.people, role, labels.person[own])
        return room

    def _all_taken(self, taken: Ledger, but_mine: bool = False) -> Ledger:
        """What others take and what locks take, this project's own among them or not."""
        both = self._reserved.copy()
        both.take(Load(taken.people, taken.of(taken.people)))
        if but_mine:
            both.give_back(self.locked)
        return both


def locked_load(problem: Problem) -> Load:
    """What the seats take that people are locked to."""
    pins = zip(pinned(problem), problem.seats, strict=True)
    return seat_load(problem, ((who, seat.role) for who, seat in pins if who is not None))


def _most_promising(labels: Labels, bounds: Units, width: int) -> NDArray[np.bool_]:
    """The labels with the highest bounds, at most so many per seat."""
    kept = np.zeros(len(labels), bool)
    for seat in range(labels.seats):
        own = labels.of(seat)
        kept[np.argsort(-bounds[own], kind="stable")[:width] + own.start] = True
    return kept
