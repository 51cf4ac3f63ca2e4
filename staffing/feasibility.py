"""Is there any complete team at all? Asked without scores, of the few people on whom it depends.

Depth first, the seat with the fewest choices next. What is left open is checked by matchings and cheapest assignments,
so that most problems are decided before the first choice is made. People stand in sets of bits, the cheapest lowest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from staffing.bill import Bill
from staffing.bitsets import Tally, bits, lowest, matched
from staffing.deciding import merits_of, stretches
from staffing.problem import Problem, Rules
from staffing.rules import NO_STRETCH, Candidates, mentor_level
from staffing.scoring import Index, Scoring
from staffing.seating import overlocked, pinned, seat_labels

NODES = 5_000
"""Choices tried for one question, at most."""
_ROUNDING = 1e-9


def has_team(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates], nodes: int = NODES) -> bool | None:
    """Whether any team fills every seat and keeps every rule; None when that many choices cannot tell.

    Quick among people on whom it depends; see `deciding`.
    """
    if overlocked(problem):
        return False
    if is_open(problem, candidates):
        return True
    return _Question(problem, scoring, candidates).answer(nodes)


def is_open(problem: Problem, candidates: Sequence[Candidates]) -> bool:
    """Whether there is a team for certain: no rule is in the way, and each role has more than enough people."""
    return _is_plain(problem.rules) and all(_many(problem, column) for column in candidates)


def cheapest_cost(problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> Fraction | None:
    """What filling every seat costs at least, with locks and the number of seats each kept; None if nothing does."""
    priced = problem if problem.rules.budget is not None else replace(problem, rules=replace(problem.rules, budget=0.0))
    question = _Question(priced, scoring, candidates)
    cheapest = question.bill.cheapest()
    return None if cheapest is None else question.cost(cheapest)


def _is_plain(rules: Rules) -> bool:
    """No rule is about who else is on the team."""
    asked = (rules.locks, rules.never_together, rules.team_skills)
    return not any(asked) and rules.budget is None and rules.max_people is None


def _many(problem: Problem, column: Candidates) -> bool:
    """Whatever others take, somebody is left who can do it alone."""
    return int((column.stretch == NO_STRETCH).sum()) >= len(problem.seats)


class _OutOfChoices(Exception):
    """The search was cut short."""


@dataclass(frozen=True)
class _State:
    """A team in the making. Sets of people are bits of a whole number."""

    open: tuple[int, ...]
    """Seats without a person."""
    choices: tuple[int, ...]
    """By seat: people who may take it."""
    members: int = 0
    seated: tuple[tuple[int, int], ...] = ()
    """(seat, person)."""
    spent: float = 0.0


class _Question:
    def __init__(self, problem: Problem, scoring: Scoring, candidates: Sequence[Candidates]) -> None:
        self._problem = problem
        self._rules = problem.rules
        self._each = problem.rules.max_seats_per_person
        self._most = len(problem.seats) if problem.rules.max_people is None else problem.rules.max_people
        self._pins = pinned(problem)
        self._role = [seat.role for seat in problem.seats]
        self._merits = merits_of(problem, scoring, candidates)
        self._order()
        labels = seat_labels(problem, candidates)
        self._choices = tuple(self._set_of(labels.person[labels.of(seat)]) for seat in range(labels.seats))
        self._stretch = [
            {
                self._bit[int(column.people[at])]: int(column.stretch[at])
                for at in np.flatnonzero(column.stretch != NO_STRETCH)
            }
            for column in candidates
        ]
        self._wishes = [(self._able(scoring, wish.skill, wish.level), wish.people) for wish in self._rules.team_skills]
        self._mentors = {
            (role, need): self._mentors_of(scoring, role, need)
            for role, learners in enumerate(self._stretch)
            for need in set(learners.values())
        }
        self._apart: dict[int, int] = {}
        for pair in self._rules.never_together:
            one, other = (self._bit.get(problem.position[who]) for who in pair)
            if one is not None and other is not None:
                self._apart[one] = self._apart.get(one, 0) | 1 << other
                self._apart[other] = self._apart.get(other, 0) | 1 << one
        self._efforts = [
            Fraction(problem.roles[role].fte, problem.share_scale) * problem.roles[role].weeks for role in self._role
        ]
        self._effort = [float(effort) for effort in self._efforts]
        self._limit = None if self._rules.budget is None else Fraction(str(self._rules.budget))
        self._work = list(stretches(problem, np.array(self._people, np.intp))) if self._each > 1 else []
        kinds = list(zip(self._role, self._choices, strict=True))
        self.bill = Bill(kinds, self._cost, self._effort, self._wishes, self._each)
        self._left = 0

    def _order(self) -> None:
        """Who is which bit: the cheapest first, then those with most to offer where few people may come, or least."""
        merits = self._merits
        count = np.bitwise_count(merits.able).sum(axis=1, dtype=np.int64)
        cost = self._problem.people.cost[merits.people] * (self._rules.budget is not None)
        sign = -1 if self._most < len(self._problem.seats) else 1
        order = np.lexsort((merits.people, sign * count, cost))
        self._people = merits.people[order].tolist()
        self._bit = {who: bit for bit, who in enumerate(self._people)}
        self._bit_of = np.zeros(len(self._problem.people), np.intp)
        self._bit_of[self._people] = np.arange(len(self._people))
        self._cost: list[float] = self._problem.people.cost[merits.people[order]].tolist()
        rows = np.column_stack((merits.able, merits.amounts))[order]
        _, kind = np.unique(rows, axis=0, return_inverse=True)
        self._named = np.flatnonzero(~merits.plain[order])
        self._kind = kind.reshape(-1).copy()
        self._kind[self._named] = -1 - self._named
        self._free = self._problem.people.free

    def _set_of(self, people: Index) -> int:
        return self._set_of_bits(self._bit_of[people])

    def _set_of_bits(self, places: Index) -> int:
        mask = np.zeros(len(self._people) + 7, np.uint8)
        mask[places] = 1
        return int.from_bytes(np.packbits(mask, bitorder="little").tobytes(), "little")

    def _able(self, scoring: Scoring, skill: str, level: int) -> int:
        return self._set_of_bits(np.flatnonzero(scoring.levels[skill][self._people] >= level))

    def _mentors_of(self, scoring: Scoring, role: int, need: int) -> int:
        asked = self._problem.roles[role]
        return self._able(scoring, asked.needs[need].skill, mentor_level(asked, asked.needs[need]))

    # -- the search
    def answer(self, nodes: int) -> bool | None:
        if not all(self._choices):
            return False
        start = _State(self._hard_to_fill(), self._choices)
        if self._limit is not None:
            for cheapest, least in self.bill.cheapest_teams(float(self._limit)):
                if self._exceeds(least):
                    return False
                if self._is_team(cheapest):
                    return True
        self._left = nodes
        try:
            return self._completes(start)
        except _OutOfChoices:
            return None

    def _hard_to_fill(self) -> tuple[int, ...]:
        """Seats that are not filled in any case, by somebody whom no rule names and nobody else needs."""
        seats = range(len(self._choices))
        rules = self._rules
        if self._limit is not None or rules.max_people is not None or rules.team_skills or self._mentors:
            return tuple(seats)
        named = self._set_of_bits(self._named)
        return tuple(seat for seat in seats if (self._choices[seat] & ~named).bit_count() < len(seats))

    def _completes(self, state: _State) -> bool:
        if not state.open:
            return self._is_team(state.seated)
        narrowed = self._narrowed(state)
        if narrowed is None:
            return False
        choices = list(narrowed.choices)
        seat = min(narrowed.open, key=lambda one: (choices[one].bit_count(), one))
        for who in self._in_turn(narrowed, choices[seat]):
            if not choices[seat] >> who & 1:
                continue
            if not self._left:
                raise _OutOfChoices
            self._left -= 1
            if self._completes(self._with(narrowed, tuple(choices), seat, who)):
                return True
            # Nobody whom the rules cannot tell from somebody who failed here does any better, on no seat of the role.
            failed = 1 << who
            if not narrowed.members & failed:
                failed = self._set_of_bits(np.flatnonzero(self._kind == self._kind[who])) & ~narrowed.members
            for other in narrowed.open:
                if other == seat or (self._role[other] == self._role[seat] and self._alike_seats(seat, other)):
                    choices[other] &= ~failed
        return False

    def _alike_seats(self, one: int, other: int) -> bool:
        return self._pins[one] is None and self._pins[other] is None

    def _in_turn(self, state: _State, choices: int) -> Iterator[int]:
        """Who is tried first: members where few people may come, then who has a skill that is still asked for."""
        groups = []
        if self._most < len(self._choices):
            groups.append(state.members)
        groups += [able for able, people in self._wishes if (able & state.members).bit_count() < people]
        for group in (*groups, -1):
            chosen = choices & group
            choices &= ~chosen
            yield from bits(chosen)

    def _with(self, state: _State, choices: tuple[int, ...], seat: int, who: int) -> _State:
        remaining = tuple(other for other in state.open if other != seat)
        seated = (*state.seated, (seat, who))
        left = list(choices)
        held = [one for one, person in seated if person == who]
        barred = self._apart.get(who, 0)
        for other in remaining:
            left[other] &= ~barred
            if left[other] >> who & 1 and not self._has_room(who, held, other):
                left[other] &= ~(1 << who)
        return _State(remaining, tuple(left), state.members | 1 << who, seated, state.spent + self._paid(seat, who))

    def _has_room(self, who: int, held: Sequence[int], seat: int) -> bool:
        if len(held) >= self._each:
            return False
        role = self._problem.roles[self._role[seat]]
        free = np.broadcast_to(self._free[self._people[who]], (self._problem.weeks,))[role.start : role.stop].copy()
        for other in held:
            taken = self._problem.roles[self._role[other]]
            start, stop = max(role.start, taken.start), min(role.stop, taken.stop)
            if start < stop:
                free[start - role.start : stop - role.start] -= taken.fte
        return bool(free.min() >= role.fte)

    # -- what cannot become a team
    def _narrowed(self, state: _State) -> _State | None:
        """The state without choices that lead nowhere; None when it leads nowhere itself."""
        places = self._most - state.members.bit_count()
        if places < 0:
            return None
        choices = list(state.choices)
        if places == 0:
            for seat in state.open:
                choices[seat] &= state.members
        if not all(choices[seat] for seat in state.open):
            return None
        possible = (
            self._affordable(state, choices)
            and self._people_suffice(state, choices, places)
            and self._skills_suffice(state, choices, places)
            and self._mentors_suffice(state, choices)
            and self._seatable(state, choices)
        )
        return _State(state.open, tuple(choices), state.members, state.seated, state.spent) if possible else None

    def _affordable(self, state: _State, choices: Sequence[int]) -> bool:
        if self._limit is None:
            return True
        least = sum(self._cost[lowest(choices[seat])] * self._effort[seat] for seat in state.open)
        return not self._exceeds(state.spent + least)

    def _exceeds(self, cost: float) -> bool:
        return self._limit is not None and cost > float(self._limit) * (1 + _ROUNDING) + _ROUNDING

    def _paid(self, seat: int, who: int) -> float:
        return self._cost[who] * self._effort[seat]

    def _people_suffice(self, state: _State, choices: Sequence[int], places: int) -> bool:
        """Seats that no member can take, and no two of which one person can take, need a person each."""
        if self._most >= len(self._choices):
            return True
        uncovered = [choices[seat] for seat in state.open if not choices[seat] & state.members]
        if len(uncovered) > places * self._each:
            return False
        apart, taken = 0, 0
        for people in sorted(uncovered, key=int.bit_count):
            if not people & taken:
                apart += 1
                taken |= people
        return apart <= places and self._covers(uncovered, places) and self._time_suffices(state, places)

    def _time_suffices(self, state: _State, places: int) -> bool:
        """Members and the freest newcomers together are as free as all seats need, in all weeks."""
        members = list(bits(state.members))
        for wanted, free in self._work:
            left = wanted - int(free[members].sum())
            if left > 0 and int(np.sort(free)[max(0, len(free) - places) :].sum()) < left:
                return False
        return True

    def _covers(self, uncovered: Sequence[int], places: int) -> bool:
        """As many seats as the most versatile newcomers can take, if they shared no seat, are enough."""
        ways = Tally()
        for people in uncovered:
            ways.add(people)
        return ways.largest(places, self._each) >= len(uncovered)

    def _skills_suffice(self, state: _State, choices: Sequence[int], places: int) -> bool:
        apart, together = 0, 0
        for able, people in self._wishes:
            owed = people - (able & state.members).bit_count()
            if owed <= 0:
                continue
            wanted = [choices[seat] & able & ~state.members for seat in state.open]
            if owed > places or matched([people for people in wanted if people], 1) < owed:
                return False
            if not able & together:
                apart, together = apart + owed, together | able
        return apart <= min(places, len(state.open))

    def _mentors_suffice(self, state: _State, choices: Sequence[int]) -> bool:
        if not self._mentors:
            return True
        coming = state.members
        for seat in state.open:
            coming |= choices[seat]
        return all(coming & mentors for mentors in self._mentors_needed(state.seated))

    def _mentors_needed(self, seated: Sequence[tuple[int, int]]) -> Iterator[int]:
        for seat, who in seated:
            need = self._stretch[self._role[seat]].get(who)
            if need is not None:
                yield self._mentors[self._role[seat], need] & ~(1 << who)

    def _seatable(self, state: _State, choices: Sequence[int]) -> bool:
        size = len(state.open)
        fresh = [choices[seat] & ~state.members if self._each == 1 else choices[seat] for seat in state.open]
        scarce = [people for people in fresh if people.bit_count() < size]
        return matched(scarce, self._each) == len(scarce)

    # -- a team
    def _is_team(self, seated: Sequence[tuple[int, int]]) -> bool:
        """Every rule is kept, the budget to the last decimal."""
        members = 0
        holds: dict[int, list[int]] = {}
        for seat, who in seated:
            if not self._has_room(who, holds.get(who, ()), seat):
                return False
            holds.setdefault(who, []).append(seat)
            members |= 1 << who
        return (
            members.bit_count() <= self._most
            and not any(members & self._apart.get(who, 0) for who in holds)
            and all((able & members).bit_count() >= people for able, people in self._wishes)
            and all(members & mentors for mentors in self._mentors_needed(seated))
            and (self._limit is None or self.cost(seated) <= self._limit)
        )

    def cost(self, seated: Sequence[tuple[int, int]]) -> Fraction:
        """Exact: amounts are the decimals that they are written as."""
        cost = self._problem.people.cost
        paid = (Fraction(str(cost[self._people[who]])) * self._efforts[seat] for seat, who in seated)
        return sum(paid, Fraction(0))
