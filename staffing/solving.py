"""From all eligible people to the next best team.

Bounds over everybody come first (`Field`), a good team next (`Incumbents`). Who cannot be on a team as good as that
drops out for certain, and a search over the rest proves the best one; where too many are left, part by part (`Cover`).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from staffing.alike import without_surplus
from staffing.board import Board
from staffing.bounded import SWEEPS, Bounded, Wider, bounded
from staffing.certificate import Certificate, Choices, Potentials, Proof
from staffing.incumbents import LARGEST, Incumbents, most_promising
from staffing.parts import Cover, Part
from staffing.problem import Problem
from staffing.rules import Candidates
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team, overlocked, seat_labels, with_gaps
from staffing.stopping import Work
from staffing.teamrules import Mask

SMALL = 320
"""Labels up to which the search starts at once, with everybody on the board."""
_BOARD_SWEEPS = 15
_SETTLED = 500
"""Choices up to which the first bounds are good enough."""
MARGIN = 200
"""Later teams are looked for among those of teams that are worse by up to one part in this many."""
_WHOLE_NODES = 10_000
"""Search nodes spent on all that is left at once, before it is taken apart."""
_NEARLY = 100
"""Where a proof is too much work, it is proven that no team is better by more than one part in this many."""
_GUESSES = 4
"""Later teams looked for beforehand, so that what is learnt about the parts serves them too."""
_FURTHER_SWEEPS = 4
"""Over what is left of choices whose bounds are borrowed, one by one: each leaves less for the next."""
_QUICK_LOOK = 40
"""People per seat among whom a team is looked for before such bounds are tightened."""
_NONE = Found()


class Solver:
    """Finds the teams of one problem one after the other; what one team taught about bounds serves the next."""

    def __init__(
        self,
        problem: Problem,
        scoring: Scoring,
        candidates: Sequence[Candidates],
        work: Work,
        certificate: Certificate | None = None,
        wider: Wider | None = None,
        only: Callable[[Labels], Mask] | None = None,
    ) -> None:
        """Proofs are written down in the certificate, if there is one.

        `wider` says what is known about more choices already, which saves bounding these; no certificate covers that.
        `only` says which of the choices are open, where that depends on the seat and not just on the role.
        """
        self._certificate = certificate
        self._wider = wider
        self._only = only
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self._labels = seat_labels(problem, without_surplus(problem, scoring, candidates))
        self._gaps = 0
        """Fewest seats that have to stay empty, as far as is known."""
        self._pools: dict[bool, _Pool] = {}

    def next(self, earlier: Sequence[Team], known: Found = _NONE) -> Found:
        """The best team that differs enough from the earlier ones; without a team when there is none.

        If nothing beats the known team, be it one of this problem's or not, that is the answer.
        """
        most = self._labels.seats if self._problem.rules.allow_gaps else 0
        known_gaps = -1 if known.team is None else known.team.count(len(self._problem.people))
        if overlocked(self._problem):
            return known
        unseen = Found()
        for gaps in range(self._gaps, most + 1):
            found = self._with_gaps(earlier, gaps, known if gaps == known_gaps else _NONE)
            if found.team is not None and unseen.cut:
                bound = max(found.bound, unseen.bound, found.units + 1)
                return Found(found.team, found.units, bound, cut=True)
            if found.team is not None:
                return found
            if found.cut:
                unseen = Found(bound=max(unseen.bound, found.bound), cut=True)
            elif not unseen.cut:
                self._gaps = gaps + 1
        return unseen

    def _with_gaps(self, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        return self._pool(gaps > 0).best(earlier, gaps, known)

    def _pool(self, gaps: bool) -> "_Pool":
        if gaps not in self._pools:
            labels = with_gaps(self._problem, self._labels) if gaps else self._labels
            labels = labels if self._only is None else labels.where(self._only(labels))
            known = None
            if self._wider is not None and labels.complete and len(labels) > SMALL:
                wider = self._wider(gaps)
                known = None if wider is None else wider.among(labels)
            self._pools[gaps] = _Pool(self._problem, self._scoring, labels, self._work, self._certificate, known)
        return self._pools[gaps]


class _Pool:
    """Everybody who may sit somewhere, with a bound on the teams that each choice can be part of."""

    def __init__(
        self,
        problem: Problem,
        scoring: Scoring,
        labels: Labels,
        work: Work,
        certificate: Certificate | None = None,
        bounds: Bounded | None = None,
    ) -> None:
        self._certificate = certificate
        self._bounds = bounds
        self._borrowed = bounds is not None
        self._everybody: Potentials | None = None
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self.labels = labels if bounds is None else bounds.labels
        self._seen = _NONE
        """A team for the question that the first bounds were worked out for, not made use of yet."""
        self._narrow: _Pool | None = None
        """Those who matter to teams of at least `_least` units."""
        self._least = NOTHING
        self._covers: dict[int, Cover] = {}
        """By gaps."""

    def best(self, earlier: Sequence[Team], gaps: int, known: Found = _NONE) -> Found:
        if not self.labels.complete:
            self._recorded(self.labels, earlier, gaps)
            return known
        if len(self.labels) <= SMALL:
            labels = self._recorded(self.labels, earlier, gaps)
            return self._search(labels, self._bounds.moved if self._bounds else None, earlier, gaps, known)
        everybody = self._bounded(earlier, gaps)
        if self._borrowed:
            return self._among(everybody, earlier, gaps, known)
        seen, self._seen = self._seen, _NONE
        if self._narrow is not None:
            found = self._narrow.best(earlier, gaps, _better(known, seen))
            if found.units - self._scoring.constant >= self._least:
                return found
            self._narrow = None
        return self._among_all(everybody, earlier, gaps, known, seen)

    def _among_all(self, everybody: Bounded, earlier: Sequence[Team], gaps: int, known: Found, seen: Found) -> Found:
        constant = self._scoring.constant
        bounds, moved = everybody.bounds, everybody.moved
        good = self._incumbents(everybody)
        if good.better_than(known) > SMALL:
            known = _better(known, good.team(earlier, gaps, SMALL, seen))
        kept = bounds + constant >= known.units
        labels = self._recorded(self.labels.where(kept), earlier, gaps)
        if not labels.complete:
            return known
        if len(labels) <= LARGEST:
            with self._work.at_most(_WHOLE_NODES):
                found = self._search(labels, moved[:, kept], earlier, gaps, known)
            if not found.cut or self._work.over:
                return found
            known = Found(found.team, found.units, found.units)
        cover = self._covers.get(gaps)
        if cover is None or cover.floor > known.units - constant:
            floor = self._floor(good, earlier, gaps, known) - constant
            whole = self._part(bounds, moved, floor)
            self._covers[gaps] = cover = Cover(self._problem, self._scoring, whole, floor, self._work)
        self._record(cover.whole, earlier, gaps)
        return self._by_parts(cover, earlier, gaps, known)

    def _by_parts(self, cover: Cover, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        """First that no team is much better, which takes far less than that none is better at all."""
        if known.team is None:
            return cover.best(earlier, gaps, known)
        better = known.units + max(1, known.units // _NEARLY)
        found = cover.best(earlier, gaps, Found(units=better, bound=better - 1))
        if found.team is not None:
            return self._by_parts(cover, earlier, gaps, Found(found.team, found.units, found.units))
        more = self._problem.teams - len(earlier) > 1
        with self._work.at_most(self._work.left * 3 // 4 if more else self._work.left):
            known = cover.best(earlier, gaps, known)
        return replace(known, bound=min(known.bound, max(known.units, found.bound))) if known.cut else known

    def _incumbents(self, everybody: Bounded) -> Incumbents:
        labels, moved, bounds = everybody.labels, everybody.moved, everybody.bounds
        return Incumbents(self._problem, self._scoring, labels, moved, bounds, self._work)

    def _bounded(self, earlier: Sequence[Team], gaps: int) -> Bounded:
        if self._bounds is None:
            settled = partial(self._settled, earlier, gaps)
            self._bounds = everybody = bounded(self._problem, self._scoring, self.labels, self._work, settled=settled)
            self.labels = everybody.labels
            if self._certificate is not None:
                alive = ~everybody.dead
                choices = Choices.of(self.labels.starts, self.labels.person, alive)
                self._everybody = Potentials(choices, everybody.moved[:, alive])
        return self._bounds

    def _settled(self, earlier: Sequence[Team], gaps: int, first: Bounded) -> bool:
        """So few choices are left beside a team that was seen that better bounds on all are not worth their time."""
        good = self._incumbents(first)
        self._seen = good.first_look(earlier, gaps)
        if self._certificate is not None or self._seen.team is None:
            return good.better_than(self._seen) <= _SETTLED
        self._least = self._seen.units - self._scoring.constant - self._seen.units // MARGIN
        fewer = first.above(self._least)
        if len(fewer.labels) > len(first.labels) // 2:
            return False
        self._narrow = self._among_these(fewer.tightened(self._problem, self._scoring, self._work, self._least, SWEEPS))
        return True

    def _among_these(self, fewer: Bounded) -> "_Pool":
        pool = _Pool(self._problem, self._scoring, fewer.labels, self._work)
        pool._bounds = fewer
        return pool

    def _among(self, everybody: Bounded, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        """The best team where the bounds are those of more choices, and may be far too high for these."""
        constant, fewer = self._scoring.constant, everybody
        for sweep in range(_FURTHER_SWEEPS + 1):
            fewer = fewer.above(known.units - constant)
            if len(fewer.labels) > SMALL and fewer.labels.complete and (known.team is None or sweep == 1):
                known = _better(known, self._quick_look(fewer, earlier, gaps))
                fewer = fewer.above(known.units - constant)
            if not fewer.labels.complete:
                return known
            if len(fewer.labels) <= SMALL or sweep == _FURTHER_SWEEPS:
                break
            hopeless = sweep > 1 and len(fewer.labels) > LARGEST and self._work.left < _WHOLE_NODES
            if hopeless and known.team is not None:
                return Found(known.team, known.units, max(known.units, fewer.ceiling + constant), cut=True)
            fewer = fewer.tightened(self._problem, self._scoring, self._work, known.units - constant)
        return self._among_these(fewer).best(earlier, gaps, known)

    def _quick_look(self, choices: Bounded, earlier: Sequence[Team], gaps: int) -> Found:
        """A good team, if there is one, among the most promising choices."""
        few = choices.only(most_promising(choices.labels, choices.bounds, _QUICK_LOOK))
        return self._incumbents(few).team(earlier, gaps, SMALL, _NONE)

    def _floor(self, good: Incumbents, earlier: Sequence[Team], gaps: int, known: Found) -> int:
        """What the last of the wanted teams will be worth, as far as a quick look can tell."""
        teams, floor = list(earlier), known.units
        for _ in range(min(_GUESSES, self._problem.teams - len(earlier) - 1)):
            if known.team is None:
                break
            teams.append(known.team)
            known = good.team(teams, gaps, len(self.labels), _NONE)
            floor = min(floor, known.units)
        return floor

    def _part(self, bounds: Units, moved: Units, floor: int) -> Part:
        kept = bounds >= floor
        labels = self.labels.where(kept)
        if self._certificate is not None:
            labels = labels.recorded()
        return Part(labels, moved[:, kept], bounds[kept], int(bounds.max()), len(bounds))

    def _recorded(self, labels: Labels, earlier: Sequence[Team], gaps: int) -> Labels:
        """The labels with a record of what is proven about them, where a certificate is wanted."""
        if self._certificate is None:
            return labels
        labels = labels.recorded()
        self._record(labels, earlier, gaps)
        return labels

    def _record(self, labels: Labels, earlier: Sequence[Team], gaps: int) -> None:
        if self._certificate is not None and labels.record is not None:
            prices = () if self._bounds is None else self._bounds.prices
            proof = Proof(len(earlier), gaps, prices, self._everybody, labels.record)
            self._certificate.proofs.append(proof)

    def _search(self, labels: Labels, moved: Units | None, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        board = Board(self._problem, self._scoring, labels, moved)
        board.tighten(self._work, known.units - self._scoring.constant, _BOARD_SWEEPS)
        search = Search(self._problem, self._scoring, board, self._work, gaps)
        return search.best(earlier, self._problem.min_difference, known, self._scoring.constant)


def _better(one: Found, other: Found) -> Found:
    """The team with more units, of two alike the one that comes first."""
    if one.team is None or other.team is None or one.units != other.units:
        return max(one, other, key=lambda found: found.units)
    return min(one, other, key=lambda found: found.team or ())
