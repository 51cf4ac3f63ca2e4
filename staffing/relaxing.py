"""What it would take: who is nearly eligible for a seat, and the cheapest set of changes that gives a complete team."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.conflicts import RuleName, dropped
from staffing.matching import cheapest_assignment
from staffing.problem import Problem, Role
from staffing.rules import Eligibility, Ineligible
from staffing.scoring import Index, Scoring
from staffing.seating import pinned
from staffing.terms import NEAR_MISSES, Change, RuleKind

LEVEL_PRICE = 1.0
"""Of asking one level less of one must-have."""
SHARE_PRICE = 5.0
"""Of needing full time less; a part of it for a part."""
WEEK_PRICE = 0.5
"""Of starting and ending a week earlier or later."""
HIRE_PRICE = 12.0
FURTHEST_MOVE = 8
"""Weeks by which a role may be moved."""
RULE_PRICE = 3.0
"""Of doing without a rule."""
_OUT = np.int16(30_000)
"""More levels than anybody can lack."""


@dataclass(frozen=True)
class Adjustment:
    """One change. Which fields say something depends on `change`; `before` and `after` are the changed figure."""

    change: Change
    price: float
    role: str | None = None
    person: str | None = None
    """For whom the change makes room."""
    skill: str | None = None
    before: float | None = None
    after: float | None = None
    rule: RuleName | None = None
    """The rule that is done without, or raised."""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "rule": None if self.rule is None else self.rule.to_json()}


@dataclass(frozen=True)
class Near:
    """Somebody nearly eligible for a role: what is short, and what would make room for them."""

    ineligible: Ineligible
    adjustments: tuple[Adjustment, ...]

    @property
    def price(self) -> float:
        return sum(adjustment.price for adjustment in self.adjustments)

    def to_json(self) -> dict[str, Any]:
        return {
            **self.ineligible.to_json(),
            "price": self.price,
            "adjustments": [adjustment.to_json() for adjustment in self.adjustments],
        }


class Nearness:
    """How far people are from the roles that they are not eligible for."""

    def __init__(self, problem: Problem, scoring: Scoring, eligibility: Eligibility) -> None:
        self._problem = problem
        self._scoring = scoring
        self._eligibility = eligibility

    def nearest(self, role_position: int, count: int, people: Index | None = None) -> list[Near]:
        """The people for whom least has to change, nearest first; only among `people` if given."""
        role = self._problem.roles[role_position]
        who = self.around(role_position) if people is None else people
        price = self._short(role)[who] * LEVEL_PRICE + self._time_prices(role, who)
        found = [self._near(role_position, role, int(who[n])) for n in _smallest(price, count) if price[n] < np.inf]
        kept = [near for near in found if near is not None]
        return sorted(kept, key=lambda near: (near.price, near.ineligible.person))

    def around(self, role_position: int) -> Index:
        """The `NEAR_MISSES` people who are not eligible but nearest by their levels, nearest first."""
        short = self._short(self._problem.roles[role_position])
        out = np.where(self._can_be_asked, short, _OUT)
        out[self._eligibility.candidates[role_position].people] = _OUT
        nearest = _smallest(out, NEAR_MISSES)
        return nearest[out[nearest] < _OUT]

    def _short(self, role: Role) -> NDArray[np.int16]:
        """(n,) levels that everybody lacks in the must-haves together."""
        short = np.zeros(len(self._problem.people), np.int16)
        for need in role.needs:
            if need.must:
                short += np.maximum(0, need.level - self._scoring.levels[need.skill])
        return short

    def _time_prices(self, role: Role, people: Index) -> NDArray[np.float64]:
        """(people,) what making time for each of them costs; infinite where nothing does."""
        problem = self._problem
        free = np.broadcast_to(problem.people.free[people], (len(people), problem.weeks))
        left = free[:, role.start : role.stop].min(axis=1)
        price = np.where(left > 0, SHARE_PRICE * ((role.fte - left) / problem.share_scale), np.inf)
        for start in _moves(role, problem.weeks):
            is_free = free[:, start : start + role.weeks].min(axis=1) >= role.fte
            price[is_free] = np.minimum(price[is_free], WEEK_PRICE * abs(start - role.start))
        return np.where(left >= role.fte, 0.0, price)

    @cached_property
    def _can_be_asked(self) -> NDArray[np.bool_]:
        mask = np.ones(len(self._problem.people), bool)
        mask[[self._problem.position[who] for who in self._problem.rules.exclude]] = False
        return mask

    def _near(self, role_position: int, role: Role, person: int) -> Near | None:
        ineligible = self._eligibility.ineligible(role_position, person)
        if ineligible is None:
            return None
        levels = [
            Adjustment(
                Change.LOWER_LEVEL,
                LEVEL_PRICE * (gap.needed - gap.level),
                role.id,
                ineligible.person,
                gap.skill,
                gap.needed,
                gap.level,
            )
            for gap in ineligible.short
        ]
        if not ineligible.busy_weeks:
            return Near(ineligible, tuple(levels))
        time = self._time(role, person, ineligible)
        return None if time is None else Near(ineligible, (*levels, time))

    def _time(self, role: Role, person: int, ineligible: Ineligible) -> Adjustment | None:
        """The cheaper of moving the role's period and asking for a smaller share; None when neither helps."""
        problem = self._problem
        free = np.broadcast_to(problem.people.free[person], (problem.weeks,))
        share = role.fte / problem.share_scale
        left = int(free[role.start : role.stop].min()) / problem.share_scale
        smaller = Adjustment(
            Change.REDUCE_SHARE, SHARE_PRICE * (share - left), role.id, ineligible.person, None, share, left
        )
        for start in _moves(role, problem.weeks):
            price = WEEK_PRICE * abs(start - role.start)
            if price >= smaller.price and left > 0:
                break
            if free[start : start + role.weeks].min() >= role.fte:
                return Adjustment(Change.MOVE_PERIOD, price, role.id, ineligible.person, None, role.start, start)
        return smaller if left > 0 else None


