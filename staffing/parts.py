"""A large field of choices taken apart, until the best team of every part can be found and proven.

Where ties matter much, messages alone leave a gap: everybody seems to have a colleague on every other seat. Once a seat
is kept to one time zone, most of those colleagues are out of reach and the bounds of all seats fall. So the field is
split by the zone of one seat after the other (by person, where only one zone is left), the part with the highest bound
first, until a part is small enough to be searched on a board. Together the parts hold every team worth having.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from staffing.board import Board
from staffing.field import Field
from staffing.groups import Grouping
from staffing.messages import HOPELESS, Messages
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team
from staffing.stopping import Work
from staffing.wide import WideSearch

_DENSE = 1_000
"""Labels up to which a table of all pairs is quicker than zones and ties."""
_PART_SWEEPS = 2
_SEARCH_SWEEPS = 4
_PART_NODES = 500
"""Search nodes that bounding a part counts for: it takes about as long."""
_SEARCH_NODES = 10_000
"""What may be spent on one part before it is split further."""
_WIDE_NODES = 100_000
"""The same for many labels in one zone, which splitting helps less."""
_WIDE_NODES = 100_000
"""The same for many labels in one zone, which splitting helps less."""
NARROW = 300
"""Labels up to which partial teams are looked at one by one."""
SEARCHABLE = 4_000
"""Labels of a part from which on it is split without being searched."""
_MIXED = 8
"""Zones are taken apart while more than one choice in this many is outside the largest zone of its seat."""


@dataclass(frozen=True, eq=False, order=False)
class Part:
    """Choices that teams are made of, and what has been moved to them."""

    labels: Labels
    moved: Units
    bounds: Units
    """(labels,) no team of this part with that choice is worth more."""
    ceiling: int
    """No team of this part is worth more."""
    worth_searching: int
    """Labels up to which a search is worth trying: fewer after it was cut short."""

    @property
    def too_large(self) -> bool:
        """It is better split before it is searched; a single team cannot be."""
        return len(self.labels) > max(min(self.worth_searching, SEARCHABLE), self.labels.seats)


@dataclass(order=True, frozen=True)
class _Turn:
    """Highest ceiling first, then the earlier part."""

    below: int
    number: int
    part: Part = field(compare=False)


class Cover:
    """Parts that together hold every team of at least `floor` units, common ones not counted."""

    def __init__(self, problem: Problem, scoring: Scoring, whole: Part, floor: int, work: Work) -> None:
        self.floor = floor
        self.whole = whole.labels
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self._parts: list[_Turn] = []
        self._count = 0
        self._grouping = Grouping(problem, scoring, whole.labels.person)
        self._add(whole)

    def best(self, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        """The best team that differs enough from the earlier ones, if it is worth as much as `known`; else `known`.

        `known` must be worth at least `floor`. What is learnt about parts serves the next question too, as long as it
        has the same gaps and only ever more earlier teams.
        """
        constant = self._scoring.constant
        finished: list[Part] = []
        while self._parts and -self._parts[0].below + constant >= known.units:
            if self._work.over:
                bound = max(known.units, -self._parts[0].below + constant)
                known = Found(known.team, known.units, bound, cut=True)
                break
            part = heapq.heappop(self._parts).part
            if part.too_large:
                self._add(*self._split(part))
                continue
            found, part = self._searched(part, earlier, gaps, known)
            if found.team is not None:
                known = Found(found.team, found.units, found.units)
            if found.cut:
                self._add(*self._split(replace(part, worth_searching=len(part.labels) * 9 // 10)))
            else:
                finished.append(replace(part, ceiling=min(part.ceiling, known.units - constant)))
        self._add(*finished)
        return known

    def _add(self, *parts: Part) -> None:
        for part in parts:
            if part.labels.complete and part.ceiling >= self.floor:
                heapq.heappush(self._parts, _Turn(-part.ceiling, self._count, part))
                self._count += 1

    def _searched(self, part: Part, earlier: Sequence[Team], gaps: int, known: Found) -> tuple[Found, Part]:
        """The best team of the part, if it beats the known one, and the part with tighter bounds."""
        messages = self._messages(part)
        part, bounds = self._bounded(messages, part, _SEARCH_SWEEPS)
        kept = (bounds + self._scoring.constant >= known.units) & ~messages.dead
        labels = messages.labels.where(kept)
        if not labels.complete:
            return known, part
        wide = len(labels) > NARROW and known.units > NOTHING
        board = (Field if wide else Board)(self._problem, self._scoring, labels, messages.moved[:, kept])
        search = Search(self._problem, self._scoring, board, self._work, gaps)
        with self._work.at_most(_WIDE_NODES if wide and not self._is_mixed(labels) else _SEARCH_NODES):
            if not wide:
                return search.best(earlier, self._problem.min_difference, known, self._scoring.constant), part
            search.begin(earlier, self._problem.min_difference, known, self._scoring.constant)
            return search.found(WideSearch(board, search, self._work).left(), self._scoring.constant), part

    def _split(self, part: Part) -> Iterator[Part]:
        seat, groups = self._groups(part)
        messages, elsewhere = self._messages(part), part.labels.seat != seat
        for group in groups:
            kept = elsewhere.copy()
            kept[group] = True
            self._work.nodes_done(_PART_NODES)
            yield self._bounded(messages.without(~kept), part, _PART_SWEEPS)[0]

    def _messages(self, part: Part) -> Messages:
        kind = Board if len(part.labels) <= _DENSE else Field
        return kind(self._problem, self._scoring, part.labels, part.moved.copy())

    def _bounded(self, messages: Messages, part: Part, sweeps: int) -> tuple[Part, Units]:
        """What some sweeps leave of (a part of) the part, and bounds on the teams with each of its choices."""
        bound = messages.tighten(self._work, self.floor, sweeps)
        bounds = np.where(messages.dead, NOTHING, messages.team_bounds())
        kept = bounds >= max(self.floor, HOPELESS)
        ceiling = min(part.ceiling, bound, int(bounds.max()))
        labels = messages.labels.where(kept)
        return Part(labels, messages.moved[:, kept], bounds[kept], ceiling, part.worth_searching), bounds

    def _groups(self, part: Part) -> tuple[int, list[Index]]:
        """A seat and its labels in groups: by zone where zones are mixed, else by community where people are fewest."""
        labels, sizes = part.labels, np.diff(part.labels.starts)
        if self._is_mixed(labels):
            outside = self._outside(labels)
            seat, by = int(np.argmax(outside)), self._grouping.by_zone
        else:
            seat, by = int(np.argmin(np.where(sizes > 1, sizes, len(labels) + 1))), self._grouping.by_community
        own = labels.of(seat)
        return seat, [group + own.start for group in by(labels.person[own])]

    def _is_mixed(self, labels: Labels) -> bool:
        return int(self._outside(labels).sum()) * _MIXED > len(labels)

    def _outside(self, labels: Labels) -> Index:
        """(seats,) how many choices are outside the largest zone of their seat."""
        return np.array([self._grouping.outside(labels.person[labels.of(seat)]) for seat in range(labels.seats)])
