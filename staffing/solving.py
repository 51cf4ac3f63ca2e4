"""From all eligible people to the next best team.

Bounds over everybody come first (`Field`), a good team next (`Incumbents`). Who cannot be on a team as good as that
drops out for certain, and a search over the rest proves the best one; where too many are left, part by part (`Cover`).
"""

from collections.abc import Sequence

from staffing.alike import without_surplus
from staffing.board import Board
from staffing.certificate import Certificate, Choices, Potentials, Proof
from staffing.field import Field
from staffing.incumbents import LARGEST, Incumbents
from staffing.parts import Cover, Part
from staffing.pricing import price_rules
from staffing.problem import Problem
from staffing.rules import Candidates
from staffing.scoring import Scoring, Units
from staffing.search import NOTHING, Found, Search
from staffing.seating import Labels, Team, overlocked, seat_labels, with_gaps
from staffing.stopping import Work

SMALL = 320
"""Labels up to which the search starts at once, with everybody on the board."""
_FIELD_SWEEPS = 8
_BOARD_SWEEPS = 15
_WHOLE_NODES = 10_000
"""Search nodes spent on all that is left at once, before it is taken apart."""
_GUESSES = 4
"""Later teams looked for beforehand, so that what is learnt about the parts serves them too."""


class Solver:
    """Finds the teams of one problem one after the other; what one team taught about bounds serves the next."""

    def __init__(
        self,
        problem: Problem,
        scoring: Scoring,
        candidates: Sequence[Candidates],
        work: Work,
        certificate: Certificate | None = None,
    ) -> None:
        """Proofs are written down in the certificate, if there is one."""
        self._certificate = certificate
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self._labels = seat_labels(problem, without_surplus(problem, scoring, candidates))
        self._gaps = 0
        """Fewest seats that have to stay empty, as far as is known."""
        self._pools: dict[bool, _Pool] = {}

    def next(self, earlier: Sequence[Team]) -> Found:
        """The best team that differs enough from the earlier ones; without a team when there is none."""
        most = self._labels.seats if self._problem.rules.allow_gaps else 0
        if overlocked(self._problem):
            return Found()
        unseen = Found()
        for gaps in range(self._gaps, most + 1):
            found = self._with_gaps(earlier, gaps)
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

    def _with_gaps(self, earlier: Sequence[Team], gaps: int) -> Found:
        pool = self._pool(gaps > 0)
        return pool.best(earlier, gaps) if pool.labels.complete else Found()

    def _pool(self, gaps: bool) -> "_Pool":
        if gaps not in self._pools:
            labels = with_gaps(self._problem, self._labels) if gaps else self._labels
            self._pools[gaps] = _Pool(self._problem, self._scoring, labels, self._work, self._certificate)
        return self._pools[gaps]


class _Pool:
    """Everybody who may sit somewhere, with a bound on the teams that each choice can be part of."""

    def __init__(
        self, problem: Problem, scoring: Scoring, labels: Labels, work: Work, certificate: Certificate | None
    ) -> None:
        self._certificate = certificate
        self._prices: tuple[float, ...] = ()
        self._everybody: Potentials | None = None
        self._problem = problem
        self._scoring = scoring
        self._work = work
        self.labels = labels
        self._bounds: Units | None = None
        self._moved: Units | None = None
        self._cover: Cover | None = None
        self._whole: Part | None = None

    def best(self, earlier: Sequence[Team], gaps: int) -> Found:
        if len(self.labels) <= SMALL:
            labels = self._recorded(self.labels, earlier, gaps)
            return self._search(labels, None, earlier, gaps, Found())
        bounds, moved = self._bounded()
        constant = self._scoring.constant
        good = Incumbents(self._problem, self._scoring, self.labels, moved, bounds, self._work)
        known = good.team(earlier, gaps, SMALL)
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
        if self._cover is None or self._whole is None or self._cover.floor > known.units - constant:
            floor = self._floor(good, earlier, gaps, known) - constant
            self._whole = self._part(bounds, moved, floor)
            self._cover = Cover(self._problem, self._scoring, self._whole, floor, self._work)
        self._record(self._whole.labels, earlier, gaps)
        return self._cover.best(earlier, gaps, known)

    def _bounded(self) -> tuple[Units, Units]:
        if self._bounds is None or self._moved is None:
            field = Field(self._problem, self._scoring, self.labels)
            field.tighten(self._work, NOTHING, _FIELD_SWEEPS)
            self._prices = price_rules(self._problem, self._scoring, field, self._work)
            if self._certificate is not None and self.labels.seats > 1:
                choices = Choices.of(field.labels.starts, field.labels.person, ~field.dead)
                self._everybody = Potentials(choices, field.moved[:, ~field.dead])
            self.labels, self._bounds, self._moved = field.labels, field.team_bounds(), field.moved
        return self._bounds, self._moved

    def _floor(self, good: Incumbents, earlier: Sequence[Team], gaps: int, known: Found) -> int:
        """What the last of the wanted teams will be worth, as far as a quick look can tell."""
        teams, floor = list(earlier), known.units
        for _ in range(min(_GUESSES, self._problem.teams - len(earlier) - 1)):
            if known.team is None:
                break
            teams.append(known.team)
            known = good.team(teams, gaps, len(self.labels))
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
            proof = Proof(len(earlier), gaps, self._prices, self._everybody, labels.record)
            self._certificate.proofs.append(proof)

    def _search(self, labels: Labels, moved: Units | None, earlier: Sequence[Team], gaps: int, known: Found) -> Found:
        board = Board(self._problem, self._scoring, labels, moved)
        board.tighten(self._work, known.units - self._scoring.constant, _BOARD_SWEEPS)
        search = Search(self._problem, self._scoring, board, self._work, gaps)
        return search.best(earlier, self._problem.min_difference, known, self._scoring.constant)