def _smallest(values: NDArray[Any], count: int) -> Index:
    """Places of so many of the smallest values, ascending; of equal ones the first."""
    if len(values) > count > 0:
        last = np.partition(values, count - 1)[count - 1]
        below, equal = np.flatnonzero(values < last), np.flatnonzero(values == last)
        within: Index = np.concatenate((below, equal[: count - len(below)]))
    else:
        within = np.arange(min(len(values), count))
    smallest: Index = within[np.argsort(values[within], kind="stable")]
    return smallest


def _moves(role: Role, weeks: int) -> list[int]:
    """First weeks that the role may have instead, the nearest first."""
    reach = (week for n in range(1, FURTHEST_MOVE + 1) for week in (role.start - n, role.start + n))
    return [start for start in reach if start >= 0 and start + role.weeks <= weeks]


def cheapest_room(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, seats_each: int
) -> tuple[Adjustment, ...]:
    """The cheapest changes that give every seat somebody, nobody more than so many; a hire where nobody comes near.

    Locked people stay where they are; rules about the whole team are not looked at.
    """
    nearness = Nearness(problem, scoring, eligibility)
    pins = pinned(problem)
    locked = [pin for pin in pins if pin is not None]
    changes: list[Adjustment] = []
    open_seats = []
    for seat, pin in zip(problem.seats, pins, strict=True):
        if pin is None:
            open_seats.append(seat.role)
        elif pin not in eligibility.candidates[seat.role].people:
            changes += _for_locked(problem, nearness, seat.role, pin)
    return (*changes, *_for_open_seats(problem, nearness, eligibility, open_seats, locked, seats_each))


def _for_locked(problem: Problem, nearness: Nearness, role: int, person: int) -> Sequence[Adjustment]:
    near = nearness.nearest(role, 1, np.array([person]))
    if near and not near[0].ineligible.excluded:
        return near[0].adjustments
    return [dropping(RuleName(RuleKind.LOCK, (problem.roles[role].id, problem.people.ids[person])))]


