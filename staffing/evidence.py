"""How far to trust what is known about somebody: confidence in ratings, and track records of few projects."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

VERIFIED_FLOOR = 0.6
STATED_START = 0.9
STATED_FLOOR = 0.4
VERIFIED_HALF_LIFE = 36.0
"""Months after which a verified rating has lost half of what age can take from it."""
STATED_HALF_LIFE = 18.0
"""The same for a rating that nobody but its author stands behind."""


def confidence(age_months: ArrayLike, verified: ArrayLike) -> NDArray[np.float64]:
    """Confidence in ratings of this age, in (0, 1].

    floor + (start - floor) x 0.5 ** (age / half-life): a verified rating starts at 1 and falls toward 0.6, halving the
    distance every 36 months; a stated one starts at 0.9 and falls toward 0.4, halving every 18. The age counts from
    when the skill was last used or the rating last confirmed; NaN stands for unknown and gets the floor, an age below
    zero counts as zero.
    """
    age, sure = np.broadcast_arrays(np.asarray(age_months, np.float64), np.asarray(verified, bool))
    known = np.where(np.isnan(age), np.inf, np.maximum(age, 0.0))
    start = np.where(sure, 1.0, STATED_START)
    floor = np.where(sure, VERIFIED_FLOOR, STATED_FLOOR)
    half_life = np.where(sure, VERIFIED_HALF_LIFE, STATED_HALF_LIFE)
    return np.asarray(floor + (start - floor) * 0.5 ** (known / half_life))


def track_record(successes: ArrayLike, projects: ArrayLike, mean: float, strength: float) -> NDArray[np.float64]:
    """Success rates shrunk toward the organisation's mean, as if everybody had `strength` more projects of that rate.

    (successes + strength x mean) / (projects + strength): three out of three says less than thirty out of thirty.
    Without any evidence at all it is the mean.
    """
    won, done = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(projects, np.float64))
    rate = np.full(done.shape, mean)
    np.divide(won + strength * mean, done + strength, out=rate, where=done + strength > 0)
    return rate
