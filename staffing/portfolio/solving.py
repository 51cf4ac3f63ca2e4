"""From the projects' pools to a selection of teams and a bound on every other."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from staffing.portfolio.capacity import Ledger
from staffing.portfolio.closing import best_of_all
from staffing.portfolio.generation import Bounded, generate, unpriced
from staffing.portfolio.master import Master
from staffing.portfolio.pool import ProjectPool
from staffing.portfolio.selection import Selection, combined, improve, one_after_another
from staffing.problem import People
from staffing.stopping import Work


@dataclass(frozen=True, eq=False)
class Staffed:
    selection: Selection
    guide: Bounded
    """The prices that led there."""
    bound: Fraction
    proven: bool
    """No selection leaves fewer projects without a team, and none with as many is worth more."""


def staff(pools: Sequence[ProjectPool], people: People, reserved: Ledger, work: Work) -> Staffed:
    """`pools` in order of preference; at least one."""
    weeks = pools[0].problem.weeks
    master = Master([pool.project for pool in pools], reserved)
    for pool in pools:
        master.add(pool.nobody)
        if pool.alone.team is not None:
            master.add(pool.column(pool.alone.team))
    best = one_after_another(pools, master, weeks, None)
    improve(best, pools, master, work)
    bounded = guide = unpriced(pools, best.is_whole)
    if not _is_proven(best, bounded):
        bounded, guide = generate(pools, master, work, bounded, best.is_whole)
        best = _better(best, guide, pools, master, work)
    if _is_proven(best, bounded):
        return Staffed(best, guide, best.total, proven=True)
    last = best_of_all(best, pools, bounded, people, reserved, work)
    if last is not None:
        return Staffed(last, guide, last.total, proven=True)
    return Staffed(best, guide, max(bounded.total, best.total), proven=False)


def _is_proven(selection: Selection, bounded: Bounded) -> bool:
    return selection.is_whole and selection.total == bounded.total


def _better(best: Selection, guide: Bounded, pools: Sequence[ProjectPool], master: Master, work: Work) -> Selection:
    """The best of several ways to go on from the prices."""
    if guide.prices is not None and not work.over:
        guided = one_after_another(pools, master, best.weeks, guide.prices)
        improve(guided, pools, master, work)
        best = max(best, guided, key=lambda one: one.rank)
    if not work.over:
        best = combined(best, master, guide)
        improve(best, pools, master, work)
    return best