def dropping(rule: RuleName) -> Adjustment:
    return Adjustment(Change.DROP_RULE, RULE_PRICE, rule=rule)


def _for_open_seats(
    problem: Problem,
    nearness: Nearness,
    eligibility: Eligibility,
    roles: Sequence[int],
    locked: list[int],
    seats_each: int,
) -> list[Adjustment]:
    size = len(problem.seats)
    fit: dict[int, list[int]] = {}
    near: dict[int, dict[int, Near]] = {}
    for role in sorted(set(roles)):
        eligible = eligibility.candidates[role].people
        eligible = eligible[~np.isin(eligible, locked)]
        # With a person for every seat, a role has somebody left whatever all others take.
        if len(eligible) < size:
            fit[role] = eligible.tolist()
    seats = [roles.count(role) for role in fit]
    for role in fit:
        asked = nearness.nearest(role, sum(seats) + len(locked))
        near[role] = {problem.position[one.ineligible.person]: one for one in asked}
    people = sorted({who for role in fit for who in (*fit[role], *near[role])} - {*locked})
    column = {who: n for n, who in enumerate(people)}
    costs = np.full((len(fit), len(people) + sum(seats)), HIRE_PRICE)
    costs[:, : len(people)] = np.inf
    for row, role in enumerate(fit):
        costs[row, [column[who] for who in fit[role]]] = 0.0
        for who in near[role].keys() & column.keys():
            costs[row, column[who]] = near[role][who].price
    changes: list[Adjustment] = []
    for row, (role, taken) in enumerate(zip(fit, cheapest_assignment(costs, seats, seats_each) or (), strict=True)):
        for place in sorted(set(taken), key=lambda place: (costs[row, place], place)):
            if place < len(people) and people[place] in near[role]:
                changes += near[role][people[place]].adjustments
        hires = sum(place >= len(people) for place in taken)
        changes += [Adjustment(Change.HIRE, HIRE_PRICE, problem.roles[role].id)] * hires
    return changes


def relaxed(problem: Problem, adjustments: Sequence[Adjustment]) -> Problem | None:
    """The problem after these changes; a seat to be hired for is left out. None when no seat remains."""
    for adjustment in adjustments:
        if adjustment.change is Change.DROP_RULE and adjustment.rule is not None:
            problem = dropped(problem, adjustment.rule)
        if adjustment.change is Change.RAISE_BUDGET:
            problem = replace(problem, rules=replace(problem.rules, budget=adjustment.after))
    roles = [_changed(problem, role, [a for a in adjustments if a.role == role.id]) for role in problem.roles]
    kept = tuple(role for role in roles if role.seats > 0)
    if not kept:
        return None
    names = {role.id for role in kept}
    locks = tuple(lock for lock in problem.rules.locks if lock[0] in names)
    return replace(problem, roles=kept, rules=replace(problem.rules, locks=locks))


def _changed(problem: Problem, role: Role, adjustments: Sequence[Adjustment]) -> Role:
    for a in adjustments:
        match a.change:
            case Change.HIRE:
                role = replace(role, seats=role.seats - 1)
            case Change.MOVE_PERIOD if a.after is not None:
                role = replace(role, start=int(a.after), stop=int(a.after) + role.weeks)
            case Change.REDUCE_SHARE if a.after is not None:
                role = replace(role, fte=min(role.fte, round(a.after * problem.share_scale)))
            case Change.LOWER_LEVEL if a.after is not None:
                role = replace(role, needs=_lowered(role, a.skill, int(a.after)))
            case _:
                pass
    return role


def _lowered(role: Role, skill: str | None, level: int) -> tuple[Any, ...]:
    """A level of none asks nothing: the need then only counts in the score."""
    return tuple(
        replace(need, level=max(1, min(need.level, level)), must=level > 0)
        if need.must and need.skill == skill
        else need
        for need in role.needs
    )
