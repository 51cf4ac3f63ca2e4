"""Prices for rules about the whole team, so that bounds know about them (Lagrangian relaxation).

A rule that says that a sum over the seats must reach some amount gets a price: choices that bring more than their even
part of it are credited, the others debited. No team that keeps the rule loses by that, so bounds over credited units
still hold for it; teams that break the rule, however good, no longer hide the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from staffing.messages import Messages
from staffing.problem import Problem
from staffing.scoring import Scoring, Units
from staffing.seating import Labels
from staffing.stopping import Work
from staffing.terms import FULL_UNITS

_DOUBLINGS = 12
_HALVINGS = 4
_FLOOR = -(1 << 60)


@dataclass(frozen=True, eq=False)
class _Sum:
    """The labels of every allowed team bring at least `least` together."""

    brings: NDArray[np.float64]
    least: float

    def credits(self, price: float, seats: int) -> Units:
        """(labels,) rounded up, so that the credits of an allowed team never add up to less than nothing."""
        return np.ceil(price * (self.brings - self.least / seats) + 1e-6).astype(np.int64)

    def shortfall(self, labels: Labels, merit: Units) -> float:
        """What the choices that look best seat by seat lack."""
        best = (int(np.argmax(merit[labels.of(seat)])) + labels.of(seat).start for seat in range(labels.seats))
        return self.least - float(self.brings[list(best)].sum())


def has_prices(problem: Problem) -> bool:
    """Some rule is of the kind that gets a price."""
    return problem.rules.budget is not None or bool(problem.rules.team_skills)


def price_rules(problem: Problem, scoring: Scoring, messages: Messages, work: Work) -> tuple[float, ...]:
    """Credit the messages' labels for each rule that their bound would otherwise ignore.

    Returns the price of each: the budget if there is one, then the team skills.
    """
    return tuple(
        _price(rule, messages, work) if rule.shortfall(messages.labels, messages.merit) > 0 else 0.0
        for rule in _sums(problem, scoring, messages.labels)
    )


def _price(rule: _Sum, messages: Messages, work: Work) -> float:
    """Find, to within some halvings, the price that gives the lowest bound, and charge it."""
    labels = messages.labels

    def bound_at(price: float) -> int:
        messages.labels = replace(labels, credit=labels.credit + rule.credits(price, labels.seats))
        return messages.tighten(work, _FLOOR, 2)

    start = FULL_UNITS / labels.seats / 64 / (float(np.ptp(rule.brings)) or 1.0)
    best, bound = 0.0, messages.tighten(work, _FLOOR, 2)
    for doubling in range(_DOUBLINGS):
        tried = bound_at(start * 2.0**doubling)
        if tried >= bound:
            break
        best, bound = start * 2.0**doubling, tried
    step = best / 2
    for _ in range(_HALVINGS):
        for price in (best - step, best + step):
            tried = bound_at(price)
            if tried < bound:
                best, bound = price, tried
                break
        step /= 2
    bound_at(best)
    return best


def _sums(problem: Problem, scoring: Scoring, labels: Labels) -> Iterator[_Sum]:
    if problem.rules.budget is not None:
        roles = [problem.roles[seat.role] for seat in problem.seats]
        effort = np.array([role.fte / problem.share_scale * role.weeks for role in roles])
        cost = np.append(problem.people.cost, 0.0)[labels.person] * effort[labels.seat]
        yield _Sum(-cost, -problem.rules.budget)
    for wish in problem.rules.team_skills:
        able = np.append(scoring.levels[wish.skill] >= wish.level, False)[labels.person]
        yield _Sum(able.astype(np.float64), wish.people)
