"""One team for each project such that everybody's weeks add up, and how to make such a choice better."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np

from staffing.portfolio.capacity import Ledger
from staffing.portfolio.generation import Bounded
from staffing.portfolio.master import Master
from staffing.portfolio.pool import Column, ProjectPool
from staffing.portfolio.prices import Prices
from staffing.search import NOTHING
from staffing.stopping import Work

_ROUNDS = 6
_COMBINED = 1_200
"""Teams that are combined, at most."""
_NODES = 10
"""Nodes of the search for combinations."""


class Selection:
    """A column per project, in the order of the pools, within everybody's weeks."""

    def __init__(self, columns: Iterable[Column], weeks: int) -> None:
        self.weeks = weeks
        self.columns = list(columns)
        self.taken = Ledger(weeks, (column.load for column in self.columns))

    @property
    def rank(self) -> tuple[int, Fraction]:
        """Projects with a team first, then what all teams are worth."""
        staffed = sum(column.team is not None for column in self.columns)
        return staffed, sum((column.worth for column in self.columns), Fraction(0))

    @property
    def total(self) -> Fraction:
        return self.rank[1]

    @property
    def is_whole(self) -> bool:
        """Every project has a team."""
        return self.rank[0] == len(self.columns)

    def put(self, position: int, column: Column) -> None:
        self.taken.give_back(self.columns[position].load)
        self.columns[position] = column
        self.taken.take(column.load)


def one_after_another(pools: Sequence[ProjectPool], master: Master, weeks: int, prices: Prices | None) -> Selection:
    """Projects take their best team, at these prices, of what is left: those first that cannot do without one."""
    selection = Selection((pool.nobody for pool in pools), weeks)
    for pool in sorted(pools, key=lambda pool: pool.may_be_empty):
        priced = None if prices is None else pool.priced(prices)
        found = pool.best(priced, selection.taken)
        if found.team is not None:
            column = pool.column(found.team)
            master.add(column)
            selection.put(pool.position, column)
    return selection


def improve(selection: Selection, pools: Sequence[ProjectPool], master: Master, work: Work) -> None:
    """Let one project after the other choose again, everybody else staying, until nobody gains."""
    for _ in range(_ROUNDS):
        before = selection.rank
        for pool in pools:
            if work.over:
                return
            _choose_again(selection, pool, master)
        if selection.rank == before:
            return


def _choose_again(selection: Selection, pool: ProjectPool, master: Master) -> None:
    mine = selection.columns[pool.position]
    others = selection.taken.copy()
    others.give_back(mine.load)
    floor = NOTHING if mine.team is None else pool.value(mine)
    found = pool.best(taken=others, floor=floor)
    if found.team is None:
        return
    column = pool.column(found.team)
    if mine.team is None or column.worth > mine.worth:
        master.add(column)
        selection.put(pool.position, column)


def combined(selection: Selection, master: Master, guide: Bounded) -> Selection:
    """The selection, or a better one from known teams that lose less than the gap."""
    gap = guide.total - selection.total
    losses = [float(loss) for loss in guide.losses(master.columns)]
    mine = {id(column) for column in selection.columns}
    kept = np.array([id(column) in mine for column in master.columns])
    kept[np.argsort(losses, kind="stable")[:_COMBINED]] = True
    kept &= np.array(losses) <= float(gap) * (1 + 1e-9) + 1
    closeness = max(1e-7, float(gap / guide.total) / 30) if guide.total else 1e-7
    columns = master.chosen(kept, _NODES, closeness)
    if columns is None or not master.fits(columns):
        return selection
    return max(selection, Selection(columns, selection.weeks), key=lambda one: one.rank)
