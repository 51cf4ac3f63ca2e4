"""People who are interchangeable: only so many of them, those with the smallest ids, can ever be wanted.

Two people are alike when every rule and every figure treats them alike. Exchanging somebody for a smaller id that is
alike and on no team so far changes no score and breaks no rule, and the smaller id wins. So of any number of people who
are alike, the first `teams` x `seats` are enough, and without the rest a thousand ties need not be broken one by one.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Problem
from staffing.rules import NO_STRETCH, Candidates
from staffing.scoring import Index, Scoring


def without_surplus(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> list[Candidates]:
    """The candidates without those who have enough people of smaller id alike."""
    enough = problem.teams * len(problem.seats)
    if all(len(column.people) <= enough for column in candidates):
        return list(candidates)
    plain = _plain_people(problem, candidates)
    traits = np.column_stack(list(_traits(problem, scoring, candidates, plain)))
    surplus = np.zeros(len(problem.people), bool)
    surplus[plain[_later_than(enough, traits)]] = True
    return [_kept(column, ~surplus[column.people]) for column in candidates]


def _kept(column: Candidates, kept: NDArray[np.bool_]) -> Candidates:
    return Candidates(column.people[kept], column.units[kept], column.stretch[kept])


def _plain_people(problem: Problem, candidates: Sequence[Candidates]) -> Index:
    """Candidates whom no tie and no rule names, ascending."""
    plain = np.zeros(len(problem.people), bool)
    for column in candidates:
        plain[column.people] = True
    if problem.ties is not None:
        plain[problem.ties.first] = plain[problem.ties.second] = False
    named = {who for _, who in problem.rules.locks}.union(*problem.rules.never_together)
    plain[[problem.position[who] for who in named]] = False
    return np.flatnonzero(plain)


def _traits(
    problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], people: Index
) -> Iterator[NDArray[np.int64]]:
    """Columns over the people: all that the search ever looks at."""
    for column in candidates:
        for values, none in ((column.units, -1), (column.stretch, NO_STRETCH - 1)):
            spread = np.full(len(problem.people), none, np.int64)
            spread[column.people] = values
            yield spread[people]
    yield scoring.zones[people].astype(np.int64)
    skills = {wish.skill for wish in problem.rules.team_skills}
    if problem.rules.stretch:
        skills |= {need.skill for role in problem.roles for need in role.needs}
    for skill in sorted(skills):
        yield scoring.levels[skill][people].astype(np.int64)
    if problem.rules.max_seats_per_person > 1:
        yield from problem.people.free[people].T
    if problem.rules.budget is not None:
        yield problem.people.cost[people].view(np.int64)


def _later_than(enough: int, traits: NDArray[np.int64]) -> Index:
    """Rows that have at least so many equal rows before them."""
    rows = np.arange(1, traits.shape[1] + 1, dtype=np.uint64)
    factors = rows * np.uint64(0x9E3779B97F4A7C15) ^ rows << np.uint64(29)
    keys = (traits.astype(np.uint64) * (factors | np.uint64(1))).sum(axis=1, dtype=np.uint64)
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(keys[order]) != 0)) if len(order) else order
    first = np.repeat(starts, np.diff(np.append(starts, len(order))))
    late = np.arange(len(order)) - first >= enough
    same = (traits[order[late]] == traits[order[first[late]]]).all(axis=1)
    surplus: Index = order[late][same]
    return surplus
