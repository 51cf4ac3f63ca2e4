"""A plain depth-first search through the choices that are left, for a team that would contradict a claim.

It need not find the best team, only know that there is none: branches whose bound is below the claim, that no team can
be made of under the rules, or all of whose teams come later in the order of ids, are left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from staffing.checking.eligibility import NO_NEED
from staffing.checking.keeping import Keeping, Team
from staffing.checking.space import IMPOSSIBLE, Bounded
from staffing.checking.table import HOPELESS, Mask
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Index, Units

NOTHING = -(1 << 60)
"""Below every team."""
_BATCH = 256
_FAR = 1 << 60


@dataclass(eq=False)
class Claim:
    """That no allowed team is better than some units, or as good and first in the order of ids."""

    units: int
    """No team is worth more."""
    team: Team | None
    """None: nor is any worth as much."""
    earlier: tuple[Team, ...]
    """Teams that others must differ from."""
    gaps: int
    """Of teams with exactly so many empty seats."""
    place: int
    """In the answer, from 0."""

    def target(self) -> int:
        """A team must be worth this to contradict."""
        return self.units if self.team is not None or self.units == NOTHING else self.units + 1


@dataclass
class Patience:
    """How many branches may be looked at before a check gives up."""

    left: int

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Refused(Verdict(Fault.UNDECIDED))


@dataclass(frozen=True, eq=False)
class _Branch:
    chosen: tuple[int, ...]
    open: Index
    fixed: int
    gain: Units
    members: frozenset[int] = field(default=frozenset())


class Exhausting:
    """Looks through one space for a team that contradicts a claim."""

    def __init__(self, bounded: Bounded, keeping: Keeping, claim: Claim, least: int, patience: Patience) -> None:
        """`least`: in how many members teams must differ."""
        space = bounded.space
        self._bounded = bounded
        self._rules = rules = space.rules
        self._problem = rules.problem
        self._keeping = keeping
        self._claim = claim
        self._least = least
        self._patience = patience
        self._starts = space.starts[:-1]
        self._seat, self._person = space.seat, space.person
        self._empty = rules.eligible.count
        self._target = max(claim.target() - rules.worth.common, IMPOSSIBLE // 2)
        self._in_order = rules.one_seat_each and not self._problem.rules.locks and not claim.gaps
        self._quotas = self._needed()
        self._cost = self._costs() if self._problem.rules.budget is not None else None
        self._load = self._loads()
        self._learns = np.array(
            [
                NO_NEED if who == self._empty else rules.eligible.by_role[self._problem.seats[seat].role][1][who]
                for seat, who in zip(self._seat.tolist(), self._person.tolist(), strict=True)
            ],
            np.int16,
        )
        self._teachers: dict[tuple[int, int], Mask] = {}

    @cached_property
    def _left(self) -> Units:
        """(choices, choices) what is left of every pair after the moves."""
        tabled = replace(self._bounded, space=self._bounded.space.tabled())
        assert tabled.space.known is not None
        left = tabled.residual().astype(np.int64)
        left[tabled.space.known <= HOPELESS] = IMPOSSIBLE
        return left

    def contradiction(self) -> Team | None:
        """A team that shows the claim to be wrong."""
        space = self._bounded.space
        if not space.complete:
            return None
        seats = np.arange(space.seats)
        return self._below(_Branch((), seats, 0, self._bounded.merit.astype(np.int64)))

    # -- the search
    def _below(self, branch: _Branch) -> Team | None:
        gain = self._closed(branch)
        peaks = np.maximum.reduceat(gain, self._starts)
        upper = branch.fixed + int(peaks[branch.open].sum())
        ceiling = upper - self._loss(branch, gain, peaks)
        if ceiling < self._target:
            return None
        is_open = np.zeros(len(peaks), bool)
        is_open[branch.open] = True
        alive = is_open[self._seat] & (gain >= (peaks + (self._target - upper))[self._seat]) & (gain > IMPOSSIBLE // 2)
        if ceiling == self._target and not self._may_precede(branch, alive):
            return None
        if not self._may_keep(branch, alive):
            return None
        counts = np.add.reduceat(alive.astype(np.intp), self._starts)
        seat = int(branch.open[np.argmin(counts[branch.open])])
        choices = np.flatnonzero(alive & (self._seat == seat))
        return self._among(branch, gain, choices, branch.open[branch.open != seat])

    def _among(self, branch: _Branch, gain: Units, choices: Index, rest: Index) -> Team | None:
        for start in range(0, len(choices), _BATCH):
            batch = choices[start : start + _BATCH]
            self._patience.spend(len(batch))
            fixed = branch.fixed + gain[batch]
            if not len(rest):
                for label in batch[fixed >= self._target]:
                    found = self._whole((*branch.chosen, int(label)))
                    if found is not None:
                        return found
                continue
            gains = gain + self._left[batch]
            bounds = fixed + np.maximum.reduceat(gains, self._starts, axis=1)[:, rest].sum(axis=1)
            for n in np.flatnonzero(bounds >= self._target):
                label = int(batch[n])
                members = branch.members | ({int(self._person[label])} - {self._empty})
                found = self._below(_Branch((*branch.chosen, label), rest, int(fixed[n]), gains[n], members))
                if found is not None:
                    return found
        return None

    def _whole(self, chosen: Sequence[int]) -> Team | None:
        """The team of these choices, if it contradicts the claim."""
        seated = dict(zip(self._seat[list(chosen)].tolist(), self._person[list(chosen)].tolist(), strict=True))
        team = self._keeping.canonical([seated[seat] for seat in range(len(seated))])
        claim = self._claim
        if team in claim.earlier or any(self._keeping.distance(team, other) < self._least for other in claim.earlier):
            return None
        if team.count(self._empty) > claim.gaps or not self._keeping.keeps(team):
            return None
        units = self._rules.worth.team_units(team)
        first = units == claim.units and claim.team is not None and team < claim.team
        return team if units > claim.units or first else None

    # -- equal scores
    def _may_precede(self, branch: _Branch, alive: Mask) -> bool:
        """A team as good as the claimed one may come before it."""
        if self._claim.team is None:
            return True
        people = np.minimum.reduceat(np.where(alive, self._person, self._empty), self._starts)
        for label in branch.chosen:
            people[self._seat[label]] = self._person[label]
        first = people.tolist()
        if not self._in_order:
            return self._keeping.canonical(first) < self._claim.team
        taken: set[int] = set(branch.members)
        for seat in branch.open.tolist():
            if first[seat] in taken:
                own = self._person[alive & (self._seat == seat)].tolist()
                first[seat] = next((who for who in own if who not in taken), self._empty)
            taken.add(first[seat])
        return tuple(first) < self._claim.team

    # -- rules about several choices
    def _closed(self, branch: _Branch) -> Units:
        """The gains, with what the last choice leaves no leave, time or place for taken out."""
        gain, rules = branch.gain, self._problem.rules
        if not branch.chosen:
            return gain
        shut = np.zeros(len(gain), bool)
        if rules.max_people is not None and len(branch.members) >= rules.max_people:
            shut |= ~np.isin(self._person, [*branch.members, self._empty])
        who = int(self._person[branch.chosen[-1]])
        if rules.max_seats_per_person > 1 and who != self._empty:
            held = [int(self._seat[label]) for label in branch.chosen if self._person[label] == who]
            room = self._problem.people.free[who] - self._load[held].sum(axis=0)
            fits = ((self._load <= room) | (self._load == 0)).all(axis=1)
            if len(held) >= rules.max_seats_per_person:
                fits[:] = False
            shut |= (self._person == who) & ~fits[self._seat]
        return np.where(shut, IMPOSSIBLE, gain)

    def _loads(self) -> Units:
        """(seats, weeks) share that each seat takes."""
        load = np.zeros((len(self._problem.seats), self._problem.weeks), np.int64)
        for row, seat in zip(load, self._problem.seats, strict=True):
            role = self._problem.roles[seat.role]
            row[role.start : role.stop] = role.fte
        return load

    def _needed(self) -> list[tuple[Mask, frozenset[int] | None, int, bool]]:
        """Choices of which some are needed: which, whose they are, how many, and whether earlier teams ask for it."""
        eligible, count = self._rules.eligible, len(self._problem.seats)
        quotas: list[tuple[Mask, frozenset[int] | None, int, bool]] = []
        for wish in self._problem.rules.team_skills:
            able = np.append(eligible.levels[wish.skill] >= wish.level, False)[self._person]
            quotas.append((able, frozenset(self._person[able].tolist()), wish.people, False))
        if self._claim.gaps:
            quotas.append((self._person != self._empty, None, count - self._claim.gaps, False))
        for other in self._claim.earlier if self._least else ():
            members = self._keeping.members(other)
            strangers = ~np.isin(self._person, [*members, self._empty])
            quotas.append((strangers, members, self._least, True))
        return quotas

    def _owed(self, branch: _Branch, people: frozenset[int] | None, wanted: int, is_difference: bool) -> int:
        """How many of the needed choices the open seats still have to bring."""
        if people is None:
            return wanted - sum(int(self._person[label]) != self._empty for label in branch.chosen)
        if not is_difference:
            return wanted - len(branch.members & people)
        if self._rules.one_seat_each:
            size = len(self._problem.seats) - self._claim.gaps
            return wanted - max(0, len(people) - size) - len(branch.members - people)
        return 0 if len(people - branch.members) >= wanted else wanted - len(branch.members - people)

    def _loss(self, branch: _Branch, gain: Units, peaks: Units) -> int:
        """Units that the open seats lose at least because some must bring needed choices."""
        loss, seats = 0, branch.open
        for needed, people, wanted, is_difference in self._quotas:
            owed = self._owed(branch, people, wanted, is_difference)
            if owed > len(seats):
                return _FAR
            if owed > 0:
                best = np.maximum.reduceat(np.where(needed, gain, IMPOSSIBLE), self._starts)[seats]
                loss = max(loss, int(np.sort(peaks[seats] - best)[:owed].sum()))
        return loss

    def _may_keep(self, branch: _Branch, alive: Mask) -> bool:
        """The rules may still be kept, as far as can be told before the team is complete."""
        owing = [(self._owed(branch, *quota[1:]), alive & quota[0]) for quota in self._quotas]
        owing = [(owed, needed) for owed, needed in owing if owed > 0]
        if any(self._seats_with(branch, needed) < owed for owed, needed in owing):
            return False
        for (one, needed), (other, needed_too) in combinations(owing, 2):
            both = one + other - len(branch.open)
            if both > 0 and self._seats_with(branch, needed & needed_too) < both:
                return False
        return self._may_pay(branch, alive) and self._may_learn(branch, alive) and self._may_be_few(branch, alive)

    def _seats_with(self, branch: _Branch, wanted: Mask) -> int:
        return int(np.logical_or.reduceat(wanted, self._starts)[branch.open].sum())

    def _costs(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        roles = [self._problem.roles[seat.role] for seat in self._problem.seats]
        effort = np.array([role.fte / self._problem.share_scale * role.weeks for role in roles])
        return np.asarray(np.append(self._problem.people.cost, 0.0)[self._person] * effort[self._seat])

    def _may_pay(self, branch: _Branch, alive: Mask) -> bool:
        budget = self._problem.rules.budget
        if budget is None or self._cost is None:
            return True
        least = np.minimum.reduceat(np.where(alive, self._cost, np.inf), self._starts)[branch.open].sum()
        spent = float(self._cost[list(branch.chosen)].sum() + least)
        return spent <= budget + 1e-6 * (1 + abs(budget))

    def _may_learn(self, branch: _Branch, alive: Mask) -> bool:
        for label in branch.chosen:
            place = int(self._learns[label])
            if place == NO_NEED:
                continue
            learner, role_at = int(self._person[label]), self._problem.seats[int(self._seat[label])].role
            able = self._able(role_at, place) & (self._person != learner)
            if not able[list(branch.chosen)].any() and not (able & alive).any():
                return False
        return True

    def _able(self, role_at: int, place: int) -> Mask:
        if (role_at, place) not in self._teachers:
            skill = self._problem.roles[role_at].needs[place].skill
            able = self._rules.eligible.levels[skill] >= self._rules.eligible.mentor_level(role_at, place)
            self._teachers[role_at, place] = np.append(able, False)[self._person]
        return self._teachers[role_at, place]

    def _may_be_few(self, branch: _Branch, alive: Mask) -> bool:
        most = self._problem.rules.max_people
        if most is None:
            return True
        ours = np.isin(self._person, [*branch.members, self._empty])
        others = len(branch.open) - self._seats_with(branch, alive & ours)
        return others <= (most - len(branch.members)) * self._problem.rules.max_seats_per_person
