"""The few people on whom it depends whether there is any team at all.

Somebody gives way to a person who may sit wherever they may, has every skill that a rule asks for, costs no more and is
as free. With as many such people as there are seats, one of them is never on the team: exchanged for them, a team stays
a team. So whoever has that many people before them can be left out, while it is only asked whether there is a team.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Goals, People, Problem, Ratings
from staffing.rules import NO_STRETCH, Candidates, mentor_level
from staffing.scoring import Index, Scoring

Mask = NDArray[np.bool_]

_WORD = 63
_TOGETHER = (1, 2, 3)
"""Abilities that are looked at together: for each of them, then each pair, the strongest stand for all others."""
_COMBINATIONS = 200
"""Most of these that are looked at."""
_COMPARISONS = 20_000_000
"""Most comparisons of two people for each size of combination; beyond it, more people stay than need to."""


@dataclass(frozen=True, eq=False)
class Merits:
    """What there is to be said for people, as far as rules listen; of two values the higher is never worse."""

    people: Index
    """Ascending."""
    able: NDArray[np.int64]
    """(people, words) a bit for each thing that somebody can do."""
    amounts: NDArray[np.int64]
    """(people, amounts) how free they are in each stretch of weeks, how cheap they are."""
    plain: Mask
    """No rule names them, so that they may be exchanged."""

    def where(self, kept: Mask) -> "Merits":
        return Merits(self.people[kept], self.able[kept], self.amounts[kept], self.plain[kept])


def deciding(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> list[Candidates]:
    """The candidates without those who have a person before them for each seat."""
    size = len(problem.seats)
    if all(len(column.people) <= size for column in candidates):
        return list(candidates)
    merits = merits_of(problem, scoring, candidates)
    if not merits.amounts.shape[1]:
        merits = merits.where(_first_of_equals(merits, size))
    for together in _TOGETHER:
        if len(merits.people) <= size:
            break
        merits = merits.where(_beaten_by(merits, _strongest(merits, size, together)) < size)
    kept = np.zeros(len(problem.people), bool)
    kept[merits.people] = True
    return [only(column, kept[column.people]) for column in candidates]


def restricted(problem: Problem, people: Index) -> Problem:
    """The problem among these people (ascending) alone, without ties, which keep nobody from a team."""
    columns = problem.people
    place = np.full(len(columns), -1, np.int32)
    place[people] = np.arange(len(people))
    ratings = {
        skill: Ratings(at, held.level[kept], held.confidence[kept])
        for skill, held in problem.ratings.items()
        for at, kept in [_within(place, held.people)]
    }
    goals = {
        skill: Goals(at, wanted.target[kept])
        for skill, wanted in problem.goals.items()
        for at, kept in [_within(place, wanted.people)]
    }
    few = People(
        ids=tuple(columns.ids[who] for who in people.tolist()),
        free=columns.free[people],
        cost=columns.cost[people],
        successes=columns.successes[people],
        projects=columns.projects[people],
        utc_offset=columns.utc_offset[people],
        recent_load=columns.recent_load[people],
    )
    here = set(few.ids)
    exclude = tuple(who for who in problem.rules.exclude if who in here)
    rules = replace(problem.rules, exclude=exclude)
    return replace(problem, people=few, ratings=ratings, goals=goals, ties=None, rules=rules)


def _within(place: NDArray[np.int32], people: NDArray[np.int32]) -> tuple[NDArray[np.int32], Mask]:
    kept = place[people] >= 0
    return place[people[kept]], kept


def _first_of_equals(merits: Merits, size: int) -> Mask:
    """Everybody but those who have as many equals before them as there are seats; only for people without amounts."""
    plain = np.flatnonzero(merits.plain)
    words = merits.able[plain]
    order = np.lexsort(words.T)
    fresh = np.append(True, (words[order][1:] != words[order][:-1]).any(axis=1))[: len(order)]
    starts = np.flatnonzero(fresh)
    first = np.repeat(starts, np.diff(np.append(starts, len(order))))
    kept = np.ones(len(merits.people), bool)
    kept[plain[order[np.arange(len(order)) - first >= size]]] = False
    return kept


def only(column: Candidates, kept: Mask) -> Candidates:
    return Candidates(column.people[kept], column.units[kept], column.stretch[kept])


def merits_of(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> Merits:
    here = np.zeros(len(problem.people), bool)
    for column in candidates:
        here[column.people] = True
    people = np.flatnonzero(here)
    named = {who for _, who in problem.rules.locks}.union(*problem.rules.never_together)
    plain = np.ones(len(problem.people), bool)
    plain[[problem.position[who] for who in named]] = False
    flags = list(_abilities(problem, scoring, candidates, people))
    able = np.zeros((len(people), -(-len(flags) // _WORD)), np.int64)
    for n, flag in enumerate(flags):
        able[:, n // _WORD] |= flag.astype(np.int64) << (n % _WORD)
    amounts = list(_amounts(problem, people))
    return Merits(
        people,
        able,
        np.column_stack(amounts) if amounts else np.empty((len(people), 0), np.int64),
        plain[people],
    )


def _abilities(
    problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], people: Index
) -> Iterator[NDArray[np.bool_]]:
    for role, column in zip(problem.roles, candidates, strict=True):
        grown = np.zeros(len(problem.people), bool)
        grown[column.people[column.stretch == NO_STRETCH]] = True
        yield grown[people]
        for need in sorted(set(column.stretch.tolist()) - {NO_STRETCH}):
            learns = grown.copy()
            learns[column.people[column.stretch == need]] = True
            yield learns[people]
            asked = role.needs[need]
            yield scoring.levels[asked.skill][people] >= mentor_level(role, asked)
    for wish in problem.rules.team_skills:
        yield scoring.levels[wish.skill][people] >= wish.level


def _amounts(problem: Problem, people: Index) -> Iterator[NDArray[np.int64]]:
    if problem.rules.budget is not None:
        _, rank = np.unique(-problem.people.cost[people], return_inverse=True)
        yield rank.reshape(-1)
    if problem.rules.max_seats_per_person > 1:
        for wanted, free in stretches(problem, people):
            yield np.minimum(free, wanted)


def stretches(problem: Problem, people: Index) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Weeks between which no role starts or ends: the shares that all seats need in them, and everybody's least."""
    edges = sorted({week for role in problem.roles for week in (role.start, role.stop)})
    free = problem.people.free
    for start, stop in pairwise(edges):
        wanted = sum(role.fte * role.seats for role in problem.roles if role.start <= start < role.stop)
        if wanted:
            yield wanted, free[people, 0] if free.shape[1] == 1 else free[people, start:stop].min(axis=1)


