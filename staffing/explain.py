"""Questions about an answer: why this person, why not that one, and what else.

Each asks the engine again with one thing changed, so that every difference named here is between two best teams. To
ask several about one problem, prepare it once: `asked = Asked(problem)` can stand wherever a problem can.

All of them raise ValueError for people, seats and teams that the problem does not have. The work that a limit allows is
for one question; where it ends first, the answer is the best that was found, and says so (`certain`).
"""

from collections import Counter
from dataclasses import dataclass

from staffing.asked import QUESTION_LIMIT, Asked, Change
from staffing.problem import Problem
from staffing.proposal import Assignment, PairPoints, Result, Team
from staffing.rules import Ineligible
from staffing.search import Found
from staffing.stopping import Work, WorkLimit
from staffing.swaps import RoleChange, Swap, differences


@dataclass(frozen=True)
class Alternative:
    """The best team with somebody else on one seat."""

    person: str
    team: Team
    loss: int
    """Units by which it is worth less than the team it was asked for, whatever the number of filled seats."""
    seats_lost: int
    """How many seats more stay empty; they come before units. Above 0 only where the problem allows gaps."""
    certain: bool
    """Both teams are proven: no other pair of best teams has another loss."""


@dataclass(frozen=True)
class SeatReason:
    """Why somebody sits on a seat."""

    assignment: Assignment
    pairs: tuple[PairPoints, ...]
    """What the person brings together with each other member."""
    next_best: Alternative | None
    """The best that can be done without them in that role; None when nothing can."""
    certain: bool
    """The loss is proven, or that there is nobody else."""


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
    seats_lost: int
    """How many seats more stay empty with them; they come before units. Above 0 only where gaps are allowed."""
    swaps: tuple[Swap, ...]
    """Who comes for whom."""
    role_changes: tuple[RoleChange, ...]
    """Who takes another role."""
    certain: bool
    """The loss is proven, or that there is no team with them."""


def why(problem: Problem | Asked, team: Team, seat: int, *, limit: WorkLimit = QUESTION_LIMIT) -> SeatReason:
    """Why the person on a seat (position in seat order, from 0) sits there."""
    asked = Asked.of(problem)
    others, complete = _alternatives(asked, team, seat, 1, Work(limit))
    return SeatReason(
        assignment=team.assignments[seat],
        pairs=tuple(pair for pair in team.pairs if seat in pair.seats),
        next_best=others[0] if others else None,
        certain=others[0].certain if others else complete,
    )


def alternatives(
    problem: Problem | Asked, team: Team, seat: int, count: int, *, limit: WorkLimit = QUESTION_LIMIT
) -> tuple[Alternative, ...]:
    """The best teams with somebody else on the seat, each with another person there, best first.

    The person on the seat has none of that role, not even by a lock, which is dropped for this question. Everybody else
    in the role keeps a seat of it, all other roles are free to change. Complete teams, unless the problem allows gaps;
    the seat itself is always filled.
    """
    return _alternatives(Asked.of(problem), team, seat, count, Work(limit))[0]


def _alternatives(asked: Asked, team: Team, seat: int, count: int, work: Work) -> tuple[tuple[Alternative, ...], bool]:
    """The alternatives, and whether it is proven that there are no more where they are fewer than asked for."""
    asked.checked(team, seat)
    problem = asked.problem
    position, person = problem.seats[seat].role, team.people[seat]
    role = problem.roles[position].id
    mates = [a.person for a in team.assignments if a.role == role and a.person is not None and a.person != person]
    others = (lock for lock in problem.rules.locks if lock != (role, person))
    locks = tuple(dict.fromkeys((*others, *((role, mate) for mate in mates))))
    barred = set() if person is None else {problem.position[person]}
    found: list[Alternative] = []
    while len(found) < count:
        with work.at_most(work.left // (count - len(found))):
            best = asked.best(work, Change(locks, {position: barred}, filled=position))
        other = asked.team(best)
        if other is None:
            return _in_order(found), not best.cut
        held = Counter(a.person for a in other.assignments if a.role == role and a.person is not None)
        newcomer = min(held - Counter(mates) or held - Counter(set(mates)))
        found.append(
            Alternative(
                newcomer, other, team.units - other.units, _seats_lost(team, other), team.proven and other.proven
            )
        )
        barred = barred | {problem.position[newcomer]}
    return _in_order(found), True


def _in_order(found: list[Alternative]) -> tuple[Alternative, ...]:
    """Once one is not proven, a later one may be better."""
    return tuple(sorted(found, key=lambda one: (one.seats_lost, one.loss)))


def why_not(problem: Problem | Asked, result: Result, person: str, *, limit: WorkLimit = QUESTION_LIMIT) -> Absence:
    """Why somebody is not on the result's best team, and what having them on it would cost."""
    asked, work = Asked.of(problem), Work(limit)
    who = asked.position(person)
    first = asked.checked(result.teams[0]) if result.teams else None
    reasons = [asked.eligibility.ineligible(n, who) for n in range(len(asked.problem.roles))]
    ineligible = tuple(reason for reason in reasons if reason is not None)
    if first is not None and person in first.people:
        return Absence(person, ineligible, first, 0, 0, (), (), certain=first.proven)
    found = _best_with(asked, who, [n for n, reason in enumerate(reasons) if reason is None], work)
    best = asked.team(found)
    if first is None or best is None:
        return Absence(person, ineligible, best, None, 0, (), (), certain=not found.cut)
    swaps, changes = differences(first, best)
    return Absence(
        person=person,
        ineligible=ineligible,
        best=best,
        loss=first.units - best.units,
        seats_lost=_seats_lost(first, best),
        swaps=swaps,
        role_changes=changes,
        certain=first.proven and best.proven,
    )


def _best_with(asked: Asked, person: int, roles: list[int], work: Work) -> Found:
    """The best team with the person in one of the roles; those that promise most come first, and rule out others."""
    problem, best, bounds = asked.problem, Found(), [Found().bound]
    hopes = asked.hopes(person, roles, work) if len(roles) > 1 else {}
    roles = sorted(roles, key=lambda role: (-hopes.get(role, 0), role))
    for n, role in enumerate(roles):
        lock = problem.roles[role].id, problem.people.ids[person]
        locks = tuple(dict.fromkeys((*problem.rules.locks, lock)))
        with work.at_most(work.left // (len(roles) - n)):
            found = asked.best(work, Change(locks), best)
        if found.cut:
            bounds.append(found.bound)
        best = Found(found.team, found.units, found.units)
    bound = max(best.bound, *bounds)
    return Found(best.team, best.units, bound, cut=len(bounds) > 1)


def _seats_lost(before: Team, after: Team) -> int:
    return after.people.count(None) - before.people.count(None)
