"""Whether a stated team is one, and whether its figures are those of its people."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from staffing.checking.eligibility import Eligible
from staffing.checking.keeping import Keeping, Team
from staffing.checking.stated import StatedAssignment, StatedTeam
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Worth
from staffing.terms import SEAT_MEASURES, Measure, Vacancy

_TOLERANCE = 1e-6
"""Of measures and points, which are stated in floating point."""


class Figures:
    """Checks the teams of one problem, one by one."""

    def __init__(self, eligible: Eligible, worth: Worth, keeping: Keeping) -> None:
        self._eligible = eligible
        self._worth = worth
        self._keeping = keeping
        self._problem = eligible.problem
        self._seats = [(self._problem.roles[seat.role].id, seat.number) for seat in self._problem.seats]

    def people(self, stated: StatedTeam) -> Team:
        """The team's people in seat order; `Refused` when it is no team of this problem."""
        if [(seat.role, seat.seat) for seat in stated.assignments] != self._seats:
            raise Refused(Verdict(Fault.SEATS))
        team = []
        for seat in stated.assignments:
            if seat.person is not None and seat.person not in self._problem.position:
                raise Refused(Verdict(Fault.PERSON, seats=((seat.role, seat.seat),), people=(seat.person,)))
            team.append(self._eligible.count if seat.person is None else self._problem.position[seat.person])
        return tuple(team)

    def faults(self, stated: StatedTeam, team: Team, *, alone: bool = True) -> Iterator[Verdict]:
        """What is wrong with the team on its own; among others' teams, bound and vacancies are not its own."""
        if team != self._keeping.canonical(team):
            yield Verdict(Fault.ORDER)
        yield from self._keeping.faults(team)
        for n, seat in enumerate(stated.assignments):
            if seat.person is not None:
                yield from self._seat(seat, team, n)
            elif alone:
                yield from self._empty(seat, team, n)
        yield from self._pairs(stated, team)
        yield from self._whole(stated, team)
        if alone and (stated.bound < stated.units or stated.proven != (stated.bound == stated.units)):
            yield Verdict(Fault.BOUND, stated=stated.bound, actual=stated.units)

    def _seat(self, stated: StatedAssignment, team: Team, n: int) -> Iterator[Verdict]:
        role_at, who = self._problem.seats[n].role, team[n]
        place = (stated.role, stated.seat)
        skill, mentor = self._keeping.mentor(team, n) or (None, None)
        named = None if mentor is None else self._problem.people.ids[mentor]
        if (stated.stretch, stated.mentor) != (skill, named):
            yield Verdict(Fault.MENTOR, seats=(place,), people=(stated.person, stated.mentor), name=skill)
        units = self._worth.seat_units(role_at, who)
        if stated.units != units or int(self._worth.units_by_role[role_at][who]) != units:
            yield Verdict(Fault.UNITS, seats=(place,), stated=stated.units, actual=units)
        measures = self._worth.measures(role_at, who)
        points: dict[Measure, Fraction] = {
            name: 100 * self._worth.weight[name] * measures[name] / len(self._seats) for name in SEAT_MEASURES
        }
        for stating, actual in ((stated.measures, measures), (stated.points, points)):
            yield from _compared(stating, actual, (place,))
        if stated.vacancy is not None:
            yield Verdict(Fault.VACANCY, seats=(place,))

    def _empty(self, stated: StatedAssignment, team: Team, n: int) -> Iterator[Verdict]:
        eligible = self._eligible.by_role[self._problem.seats[n].role][0]
        reason = Vacancy.NOBODY
        if eligible.any():
            others = eligible.copy()
            others[sorted(self._keeping.members(team))] = False
            reason = Vacancy.RULE if others.any() else Vacancy.TAKEN
        blank = (stated.mentor, stated.stretch, stated.units) == (None, None, 0)
        if stated.vacancy is not reason or not blank or stated.measures or stated.points:
            yield Verdict(Fault.VACANCY, seats=((stated.role, stated.seat),))

    def _pairs(self, stated: StatedTeam, team: Team) -> Iterator[Verdict]:
        filled = [n for n, who in enumerate(team) if who != self._eligible.count]
        if [tuple(pair.seats) for pair in stated.pairs] != list(combinations(filled, 2)):
            yield Verdict(Fault.PAIRS)
            return
        for pair in stated.pairs:
            (i, j), (a, b) = pair.seats, (team[pair.seats[0]], team[pair.seats[1]])
            places = (self._seats[i], self._seats[j])
            tie = 1.0 if a == b else self._worth.tie(a, b)
            known = tie, float(self._worth.overlap(a, b)), float(self._worth.talk[i][j])
            said = pair.tie, pair.overlap, pair.communication
            if any(abs(one - other) > _TOLERANCE for one, other in zip(said, known, strict=True)):
                yield Verdict(Fault.PAIRS, seats=places)
            units = self._worth.pair_units(self._worth.talk[i][j], self._worth.together(a, b, tie))
            if pair.units != units:
                yield Verdict(Fault.UNITS, seats=places, stated=pair.units, actual=units)

    def _whole(self, stated: StatedTeam, team: Team) -> Iterator[Verdict]:
        units = self._worth.team_units(team)
        if stated.units != units:
            yield Verdict(Fault.UNITS, stated=stated.units, actual=units)
        if stated.common != self._worth.common:
            yield Verdict(Fault.UNITS, stated=stated.common, actual=self._worth.common)
        yield from _compared(stated.measures, self.measures(team), ())

    def measures(self, team: Team) -> dict[Measure, Fraction]:
        """The six measures of a team."""
        worth, seats = self._worth, range(len(team))
        filled = [n for n in seats if team[n] != self._eligible.count]
        means: dict[Measure, Fraction] = {name: Fraction(0) for name in SEAT_MEASURES}
        for n in filled:
            for name, value in worth.measures(self._problem.seats[n].role, team[n]).items():
                means[name] += value / len(team)
        cohesion = Fraction(1)
        if worth.all_talk:
            together = (
                worth.talk[i][j] * worth.together(team[i], team[j], worth.tie(team[i], team[j]))
                for i, j in combinations(filled, 2)
            )
            cohesion = sum(together, Fraction(0)) / worth.all_talk
        return {**means, Measure.COHESION: cohesion}


def _compared(
    stated: Mapping[Measure, float], actual: Mapping[Measure, Fraction], seats: Sequence[tuple[str, int]]
) -> Iterator[Verdict]:
    if stated.keys() != actual.keys():
        yield Verdict(Fault.MEASURE, seats=tuple(seats))
        return
    for name, value in actual.items():
        if abs(stated[name] - float(value)) > _TOLERANCE:
            yield Verdict(Fault.MEASURE, seats=tuple(seats), name=name.value, stated=stated[name], actual=float(value))