def _strongest(merits: Merits, size: int, together: int) -> Index:
    """Places of people who beat many others: for each so many abilities together some who have most beside them."""
    count = np.bitwise_count(merits.able).sum(axis=1, dtype=np.int64)
    spread = np.maximum(np.ptp(merits.amounts, axis=0), 1) if len(merits.people) else 1
    amount = (merits.amounts / spread).sum(axis=1)
    places = np.flatnonzero(merits.plain)
    orders = [np.lexsort((-amount[places], -count[places]))]
    if merits.amounts.shape[1]:
        orders.append(np.lexsort((-count[places], -amount[places])))
    found = [places[:0]]
    for order in (places[order] for order in orders):
        have = _by_ability(merits.able[order])
        affordable = _COMPARISONS // (len(merits.people) * (size + 1) * len(orders))
        each = map(np.logical_and.reduce, islice(combinations(have, together), min(affordable, _COMBINATIONS)))
        found += [order[np.flatnonzero(able)[: size + 1]] for able in each]
    return np.unique(np.concatenate(found))


def _by_ability(able: NDArray[np.int64]) -> list[Mask]:
    """Who has it, for each ability that anybody has."""
    each = ((word >> bit & 1).astype(bool) for word in able.T for bit in range(_WORD))
    return [have for have in each if have.any()]


def _beaten_by(merits: Merits, strong: Index) -> NDArray[np.int64]:
    """(people,) how many of the strong each of the people gives way to: equals to those who come before them."""
    beaten = np.zeros(len(merits.people), np.int64)
    words, amounts = np.ascontiguousarray(merits.able.T), np.ascontiguousarray(merits.amounts.T)
    for place in strong.tolist():
        weaker = np.flatnonzero((words[0] & ~words[0, place]) == 0)
        for word in words[1:]:
            weaker = weaker[word[weaker] & ~word[place] == 0]
        for amount in amounts:
            weaker = weaker[amount[weaker] <= amount[place]]
        later = weaker > place
        for column in (*words, *amounts):
            later |= column[weaker] != column[place]
        beaten[weaker[later]] += 1
    return np.where(merits.plain, beaten, 0)
