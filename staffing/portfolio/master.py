"""Which teams go together: the relaxation over the teams known so far, its capacity prices, and a choice of teams."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from staffing.portfolio.capacity import Ledger
from staffing.portfolio.pool import Column
from staffing.portfolio.prices import GRAINS, Prices
from staffing.portfolio.problem import Project
from staffing.scoring import Index, Units

_LEFT_OUT = 1e7
"""Charged for leaving a project without a team, in units of the highest priority: more than any team brings."""
_SOME = 1e-6
"""Shares below are rounding."""
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The best mixture of known teams."""

    prices: Prices
    total: float
    mixture: tuple[Column, ...]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Weeks of one person that columns of several projects compete for."""

    weeks: Index
    columns: Index
    load: Units
    """(columns, weeks)"""
    room: Units
    """(weeks,)"""


@dataclass(frozen=True, eq=False)
class _Capacity:
    """What columns take in a person's week, and what there is, in full-time weeks."""

    rows: list[tuple[int, int]]
    """(person, week)"""
    load: Any
    """(rows, columns) sparse; the solvers' types know arrays only."""
    room: NDArray[np.float64]


class Master:
    """The columns known so far, and programs over them."""

    def __init__(self, projects: Sequence[Project], reserved: Ledger) -> None:
        """`reserved` is taken before anything else."""
        self.columns: list[Column] = []
        one = projects[0].problem
        self._people = one.people
        self._weeks = one.weeks
        self._scale = one.share_scale
        self._reserved = reserved
        self._projects = len(projects)
        self._highest = max(project.priority for project in projects)
        self._known: set[tuple[int, tuple[int, ...] | None]] = set()
        self._by_person: dict[int, list[tuple[int, Units]]] = {}
        self._rows: dict[int, tuple[int, _Rows | None]] = {}
        """By person: how many columns they were made from, and the weeks in question."""

    def add(self, column: Column) -> bool:
        """Whether the column is new."""
        if (column.project, column.team) in self._known:
            return False
        self._known.add((column.project, column.team))
        for who, row in zip(column.load.people.tolist(), column.load.weekly, strict=True):
            self._by_person.setdefault(who, []).append((len(self.columns), row))
        self.columns.append(column)
        return True

    def of(self, project: int) -> list[Column]:
        return [column for column in self.columns if column.project == project]

    def fits(self, columns: Sequence[Column]) -> bool:
        """The columns leave nobody overbooked."""
        taken = self._reserved.copy()
        for column in columns:
            taken.take(column.load)
        return bool((self.left(taken.people, taken) >= 0).all())

    def left(self, people: Index, taken: Ledger | None = None) -> Units:
        """(k, weeks) parts of full time that what is taken, by default what is reserved, leaves of each."""
        return (taken or self._reserved).left(self._people, people)

    # -- the programs
    def relaxed(self) -> Relaxed | None:
        """None when the program cannot be solved to the end."""
        from scipy.optimize import linprog

        capacity = self._capacity()
        found = linprog(
            -self._gains(),
            A_ub=capacity.load if capacity.rows else None,
            b_ub=capacity.room if capacity.rows else None,
            A_eq=self._one_each(),
            b_eq=np.ones(self._projects),
            bounds=(0, None),
            method="highs-ds",
        )
        if found.x is None or found.fun is None or found.status:
            return None
        duals = np.maximum(0.0, -found.ineqlin.marginals) if capacity.rows else np.empty(0)
        mixture = tuple(self.columns[n] for n in np.flatnonzero(found.x > _SOME).tolist())
        return Relaxed(self._prices(capacity.rows, duals), -found.fun * float(self._highest), mixture)

    def chosen(self, kept: NDArray[np.bool_], nodes: int, closeness: float) -> list[Column] | None:
        """One column per project, the best that so many nodes of a search find among the columns to be kept.

        `closeness` is the part of the best that may be missing.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        capacity = self._capacity()
        constraints = [LinearConstraint(self._one_each(), 1, 1)]
        if capacity.rows:
            constraints.append(LinearConstraint(capacity.load, -np.inf, capacity.room))
        found = milp(
            -self._gains(),
            integrality=np.ones(len(self.columns), np.int8),
            bounds=Bounds(0, kept.astype(float)),
            constraints=constraints,
            options={"node_limit": nodes, "mip_rel_gap": closeness},
        )
        if found.x is None:
            return None
        taken = [self.columns[n] for n in np.flatnonzero(found.x > _HALF).tolist()]
        by_project = {column.project: column for column in taken}
        return [by_project[n] for n in range(self._projects)] if len(by_project) == self._projects else None

    def _gains(self) -> NDArray[np.float64]:
        return np.array([-_LEFT_OUT if c.team is None else float(c.worth / self._highest) for c in self.columns])

    def _one_each(self) -> Any:
        from scipy.sparse import csr_array

        project = np.array([column.project for column in self.columns])
        ones = np.ones(len(project))
        return csr_array((ones, (project, np.arange(len(project)))), shape=(self._projects, len(project)))

    def _capacity(self) -> "_Capacity":
        from scipy.sparse import csr_array

        found = [(who, own) for who in sorted(self._by_person) if (own := self._rows_of(who)) is not None]
        rows = [(who, week) for who, own in found for week in own.weeks.tolist()]
        first = np.concatenate(([0], np.cumsum([len(own.weeks) for _, own in found]))).astype(np.intp)
        entries = [
            (
                own.load.ravel() / self._scale,
                np.tile(np.arange(len(own.weeks)) + start, len(own.columns)),
                np.repeat(own.columns, len(own.weeks)),
            )
            for (_, own), start in zip(found, first.tolist(), strict=False)
        ]
        shape = (len(rows), len(self.columns))
        if not rows:
            return _Capacity(rows, csr_array(shape, dtype=np.float64), np.empty(0))
        load, row, column = (np.concatenate(part) for part in zip(*entries, strict=True))
        room = np.concatenate([own.room for _, own in found]) / self._scale
        return _Capacity(rows, csr_array((load, (row, column)), shape=shape), room)

    def _rows_of(self, who: int) -> _Rows | None:
        own = self._by_person[who]
        if who not in self._rows or self._rows[who][0] < len(own):
            self._rows[who] = (len(own), self._make_rows(who, own))
        return self._rows[who][1]

    def _make_rows(self, who: int, own: list[tuple[int, Units]]) -> _Rows | None:
        columns = np.array([n for n, _ in own])
        load = np.array([row for _, row in own])
        projects, of_project = np.unique([self.columns[n].project for n in columns.tolist()], return_inverse=True)
        if len(projects) == 1:
            return None
        most = np.zeros((len(projects), load.shape[1]), np.int64)
        np.maximum.at(most, of_project, load)
        room = self._reserved.left(self._people, np.array([who]))[0]
        tight = np.flatnonzero(most.sum(axis=0) > room)
        if not len(tight):
            return None
        _, first = np.unique(np.vstack((load, room))[:, tight], axis=1, return_index=True)
        weeks = tight[np.sort(first)]
        a, b = load[:, weeks][:, :, None], load[:, weeks][:, None, :]
        covered = (a <= b).all(axis=0) & (room[weeks][:, None] >= room[weeks][None, :])
        np.fill_diagonal(covered, False)
        weeks = weeks[~covered.any(axis=1)]
        return _Rows(weeks, columns, load[:, weeks], room[weeks])

    def _prices(self, rows: Sequence[tuple[int, int]], duals: NDArray[np.float64]) -> Prices:
        grains = np.rint(duals * GRAINS).astype(np.int64)
        priced = [(who, week, price) for (who, week), price in zip(rows, grains.tolist(), strict=True) if price]
        people = sorted({who for who, _, _ in priced})
        place = {who: n for n, who in enumerate(people)}
        weekly = np.zeros((len(people), self._weeks), np.int64)
        for who, week, price in priced:
            weekly[place[who], week] = price
        return Prices(np.array(people, np.intp), weekly, self._highest / GRAINS, self._scale)
