"""Teams worth knowing, found by what people's weeks cost, and the bound that comes with the prices.

Column generation (Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 1960): a
mixture of the known teams prices everybody's weeks, each project names its best team at these prices, and so on until
nobody has a better one. Whatever the prices, the projects' best values and the price of everybody's time together bound
every answer (Lagrangian relaxation).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from staffing.portfolio.master import Master
from staffing.portfolio.pool import Column, ProjectPool
from staffing.portfolio.prices import Prices
from staffing.scoring import Units
from staffing.search import NOTHING
from staffing.stopping import Work

ROUNDS = 40
_CLOSE = 1e-6
"""Part of the total that another round is not worth."""


@dataclass(frozen=True, eq=False)
class Bounded:
    """No answer in which every project has a team, or none where it may be left without, is worth more than `total`."""

    total: Fraction
    prices: Prices | None
    peaks: Sequence[Fraction]
    """By project: no team of it is worth more at these prices."""
    mixture: Sequence[Column] = ()
    """Teams of the mixture that the prices come from."""

    def losses(self, columns: Sequence[Column]) -> list[Fraction]:
        """What an answer falls short of the bound, at least, for containing each of the columns."""
        return [self.peaks[c.project] - c.worth + (self.prices.cost(c.load) if self.prices else 0) for c in columns]


def unpriced(pools: Sequence[ProjectPool], whole: bool) -> Bounded:
    """Every project with everybody to itself. Not `whole`: leaving a project without a team may pay."""
    peaks = [pool.peak(pool.alone.bound, whole) for pool in pools]
    return Bounded(sum(peaks, Fraction(0)), None, peaks)


def generate(
    pools: Sequence[ProjectPool], master: Master, work: Work, start: Bounded, whole: bool
) -> tuple[Bounded, Bounded]:
    """Add to the master what the bound depends on, and lower the bound as far as that goes.

    The second has prices wherever people are scarce among the known teams, even if its bound is not as low.
    """
    bounded, guide = start, start
    rounds = [_Rounds(pool, master) for pool in pools]
    for _ in range(ROUNDS):
        if work.over:
            break
        relaxed = master.relaxed()
        if relaxed is None:
            break
        prices = relaxed.prices
        before = len(master.columns)
        peaks = [pool.peak(own.next(prices), whole) for pool, own in zip(pools, rounds, strict=True)]
        total = sum(peaks, Fraction(0)) + prices.worth(master.left(prices.people))
        latest = Bounded(total, prices, peaks, relaxed.mixture)
        if total < bounded.total:
            bounded = latest
        if guide.prices is None or total < guide.total:
            guide = latest
        if len(master.columns) == before or float(bounded.total) - relaxed.total <= _CLOSE * abs(relaxed.total):
            break
    return bounded, guide


class _Rounds:
    """One project, round after round; nothing is worked out again while its prices stay."""

    def __init__(self, pool: ProjectPool, master: Master) -> None:
        self._pool = pool
        self._master = master
        self._priced: Units | None = None
        self._bound = NOTHING

    def next(self, prices: Prices) -> int:
        """The bound on search values at these prices; a better team than the known ones becomes known."""
        pool = self._pool
        priced = pool.priced(prices)
        if self._priced is None or not np.array_equal(priced, self._priced):
            known = (pool.value(column, prices) for column in self._master.of(pool.position) if column.team is not None)
            found = pool.best(priced, floor=max(known, default=NOTHING))
            if found.team is not None:
                self._master.add(pool.column(found.team))
            self._priced, self._bound = priced, found.bound
        return self._bound
