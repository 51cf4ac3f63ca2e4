"""How well people are known to work together, from the project periods they shared."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from staffing.problem import Ties

RECENCY_HALF_LIFE = 104.0
"""Weeks after which shared work counts half."""
FAMILIAR = 26.0
"""Weeks of recent shared work that make a tie of 0.5; twice as many make 0.75, and so on toward 1."""


def tie_strengths(person: ArrayLike, project: ArrayLike, start: ArrayLike, stop: ArrayLike, now: int) -> Ties:
    """The ties among everybody who ever worked on the same project at the same time.

    One entry per stay: who (position), on which project (any integer), from which week up to which week (exclusive).
    A shared spell of w weeks that ended a weeks before `now` counts w x 0.5 ** (a / 104); a tie is
    1 - 0.5 ** (sum / 26), so it grows with time together, fades with time apart and never passes 1. Pairs come once,
    the smaller position first, in ascending order.
    """
    who, where, begin, end = (np.asarray(column, np.int64) for column in (person, project, start, stop))
    order = np.lexsort((who, where))
    who, where, begin, end = who[order], where[order], begin[order], np.minimum(end[order], now)
    one, other = _pairs_within(where)
    since, until = np.maximum(begin[one], begin[other]), np.minimum(end[one], end[other])
    shared = (who[one] != who[other]) & (since < until)
    one, other, since, until = one[shared], other[shared], since[shared], until[shared]
    weight = (until - since) * 0.5 ** ((now - until) / RECENCY_HALF_LIFE)
    span = int(who.max(initial=0)) + 1
    pairs, place = np.unique(who[one] * span + who[other], return_inverse=True)
    together = np.bincount(place.reshape(-1), weights=weight, minlength=len(pairs))
    return Ties(
        first=(pairs // span).astype(np.int32),
        second=(pairs % span).astype(np.int32),
        strength=np.asarray(1.0 - 0.5 ** (together / FAMILIAR), np.float64),
    )


def _pairs_within(group: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of positions i < j with the same entry in `group`, which is sorted."""
    ends = np.searchsorted(group, group, side="right")
    partners = ends - np.arange(len(group)) - 1
    one = np.repeat(np.arange(len(group)), partners)
    offset = np.arange(len(one)) - np.repeat(np.cumsum(partners) - partners, partners)
    return one, one + 1 + offset
