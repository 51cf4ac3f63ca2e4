"""The objective as a linear program with whole choices, for CP-SAT and HiGHS alike.

- x[seat, person]: one per seat, at most one per person.
- y[seat, zone]: the zone of whoever sits there.
- w[i, j, zone, zone]: the zones of two seats, tied to y by their sums in both directions (the local polytope), which
  bounds far better than products.
- t[i, j, person, person]: a tied pair sits on two seats. Only tied pairs have one, and one sum bounds all of a person's
  ties toward a seat, as only one of the others can sit there.
"""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.objective import Objective

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Groups:
    """Sums: in each group, the variables of `members` add up to at most, or exactly, the variable of `head`."""

    group: Index
    """(m,) the group of each member, from 0."""
    members: Index
    heads: Index
    """(groups,); -1 stands for the number 1."""
    exact: bool


@dataclass
class Model:
    """Variables are numbered from 0; the first `whole` of them are 0 or 1, for the others it follows."""

    starts: Index
    """(seats + 1,) where the choices of each seat begin."""
    gains: list[NDArray[np.int64]] = field(default_factory=list)
    sums: list[Groups] = field(default_factory=list)
    size: int = 0

    def add(self, gains: NDArray[np.int64]) -> Index:
        """New variables with these units; their numbers."""
        numbers = np.arange(self.size, self.size + len(gains))
        self.gains.append(gains)
        self.size += len(gains)
        return numbers

    @property
    def whole(self) -> int:
        return int(self.starts[-1])

    @property
    def objective(self) -> NDArray[np.int64]:
        return np.concatenate(self.gains)


def state(objective: Objective) -> Model:
    sizes = [len(people) for people in objective.people]
    model = Model(np.concatenate(([0], np.cumsum(sizes))))
    chosen = [model.add(units) for units in objective.units]
    nobody = np.full(len(sizes), -1)
    model.sums.append(Groups(np.repeat(np.arange(len(sizes)), sizes), np.concatenate(chosen), nobody, exact=True))
    who, person = np.unique(np.concatenate(objective.people), return_inverse=True)
    model.sums.append(Groups(person.reshape(-1), np.concatenate(chosen), np.full(len(who), -1), exact=False))
    zones = [_zones(model, objective, seat, own) for seat, own in enumerate(chosen)]
    for i, j in combinations(range(objective.seats), 2):
        _zone_pairs(model, objective.zone_units(i, j), zones[i], zones[j])
        tied = objective.tied(i, j)
        both = model.add(tied.gain)
        for place, own in ((tied.one, chosen[i]), (tied.other, chosen[j])):
            heads, group = np.unique(place, return_inverse=True)
            model.sums.append(Groups(group.reshape(-1), both, own[heads], exact=False))
    return model


def _zones(model: Model, objective: Objective, seat: int, chosen: Index) -> tuple[Index, Index]:
    """The zones that occur on a seat, and a variable for each."""
    present, zone = np.unique(objective.zones[objective.people[seat]], return_inverse=True)
    own = model.add(np.zeros(len(present), np.int64))
    model.sums.append(Groups(zone.reshape(-1), chosen, own, exact=True))
    return present, own


def _zone_pairs(model: Model, units: NDArray[np.int64], one: tuple[Index, Index], other: tuple[Index, Index]) -> None:
    table = units[np.ix_(one[0], other[0])]
    both = model.add(table.reshape(-1))
    rows, columns = (grid.reshape(-1) for grid in np.indices(table.shape))
    model.sums.append(Groups(rows, both, one[1], exact=True))
    model.sums.append(Groups(columns, both, other[1], exact=True))


def team_of(model: Model, objective: Objective, values: NDArray[np.float64]) -> tuple[int, ...]:
    """Who sits where, from the values of the first variables."""
    seats = range(objective.seats)
    best = (int(np.argmax(values[model.starts[seat] : model.starts[seat + 1]])) for seat in seats)
    return tuple(int(objective.people[seat][place]) for seat, place in zip(seats, best, strict=True))
