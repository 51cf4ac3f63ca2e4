"""Everybody's ties at hand: whom somebody has worked with, and how closely."""

import numpy as np
from numpy.typing import NDArray

from staffing.problem import Ties

Index = NDArray[np.intp]


class Colleagues:
    """The ties of `count` people, both ways round, person after person."""

    one: Index
    """(entries,) ascending."""
    other: Index
    """(entries,) a colleague of theirs."""
    strength: NDArray[np.float64]
    """(entries,) of the tie."""

    def __init__(self, count: int, ties: Ties | None) -> None:
        first, second = (ties.first, ties.second) if ties is not None else (np.empty(0, np.int32),) * 2
        one, other = np.concatenate((first, second)), np.concatenate((second, first))
        order = np.argsort(one, kind="stable")
        self.one, self.other = one[order].astype(np.intp), other[order].astype(np.intp)
        self.strength = np.tile(ties.strength, 2)[order] if ties is not None else np.empty(0)
        # Whoever stands for an empty seat comes after everybody and has nobody.
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(one, minlength=count + 1))))

    def of(self, people: Index) -> tuple[Index, Index]:
        """Place among the people, ascending, and an entry of theirs."""
        first, last = self._starts[people], self._starts[people + 1]
        return np.repeat(np.arange(len(people)), last - first), spans(first, last)


def spans(first: Index, last: Index) -> Index:
    """first[0], ..., last[0] - 1, first[1], ..., last[1] - 1, and so on."""
    lengths = last - first
    every: Index = np.arange(lengths.sum()) + np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    return every
