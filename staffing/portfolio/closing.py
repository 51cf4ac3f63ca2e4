"""The last gap of a small portfolio: every team that a better answer could contain, and every way to combine them."""

from collections.abc import Sequence
from fractions import Fraction

from staffing.portfolio.capacity import Ledger
from staffing.portfolio.generation import Bounded
from staffing.portfolio.pool import Column, ProjectPool
from staffing.portfolio.prices import Prices
from staffing.portfolio.selection import Selection
from staffing.problem import People
from staffing.scoring import Units
from staffing.search import NOTHING
from staffing.seating import Team
from staffing.stopping import Work

TEAMS = 60
"""Teams of one project that are looked at, at most."""
SEARCHES = 400
"""Searches for such teams over all projects, at most."""
COMBINATIONS = 20_000


def best_of_all(
    selection: Selection, pools: Sequence[ProjectPool], bounded: Bounded, people: People, reserved: Ledger, work: Work
) -> Selection | None:
    """The best selection there is, this one if none is better; None when there is too much to look at.

    A better one consists of teams that lose less against the bound than this one does; where a project is left without
    a team, any other selection may be better.
    """
    gap = bounded.total - selection.total if selection.is_whole else None
    options: list[list[Column]] = []
    searches = 0
    for pool in pools:
        own = _teams(pool, bounded.prices, _floor(pool, bounded, gap), work)
        searches += 1 if own is None else len(own) + 1
        if own is None or searches > SEARCHES:
            return None
        options.append(own)
    return _Combinations(options, pools, bounded, people, reserved, selection).best()


def _floor(pool: ProjectPool, bounded: Bounded, gap: Fraction | None) -> int:
    """What search values of teams in question are above."""
    if gap is None:
        return NOTHING
    return (bounded.peaks[pool.position] - gap) // pool.project.priority - pool.surplus - 1


def _teams(pool: ProjectPool, prices: Prices | None, floor: int, work: Work) -> list[Column] | None:
    """All teams of the project above the floor; None when there are too many to find them all."""
    priced: Units | None = None if prices is None else pool.priced(prices)
    teams: list[Team] = []
    while len(teams) <= TEAMS and not work.over:
        found = pool.best(priced, floor=floor, earlier=teams)
        if found.team is None:
            return None if found.cut else [pool.column(team) for team in teams]
        teams.append(found.team)
    return None


class _Combinations:
    """Depth first over the projects, those with the fewest options first."""

    def __init__(
        self,
        options: Sequence[list[Column]],
        pools: Sequence[ProjectPool],
        bounded: Bounded,
        people: People,
        reserved: Ledger,
        selection: Selection,
    ) -> None:
        self._people = people
        self._taken = reserved.copy()
        self._weeks = pools[0].problem.weeks
        self._best = selection
        self._rank = selection.rank
        self._left = COMBINATIONS
        self._order = sorted(range(len(pools)), key=lambda n: len(options[n]))
        self._options = [self._ranked(options[n], pools[n], bounded) for n in self._order]
        prices = bounded.prices
        rest = Fraction(0) if prices is None else prices.worth(reserved.left(people, prices.people))
        self._rest = [rest]
        """By number of projects still to come: what their best teams and everybody's priced time are worth at most."""
        for n in reversed(self._order):
            self._rest.append(self._rest[-1] + bounded.peaks[n])
        self._chosen: list[Column] = []

    @staticmethod
    def _ranked(own: list[Column], pool: ProjectPool, bounded: Bounded) -> list[tuple[Fraction, Column]]:
        """With what each brings at the prices; leaving a project without a team comes last."""
        if not pool.may_be_empty:
            own = [*own, pool.nobody]
        peak = bounded.peaks[pool.position]
        values = ((peak - loss, column) for column, loss in zip(own, bounded.losses(own), strict=True))
        return sorted(values, key=lambda one: (one[1].team is None, -one[0], one[1].team or ()))

    def best(self) -> Selection | None:
        self._descend(0, Fraction(0))
        return self._best if self._left > 0 else None

    def _descend(self, staffed: int, value: Fraction) -> None:
        depth = len(self._chosen)
        if depth == len(self._order):
            self._offer()
            return
        to_come = len(self._order) - depth - 1
        for own, column in self._options[depth]:
            self._left -= 1
            if self._left <= 0:
                return
            with_it = staffed + (column.team is not None)
            if (with_it + to_come, value + own + self._rest[to_come]) <= self._rank:
                continue
            if self._taken.fits(self._people, column.load):
                self._chosen.append(column)
                self._taken.take(column.load)
                self._descend(with_it, value + own)
                self._taken.give_back(column.load)
                self._chosen.pop()

    def _offer(self) -> None:
        columns = sorted(self._chosen, key=lambda column: column.project)
        one = Selection(columns, self._weeks)
        if one.rank > self._rank:
            self._best, self._rank = one, one.rank
