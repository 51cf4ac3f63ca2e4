"""The answer when no complete team exists: the reasons, who comes near, and the cheapest way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.conflicts import Conflict, RuleName, find_conflicts
from staffing.deciding import deciding, restricted
from staffing.feasibility import cheapest_cost, has_team
from staffing.problem import Problem
from staffing.relaxing import Adjustment, Near, Nearness, cheapest_room, dropping, relaxed
from staffing.rules import NO_STRETCH, Candidates, Eligibility
from staffing.scoring import Scoring
from staffing.terms import Cause, Change, RuleKind

NEAREST = 3
"""People shown per role."""
_ROUNDS = 6
"""Rules that are given up one after the other, at most."""


@dataclass(frozen=True)
class Infeasibility:
    conflicts: tuple[Conflict, ...]
    nearest: Mapping[str, tuple[Near, ...]]
    """By role of a seat in conflict: who would be eligible if least were changed."""
    relaxations: tuple[Adjustment, ...]
    """Changes to be made together."""
    sufficient: bool
    """With these changes there is a team; it was looked for and found."""

    @property
    def price(self) -> float:
        return sum(adjustment.price for adjustment in self.relaxations)

    def to_json(self) -> dict[str, Any]:
        return {
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
            "nearest": {role: [near.to_json() for near in people] for role, people in self.nearest.items()},
            "relaxations": [adjustment.to_json() for adjustment in self.relaxations],
            "sufficient": self.sufficient,
        }


def explain_infeasible(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, few: Sequence[Candidates] | None = None
) -> Infeasibility:
    """Why the problem, which has no complete team, has none.

    `few` are the candidates on whom it depends, where they are known already; see `deciding`.
    """
    few = deciding(problem, scoring, eligibility.candidates) if few is None else few
    problem = restricted(problem, _concerned(problem, scoring, eligibility, few))
    scoring = Scoring(problem)
    eligibility = Eligibility(problem, scoring)
    conflicts = find_conflicts(problem, scoring, eligibility) or (Conflict(Cause.UNKNOWN),)
    nearness = Nearness(problem, scoring, eligibility)
    concerned = {role for conflict in conflicts for role, _ in conflict.seats}
    concerned |= {c.ineligible.role for c in conflicts if c.ineligible is not None}
    relaxations, sufficient = _way_out(problem, scoring, eligibility, conflicts)
    return Infeasibility(
        conflicts=conflicts,
        nearest={
            role.id: tuple(nearness.nearest(n, NEAREST)) for n, role in enumerate(problem.roles) if role.id in concerned
        },
        relaxations=relaxations,
        sufficient=sufficient,
    )


def _concerned(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, few: Sequence[Candidates]
) -> NDArray[np.intp]:
    """Everybody who decides, whom a rule names, or who is near to a role that there may be too few people for."""
    nearness = Nearness(problem, scoring, eligibility)
    named = {who for _, who in problem.rules.locks}.union(*problem.rules.never_together)
    positions = [problem.position[who] for who in named]
    enough = len(problem.seats) + len(named)
    locked = {problem.role_position[role] for role, _ in problem.rules.locks}
    scarce = [n for n, column in enumerate(few) if (column.stretch == NO_STRETCH).sum() < enough or n in locked]
    near = [nearness.around(role) for role in scarce]
    return np.unique(np.concatenate([np.array(positions, np.intp), *(column.people for column in few), *near]))


def _way_out(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, conflicts: Sequence[Conflict]
) -> tuple[tuple[Adjustment, ...], bool]:
    """Changes that together give a team, and whether they do: room for everybody first, then rules one by one."""
    changes: tuple[Adjustment, ...] = ()
    for _ in range(_ROUNDS):
        if not conflicts:
            return changes, True
        more = _next_changes(problem, scoring, eligibility, conflicts)
        changes = (*changes, *more)
        changed = relaxed(problem, more)
        if changed is None:
            return changes, True
        if not more:
            return changes, False
        problem, scoring = changed, Scoring(changed)
        eligibility = Eligibility(problem, scoring)
        conflicts = find_conflicts(problem, scoring, eligibility)
    return changes, not conflicts


def _next_changes(
    problem: Problem, scoring: Scoring, eligibility: Eligibility, conflicts: Sequence[Conflict]
) -> tuple[Adjustment, ...]:
    over = [rule for c in conflicts if c.cause is Cause.OVERLOCKED for rule in c.rules]
    if over:
        seats = problem.roles[problem.role_position[over[0].subject[0]]].seats
        return tuple(dropping(rule) for rule in over[seats:] if rule.subject[0] == over[0].subject[0])
    broken = [rule for c in conflicts if c.cause is Cause.RULES for rule in c.rules]
    if not broken:
        held = [rule for c in conflicts if c.cause is Cause.SEATS for rule in c.rules]
        room = _room(problem, scoring, eligibility, any(c.cause is Cause.CAPACITY for c in conflicts))
        return room or tuple(dropping(rule) for rule in held[:1])
    options = [_without(problem, scoring, eligibility, rule) for rule in broken if rule.kind is not RuleKind.MENTOR]
    if options:
        return (min(options, key=lambda option: option.price),)
    strict = replace(problem, rules=replace(problem.rules, stretch=False))
    return cheapest_room(strict, scoring, Eligibility(strict, scoring), 1)


def _room(problem: Problem, scoring: Scoring, eligibility: Eligibility, crowded: bool) -> tuple[Adjustment, ...]:
    """Room for everybody; where time is short, on as many seats each as it lasts for."""
    for seats_each in range(min(problem.rules.max_seats_per_person, len(problem.seats)), 1, -1):
        changes = cheapest_room(problem, scoring, eligibility, seats_each)
        if not crowded:
            return changes
        changed = relaxed(problem, changes) if changes else problem
        if changed is None or (changes and not _conflicts(changed)):
            return changes
    return cheapest_room(problem, scoring, eligibility, 1)


def _conflicts(problem: Problem) -> tuple[Conflict, ...]:
    scoring = Scoring(problem)
    return find_conflicts(problem, scoring, Eligibility(problem, scoring))


def _without(problem: Problem, scoring: Scoring, eligibility: Eligibility, rule: RuleName) -> Adjustment:
    """Doing without the rule; a budget is raised to what the cheapest team costs, if that is enough."""
    if rule.kind is not RuleKind.BUDGET or not rule.amount:
        return dropping(rule)
    few = deciding(problem, scoring, eligibility.candidates)
    least = cheapest_cost(problem, scoring, few)
    if least is None:
        return dropping(rule)
    needed = float(least)
    raised = replace(problem, rules=replace(problem.rules, budget=needed))
    if not has_team(raised, scoring, few):
        return dropping(rule)
    price = 10.0 * (needed / rule.amount - 1)
    return Adjustment(Change.RAISE_BUDGET, price, before=rule.amount, after=needed, rule=rule)
