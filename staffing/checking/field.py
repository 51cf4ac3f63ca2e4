"""Who may be on a team at all, choice by choice, and who of many people alike need not be looked at."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.checking.space import MOST, Space
from staffing.checking.table import Mask, PairRules
from staffing.checking.worth import Floats, Index, Units

_MARGIN = 1e-6
_PRECISE = 1e9
"""Amounts up to which the error of floating arithmetic is within the margin."""


class Everybody:
    """All choices that eligibility and locks leave open."""

    def __init__(self, rules: PairRules) -> None:
        self._rules = rules
        self._problem = rules.problem
        self._eligible = rules.eligible
        self._spaces: dict[tuple[bool, tuple[float, ...]], Space] = {}

    def space(self, gaps: bool, prices: tuple[float, ...]) -> Space:
        """All choices, with an empty seat for each that nobody is locked to if there may be gaps.

        Prices out of all proportion to scores count as none.
        """
        if (gaps, prices) not in self._spaces:
            people, units = [], []
            for seat, pin in zip(self._problem.seats, self._rules.pins, strict=True):
                may = self._eligible.by_role[seat.role][0]
                who = np.flatnonzero(may) if pin is None else np.flatnonzero(may[pin : pin + 1]) + pin
                if gaps and pin is None:
                    who = np.append(who, self._eligible.count)
                people.append(who)
                units.append(self._rules.worth.units_by_role[seat.role][who])
            starts = np.concatenate(([0], np.cumsum([len(who) for who in people])))
            space = Space(self._rules, starts, np.concatenate(people), np.concatenate(units))
            credit = sum((self._credit(space, n, price) for n, price in enumerate(prices)), np.zeros(len(space)))
            if np.abs(credit).max(initial=0) < MOST:
                space = replace(space, worth=space.worth + credit.astype(np.int64))
            self._spaces[gaps, prices] = space
        return self._spaces[gaps, prices]

    @property
    def priced_rules(self) -> int:
        """How many rules can have a price."""
        rules = self._problem.rules
        return (rules.budget is not None) + len(rules.team_skills)

    def _credit(self, space: Space, rule: int, price: float) -> Floats:
        """(choices,) units that the price of a rule adds; of a team that keeps the rule, nothing or more in sum.

        The rule says that what the choices bring adds up to some amount. Each is credited with its part above an even
        one, rounded up.
        """
        if price == 0.0:
            return np.zeros(len(space))
        rules, seats = self._problem.rules, self._problem.seats
        if rules.budget is not None and rule == 0:
            roles = [self._problem.roles[seat.role] for seat in seats]
            effort = np.array([role.fte / self._problem.share_scale * role.weeks for role in roles])
            brings = -np.append(self._problem.people.cost, 0.0)[space.person] * effort[space.seat]
            least = -rules.budget
        else:
            wish = rules.team_skills[rule - (rules.budget is not None)]
            able = np.append(self._eligible.levels[wish.skill] >= wish.level, False)
            brings, least = able[space.person].astype(np.float64), float(wish.people)
        even = least / len(seats)
        if price * max(float(np.abs(brings).max(initial=0.0)), abs(even)) > _PRECISE:
            return np.zeros(len(space))
        return np.asarray(np.ceil(price * (brings - even) + _MARGIN))

    @cached_property
    def surplus(self) -> Mask:
        """(people + 1,) those who can be left out, because enough people with smaller ids are like them in every way.

        On a team that holds one of them, somebody alike who is on no team before and not on this one could sit instead:
        with the same score, under the same rules, no nearer to the teams before, and first in the order of ids.
        """
        problem, count = self._problem, self._eligible.count
        plain = np.zeros(count, bool)
        for may, _ in self._eligible.by_role:
            plain |= may
        if problem.ties is not None:
            plain[problem.ties.first] = plain[problem.ties.second] = False
        for who in {who for _, who in problem.rules.locks}.union(*problem.rules.never_together):
            plain[problem.position[who]] = False
        people = np.flatnonzero(plain)
        found = np.zeros(count + 1, bool)
        if len(people):
            _, kind = np.unique(self._traits(people), axis=0, return_inverse=True)
            found[people[_rank(kind.reshape(-1).astype(np.intp)) >= problem.teams * len(problem.seats)]] = True
        return found

    def _traits(self, people: Index) -> Units:
        """(people, traits) everything that scores and rules look at."""
        problem, eligible = self._problem, self._eligible
        columns: list[NDArray[Any]] = [self._rules.worth.zones[1][people]]
        for role_at, (may, learns) in enumerate(eligible.by_role):
            columns += [may[people], learns[people], self._rules.worth.units_by_role[role_at][people]]
        skills = {wish.skill for wish in problem.rules.team_skills}
        if problem.rules.stretch:
            skills |= {need.skill for role in problem.roles for need in role.needs}
        columns += [eligible.levels[skill][people] for skill in sorted(skills)]
        if problem.rules.max_seats_per_person > 1:
            columns += list(problem.people.free[people].T)
        if problem.rules.budget is not None:
            columns.append((problem.people.cost[people] + 0.0).view(np.int64))
        return np.column_stack([column.astype(np.int64) for column in columns])


def _rank(kind: Index) -> Index:
    """How many of the same kind stand before each."""
    order = np.argsort(kind, kind="stable")
    first = np.searchsorted(kind[order], kind[order])
    rank = np.empty(len(kind), np.intp)
    rank[order] = np.arange(len(kind)) - first
    return rank
