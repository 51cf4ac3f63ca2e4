"""The choices that are left to teams as good as a claim, and what the potentials of a certificate rule out of them.

Potentials are taken only if they hold for every pair that is left; then the sum of the best choice per seat is a bound
on every team, and a choice with its best partner on every other seat bounds the teams that contain it.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.certificate import Choices
from staffing.checking.table import HOPELESS, Link, Mask, PairRules, full_table, own_slices
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Index, Units

DENSE = 1_200
"""Choices up to which a table of all pairs is quicker than one link of two seats after the other."""
LARGEST = 6_000
"""Choices up to which such a table is made where nothing else will do."""
MOST = 1 << 26
"""Units beyond which nothing is made of what was moved: far out of proportion to scores, and to what rules forbid."""
IMPOSSIBLE = -(1 << 50)
"""Units of what the rules forbid, further below than anything that is allowed."""


@dataclass(frozen=True, eq=False)
class Space:
    """Choices, seat by seat and ascending by person."""

    rules: PairRules
    starts: Index
    person: Index
    worth: Units
    """(choices,) units with what the prices of rules add."""
    known: NDArray[np.int32] | None = None
    """The table of all pairs, once there is one."""

    def __len__(self) -> int:
        return len(self.person)

    @property
    def seats(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def seat(self) -> Index:
        return np.repeat(np.arange(self.seats), np.diff(self.starts))

    @property
    def complete(self) -> bool:
        return bool((np.diff(self.starts) > 0).all())

    @cached_property
    def key(self) -> Index:
        """Ascending; tells every choice from all others."""
        keys: Index = self.seat * (self.rules.eligible.count + 1) + self.person
        return keys

    def where(self, kept: Mask) -> "Space":
        if kept.all():
            return self
        choices = Choices.of(self.starts, self.person, kept)
        known = None if self.known is None else self.known[np.ix_(kept, kept)]
        return Space(self.rules, choices.starts, choices.person, self.worth[kept], known)

    def tabled(self) -> "Space":
        """The same with a table of all pairs."""
        if self.known is not None:
            return self
        if len(self) > LARGEST:
            raise Refused(Verdict(Fault.UNDECIDED))
        return replace(self, known=full_table(self.rules, self.starts, self.person))

    def at_hand(self) -> "Space":
        """With the table where that is quicker than without."""
        return self.tabled() if len(self) <= DENSE else self

    def place_in(self, choices: Choices) -> tuple[Mask, Index]:
        """Which of these choices are among those of the certificate, and where each stands there."""
        seat = np.repeat(np.arange(choices.seats), np.diff(choices.starts))
        keys = seat * (self.rules.eligible.count + 1) + choices.person
        place = np.minimum(np.searchsorted(keys, self.key), max(len(keys) - 1, 0))
        inside = keys[place] == self.key if len(keys) else np.zeros(len(self), bool)
        return np.asarray(inside), place.astype(np.intp)

    def have_partners(self, some: Index) -> Mask:
        """(some,) choices that have, on every other seat, a choice that the rules allow beside them."""
        found = np.ones(len(some), bool)
        if self.seats == 1:
            return found
        if self.known is not None:
            allowed = np.logical_or.reduceat(self.known[some] > HOPELESS, self.starts[:-1], axis=1)
            allowed[np.arange(len(some)), self.seat[some]] = True
            return np.asarray(allowed.all(axis=1))
        own = own_slices(self.starts)
        for s in np.unique(self.seat[some]).tolist():
            mine = np.flatnonzero(self.seat[some] == s)
            for t in range(self.seats):
                if t != s:
                    link = Link(self.rules, s, t, self.person[own[s]], self.person[own[t]])
                    rows = link.rows(some[mine] - own[s].start)
                    found[mine] &= (rows > HOPELESS).any(axis=1)
        return found


def well_formed(rules: PairRules, choices: Choices) -> bool:
    """The certificate's choices are what they should be."""
    starts, person = choices.starts, choices.person
    if not (_whole(starts) and _whole(person)) or starts.shape != (rules.seats + 1,) or person.ndim != 1:
        return False
    if starts[0] != 0 or starts[-1] != len(person) or (np.diff(starts) < 0).any():
        return False
    if len(person) and not (person.min() >= 0 and person.max() <= rules.eligible.count):
        return False
    seat = np.repeat(np.arange(rules.seats), np.diff(starts))
    return bool((np.diff(seat * (rules.eligible.count + 1) + person) > 0).all())


def _whole(column: Any) -> bool:
    return isinstance(column, np.ndarray) and bool(np.issubdtype(column.dtype, np.integer))


