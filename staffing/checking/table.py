"""Units of pairs of choices with every rule about two choices in them, worked out for the choices that are left.

Rules about two choices: nobody has two seats without leave and time for both, people who are never together are not,
and interchangeable seats are filled in ascending order.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from staffing.checking.eligibility import Eligible
from staffing.checking.worth import Floats, Index, Units, Worth

FORBIDDEN = -(1 << 30)
"""Units of a pair that a rule forbids."""
HOPELESS = FORBIDDEN // 2
"""Below every pair that is allowed, whatever was moved from it."""

Mask = NDArray[np.bool_]


class PairRules:
    """What pairs of choices of one problem are worth."""

    def __init__(self, eligible: Eligible, worth: Worth) -> None:
        self.eligible = eligible
        self.worth = worth
        self.problem = problem = eligible.problem
        self.seats = len(problem.seats)
        self.pins = pins(eligible)
        self.one_seat_each = problem.rules.max_seats_per_person == 1
        self.apart = [
            (problem.position[a], problem.position[b])
            for pair in problem.rules.never_together
            for a, b in (pair, pair[::-1])
        ]

    def interchangeable(self, s: int, t: int) -> bool:
        seats = self.problem.seats
        return s != t and seats[s].role == seats[t].role and self.pins[s] is None and self.pins[t] is None

    def out_of_order(self, s: int, t: int, one: Index, other: Index) -> Mask | None:
        """(one, other) pairs that would fill interchangeable seats out of order."""
        if not self.interchangeable(s, t):
            return None
        return one[:, None] > other if s < t else one[:, None] < other

    def oneself(self, s: int, t: int, people: Index) -> Units:
        """Units of each of the people on both seats."""
        units = np.full(len(people), FORBIDDEN, np.int64)
        if not self.one_seat_each:
            units[self._room(s, t)[people]] = self.worth.alone[self.worth.talk_at[s, t]]
        return units

    @cached_property
    def _rooms(self) -> dict[tuple[int, int], Mask]:
        return {}

    def _room(self, s: int, t: int) -> Mask:
        roles = self.problem.seats[s].role, self.problem.seats[t].role
        if roles not in self._rooms:
            one, other = (self.problem.roles[role] for role in roles)
            self._rooms[roles] = self.eligible.has_room(one, other)
        return self._rooms[roles]

    @cached_property
    def ties(self) -> tuple[Index, Index, Floats]:
        """Where everybody's ties begin (people + 2, the last two for an empty seat), to whom they are, how strong."""
        ties, count = self.problem.ties, self.eligible.count
        if ties is None:
            return np.zeros(count + 2, np.intp), np.zeros(0, np.intp), np.zeros(0)
        anywhere = np.zeros(count, bool)
        for may, _ in self.eligible.by_role:
            anywhere |= may
        kept = np.flatnonzero(anywhere[ties.first] & anywhere[ties.second])
        first, second = ties.first[kept].astype(np.intp), ties.second[kept].astype(np.intp)
        one, other = np.concatenate((first, second)), np.concatenate((second, first))
        order = np.argsort(one, kind="stable")
        starts = np.searchsorted(one[order], np.arange(count + 2))
        return starts, other[order], np.tile(ties.strength[kept], 2)[order]

    def ties_of(self, people: Index) -> tuple[Index, Index, Floats]:
        """Place among the people, whom they are tied to, how strongly; in order of place."""
        starts, other, strength = self.ties
        counts = starts[people + 1] - starts[people]
        edges = stretches(starts[people], counts)
        return np.repeat(np.arange(len(people)), counts), other[edges], strength[edges]


def pins(eligible: Eligible) -> list[int | None]:
    """By seat: who is locked to it; the first seats of a role are for those who are locked to it."""
    problem, found = eligible.problem, []
    for role in problem.roles:
        locked = sorted({problem.position[who] for name, who in problem.rules.locks if name == role.id})
        found += [locked[n] if n < len(locked) else None for n in range(role.seats)]
    return found


