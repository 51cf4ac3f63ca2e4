"""The people of a document and what ties them, read as columns."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from staffing.columns import Column
from staffing.document import Value
from staffing.problem import Goals, People, Ratings, Ties
from staffing.terms import SHARE_SCALE

MAX_SHARE = 4
"""Shares of full time stay below this, so that sums of exact parts fit into 64 bits."""
MAX_DECIMALS = 18
MAX_AMOUNT = 1e12

_USUAL_DECIMALS = 6
_PERSON = ("id", "skills", "goals", "free", "cost", "track", "utc_offset", "recent_load")


class Shares:
    """Shares of full time, kept exactly as they are written."""

    def __init__(self, column: Column) -> None:
        self.numbers = column.numbers(0, MAX_SHARE)
        uneven = np.flatnonzero(self.numbers * SHARE_SCALE % 1)
        distinct, first = np.unique(self.numbers[uneven], return_index=True)
        decimals = np.array([-int(Decimal(str(share)).as_tuple().exponent) for share in distinct.tolist()], np.int64)
        too_fine = uneven[first[decimals > MAX_DECIMALS]]
        if len(too_fine):
            raise column.at(too_fine.min()).refuse(f"must have at most {MAX_DECIMALS} decimals.")
        self.decimals = int(decimals.max(initial=_USUAL_DECIMALS))
        """The most that a share has, and no fewer than usual."""

    def parts(self, scale: int) -> NDArray[np.int64]:
        """(n,) each as a whole number of parts of full time, `scale` of which are 1."""
        if scale == SHARE_SCALE:
            return np.rint(self.numbers * scale).astype(np.int64)
        distinct, which = np.unique(self.numbers, return_inverse=True)
        return np.array([int(Decimal(str(share)) * scale) for share in distinct.tolist()], np.int64)[which]


def share_scale(*shares: Shares) -> int:
    """Parts of full time: usually a million, more when a share has more decimals, so that every share is exact."""
    return int(10 ** max(each.decimals for each in shares))


class Pool:
    """The people of a document. They are checked in its order and handed out in order of id."""

    def __init__(self, people: Value, weeks: int) -> None:
        self._people = Column.of(people).objects(*_PERSON)
        self._weeks = weeks
        ids = self._people["id"].distinct("person")
        order = sorted(range(len(ids)), key=ids.__getitem__)
        self.ids = tuple(ids[n] for n in order)
        self.position: Mapping[str, int] = {person: rank for rank, person in enumerate(self.ids)}
        self._order = np.array(order, np.int64)
        self._rank = np.empty(len(ids), np.int64)
        self._rank[self._order] = np.arange(len(ids))
        free = self._people.get("free", 1.0)
        self._weekly = free.lengths() >= 0
        self.shares = (Shares(free.where(~self._weekly)), Shares(free.where(self._weekly).items(weeks)))
        """Of those whose share never changes, and week by week of the others."""

    def people(self, scale: int) -> People:
        track = self._people.get("track", {}).objects("successes", "projects")
        projects = track.get("projects", 0).numbers(0, MAX_AMOUNT)
        return People(
            ids=self.ids,
            free=self._free(scale),
            cost=self._column("cost", 0, MAX_AMOUNT),
            successes=track.get("successes", 0).numbers(0, projects)[self._order],
            projects=projects[self._order],
            utc_offset=self._column("utc_offset", -12, 14),
            recent_load=self._column("recent_load", 0, 1),
        )

    def ratings(self, named: Set[str]) -> dict[str, Ratings]:
        """By skill, of the skills that are named; the levels of all are checked."""
        entries = self._people.get("skills", {}).entries()
        level, confidence = _levels(entries.values)
        ratings = {}
        for skill, at in entries.by_key(sorted(named), level > 0):
            who, at = self._ranked(entries.owner, at)
            ratings[skill] = Ratings(who, level[at].astype(np.int8), confidence[at])
        return ratings

    def goals(self, named: Set[str]) -> dict[str, Goals]:
        """By skill, of the skills that are named; the levels of all are checked."""
        entries = self._people.get("goals", {}).entries()
        target = entries.values.wholes(0, 5)
        goals = {}
        for skill, at in entries.by_key(sorted(named), target >= 0):
            who, at = self._ranked(entries.owner, at)
            goals[skill] = Goals(who, target[at].astype(np.int8))
        return goals

    def ties(self, value: Value) -> Ties:
        pairs = read_pairs(value, self.position, "person", 1)
        alone = np.flatnonzero(pairs.first == pairs.second)
        if len(alone):
            raise Column.of(value).at(pairs.said[alone[0]]).refuse("ties a person to themselves.")
        return Ties(pairs.first.astype(np.int32), pairs.second.astype(np.int32), pairs.amount)

    def _column(self, key: str, low: float, high: float) -> NDArray[np.float64]:
        return self._people.get(key, 0).numbers(low, high)[self._order]

    def _free(self, scale: int) -> NDArray[np.int64]:
        steady, weekly = self.shares
        if not self._weekly.any():
            return steady.parts(scale)[self._order].reshape(-1, 1)
        free = np.empty((len(self.ids), self._weeks), np.int64)
        free[self._rank[~self._weekly]] = steady.parts(scale)[:, np.newaxis]
        free[self._rank[self._weekly]] = weekly.parts(scale).reshape(-1, self._weeks)
        return free

    def _ranked(self, owner: NDArray[np.int64], at: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Who has the entries `at`, ascending, and the entries in that order."""
        who = self._rank[owner[at]]
        order = np.argsort(who)
        return who[order].astype(np.int32), at[order]


def _levels(ratings: Column) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Levels and confidences of ratings, each a level, `[level]` or `[level, confidence]`."""
    lengths = ratings.lengths()
    level, confidence = np.empty(len(ratings), np.int64), np.ones(len(ratings))
    level[lengths < 0] = ratings.where(lengths < 0).wholes(0, 5)
    level[lengths == 1] = ratings.where(lengths == 1).items(1).wholes(0, 5)
    stated = (lengths >= 0) & (lengths != 1)
    pairs = ratings.where(stated).items(2)
    level[stated] = pairs.every(2, 0).wholes(0, 5)
    confidence[stated] = pairs.every(2, 1).numbers(0, 1)
    never = np.flatnonzero(confidence[stated] == 0)
    if len(never):
        raise pairs.every(2, 1).at(never[0]).refuse("must be above 0; leave the rating out instead.")
    return level, confidence


@dataclass(frozen=True)
class Pairs:
    """Entries `[a, b, amount]`, each pair once."""

    first: NDArray[np.int64]
    """(n,) positions, not above those of `second`."""
    second: NDArray[np.int64]
    amount: NDArray[np.float64]
    said: NDArray[np.int64]
    """(n,) where in the document's list they stand first, ascending."""


def read_pairs(value: Value, position: Mapping[str, int], kind: str, high: float) -> Pairs:
    """Saying the same twice is harmless, contradicting oneself is not."""
    pairs = Column.of(value)
    parts = pairs.items(3)
    named = parts.where(np.arange(len(parts)) % 3 < 2).known(position, kind)
    a, b = named[::2], named[1::2]
    amount = parts.every(3, 2).numbers(0, high)
    first, second = np.minimum(a, b), np.maximum(a, b)
    _, said, which = np.unique(first * len(position) + second, return_index=True, return_inverse=True)
    against = np.flatnonzero(amount != amount[said][which])
    if len(against):
        earlier = pairs.at(said[which[against[0]]])
        raise pairs.at(against[0]).refuse(f"contradicts {earlier.path}.")
    said.sort()
    return Pairs(first[said], second[said], amount[said], said)