@dataclass(frozen=True, eq=False)
class Bounded:
    """A space with potentials that hold there."""

    space: Space
    moved: Units
    """(seats, choices) none from the choice's own seat."""

    @classmethod
    def checked(cls, space: Space, moved: Units) -> "Bounded | None":
        """`Refused` where the potentials do not hold; None where they are too large to be made use of."""
        if not _whole(moved) or moved.shape != (space.seats, len(space)):
            raise Refused(Verdict(Fault.MALFORMED))
        if moved.max(initial=0) > MOST or moved.min(initial=0) < -MOST:
            return None
        moved = moved.astype(np.int64)
        moved[space.seat, np.arange(len(space))] = 0
        bounded = cls(space, moved)
        if bounded.merit.max(initial=0) > 2 * MOST:
            return None
        broken = bounded._broken_in_table() if space.known is not None else bounded._broken_in_links()
        if broken is not None:
            raise Refused(_place(space, broken, Fault.POTENTIAL))
        return bounded

    def where(self, kept: Mask) -> "Bounded":
        return self if kept.all() else Bounded(self.space.where(kept), self.moved[:, kept])

    @cached_property
    def merit(self) -> Units:
        return np.asarray(self.space.worth + self.moved.sum(axis=0))

    @cached_property
    def peaks(self) -> Units:
        """(seats,)"""
        return np.maximum.reduceat(self.merit, self.space.starts[:-1])

    @property
    def ceiling(self) -> int:
        """No team is worth more, units that all teams have not counted."""
        return int(self.peaks.sum())

    def residual(self) -> NDArray[np.int32]:
        """(choices, choices) what is left of every pair after the moves; nothing within a seat."""
        space = self.space.tabled()
        assert space.known is not None
        given = self.moved.T[:, space.seat].astype(np.int32)
        left: NDArray[np.int32] = space.known - given - given.T
        return left

    def _broken_in_table(self) -> Index | None:
        residual = self.residual()
        if not residual.size or residual.max() <= 0:
            return None
        return np.array(np.unravel_index(int(np.argmax(residual)), residual.shape))

    def _broken_in_links(self) -> Index | None:
        own = own_slices(self.space.starts)
        for s, t in combinations(range(self.space.seats), 2):
            link = self._link(s, t)
            allowance, offers = self.moved[t, own[s]], -self.moved[s, own[t]]
            doubtful = np.flatnonzero(link.forth(offers) > allowance)
            for some in np.array_split(doubtful, len(doubtful) // 256 + 1):
                excess = link.rows(some) + offers - allowance[some, None]
                if excess.size and excess.max() > 0:
                    row, column = np.unravel_index(int(np.argmax(excess)), excess.shape)
                    return np.array([own[s].start + some[row], own[t].start + column])
        return None

    def _link(self, s: int, t: int) -> Link:
        own = own_slices(self.space.starts)
        return Link(self.space.rules, s, t, self.space.person[own[s]], self.space.person[own[t]])

    def bounds(self) -> Units:
        """(choices,) no team with the choice is worth more, units that all teams have not counted."""
        if self.space.seats == 1:
            return self.merit
        return self._bounds_by_table() if self.space.known is not None else self._bounds_by_links()

    @property
    def _raised(self) -> Units:
        """The merit, but not so low that it could be taken for what rules forbid."""
        return np.maximum(self.merit, HOPELESS // 2)

    def _bounds_by_table(self) -> Units:
        seat, starts = self.space.seat, self.space.starts
        raised = self._raised.astype(np.int32)
        best = np.maximum.reduceat(self.residual() + raised, starts[:-1], axis=1).astype(np.int64)
        best[best < HOPELESS] = IMPOSSIBLE
        best[np.arange(len(seat)), seat] = self.merit
        return np.asarray(best.sum(axis=1))

    def _bounds_by_links(self) -> Units:
        bounds, own, peaks = self.merit.copy(), own_slices(self.space.starts), self.peaks
        raised = self._raised
        for s, t in combinations(range(self.space.seats), 2):
            link = self._link(s, t)
            for one, other, way in ((s, t, link), (t, s, link.turned())):
                offers = raised[own[other]] - self.moved[one, own[other]]
                best = way.forth(offers) - self.moved[other, own[one]]
                bounds[own[one]] += np.where(best < HOPELESS, IMPOSSIBLE, np.minimum(best, peaks[other]))
        return bounds

    def down_to(self, target: int, bounds: Units | None = None) -> "Bounded":
        """Without the choices that no team of at least `target` units contains."""
        bounded = self
        while len(bounded.space) and bounded.space.complete:
            bounds = bounded.bounds() if bounds is None else bounds
            kept = bounds >= max(target, IMPOSSIBLE // 2)
            if kept.all():
                break
            smaller = bounded.where(kept)
            bounded, bounds = replace(smaller, space=smaller.space.at_hand()), None
        return bounded


def plain_potentials(space: Space) -> Units:
    """(seats, choices) potentials that surely hold: the earlier of two seats has all that its best pair is worth.

    Without a table of the pairs, all that any pair can be worth.
    """
    moved = np.zeros((space.seats, len(space)), np.int64)
    if space.complete:
        if space.known is not None:
            best = np.maximum.reduceat(space.known, space.starts[:-1], axis=1).T.astype(np.int64)
        else:
            worth = space.rules.worth
            best = worth.alone[worth.talk_at[:, space.seat]]
        later = space.seat < np.arange(space.seats)[:, None]
        moved[later] = np.maximum(best, 0)[later]
    return moved


def _place(space: Space, labels: Index, fault: Fault) -> Verdict:
    problem = space.rules.problem
    people = (*problem.people.ids, None)
    seats = [problem.seats[int(space.seat[label])] for label in labels]
    return Verdict(
        fault,
        seats=tuple((problem.roles[seat.role].id, seat.number) for seat in seats),
        people=tuple(people[int(space.person[label])] for label in labels),
    )


def left_out(space: Space, labels: Index) -> Verdict:
    """What to say when a certificate leaves out these choices, or one of them."""
    return _place(space, labels[:1], Fault.LEFT_OUT)