def stretches(first: Index, counts: Index) -> Index:
    """first[0], first[0] + 1, ... as many as counts[0] says, then the same from first[1], and so on."""
    before = np.cumsum(counts) - counts
    places: Index = np.arange(int(counts.sum())) + np.repeat(first - before, counts)
    return places


def full_table(rules: PairRules, starts: Index, person: Index) -> NDArray[np.int32]:
    """(choices, choices) units of every pair of choices; forbidden within a seat."""
    worth, count = rules.worth, len(person)
    table = np.full((count, count), FORBIDDEN, np.int32)
    zone = worth.zones[1][person]
    own = own_slices(starts)
    for s in range(rules.seats):
        for t in range(rules.seats):
            if s != t:
                table[own[s], own[t]] = worth.untied[worth.talk_at[s, t]][np.ix_(zone[own[s]], zone[own[t]])]
    seat = np.repeat(np.arange(rules.seats), np.diff(starts))
    _add_ties(rules, table, seat, person)
    for i, j in _same_people(seat, person, rules.eligible.count):
        table[i, j] = rules.oneself(int(seat[i[0]]), int(seat[j[0]]), person[i])
    for a, b in rules.apart:
        table[np.ix_(person == a, person == b)] = FORBIDDEN
    for s, t in ((s, t) for s in range(rules.seats) for t in range(rules.seats)):
        wrong = rules.out_of_order(s, t, person[own[s]], person[own[t]])
        if wrong is not None:
            table[own[s], own[t]][wrong] = FORBIDDEN
    return table


def _add_ties(rules: PairRules, table: NDArray[np.int32], seat: Index, person: Index) -> None:
    order = np.argsort(person, kind="stable")
    label, other, strength = rules.ties_of(person)
    first = np.searchsorted(person[order], other)
    counts = np.searchsorted(person[order], other, side="right") - first
    i, j = np.repeat(label, counts), order[stretches(first, counts)]
    strength = np.repeat(strength, counts)
    talk = rules.worth.talk_at[seat[i], seat[j]]
    for kind in np.unique(talk).tolist():
        some = np.flatnonzero((talk == kind) & (seat[i] != seat[j]))
        a, b = i[some], j[some]
        table[a, b] = rules.worth.tied(kind, person[a], person[b], strength[some])


def _same_people(seat: Index, person: Index, empty: int) -> Iterator[tuple[Index, Index]]:
    """Pairs of choices of one person on two seats, by seats."""
    by_seat = [np.flatnonzero(seat == s) for s in range(int(seat.max(initial=-1)) + 1)]
    for s, one in enumerate(by_seat):
        for t, other in enumerate(by_seat):
            if s != t:
                _, i, j = np.intersect1d(person[one], person[other], assume_unique=True, return_indices=True)
                real = person[one[i]] != empty
                if real.any():
                    yield one[i][real], other[j][real]


