"""What somebody's weeks are worth to the portfolio: duals of the capacity, rounded to whole grains."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from staffing.portfolio.capacity import Load
from staffing.problem import Role
from staffing.scoring import Index, Units

GRAINS = 1_000
"""Grains in one unit of a project of the highest priority."""
_CEILING = 1 << 26
"""A choice is never priced at more units: its team is out of the question long before, and sums fit into 64 bits."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Never negative, so that a bound over teams without prices is a bound with them."""

    people: Index
    """(k,) ascending; nobody else has a price."""
    weekly: Units
    """(k, weeks) grains for full time in each week."""
    grain: Fraction
    """What one grain is of the total."""
    share_scale: int

    def cost(self, load: Load) -> Fraction:
        """Exactly what a team's load costs, in units of the total."""
        priced = np.flatnonzero(np.isin(load.people, self.people))
        at = np.searchsorted(self.people, load.people[priced])
        return self._exactly(self.weekly[at], load.weekly[priced])

    def worth(self, left: Units) -> Fraction:
        """Exactly what (k, weeks) parts of the priced people's time are worth, in units of the total."""
        return self._exactly(self.weekly, left)

    def _exactly(self, weekly: Units, parts: Units) -> Fraction:
        some = (weekly != 0) & (parts != 0)
        grains = sum(a * b for a, b in zip(weekly[some].tolist(), parts[some].tolist(), strict=True))
        return Fraction(grains) * self.grain / self.share_scale

    def of_role(self, role: Role, priority: Fraction) -> Units:
        """(k,) whole units of a project that a seat of the role costs, rounded down by more than floats can err."""
        rate = float(self.grain * role.fte / (self.share_scale * priority))
        cost = self.weekly[:, role.start : role.stop].sum(axis=1) * rate
        whole: Units = np.floor(np.clip(cost * (1 - 1e-9) - 1e-6, 0, _CEILING)).astype(np.int64)
        return whole
