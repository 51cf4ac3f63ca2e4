"""Messages over everybody eligible, without a table of pairs.

A pair is worth what the two time zones make it worth, and more where a tie says so. Ties are few: the best partner of
everybody is found once per zone, and then for the tied people one by one. Rules about the team are left to the search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from staffing.messages import Messages
from staffing.pairs import PairRows
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units, pair_measure
from staffing.seating import Labels

_Kind = tuple[int, int]
"""A role, and the first of its seats with the same choices: what is worked out for one of them serves all."""
_NEVER = -(1 << 50)
"""Below every offer, and far enough from the end of 64 bits to be added to."""


@dataclass(frozen=True, eq=False)
class _Column:
    """The people of seats that have the same choices."""

    person: Index
    label: Index
    """(n + 1,) the label of everybody; -1 of those who have none."""
    by_zone: Index
    """(labels,) labels in order of zone."""
    zones: Index
    """Zones that occur, ascending."""
    zone_starts: Index
    zone: Index
    """(labels,) which of `zones` each label is in."""
    zone_in_order: Index
    """(labels,) the same in the order of `by_zone`."""
    ties: tuple[Index, Index, NDArray[np.float64]]
    """Label, colleague (a person) and strength, by label."""


@dataclass(frozen=True, eq=False)
class _Link:
    """What choices of one column and of another are worth together."""

    between: Units
    """(zones of the giver, zones of the taker) units of untied pairs."""
    within: Units
    """(zones of the giver, zones of the giver) the same among the giver's own zones."""
    twin: Index
    """(labels of the giver,) the label of the same person among the taker's; -1 where there is none."""
    giver: Index
    """(ties,) tied labels of the giver, in the order of the taker's they are tied to."""
    units: Units
    """(ties,) units of the tied pairs."""
    taker: Index
    """Labels of the taker with a tie, ascending."""
    taker_starts: Index
    """Where the ties of each of them begin."""


class Field(Messages):
    """Messages over all labels by zones and ties."""

    def __init__(self, problem: Problem, scoring: Scoring, labels: Labels, moved: Units | None = None) -> None:
        super().__init__(labels, moved)
        self._scoring = scoring
        self._one_seat_each = problem.rules.max_seats_per_person == 1
        self._empty = len(problem.people)
        self._zone_of = np.append(scoring.zones, len(scoring.zone_overlap))
        """(n + 1,) zone by person; empty seats have one of their own."""
        self._kinds = _kinds(problem, labels)
        self._columns: dict[_Kind, _Column] = {}
        for seat, kind in enumerate(self._kinds):
            if kind not in self._columns:
                self._columns[kind] = self._column(labels.person[labels.of(seat)])
        self._links: dict[tuple[_Kind, _Kind], _Link] = {}
        self._rows = PairRows(problem, scoring, labels)

    def pairs(self, batch: Index) -> Units:
        return self._rows.of(batch)

    def partners(self, seat: int, others: range, offers: Units) -> Units:
        best = np.empty((len(others), self.labels.starts[seat + 1] - self.labels.starts[seat]), np.int64)
        first = self.labels.starts[others.start]
        for row, other in zip(best, others, strict=True):
            start, stop = self.labels.starts[other : other + 2] - first
            self._best_partner(self._kinds[other], self._kinds[seat], offers[start:stop], row)
        return best

    def _best_partner(self, giver: _Kind, taker: _Kind, offers: Units, best: Units) -> None:
        if (giver, taker) not in self._links:
            self._links[giver, taker] = self._link(giver, taker)
        link, give = self._links[giver, taker], self._columns[giver]
        ordered = offers[give.by_zone]
        tops = np.maximum.reduceat(ordered, give.zone_starts)
        best[:] = (tops[:, None] + link.between).max(axis=0)[self._columns[taker].zone]
        if self._one_seat_each:
            self._not_with_oneself(give, link, ordered, tops, best)
        if len(link.taker):
            tied = np.maximum.reduceat(offers[link.giver] + link.units, link.taker_starts)
            best[link.taker] = np.maximum(best[link.taker], tied)

    def _not_with_oneself(self, give: _Column, link: _Link, ordered: Units, tops: Units, best: Units) -> None:
        """Mend the entries of people who are themselves the best of their zone: nobody has both seats."""
        at_top = np.flatnonzero(ordered == tops[give.zone_in_order])
        place = at_top[np.searchsorted(give.zone_in_order[at_top], np.arange(len(tops)))]
        twins = link.twin[give.by_zone[place]]
        real = (twins >= 0) & (give.zones < self._zone_of[-1])
        if not real.any():
            return
        without = ordered.copy()
        without[place] = _NEVER
        offered = tops[:, None] + link.within
        np.fill_diagonal(offered, np.maximum.reduceat(without, give.zone_starts) + link.within.diagonal())
        best[twins[real]] = offered.max(axis=0)[real]

    def _column(self, person: Index) -> _Column:
        zone = self._zone_of[person]
        by_zone = np.argsort(zone, kind="stable")
        zones, starts = np.unique(zone[by_zone], return_index=True)
        zone_place = np.searchsorted(zones, zone)
        label = np.full(self._empty + 1, -1)
        label[person] = np.arange(len(person))
        ties = self._scoring.colleagues.of(person)
        return _Column(person, label, by_zone, zones, starts, zone_place, zone_place[by_zone], ties)

    def _link(self, giver: _Kind, taker: _Kind) -> _Link:
        give, take = self._columns[giver], self._columns[taker]
        talk = self._scoring.communication(giver[0], taker[0])
        table = np.pad(self._scoring.untied(talk), (0, 1))
        taken_by, gives, strength = take.ties
        gives = give.label[gives]
        inside = np.flatnonzero(gives >= 0)
        taken_by, gives, strength = taken_by[inside], gives[inside], strength[inside]
        overlap = self._scoring.zone_overlap[give.zones[give.zone[gives]], take.zones[take.zone[taken_by]]]
        twin = take.label[give.person]
        if not self._one_seat_each:
            both = np.flatnonzero((twin >= 0) & (give.person < self._empty))
            order = np.argsort(np.concatenate((taken_by, twin[both])), kind="stable")
            taken_by, gives = np.concatenate((taken_by, twin[both]))[order], np.concatenate((gives, both))[order]
            strength, overlap = (np.append(values, np.ones(len(both)))[order] for values in (strength, overlap))
        takers, starts = np.unique(taken_by, return_index=True)
        return _Link(
            between=table[np.ix_(give.zones, take.zones)],
            within=table[np.ix_(give.zones, give.zones)],
            twin=twin,
            giver=gives,
            units=self._scoring.pair_units(talk, pair_measure(strength, overlap)),
            taker=takers,
            taker_starts=starts,
        )


def _kinds(problem: Problem, labels: Labels) -> list[_Kind]:
    kinds: list[_Kind] = []
    for n, seat in enumerate(problem.seats):
        people = labels.person[labels.of(n)]
        alike = (
            kind for kind in kinds if kind[0] == seat.role and np.array_equal(labels.person[labels.of(kind[1])], people)
        )
        kinds.append(next(alike, (seat.role, n)))
    return kinds
