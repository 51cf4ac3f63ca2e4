"""Bounds over many choices at once, kept for later questions about some of them.

A bound on all teams is one on every team among fewer choices, and a mixture of two bounds is one for the same mixture
of weights. So what was learnt about everybody need not be learnt again when somebody is locked, barred or weighed anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from staffing.field import Field
from staffing.pricing import has_prices, price_rules
from staffing.problem import Problem
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING
from staffing.seating import Labels
from staffing.stopping import Work

SWEEPS = 8


@dataclass(frozen=True, eq=False)
class Bounded:
    """Choices, each with a bound on the teams that it can be part of."""

    labels: Labels
    """With credit for rules about the whole team."""
    bounds: Units
    """(labels,) no team with that choice is worth more, common units not counted."""
    moved: Units
    """(seats, labels) units that each label has from its pair with each other seat."""
    dead: NDArray[np.bool_]
    """(labels,) those that no team contains."""
    prices: tuple[float, ...]
    """Units by which each rule moves the choices; see `price_rules`."""

    def among(self, labels: Labels) -> "Bounded | None":
        """The same for some of the choices, worth what `labels` say; None when nothing is known about one of them."""
        own, asked = self._keys(self.labels), self._keys(labels)
        at = np.minimum(np.searchsorted(own, asked), max(len(own) - 1, 0))
        if not len(own) or (own[at] != asked).any():
            return None
        labels = replace(labels, credit=self.labels.credit[at])
        return Bounded(labels, self.bounds[at], self.moved[:, at], self.dead[at], self.prices)

    def _keys(self, labels: Labels) -> Units:
        """(labels,) a number for each seat and person, ascending."""
        highest = int(max(self.labels.person.max(initial=0), labels.person.max(initial=0)))
        keys: Units = labels.seat * (highest + 1) + labels.person
        return keys

    def mixed(self, other: "Bounded", part: float) -> "Bounded":
        """Bounds where `part` of the weights, in [0, 1], are the other's. Both are about the same choices.

        Each term of a score is rounded once, so that a score is within a unit a term of the mixture of two.
        """
        labels = self.labels
        terms = labels.seats * (labels.seats + 1) // 2 + 1
        return Bounded(
            labels=replace(labels, credit=_up(_mixture(labels.credit, other.labels.credit, part))),
            bounds=_up(_mixture(self.bounds, other.bounds, part)) + terms + 1,
            moved=np.rint(_mixture(self.moved, other.moved, part)).astype(np.int64),
            dead=self.dead & other.dead,
            prices=(),
        )

    @property
    def ceiling(self) -> int:
        """No team is worth more, common units not counted; every seat must have a choice."""
        return int(np.maximum.reduceat(self.bounds, self.labels.starts[:-1]).min())

    def above(self, floor: int) -> "Bounded":
        """The choices that teams of at least `floor` units can contain."""
        return self.only(self.bounds >= floor)

    def only(self, kept: NDArray[np.bool_]) -> "Bounded":
        """The choices that are kept."""
        labels = self.labels.where(kept)
        return Bounded(labels, self.bounds[kept], self.moved[:, kept], self.dead[kept], self.prices)

    def tightened(self, problem: Problem, scoring: Scoring, work: Work, floor: int, sweeps: int = 1) -> "Bounded":
        """The choices that teams of at least `floor` units can contain, after further sweeps over these alone."""
        field = Field(problem, scoring, self.labels, self.moved.copy())
        return _swept(problem, scoring, field, work, floor, sweeps).above(floor)


Wider = Callable[[bool], "Bounded | None"]
"""What is known about more choices than a problem has, where seats may stay empty and where not."""


def bounded(
    problem: Problem,
    scoring: Scoring,
    labels: Labels,
    work: Work,
    sweeps: int = SWEEPS,
    settled: Callable[["Bounded"], bool] | None = None,
) -> Bounded:
    """Bounds from scratch, by at most so many sweeps; by one, if that leaves them `settled`."""
    field = Field(problem, scoring, labels)
    if settled is not None and not has_prices(problem):
        field.tighten(work, NOTHING, 1)
        first = Bounded(field.labels, field.team_bounds(), field.moved, field.dead, ())
        if settled(first):
            return first
    return _swept(problem, scoring, field, work, NOTHING, sweeps)


def _swept(problem: Problem, scoring: Scoring, field: Field, work: Work, floor: int, sweeps: int) -> Bounded:
    field.tighten(work, floor, sweeps)
    prices = price_rules(problem, scoring, field, work)
    return Bounded(field.labels, field.team_bounds(), field.moved, field.dead, prices)


def _mixture(one: Units, other: Units, part: float) -> NDArray[np.float64]:
    return (1.0 - part) * one + part * other


def _up(values: NDArray[np.float64]) -> Units:
    return np.ceil(values - 1e-6).astype(np.int64)
