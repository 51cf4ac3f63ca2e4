"""Questions about an answer: why this person, why not that one, what else, and at what price.

Each asks the engine again with one thing changed, so that every difference named here is between two best teams.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from staffing.breakdown import break_down
from staffing.problem import Problem
from staffing.proposal import Assignment, PairPoints, Result, Team
from staffing.rules import Candidates, Eligibility, Ineligible
from staffing.scoring import Scoring
from staffing.solving import Solver
from staffing.stopping import Work, WorkLimit
from staffing.terms import Measure

FRONTIER_STEPS = 8


@dataclass(frozen=True)
class Alternative:
    """The best complete team with somebody else on one seat."""

    person: str
    team: Team
    loss: int
    """Units by which it is worse than the team it was asked for; certain when `team.proven`."""


@dataclass(frozen=True)
class SeatReason:
    """Why somebody sits on a seat."""

    assignment: Assignment
    pairs: tuple[PairPoints, ...]
    """What the person brings together with each other member."""
    next_best: Alternative | None
    """The best that can be done without them here; None when nothing can."""


@dataclass(frozen=True)
class Swap:
    """A seat that another person takes. Two interchangeable seats change places without being a swap."""

    role: str
    seat: int
    out: str | None
    into: str | None


@dataclass(frozen=True)
class Absence:
    """Why somebody is not on the best team: not eligible for any role, or the best team with them is worse."""

    person: str
    ineligible: tuple[Ineligible, ...]
    """One per role that they cannot take."""
    best: Team | None
    """The best team with them; None when there is none."""
    loss: int | None
    """Units that having them costs; 0 for somebody on the best team; None without a team to compare."""
    swaps: tuple[Swap, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """A best team for one split of the weight of two measures."""

    weights: Mapping[Measure, float]
    team: Team


def why(problem: Problem, team: Team, seat: int) -> SeatReason:
    """Why the person on a seat (position in seat order, from 0) sits there."""
    others = alternatives(problem, team, seat, 1)
    return SeatReason(
        assignment=team.assignments[seat],
        pairs=tuple(pair for pair in team.pairs if seat in pair.seats),
        next_best=others[0] if others else None,
    )


def alternatives(problem: Problem, team: Team, seat: int, count: int) -> tuple[Alternative, ...]:
    """The best complete teams with somebody else on the seat, each with another person there, best first.

    The other seats of the same role keep their people, all other roles are free to change.
    """
    position = problem.seats[seat].role
    role = problem.roles[position]
    mates = [
        a.person
        for n, a in enumerate(team.assignments)
        if a.role == role.id and n != seat and a.person is not None and a.person != team.people[seat]
    ]
    locks = tuple(dict.fromkeys((*problem.rules.locks, *((role.id, mate) for mate in mates))))
    locks = tuple(lock for lock in locks if lock != (role.id, team.people[seat]))
    asked = _Asked(replace(problem, teams=1, rules=replace(problem.rules, locks=locks, allow_gaps=False)))
    barred = {problem.position[who] for who in (team.people[seat],) if who is not None}
    kept = {problem.position[mate] for mate in mates}
    found: list[Alternative] = []
    while len(found) < count:
        best = asked.best({position: barred})
        if best is None:
            break
        held = [a.person for a in best.assignments if a.role == role.id and a.person is not None]
        newcomer = next((who for who in held if problem.position[who] not in kept), held[-1])
        found.append(Alternative(newcomer, best, team.units - best.units))
        barred |= {problem.position[newcomer]}
    return tuple(found)


def why_not(problem: Problem, result: Result, person: str) -> Absence:
    """Why somebody is not on the result's best team, and what having them on it would cost."""
    asked = _Asked(replace(problem, teams=1))
    who = problem.position[person]
    reasons = (asked.eligibility.ineligible(n, who) for n in range(len(problem.roles)))
    ineligible = tuple(reason for reason in reasons if reason is not None)
    first = result.teams[0] if result.teams else None
    if first is not None and person in first.people:
        return Absence(person, ineligible, first, 0, ())
    open_roles = {role.id for role in problem.roles} - {reason.role for reason in ineligible}
    best: Team | None = None
    for role in problem.roles:
        if role.id in open_roles:
            team = asked.with_lock(role.id, person)
            if team is not None and (best is None or _rank(team) > _rank(best)):
                best = team
    loss = first.units - best.units if first is not None and best is not None else None
    return Absence(person, ineligible, best, loss, _swaps(first, best) if first and best else ())


def trade_off(problem: Problem, one: Measure, other: Measure) -> tuple[FrontierPoint, ...]:
    """The best teams as the weight that two measures have together moves from one to the other; each team once."""
    both = problem.weights.get(one, 0.0) + problem.weights.get(other, 0.0)
    points: list[FrontierPoint] = []
    for step in range(FRONTIER_STEPS + 1):
        part = both * step / FRONTIER_STEPS
        weights = {**problem.weights, one: part, other: both - part}
        team = _Asked(replace(problem, weights=weights, teams=1)).best({})
        if team is not None and team.people not in [point.team.people for point in points]:
            points.append(FrontierPoint(weights, team))
    return tuple(points)


class _Asked:
    """One problem, asked for its best team under further conditions."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._scoring = Scoring(problem)
        self.eligibility = Eligibility(problem, self._scoring)

    def best(self, barred: Mapping[int, set[int]]) -> Team | None:
        """The best team without the barred people (by role position) in these roles."""
        candidates = [
            _without(column, barred.get(role, set())) for role, column in enumerate(self.eligibility.candidates)
        ]
        return self._solve(self._problem, candidates)

    def with_lock(self, role: str, person: str) -> Team | None:
        rules = self._problem.rules
        locks = tuple(dict.fromkeys((*rules.locks, (role, person))))
        return self._solve(replace(self._problem, rules=replace(rules, locks=locks)), self.eligibility.candidates)

    def _solve(self, problem: Problem, candidates: Sequence[Candidates]) -> Team | None:
        found = Solver(problem, self._scoring, candidates, Work(WorkLimit())).next([])
        if found.team is None:
            return None
        return break_down(problem, self._scoring, candidates, found.team, found.bound)


def _without(column: Candidates, barred: set[int]) -> Candidates:
    kept = ~np.isin(column.people, sorted(barred))
    return Candidates(column.people[kept], column.units[kept], column.stretch[kept])


def _rank(team: Team) -> tuple[int, int]:
    return sum(who is not None for who in team.people), team.units


def _swaps(before: Team, after: Team) -> tuple[Swap, ...]:
    """What changes by role: who leaves it for whom."""
    swaps: list[Swap] = []
    for role in dict.fromkeys(a.role for a in before.assignments):
        old = [a for a in before.assignments if a.role == role]
        new = [a.person for a in after.assignments if a.role == role]
        staying = [a.person for a in old]
        for who in list(new):
            if who in staying:
                staying.remove(who)
                new.remove(who)
        for a in old:
            if a.person in staying:
                staying.remove(a.person)
                swaps.append(Swap(role, a.seat, a.person, new.pop(0)))
    return tuple(swaps)
