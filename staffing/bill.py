"""What a team costs at least, when some of its members must have certain skills."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from staffing.bitsets import bits
from staffing.matching import cheapest_assignment

Seated = list[tuple[int, int]]
"""(seat, person)."""

_PRICINGS = 30
"""Cheapest teams looked at, each with other credits."""
_MOST_SKILLS = 4
"""Of a team, that credits are given for."""


class Bill:
    """Costs of filling seats. People are bits, the cheapest lowest; sets of them are whole numbers."""

    def __init__(
        self,
        kinds: Sequence[tuple[int, int]],
        cost: Sequence[float],
        effort: Sequence[float],
        wishes: Sequence[tuple[int, int]],
        seats_each: int,
    ) -> None:
        """By seat its role with the people who may take it, and its effort; `wishes` are (people with a skill, how
        many of them a team must have)."""
        self._kinds: dict[tuple[int, int], list[int]] = {}
        for seat, kind in enumerate(kinds):
            self._kinds.setdefault(kind, []).append(seat)
        self._size = len(kinds)
        self._cost = cost
        self._effort = effort
        self._wishes = wishes if len(wishes) <= _MOST_SKILLS else ()
        self._each = seats_each

    def cheapest_teams(self, limit: float) -> Iterator[tuple[Seated, float]]:
        """Cheap ways to fill all seats, each with an amount that no team that keeps the rules stays below.

        Where the cheapest people lack the skills that are asked for, whoever has them is credited more and more
        (Lagrangian relaxation, with Polyak's steps towards the limit); a team with enough of them gives that back.
        """
        credit = [0.0] * len(self._wishes)
        for _ in range(_PRICINGS):
            cheapest = self.cheapest(credit)
            if cheapest is None:
                return
            has = [sum(able >> who & 1 for _, who in cheapest) for able, _ in self._wishes]
            owed = [people - count for (_, people), count in zip(self._wishes, has, strict=True)]
            paid = sum(self._cost[who] * self._effort[seat] for seat, who in cheapest)
            least = paid + sum(each * short for each, short in zip(credit, owed, strict=True))
            yield cheapest, least
            steep = sum(short * short for short in owed)
            if not steep:
                return
            step = max(limit - least, 0.0) / steep + limit * 1e-9
            credit = [max(0.0, each + step * short) for each, short in zip(credit, owed, strict=True)]

    def cheapest(self, credit: Sequence[float] = ()) -> Seated | None:
        """The cheapest way, as if no rule but the number of seats each mattered; None when there is none.

        `credit` is taken off for whoever has each of the skills.
        """
        groups = self._by_skills() if any(credit) else [-1]
        nearest = [[who for group in groups for who in islice(bits(own & group), self._size)] for _, own in self._kinds]
        columns = sorted(set[int]().union(*nearest))
        place = {who: n for n, who in enumerate(columns)}
        rebate = np.zeros(len(columns))
        for each, (able, _) in zip(credit, self._wishes, strict=False):
            rebate += [each if able >> who & 1 else 0.0 for who in columns]
        costs = np.full((len(self._kinds), len(columns)), np.inf)
        for row, (seats, people) in enumerate(zip(self._kinds.values(), nearest, strict=True)):
            at = [place[who] for who in people]
            costs[row, at] = np.array([self._cost[who] for who in people]) * self._effort[seats[0]] - rebate[at]
        taken = cheapest_assignment(costs, [len(seats) for seats in self._kinds.values()], self._each)
        if taken is None:
            return None
        pairs = zip(self._kinds.values(), taken, strict=True)
        return [(seat, columns[at]) for seats, own in pairs for seat, at in zip(seats, own, strict=True)]

    def _by_skills(self) -> list[int]:
        """Everybody, apart by which of the skills they have."""
        groups = [-1]
        for able, _ in self._wishes:
            groups = [part for group in groups for part in (group & able, group & ~able) if part]
        return groups