class Link:
    """Two seats with many choices: what they are worth together, without a table of all pairs."""

    def __init__(self, rules: PairRules, s: int, t: int, one: Index, other: Index) -> None:
        self._rules = rules
        self._seats = s, t
        self._people = one, other
        worth = rules.worth
        self._zones = worth.zones[1][one], worth.zones[1][other]
        self._table = worth.untied[worth.talk_at[s, t]]
        at_other = np.full(rules.eligible.count + 1, -1, np.intp)
        at_other[other] = np.arange(len(other))
        label, who, strength = rules.ties_of(one)
        known = at_other[who] >= 0
        if rules.interchangeable(s, t):
            known &= one[label] < who if s < t else one[label] > who
        inside = np.flatnonzero(known)
        self._first, self._second = label[inside], at_other[who[inside]]
        self._units = worth.tied(int(worth.talk_at[s, t]), one[self._first], who[inside], strength[inside])
        twin = at_other[one]
        self._twins = np.flatnonzero((twin >= 0) & (one != rules.eligible.count)), twin
        if not rules.one_seat_each:
            both = self._twins[0]
            self._first = np.concatenate((self._first, both))
            self._second = np.concatenate((self._second, twin[both]))
            alone = int(worth.alone[worth.talk_at[s, t]])
            self._units = np.concatenate((self._units, np.full(len(both), alone)))

    def forth(self, offers: Units) -> Units:
        """(first seat) the most that a choice of the second seat and its offer bring; at least that.

        Exact but for rules other than that nobody may have both seats and that interchangeable ones have an order.
        """
        if self._rules.interchangeable(*self._seats):
            best = self._by_zone_in_order(offers)
        else:
            best = self._by_zone(self._zones[0], self._zones[1], self._table, offers)
            if self._rules.one_seat_each:
                self._not_with_oneself(best, offers)
        np.maximum.at(best, self._first, offers[self._second] + self._units)
        return best

    def turned(self) -> "Link":
        """The same seats the other way round."""
        link = copy(self)
        link.turn()
        return link

    def turn(self) -> None:
        self._seats, self._people, self._zones = self._seats[::-1], self._people[::-1], self._zones[::-1]
        self._first, self._second = self._second, self._first
        twins, twin = self._twins
        back = np.full(len(self._people[0]), -1, np.intp)
        back[twin[twins]] = twins
        self._twins = twin[twins], back

    @staticmethod
    def _by_zone(taker: Index, giver: Index, table: Units, offers: Units) -> Units:
        tops = np.full(len(table), FORBIDDEN * 4, np.int64)
        np.maximum.at(tops, giver, offers)
        best: Units = (table + tops).max(axis=1)[taker]
        return best

    def _by_zone_in_order(self, offers: Units) -> Units:
        """The most that untied choices bring which keep the order of interchangeable seats."""
        (s, t), (one, other) = self._seats, self._people
        strictly = (one != self._rules.eligible.count) & self._rules.one_seat_each
        best = np.full(len(one), FORBIDDEN * 4, np.int64)
        for zone in np.unique(self._zones[1]).tolist():
            there = np.flatnonzero(self._zones[1] == zone)
            before, upto = (np.searchsorted(other[there], one, side=side) for side in ("left", "right"))
            if s < t:
                highest = np.append(np.maximum.accumulate(offers[there][::-1])[::-1], FORBIDDEN * 4)
                offered = highest[np.where(strictly, upto, before)]
            else:
                highest = np.append(FORBIDDEN * 4, np.maximum.accumulate(offers[there]))
                offered = highest[np.where(strictly, before, upto)]
            best = np.maximum(best, self._table[self._zones[0], zone] + offered)
        return best

    def _not_with_oneself(self, best: Units, offers: Units) -> None:
        """Mend the entries of those who are themselves the best of a zone."""
        order = np.lexsort((offers, self._zones[1]))
        last = np.append(np.diff(self._zones[1][order]) != 0, True)
        tops = order[last]
        at_one = np.full(self._rules.eligible.count + 1, -1, np.intp)
        at_one[self._people[0]] = np.arange(len(self._people[0]))
        who = self._people[1][tops]
        rows = at_one[who[who != self._rules.eligible.count]]
        rows = rows[rows >= 0]
        if len(rows):
            best[rows] = (self.rows(rows) + offers).max(axis=1)

    def rows(self, some: Index) -> Units:
        """(some, second seat) units of some choices of the first seat, all rules kept."""
        (s, t), (one, other) = self._seats, self._people
        units: Units = self._table[np.ix_(self._zones[0][some], self._zones[1])]
        place = np.full(len(one), -1, np.intp)
        place[some] = np.arange(len(some))
        edge = np.flatnonzero(place[self._first] >= 0)
        units[place[self._first[edge]], self._second[edge]] = self._units[edge]
        twins, twin = self._twins
        both = twins[place[twins] >= 0]
        units[place[both], twin[both]] = self._rules.oneself(s, t, one[both])
        for a, b in self._rules.apart:
            units[np.ix_(one[some] == a, other == b)] = FORBIDDEN
        wrong = self._rules.out_of_order(s, t, one[some], other)
        if wrong is not None:
            units[wrong] = FORBIDDEN
        return units


def own_slices(starts: Index) -> Sequence[slice]:
    return [slice(int(a), int(b)) for a, b in pairwise(starts)]
