"""Depth-first branch and bound over a board: the best team that keeps every rule, and proof that none is better.

A node keeps, for every label, its merit plus its moved pair units with everybody chosen so far. The sum of what is
fixed and of each open seat's best gain bounds every completion, because no moved pair of open seats is worth more than
nothing after `Messages.tighten`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from staffing.messages import HOPELESS, Messages
from staffing.problem import Problem
from staffing.scoring import Index, Scoring, Units
from staffing.seating import Team, canonical, members
from staffing.stopping import Work
from staffing.teamrules import Closing, Difference, Mask, Partial, Quota, TeamRule, closing_rules, team_rules

NOTHING = -(1 << 60)
"""Below every score."""
_BATCH = 48
"""Children looked at together."""


@dataclass(frozen=True)
class Found:
    """The best team that was found, if any, and what one that was not looked at may be worth."""

    team: Team | None = None
    units: int = NOTHING
    bound: int = NOTHING
    """At least `units`."""
    cut: bool = False
    """The search was cut short: there may be a better team, or one as good that comes first."""


@dataclass(frozen=True, eq=False)
class _Node:
    chosen: tuple[int, ...]
    open: Index
    fixed: int
    gain: Units
    members: frozenset[int] = field(default=frozenset())


class Search:
    """One board, searched for the best team that is far enough from the earlier ones."""

    def __init__(self, problem: Problem, scoring: Scoring, board: Messages, work: Work, gaps: int = 0) -> None:
        self._problem = problem
        self._labels = board.labels
        self._starts = board.labels.starts[:-1]
        self._seat = board.labels.seat
        self._empty = len(problem.people)
        self._work = work
        self._gaps = gaps
        self._in_order = problem.rules.max_seats_per_person == 1 and not problem.rules.locks and not gaps
        """Teams come up with everybody on one seat, and already in canonical order."""
        most = problem.rules.max_people
        self._most_people = len(problem.seats) if most is None else most
        self._merit = board.merit
        self._pairs = board.moved_pairs
        self._rules: list[TeamRule] = team_rules(problem, scoring, board.labels, gaps)
        self._closing: list[Closing] = closing_rules(problem, board.labels)
        self._earlier: frozenset[Team] = frozenset()
        self._differences: list[Difference] = []
        self._best = Found()
        self._dives = 2 * board.labels.seats
        """Nodes opened whatever the limit, so that there is a team to return."""

    def best(self, earlier: Sequence[Team], least: int, known: Found, constant: int) -> Found:
        """The best other team at least `least` members away from all the earlier ones, or `known` if nothing beats it.

        `constant` units are common to all teams and not on the board.
        """
        self.begin(earlier, least, known, constant)
        seats = np.arange(self._labels.seats)
        return self.found(self._expand(_Node((), seats, 0, self._merit.copy())), constant)

    def begin(self, earlier: Sequence[Team], least: int, known: Found, constant: int) -> None:
        """Make ready to look `below` parts of the board for what `best` returns."""
        one_seat_each = self._problem.rules.max_seats_per_person == 1
        size = self._labels.seats - self._gaps if one_seat_each else None
        self._earlier = frozenset(earlier)
        self._differences = [
            Difference(self._labels, self._empty, members(self._problem, team), least, size)
            for team in (earlier if least else ())
        ]
        self._best = Found(known.team, known.units - constant)

    @property
    def best_units(self) -> int:
        """Units on the board of the best team known so far."""
        return self._best.units

    def below(self, chosen: tuple[int, ...], seats: Index, fixed: int, gain: Units) -> int:
        """Search all teams with the chosen labels; returns a bound on what was left out for want of work.

        `fixed` units are theirs, `gain` is what each label of the open `seats` adds to them.
        """
        node = _Node((), seats, fixed, gain.copy())
        for count, label in enumerate(chosen, start=1):
            joined = node.members | {int(self._labels.person[label])} - {self._empty}
            node = _Node(chosen[:count], seats, fixed, node.gain, frozenset(joined))
            if self._close(node, chosen[count:]):
                return NOTHING
        return self._expand(node)

    def found(self, left: int, constant: int) -> Found:
        """The best team, where teams that were left out are worth `left` at most."""
        units = NOTHING if self._best.team is None else self._best.units + constant
        if left == NOTHING:
            return Found(self._best.team, units, units)
        return Found(self._best.team, units, max(units, left + constant), cut=True)

    def _expand(self, node: _Node) -> int:
        """Search below a node; returns a bound on what was left out for want of work."""
        self._close(node)
        peaks = np.maximum.reduceat(node.gain, self._starts)
        bound = self._bound(node, peaks)
        if bound < max(self._best.units, HOPELESS):
            return NOTHING
        if self._stopping:
            return bound
        self._dives -= 1
        floor = max(self._best.units, HOPELESS)
        alive = self._alive(node, peaks, bound, floor)
        if bound == self._best.units and not self._may_come_first(node, alive):
            return NOTHING
        partial = Partial(self._labels, node.chosen, node.open, alive, node.members)
        if not all(rule.possible(partial) for rule in (*self._rules, *self._differences)):
            return NOTHING
        seat = self._branching_seat(node.open, alive)
        own = self._labels.of(seat)
        choices = np.flatnonzero(alive[own]) + own.start
        choices = choices[np.lexsort((choices, -node.gain[choices], self._is_unwelcome(node, choices)))]
        if len(node.open) == 1:
            self._work.nodes_done(1)
            self._finish(node, choices)
            return NOTHING
        return self._branch(node, peaks, seat, choices)

    @property
    def _stopping(self) -> bool:
        """The limit is reached, and there is a team or has been a fair chance to find one."""
        return self._work.over and (self._work.interrupted or self._dives <= 0 or self._best.team is not None)

    def _close(self, node: _Node, later: Sequence[int] = ()) -> bool:
        """Take choices off the open seats; returns whether one of the later choices goes with them."""
        for rule in self._closing:
            mask = rule.closed(node.chosen, node.members)
            if mask is not None:
                if mask[list(later)].any():
                    return True
                node.gain[mask & np.isin(self._seat, node.open)] = 2 * HOPELESS
        return False

    def _bound(self, node: _Node, peaks: Units) -> int:
        bound = node.fixed + int(peaks[node.open].sum())
        quotas = (rule for rule in (*self._rules, *self._differences) if isinstance(rule, Quota))
        loss = max((q.loss(node.members, node.chosen, node.gain, peaks, node.open) for q in quotas), default=0)
        return bound - loss

    def _alive(self, node: _Node, peaks: Units, bound: int, floor: int) -> Mask:
        is_open = np.zeros(self._labels.seats, bool)
        is_open[node.open] = True
        upper = node.fixed + int(peaks[node.open].sum())
        alive: Mask = node.gain >= (peaks + (floor - upper))[self._seat]
        return alive & is_open[self._seat]

    def _branching_seat(self, seats: Index, alive: Mask) -> int:
        counts = np.add.reduceat(alive.astype(np.intp), self._starts)
        return int(seats[np.argmin(counts[seats])])

    def _is_unwelcome(self, node: _Node, labels: Index) -> Mask:
        """Newcomers, while no team is known and there are fewer places for people than open seats: members first."""
        places = self._most_people - len(node.members)
        if self._best.team is not None or places >= len(node.open):
            return np.zeros(len(labels), bool)
        return ~np.isin(self._labels.person[labels], list(node.members))

    def _may_come_first(self, node: _Node, alive: Mask) -> bool:
        """A team below this node may come before the best one in the order of teams with equal scores."""
        if self._best.team is None:
            return True
        people = np.minimum.reduceat(np.where(alive, self._labels.person, self._empty), self._starts)
        for label in node.chosen:
            people[self._seat[label]] = self._labels.person[label]
        if self._in_order:
            self._make_distinct(people, node, alive)
            return tuple(people.tolist()) < self._best.team
        return canonical(self._problem, people.tolist()) < self._best.team

    def _make_distinct(self, people: Index, node: _Node, alive: Mask) -> None:
        """Give each open seat, in order, the first person that no seat before it has."""
        taken: set[int] = set()
        for seat in node.open:
            if int(people[seat]) in taken:
                own = self._labels.of(int(seat))
                choices = self._labels.person[own][alive[own]].tolist()
                people[seat] = next((who for who in choices if who not in taken), self._empty)
            taken.add(int(people[seat]))

    def _branch(self, node: _Node, peaks: Units, seat: int, choices: Index) -> int:
        remaining = node.open[node.open != seat]
        others = node.fixed + int(peaks[remaining].sum())
        left = NOTHING
        for begin in range(0, len(choices), _BATCH):
            batch = choices[begin : begin + _BATCH]
            best_left = others + int(node.gain[choices[begin:]].max())
            if best_left < self._best.units:
                break
            if self._stopping:
                return max(left, best_left)
            self._work.nodes_done(len(batch))
            gains = node.gain + self._pairs(batch)
            fixed = node.fixed + node.gain[batch]
            bounds = fixed + np.maximum.reduceat(gains, self._starts, axis=1)[:, remaining].sum(axis=1)
            for n in np.lexsort((batch, -bounds, self._is_unwelcome(node, batch))):
                if bounds[n] < max(self._best.units, HOPELESS):
                    continue
                label = int(batch[n])
                person = int(self._labels.person[label])
                joined = node.members | {person} if person != self._empty else node.members
                child = _Node((*node.chosen, label), remaining, int(fixed[n]), gains[n], joined)
                left = max(left, self._expand(child))
        return left

    def _finish(self, node: _Node, choices: Index) -> None:
        """Take the best last choice that keeps every rule."""
        nobody = np.zeros(len(self._labels), bool)
        for label in choices:
            chosen = (*node.chosen, int(label))
            units = node.fixed + int(node.gain[label]) - int(self._labels.credit[list(chosen)].sum())
            if units < self._best.units:
                continue
            people = [0] * self._labels.seats
            for one in chosen:
                people[self._seat[one]] = int(self._labels.person[one])
            complete = Partial(self._labels, chosen, node.open[:0], nobody, members(self._problem, people))
            if all(rule.possible(complete) for rule in (*self._rules, *self._differences)):
                self._offer(units, canonical(self._problem, people))

    def _offer(self, units: int, team: Team) -> None:
        """Equal scores: the team that comes first in the order of ids wins."""
        best = self._best
        if team in self._earlier:
            return
        if best.team is None or units > best.units or (units == best.units and team < best.team):
            self._best = Found(team, units)
