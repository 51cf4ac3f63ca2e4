"""What the search writes down of a proof, as plain data: enough for a stranger to check it without searching as hard.

Choices (a person for a seat) are held like in the search: people of all seats one after the other, ascending within a
seat; the number of people stands for an empty seat. Whoever is locked to a role has its first seats, the others follow
in ascending order. Nothing here is to be trusted: `staffing.checking` takes every number only if it holds.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.intp]
Units = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Choices:
    """Who is still in the running for each seat."""

    starts: Index
    """(seats + 1,) where the choices of each seat begin."""
    person: Index

    @classmethod
    def of(cls, starts: Index, person: Index, kept: NDArray[np.bool_]) -> Self:
        """Those of the choices that are kept."""
        before = np.concatenate(([0], np.cumsum(kept)))
        return cls(before[starts], person[kept])

    @property
    def seats(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, eq=False)
class Potentials:
    """Units moved from pairs of seats to single choices, after which no allowed pair is worth more than nothing."""

    choices: Choices
    moved: Units
    """(seats, choices) units that each choice has from its pair with each other seat."""


@dataclass(eq=False)
class Part:
    """Some choices of every seat, and the proof that the teams among them are no better than the answer says.

    Each of the potentials, in order, rules choices out. For what is left, the parts below divide the choices of one
    seat among them; without any, what is left is few enough to be looked through.
    """

    choices: Choices
    potentials: list[Potentials] = field(default_factory=list)
    below: list["Part"] = field(default_factory=list)

    def add(self, starts: Index, person: Index, kept: NDArray[np.bool_], moved: Units) -> None:
        """Write down potentials over those of the choices that are kept."""
        self.potentials.append(Potentials(Choices.of(starts, person, kept), moved[:, kept]))


@dataclass(frozen=True, eq=False)
class Proof:
    """That the team after `place` others is the best, or that there is none, with `gaps` empty seats."""

    place: int
    gaps: int
    prices: tuple[float, ...]
    """Units by which each rule that is a sum over seats moves them: the budget if there is one, then team skills."""
    everybody: Potentials | None
    """Over all choices; what they rule out, `part` need not hold."""
    part: Part


@dataclass(eq=False)
class Certificate:
    """The proofs behind an answer, in the order in which they were found; a later one stands in for an earlier one."""

    proofs: list[Proof] = field(default_factory=list)
