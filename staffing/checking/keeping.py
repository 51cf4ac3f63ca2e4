"""Whether a team keeps every rule: exact, about one team at a time."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from staffing.checking.eligibility import NO_NEED, Eligible
from staffing.checking.verdict import Fault, Verdict
from staffing.checking.worth import exact
from staffing.problem import Role

Team = tuple[int, ...]
"""Positions of people in seat order; the number of people stands for an empty seat."""


class Keeping:
    """The rules of one problem, asked of whole teams."""

    def __init__(self, eligible: Eligible) -> None:
        self._eligible = eligible
        self._problem = eligible.problem
        self._empty = eligible.count
        self._locks = [
            (self._problem.role_position[role], self._problem.position[who]) for role, who in self._problem.rules.locks
        ]
        self._apart = [
            {self._problem.position[a], self._problem.position[b]} for a, b in self._problem.rules.never_together
        ]

    def canonical(self, team: Sequence[int]) -> Team:
        """Seats of one role in ascending order of person, empty ones last."""
        ordered: list[int] = []
        for role in self._problem.roles:
            ordered += sorted(team[len(ordered) : len(ordered) + role.seats])
        return tuple(ordered)

    def members(self, team: Sequence[int]) -> frozenset[int]:
        return frozenset(team) - {self._empty}

    def distance(self, one: Sequence[int], other: Sequence[int]) -> int:
        """In how many members two teams differ."""
        a, b = self.members(one), self.members(other)
        return max(len(a - b), len(b - a))

    def mentor(self, team: Sequence[int], seat: int) -> tuple[str, int | None] | None:
        """What whoever has the seat learns there, and from whom; None where nothing has to be learnt."""
        role_at, who = self._problem.seats[seat].role, team[seat]
        place = int(self._eligible.by_role[role_at][1][who])
        if place == NO_NEED:
            return None
        skill, least = self._problem.roles[role_at].needs[place].skill, self._eligible.mentor_level(role_at, place)
        levels = self._eligible.levels[skill]
        able = [other for other in self.members(team) - {who} if levels[other] >= least]
        return skill, min(able, key=lambda other: (-int(levels[other]), other), default=None)

    def keeps(self, team: Sequence[int]) -> bool:
        return next(self.faults(team), None) is None

    def faults(self, team: Sequence[int]) -> Iterator[Verdict]:
        """Every rule that the team breaks."""
        filled = [(n, who) for n, who in enumerate(team) if who != self._empty]
        for n, who in enumerate(team):
            if who == self._empty and not self._problem.rules.allow_gaps:
                yield Verdict(Fault.GAP, seats=(self._seat(n),))
        for n, who in filled:
            if not self._eligible.by_role[self._problem.seats[n].role][0][who]:
                yield Verdict(Fault.INELIGIBLE, seats=(self._seat(n),), people=self._ids(who))
                continue
            learns = self.mentor(team, n)
            if learns is not None and learns[1] is None:
                yield Verdict(Fault.MENTOR, seats=(self._seat(n),), people=self._ids(who), name=learns[0])
        yield from self._person_by_person(filled)
        yield from self._together(team, filled)

    def _person_by_person(self, filled: Sequence[tuple[int, int]]) -> Iterator[Verdict]:
        held: dict[int, list[Role]] = {}
        for n, who in filled:
            held.setdefault(who, []).append(self._problem.roles[self._problem.seats[n].role])
        for who, roles in held.items():
            if len(roles) > self._problem.rules.max_seats_per_person:
                yield Verdict(Fault.SEATS_PER_PERSON, people=self._ids(who))
            elif self._is_overbooked(who, roles):
                yield Verdict(Fault.OVERBOOKED, people=self._ids(who))
        for role_at, who in self._locks:
            if self._problem.roles[role_at] not in held.get(who, []):
                yield Verdict(Fault.LOCK, people=self._ids(who), name=self._problem.roles[role_at].id)

    def _is_overbooked(self, who: int, roles: Sequence[Role]) -> bool:
        free = self._problem.people.free[who].tolist()
        for week in sorted({role.start for role in roles} if len(free) == 1 else range(self._problem.weeks)):
            load = sum(role.fte for role in roles if role.start <= week < role.stop)
            if load > (free[0] if len(free) == 1 else free[week]):
                return True
        return False

    def _together(self, team: Sequence[int], filled: Sequence[tuple[int, int]]) -> Iterator[Verdict]:
        rules, members = self._problem.rules, self.members(team)
        for pair in self._apart:
            if pair <= members:
                yield Verdict(Fault.NEVER_TOGETHER, people=self._ids(*sorted(pair)))
        if rules.max_people is not None and len(members) > rules.max_people:
            yield Verdict(Fault.MAX_PEOPLE, stated=rules.max_people, actual=len(members))
        if rules.budget is not None:
            spent = sum((self.cost(n, who) for n, who in filled), Fraction(0))
            if spent > exact(rules.budget):
                yield Verdict(Fault.BUDGET, stated=rules.budget, actual=float(spent))
        for wish in rules.team_skills:
            able = sum(int(self._eligible.levels[wish.skill][who]) >= wish.level for who in members)
            if able < wish.people:
                yield Verdict(Fault.TEAM_SKILL, name=wish.skill, stated=wish.people, actual=able)

    def cost(self, seat: int, who: int) -> Fraction:
        """What somebody costs on a seat over its period."""
        role = self._problem.roles[self._problem.seats[seat].role]
        share = Fraction(role.fte, self._problem.share_scale)
        return exact(float(self._problem.people.cost[who])) * share * role.weeks

    def _seat(self, n: int) -> tuple[str, int]:
        seat = self._problem.seats[n]
        return self._problem.roles[seat.role].id, seat.number

    def _ids(self, *people: int) -> tuple[str, ...]:
        return tuple(self._problem.people.ids[who] for who in people)
