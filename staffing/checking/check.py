"""The door of the checker: a problem, its answer and the certificate in, a verdict out."""

from collections.abc import Iterator
from dataclasses import replace

from staffing.certificate import Certificate
from staffing.checking.conflicts import Reasons
from staffing.checking.eligibility import Eligible
from staffing.checking.exhausting import NOTHING, Claim, Patience
from staffing.checking.figures import Figures
from staffing.checking.keeping import Keeping, Team
from staffing.checking.proving import Proving
from staffing.checking.stated import StatedResult, StatedTeam
from staffing.checking.table import PairRules
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Worth
from staffing.problem import Problem
from staffing.terms import Status

PATIENCE = 5_000_000
"""Branches that are looked at before a check gives up with `UNDECIDED`; the engine's own limit is far below."""


def check(
    problem: Problem, result: StatedResult, certificate: Certificate | None, *, patience: int = PATIENCE
) -> Verdict:
    """Whether the answer is what it claims to be, by its figures, by every rule, and by proof.

    A proven team must be the best in its place, a bound must hold, and where fewer teams are given than were asked for,
    or none, there must be no other. Nothing in the answer or in the certificate is believed; a certificate that does
    not prove the answer makes the check refuse it, never accept a wrong one.
    """
    try:
        _Check(problem, result, certificate, patience).run()
    except Refused as refused:
        return refused.verdict
    return Verdict()


class _Check:
    def __init__(self, problem: Problem, result: StatedResult, certificate: Certificate | None, patience: int) -> None:
        eligible = Eligible(problem)
        self._problem = problem
        self._result = result
        self._patience = Patience(patience)
        self._worth = Worth(eligible)
        self._keeping = Keeping(eligible)
        self._figures = Figures(eligible, self._worth, self._keeping)
        self._rules = PairRules(eligible, self._worth)
        self._proving = Proving(self._rules, self._keeping, certificate, self._patience)

    def run(self) -> None:
        stated = self._result.teams
        if len(stated) > self._problem.teams:
            raise Refused(Verdict(Fault.COUNT, stated=len(stated), actual=self._problem.teams))
        teams: list[Team] = []
        for place, one in enumerate(stated):
            for fault in self._team(one, teams):
                raise Refused(replace(fault, team=place + 1))
        self._status(teams)
        claims = list(self._claims(teams))
        if self._result.infeasible is not None and Reasons(self._rules, self._patience).hold(self._result.infeasible):
            claims = [claim for claim in claims if claim.gaps]
        self._proving.prove(claims)

    def _team(self, stated: StatedTeam, earlier: list[Team]) -> Iterator[Verdict]:
        """What is wrong with a team and its place; adds it to the earlier ones."""
        try:
            team = self._figures.people(stated)
        except Refused as refused:
            yield refused.verdict
            return
        yield from self._figures.faults(stated, team)
        least = self._problem.min_difference
        for other in earlier:
            if team == other or self._keeping.distance(team, other) < least:
                yield Verdict(Fault.DIFFERENCE, stated=least, actual=self._keeping.distance(team, other))
        if earlier and self._rank(team) < self._rank(earlier[-1]):
            yield Verdict(Fault.RANK)
        earlier.append(team)

    def _rank(self, team: Team) -> tuple[int, int, Team]:
        """Most seats filled first, then the score, then the order of ids."""
        return self._gaps(team), -self._worth.team_units(team), team

    def _gaps(self, team: Team) -> int:
        return team.count(len(self._problem.people))

    def _status(self, teams: list[Team]) -> None:
        """The status is what teams and proofs make it."""
        status, proven = self._result.status, all(stated.proven for stated in self._result.teams)
        fitting = {
            Status.OPTIMAL: bool(teams) and proven and not self._gaps(teams[0]),
            Status.PARTIAL: bool(teams) and proven and self._gaps(teams[0]) > 0,
            Status.INFEASIBLE: not teams,
            Status.LIMIT: True,
        }
        if not fitting[status] or (status is Status.INFEASIBLE) != (self._result.infeasible is not None):
            raise Refused(Verdict(Fault.STATUS, name=status.value))

    def _claims(self, teams: list[Team]) -> Iterator[Claim]:
        """All that the answer says about teams that it does not give.

        Where the search was cut short, the last proven team may be one of several that are as good.
        """
        stated, limited = self._result.teams, self._result.status is Status.LIMIT
        proven = next((n for n, one in enumerate(stated) if not one.proven), len(stated))
        full = 0
        """Fewest gaps that a team can have, as claimed so far."""
        for place, team in enumerate(teams[:proven]):
            earlier, gaps = tuple(teams[:place]), self._gaps(team)
            if limited and place == proven - 1:
                yield from self._bounded(teams, place, stated[place].bound)
                break
            for fewer in range(full, gaps):
                yield Claim(NOTHING, None, earlier, fewer, place)
            full = gaps
            yield Claim(stated[place].units, team, earlier, gaps, place)
        if not limited:
            most = len(self._problem.seats) if self._problem.rules.allow_gaps else 0
            for gaps in range(full, most + 1) if len(teams) < self._problem.teams else ():
                yield Claim(NOTHING, None, tuple(teams), gaps, len(teams))
        elif proven < len(teams):
            yield from self._unproven(teams, proven)

    def _unproven(self, teams: list[Team], proven: int) -> Iterator[Claim]:
        stated, bound = self._result.teams, self._result.teams[proven].bound
        for place in range(proven, len(teams)):
            if stated[place].bound < bound:
                raise Refused(Verdict(Fault.BOUND, team=place + 1, stated=stated[place].bound, actual=bound))
        if not proven or stated[proven - 1].bound > bound:
            yield from self._bounded(teams, proven, bound)

    def _bounded(self, teams: list[Team], place: int, bound: int) -> Iterator[Claim]:
        """No team in this place is worth more, were it with as few gaps or fewer."""
        for gaps in range(self._gaps(teams[place]) + 1):
            yield Claim(bound, None, tuple(teams[:place]), gaps, place)
