"""How far a rating, and a person's record, can be trusted.

Evidence ages: what nobody has used or confirmed for long says less about today, but never nothing.
"""

import numpy as np
from numpy.typing import NDArray

from staffing.problem import TrackPrior

HALF_LIFE_MONTHS = 24.0
FLOOR = 0.6
"""What the oldest evidence is still worth."""

UNKNOWN_AGE_MONTHS = 12.0
"""Age of a rating without any date: neither fresh nor stale."""

UNVERIFIED = 0.95
"""What a rating counts that nobody but its author stands for."""


def confidence(months: NDArray[np.float64], verified: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) confidence in (0, 1], to a thousandth, of ratings last used or given `months` ago (NaN: nobody knows).

    floor + (1 - floor) x 2^(-months / half-life), times 0.95 unless verified.
    """
    age = np.where(np.isnan(months), UNKNOWN_AGE_MONTHS, np.maximum(months, 0.0))
    fresh = FLOOR + (1.0 - FLOOR) * np.exp2(-age / HALF_LIFE_MONTHS)
    trusted: NDArray[np.float64] = np.where(verified, fresh, UNVERIFIED * fresh).round(3)
    return trusted


def track_record(successes: float, projects: float, prior: TrackPrior) -> float:
    """Success rate in [0, 1], drawn toward the organisation's mean: few projects say little."""
    known = projects + prior.strength
    return (successes + prior.strength * prior.mean) / known if known else prior.mean
