"""Whether the reasons why there is no team hold: by counting who could take the seats, or by looking through all."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from staffing.checking.exhausting import NOTHING, Claim, Exhausting, Patience
from staffing.checking.field import Everybody
from staffing.checking.filling import most_filled
from staffing.checking.keeping import Keeping
from staffing.checking.space import Bounded, plain_potentials
from staffing.checking.stated import StatedConflict, StatedReasons, StatedRule
from staffing.checking.table import PairRules, own_slices
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Index
from staffing.problem import Problem
from staffing.terms import Cause, RuleKind


class Reasons:
    """Checks what an answer says about why there is no complete team."""

    def __init__(self, rules: PairRules, patience: Patience) -> None:
        self._rules = rules
        self._problem = rules.problem
        self._patience = patience

    def hold(self, stated: StatedReasons) -> bool:
        """`Refused` when one of the reasons is none; whether they show that there is no complete team."""
        if not stated.conflicts:
            raise Refused(Verdict(Fault.CONFLICT))
        for conflict in stated.conflicts:
            if not self._holds(conflict):
                raise Refused(
                    Verdict(Fault.CONFLICT, seats=conflict.seats, people=conflict.people, name=conflict.cause.value)
                )
        return any(conflict.cause is not Cause.UNKNOWN for conflict in stated.conflicts)

    def _holds(self, conflict: StatedConflict) -> bool:
        match conflict.cause:
            case Cause.SEATS:
                return self._compete(conflict)
            case Cause.LOCKED_OUT:
                return any(self._is_locked_out(rule) for rule in conflict.rules)
            case Cause.OVERLOCKED:
                return self._is_overlocked(conflict)
            case Cause.RULES | Cause.CAPACITY:
                return not self._has_team_under(conflict.rules)
            case Cause.UNKNOWN:
                return True

    def _compete(self, conflict: StatedConflict) -> bool:
        """The seats are more than the people named can take, who are all that there are; fewer seats are not."""
        names = [(self._problem.roles[seat.role].id, seat.number) for seat in self._problem.seats]
        if not conflict.seats or not set(conflict.seats) <= set(names):
            return False
        choices = self._open_choices()
        columns = [choices[names.index(seat)] for seat in conflict.seats]
        people = np.unique(np.concatenate(columns))
        if tuple(self._problem.people.ids[who] for who in people) != tuple(sorted(conflict.people)):
            return False
        capacity, count = self._problem.rules.max_seats_per_person, len(columns)
        rest = (columns[:n] + columns[n + 1 :] for n in range(count))
        return len(people) * capacity < count and all(
            most_filled(some, capacity, enough=count - 1) == count - 1 for some in rest
        )

    def _open_choices(self) -> list[Index]:
        """By seat: everybody whom eligibility and locks leave to it."""
        space = Everybody(self._rules).space(gaps=False, prices=())
        pinned = {pin for pin in self._rules.pins if pin is not None}
        barred = {b for a, b in self._rules.apart if a in pinned}
        barred |= pinned if self._rules.one_seat_each else set()
        own = own_slices(space.starts)
        columns = zip(self._rules.pins, own, strict=True)
        return [
            space.person[where] if pin is not None else np.setdiff1d(space.person[where], sorted(barred))
            for pin, where in columns
        ]

    def _is_locked_out(self, rule: StatedRule) -> bool:
        if rule.kind is not RuleKind.LOCK or tuple(rule.subject) not in self._problem.rules.locks:
            return False
        role, who = rule.subject
        eligible = self._rules.eligible.by_role[self._problem.role_position[role]][0]
        return not eligible[self._problem.position[who]]

    def _is_overlocked(self, conflict: StatedConflict) -> bool:
        roles = {role for role, _ in conflict.seats}
        if len(roles) != 1 or not roles <= self._problem.role_position.keys():
            return False
        locked = {who for role, who in self._problem.rules.locks if role in roles}
        seats = self._problem.roles[self._problem.role_position[roles.pop()]].seats
        return len(locked) > seats and locked == set(conflict.people)

    def _has_team_under(self, stated: Sequence[StatedRule]) -> bool:
        """A complete team would exist if only these of the rules about whole teams were to be kept."""
        problem = _only(self._problem, stated)
        eligible = type(self._rules.eligible)(problem)
        if RuleKind.MENTOR not in {rule.kind for rule in stated}:
            for _, learns in eligible.by_role:
                learns[:] = -1
        rules = PairRules(eligible, type(self._rules.worth)(eligible))
        space = Everybody(rules).space(gaps=False, prices=()).at_hand()
        if not space.complete:
            return False
        claim = Claim(NOTHING, None, (), 0, 0)
        bounded = Bounded(space, plain_potentials(space)).down_to(NOTHING)
        return Exhausting(bounded, Keeping(eligible), claim, 0, self._patience).contradiction() is not None


def _only(problem: Problem, stated: Sequence[StatedRule]) -> Problem:
    """The problem with only these of its rules about whole teams."""
    rules = problem.rules
    named = [(rule.kind, tuple(rule.subject), rule.amount) for rule in stated]
    apart = {frozenset(subject) for kind, subject, _ in named if kind is RuleKind.NEVER_TOGETHER}
    kinds = {kind for kind, _, _ in named}
    kept = replace(
        rules,
        locks=tuple(lock for lock in rules.locks if (RuleKind.LOCK, lock, None) in named),
        never_together=tuple(pair for pair in rules.never_together if frozenset(pair) in apart),
        max_people=rules.max_people if RuleKind.MAX_PEOPLE in kinds else None,
        budget=rules.budget if RuleKind.BUDGET in kinds else None,
        team_skills=tuple(
            wish for wish in rules.team_skills if (RuleKind.TEAM_SKILL, (wish.skill,), wish.level) in named
        ),
        allow_gaps=False,
    )
    return replace(problem, rules=kept)
