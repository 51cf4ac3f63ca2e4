"""Messages over everybody eligible, without a table of pairs.

A pair is worth what the two time zones make it worth, and more where a tie says so. Ties are few: the best partner of
everybody is found once per zone, and then for the tied people one by one. Rules about the team are left to the search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.messages import Messages
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units, pair_measure
from staffing.seating import Labels, pinned

_NEVER = -(1 << 50)
"""Below every offer, and far enough from the end of 64 bits to be added to."""


@dataclass(frozen=True, eq=False)
class _Column:
    """The people of seats that have the same choices."""

    person: Index
    by_zone: Index
    """(labels,) labels in order of zone."""
    zones: Index
    """Zones that occur, ascending."""
    zone_starts: Index
    zone: Index
    """(labels,) which of `zones` each label is in."""


@dataclass(frozen=True, eq=False)
class _Bonds:
    """What is special about pairs of one column with another: shared people and tied ones."""

    twin: Index
    """(labels of the first,) the label of the same person in the second; -1 where there is none."""
    giver: Index
    """(ties,) labels of the first, in the order of the tied labels of the second."""
    taker: Index
    """Labels of the second with a tie, ascending."""
    taker_starts: Index
    strength: NDArray[np.float64]
    overlap: NDArray[np.float64]


class Field(Messages):
    """Messages over all labels by zones and ties."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units | None = None) -> None:
        super().__init__(labels, moved)
        self._problem = problem
        self._scoring = scoring
        self._empty = len(problem.people)
        zones = len(scoring.zone_overlap)
        self._zone_of = np.append(scoring.zones, zones)
        pins = pinned(problem)
        self._kind = [(seat.role, pin) for seat, pin in zip(problem.seats, pins, strict=True)]
        self._columns: dict[tuple[int, int | None], _Column] = {}
        for seat, kind in enumerate(self._kind):
            if kind not in self._columns:
                self._columns[kind] = self._column(labels.person[labels.of(seat)])
        self._ties = self._ties_within()
        self._bonds: dict[tuple[tuple[int, int | None], tuple[int, int | None]], _Bonds] = {}
        self._tables: dict[float, Units] = {}
        self._tie_units: dict[tuple[object, object, float], Units] = {}

    def partners(self, seat: int, others: range, offers: Units) -> Units:
        best = np.empty((len(others), self.labels.starts[seat + 1] - self.labels.starts[seat]), np.int64)
        first = self.labels.starts[others.start]
        for row, other in zip(best, others, strict=True):
            start, stop = self.labels.starts[other : other + 2] - first
            self._best_partner(other, seat, offers[start:stop], row)
        return best

    def _best_partner(self, giver: int, taker: int, offers: Units, best: Units) -> None:
        give, take = self._columns[self._kind[giver]], self._columns[self._kind[taker]]
        talk = self._scoring.communication(self._kind[giver][0], self._kind[taker][0])
        table, bonds = self._table(talk), self._bonds_between(giver, taker)
        ordered = offers[give.by_zone]
        tops = np.maximum.reduceat(ordered, give.zone_starts)
        between = table[np.ix_(give.zones, take.zones)]
        best[:] = (tops[:, None] + between).max(axis=0)[take.zone]
        if self._problem.rules.max_seats_per_person == 1:
            self._not_with_oneself(give, take, bonds, ordered, tops, table, best)
        if len(bonds.taker):
            tied = offers[bonds.giver] + self._units_of_ties(giver, taker, talk, bonds)
            at = bonds.taker
            best[at] = np.maximum(best[at], np.maximum.reduceat(tied, bonds.taker_starts))

    @staticmethod
    def _not_with_oneself(
        give: _Column, take: _Column, bonds: _Bonds, ordered: Units, tops: Units, table: Units, best: Units
    ) -> None:
        """Mend the entries of people who are themselves the best of their zone: nobody has both seats."""
        spans = np.diff(np.append(give.zone_starts, len(ordered)))
        at_top = np.flatnonzero(ordered == np.repeat(tops, spans))
        zone_of_top = give.zone[give.by_zone[at_top]]
        place = at_top[np.searchsorted(zone_of_top, np.arange(len(tops)))]
        twins = bonds.twin[give.by_zone[place]]
        if (twins < 0).all():
            return
        without = ordered.copy()
        without[place] = _NEVER
        seconds = np.maximum.reduceat(without, give.zone_starts)
        between = table[np.ix_(give.zones, give.zones)]
        offered = tops[:, None] + between
        np.fill_diagonal(offered, seconds + between.diagonal())
        mended = offered.max(axis=0)
        real = (twins >= 0) & (give.zones < len(table) - 1)
        best[twins[real]] = mended[real]

    def _column(self, person: Index) -> _Column:
        zone = self._zone_of[person]
        by_zone = np.argsort(zone, kind="stable")
        zones, starts = np.unique(zone[by_zone], return_index=True)
        return _Column(person, by_zone, zones, starts, np.searchsorted(zones, zone))

    def _table(self, talk: float) -> Units:
        """(zones + 1, zones + 1) units of untied pairs; the last zone is that of empty seats."""
        if talk not in self._tables:
            self._tables[talk] = np.pad(self._scoring.untied(talk), (0, 1))
        return self._tables[talk]

    def _ties_within(self) -> tuple[Index, Index, NDArray[np.float64]]:
        """Ties among the people on the labels, each both ways round."""
        ties = self._problem.ties
        if ties is None:
            return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
        here = np.zeros(self._empty + 1, bool)
        here[self.labels.person] = True
        kept = here[ties.first] & here[ties.second]
        first, second, strength = ties.first[kept], ties.second[kept], ties.strength[kept]
        return (
            np.concatenate((first, second)).astype(np.intp),
            np.concatenate((second, first)).astype(np.intp),
            np.concatenate((strength, strength)),
        )

    def _bonds_between(self, giver: int, taker: int) -> _Bonds:
        key = self._kind[giver], self._kind[taker]
        if key not in self._bonds:
            self._bonds[key] = self._find_bonds(self._columns[key[0]], self._columns[key[1]])
        return self._bonds[key]

    def _find_bonds(self, give: _Column, take: _Column) -> _Bonds:
        at_giver = np.full(self._empty + 1, -1)
        at_giver[give.person] = np.arange(len(give.person))
        at_taker = np.full(self._empty + 1, -1)
        at_taker[take.person] = np.arange(len(take.person))
        first, second, strength = self._ties
        inside = np.flatnonzero((at_giver[first] >= 0) & (at_taker[second] >= 0))
        giver, taker, strength = at_giver[first[inside]], at_taker[second[inside]], strength[inside]
        zone_a, zone_b = self._zone_of[first[inside]], self._zone_of[second[inside]]
        overlap = self._scoring.zone_overlap[zone_a, zone_b]
        if self._problem.rules.max_seats_per_person > 1:
            both = np.flatnonzero((at_giver >= 0) & (at_taker >= 0) & (np.arange(self._empty + 1) < self._empty))
            giver, taker = np.concatenate((giver, at_giver[both])), np.concatenate((taker, at_taker[both]))
            strength = np.concatenate((strength, np.ones(len(both))))
            overlap = np.concatenate((overlap, np.ones(len(both))))
        order = np.argsort(taker, kind="stable")
        takers, starts = np.unique(taker[order], return_index=True)
        return _Bonds(at_taker[give.person], giver[order], takers, starts, strength[order], overlap[order])

    def _units_of_ties(self, giver: int, taker: int, talk: float, bonds: _Bonds) -> Units:
        key = self._kind[giver], self._kind[taker], talk
        if key not in self._tie_units:
            together = pair_measure(bonds.strength, bonds.overlap)
            self._tie_units[key] = self._scoring.pair_units(talk, together)
        return self._tie_units[key]
