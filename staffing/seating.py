"""The search's view of a problem: seats to fill and, for each, the people who may take it.

Locked people sit on the first seats of their role. Among the other seats of a role people stand in ascending order, so
that every team is met once. `canonical` turns what the search finds into the order that an answer is given in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from staffing.certificate import Choices, Part
from staffing.problem import Problem
from staffing.rules import NO_STRETCH, Candidates
from staffing.scoring import Index, Units

Team = tuple[int, ...]
"""Positions of people in seat order; `len(people)` stands for an empty seat, and so comes last in every order."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Choices (a person for a seat) of all seats one after the other, ascending by person within a seat."""

    starts: Index
    """(seats + 1,) where the choices of each seat begin."""
    person: Index
    units: Units
    stretch: NDArray[np.int16]
    credit: Units
    """Units lent to each choice on account of a rule; see `pricing`. No part of the score."""
    record: Part | None = None
    """Where the proof about these choices is written down, if anybody wants it."""

    def __len__(self) -> int:
        return len(self.person)

    @property
    def seats(self) -> int:
        return len(self.starts) - 1

    @property
    def seat(self) -> Index:
        """(labels,) the seat of each choice."""
        return np.repeat(np.arange(self.seats), np.diff(self.starts))

    def of(self, seat: int) -> slice:
        return slice(int(self.starts[seat]), int(self.starts[seat + 1]))

    @property
    def worth(self) -> Units:
        """(labels,) units and credit."""
        return self.units + self.credit

    @property
    def complete(self) -> bool:
        """Every seat has a choice."""
        return bool((np.diff(self.starts) > 0).all())

    def where(self, kept: NDArray[np.bool_]) -> "Labels":
        counts = np.add.reduceat(np.append(kept, False).astype(np.intp), self.starts[:-1])
        counts[np.diff(self.starts) == 0] = 0
        starts = np.concatenate(([0], np.cumsum(counts)))
        return Labels(starts, self.person[kept], self.units[kept], self.stretch[kept], self.credit[kept], self.record)

    def recorded(self, kept: NDArray[np.bool_] | None = None) -> "Labels":
        """The same choices, with a new record of those that are kept."""
        kept = np.ones(len(self), bool) if kept is None else kept
        return replace(self, record=Part(Choices.of(self.starts, self.person, kept)))


def pinned(problem: Problem) -> list[int | None]:
    """By seat: the person whom a lock puts there. More locks than seats: the rest is left out; see `overlocked`."""
    pins: list[int | None] = []
    for role in problem.roles:
        locked = sorted({problem.position[who] for name, who in problem.rules.locks if name == role.id})
        pins += [*locked[: role.seats], *[None] * (role.seats - len(locked))]
    return pins


def overlocked(problem: Problem) -> list[str]:
    """Roles to which more people are locked than there are seats."""
    locked = {role.id: {who for name, who in problem.rules.locks if name == role.id} for role in problem.roles}
    return [role.id for role in problem.roles if len(locked[role.id]) > role.seats]


def seat_labels(problem: Problem, candidates: Sequence[Candidates]) -> Labels:
    """Every choice that eligibility and locks leave open; empty seats are not among them."""
    pins = pinned(problem)
    barred = _barred_by_locks(problem, pins)
    people, units, stretch = [], [], []
    for seat, pin in zip(problem.seats, pins, strict=True):
        who = candidates[seat.role]
        kept = ~np.isin(who.people, barred) if pin is None else who.people == pin
        people.append(who.people[kept])
        units.append(who.units[kept])
        stretch.append(who.stretch[kept])
    starts = np.concatenate(([0], np.cumsum([len(column) for column in people])))
    person = np.concatenate(people)
    return Labels(starts, person, np.concatenate(units), np.concatenate(stretch), np.zeros(len(person), np.int64))


def _barred_by_locks(problem: Problem, pins: list[int | None]) -> list[int]:
    locked = {pin for pin in pins if pin is not None}
    barred = set(locked) if problem.rules.max_seats_per_person == 1 else set()
    for pair in problem.rules.never_together:
        a, b = (problem.position[who] for who in pair)
        barred |= ({b} if a in locked else set()) | ({a} if b in locked else set())
    return sorted(barred)


def with_gaps(problem: Problem, labels: Labels) -> Labels:
    """The same choices, and for every seat that nobody is locked to also the choice of leaving it empty."""
    empty = len(problem.people)
    open_seats = np.array([pin is None for pin in pinned(problem)])
    ends = labels.starts[1:][open_seats]
    starts = labels.starts + np.concatenate(([0], np.cumsum(open_seats)))
    return Labels(
        starts,
        np.insert(labels.person, ends, empty),
        np.insert(labels.units, ends, 0),
        np.insert(labels.stretch, ends, NO_STRETCH),
        np.insert(labels.credit, ends, 0),
    )


def canonical(problem: Problem, team: Iterable[int]) -> Team:
    """The team with the interchangeable seats of each role in ascending order, empty ones last."""
    people, ordered = list(team), []
    start = 0
    for role in problem.roles:
        ordered += sorted(people[start : start + role.seats])
        start += role.seats
    return tuple(ordered)


def members(problem: Problem, team: Iterable[int]) -> frozenset[int]:
    return frozenset(team) - {len(problem.people)}


def distance(a: frozenset[int], b: frozenset[int]) -> int:
    """In how many members two teams differ."""
    return max(len(a - b), len(b - a))
