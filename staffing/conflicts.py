"""Why no complete team exists: who competes for whom, and which rules cannot be kept together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from staffing.deciding import deciding
from staffing.feasibility import has_team
from staffing.matching import Matching
from staffing.problem import Problem, Rules
from staffing.rules import NO_STRETCH, Candidates, Eligibility, Ineligible
from staffing.scoring import Scoring
from staffing.seating import overlocked, pinned, seat_labels
from staffing.terms import Cause, RuleKind


@dataclass(frozen=True)
class RuleName:
    """One rule of the problem: `subject` names roles, people or a skill, `amount` the limit or level."""

    kind: RuleKind
    subject: tuple[str, ...] = ()
    amount: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {"rule": self.kind.value, "subject": list(self.subject), "amount": self.amount}


@dataclass(frozen=True)
class Conflict:
    """One reason. `seats` are (role, number); `people` are all who could take any of them."""

    cause: Cause
    seats: tuple[tuple[str, int], ...] = ()
    people: tuple[str, ...] = ()
    rules: tuple[RuleName, ...] = ()
    ineligible: Ineligible | None = None
    """For somebody locked to a role: what keeps them from it."""

    def to_json(self) -> dict[str, Any]:
        return {
            "cause": self.cause.value,
            "seats": [list(seat) for seat in self.seats],
            "people": list(self.people),
            "rules": [rule.to_json() for rule in self.rules],
            "ineligible": None if self.ineligible is None else self.ineligible.to_json(),
        }


def find_conflicts(problem: Problem, scoring: Scoring, eligibility: Eligibility) -> tuple[Conflict, ...]:
    """The reasons why the problem has no complete team; empty when it has one."""
    candidates = eligibility.candidates
    locked_out = tuple(_locks(problem, eligibility))
    competing = competing_seats(problem, candidates)
    found = (*locked_out, *(c for c in competing if c.people or not c.rules))
    return found or _rules(problem, scoring, candidates)


def _locks(problem: Problem, eligibility: Eligibility) -> Iterator[Conflict]:
    over = overlocked(problem)
    for role, who in sorted(set(problem.rules.locks)):
        ineligible = eligibility.ineligible(problem.role_position[role], problem.position[who])
        if ineligible is not None:
            yield Conflict(Cause.LOCKED_OUT, people=(who,), rules=(_lock(role, who),), ineligible=ineligible)
    for role in over:
        people = tuple(sorted({who for name, who in problem.rules.locks if name == role}))
        seats = tuple((role, n + 1) for n in range(problem.roles[problem.role_position[role]].seats))
        yield Conflict(Cause.OVERLOCKED, seats, people, tuple(_lock(role, who) for who in people))


def _lock(role: str, who: str) -> RuleName:
    return RuleName(RuleKind.LOCK, (role, who))


def competing_seats(problem: Problem, candidates: Sequence[Candidates]) -> tuple[Conflict, ...]:
    """The smallest sets of seats with too few people between them, exclusions and locks kept."""
    labels = seat_labels(problem, candidates)
    choices = [labels.person[labels.of(seat)] for seat in range(labels.seats)]
    matching = Matching(choices, problem.rules.max_seats_per_person)
    conflicts = []
    for seats in matching.violators():
        names = tuple((problem.roles[problem.seats[n].role].id, problem.seats[n].number) for n in seats)
        people = tuple(problem.people.ids[who] for who in matching.people_of(seats))
        conflicts.append(Conflict(Cause.SEATS, names, people, tuple(_locks_on(problem, seats))))
    return tuple(conflicts)


def _locks_on(problem: Problem, seats: Sequence[int]) -> Iterator[RuleName]:
    pins = pinned(problem)
    for seat in seats:
        pin = pins[seat]
        if pin is not None:
            yield _lock(problem.roles[problem.seats[seat].role].id, problem.people.ids[pin])


def _rules(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> tuple[Conflict, ...]:
    """A set of rules that no team keeps, from which none can be left out (deletion filter)."""
    candidates = deciding(problem, scoring, candidates)
    if has_team(problem, scoring, candidates) is not False:
        return ()
    needed: list[RuleName] = []
    rest = problem
    for rule in stated_rules(problem.rules):
        without = dropped(rest, rule)
        # Who decides among all these rules decides among fewer.
        verdict = has_team(without, scoring, candidates)
        if verdict is None:
            return (Conflict(Cause.UNKNOWN),)
        if verdict:
            needed.append(rule)
        else:
            rest = without
    if problem.rules.stretch and has_team(rest, scoring, [without_stretch(who) for who in candidates]):
        needed.append(RuleName(RuleKind.MENTOR))
    if needed:
        return (Conflict(Cause.RULES, rules=tuple(needed)),)
    return (_crowded(rest, scoring, [without_stretch(who) for who in candidates]),)


def _crowded(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> Conflict:
    """Seats for which there are people but not time enough, none of which can be left out (deletion filter)."""
    seats = [role.seats for role in problem.roles]
    for role, count in enumerate(seats):
        for fewer in (0, *range(count - 1, 0, -1)):
            tried = [*seats[:role], fewer, *seats[role + 1 :]]
            if any(tried) and fewer < seats[role] and _has_team_for(problem, scoring, candidates, tried) is False:
                seats = tried
            elif fewer:
                break
    named = [(role.id, n + 1) for role, count in zip(problem.roles, seats, strict=True) for n in range(count)]
    able = {who for column, count in zip(candidates, seats, strict=True) if count for who in column.people.tolist()}
    return Conflict(Cause.CAPACITY, tuple(named), tuple(problem.people.ids[who] for who in sorted(able)))


def _has_team_for(
    problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], seats: Sequence[int]
) -> bool | None:
    """Whether there is a team with so many seats of each role."""
    roles = [replace(role, seats=count) for role, count in zip(problem.roles, seats, strict=True) if count]
    kept = [column for column, count in zip(candidates, seats, strict=True) if count]
    return has_team(replace(problem, roles=tuple(roles)), scoring, kept)


def without_stretch(candidates: Candidates) -> Candidates:
    """The same people, none of whom needs a mentor."""
    return replace(candidates, stretch=np.full_like(candidates.stretch, NO_STRETCH))


def stated_rules(rules: Rules) -> list[RuleName]:
    """The rules about whole teams, in the order in which they are tried to be done without."""
    named = [RuleName(RuleKind.TEAM_SKILL, (wish.skill,), wish.level) for wish in rules.team_skills]
    named += [RuleName(RuleKind.NEVER_TOGETHER, pair) for pair in rules.never_together]
    named += [_lock(role, who) for role, who in rules.locks]
    if rules.max_people is not None:
        named.append(RuleName(RuleKind.MAX_PEOPLE, amount=rules.max_people))
    if rules.budget is not None:
        named.append(RuleName(RuleKind.BUDGET, amount=rules.budget))
    return named


def dropped(problem: Problem, rule: RuleName) -> Problem:
    """The problem without one of its rules."""
    rules = problem.rules
    match rule.kind:
        case RuleKind.TEAM_SKILL:
            kept = tuple(w for w in rules.team_skills if (w.skill, w.level) != (rule.subject[0], rule.amount))
            rules = replace(rules, team_skills=kept)
        case RuleKind.NEVER_TOGETHER:
            rules = replace(rules, never_together=tuple(p for p in rules.never_together if p != rule.subject))
        case RuleKind.LOCK:
            rules = replace(rules, locks=tuple(lock for lock in rules.locks if lock != rule.subject))
        case RuleKind.MAX_PEOPLE:
            rules = replace(rules, max_people=None)
        case RuleKind.BUDGET:
            rules = replace(rules, budget=None)
    return replace(problem, rules=rules)
