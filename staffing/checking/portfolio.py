"""Whether the answer to a portfolio keeps its word: every team's own rules and figures, everybody's weeks, the total.

That no other answer is worth more than `bound` is not checked: it is only looked at whether the bound is high enough
for the answer itself.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from staffing.checking.eligibility import Eligible
from staffing.checking.figures import Figures
from staffing.checking.keeping import Keeping, Team
from staffing.checking.stated import StatedTeam
from staffing.checking.verdict import Fault, Refused, Verdict
from staffing.checking.worth import Worth
from staffing.problem import Problem
from staffing.terms import FULL_UNITS


class PortfolioProject(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def problem(self) -> Problem: ...
    @property
    def priority(self) -> Fraction: ...


class AnyPortfolio(Protocol):
    @property
    def projects(self) -> Sequence[PortfolioProject]: ...


class StatedProject(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def seats(self) -> tuple[tuple[str, int], ...]: ...
    @property
    def team(self) -> StatedTeam | None: ...
    @property
    def worth(self) -> Fraction: ...


class StatedPortfolio(Protocol):
    @property
    def projects(self) -> Sequence[StatedProject]: ...
    @property
    def total(self) -> Fraction: ...
    @property
    def bound(self) -> Fraction: ...


def check_portfolio(portfolio: AnyPortfolio, result: StatedPortfolio) -> Verdict:
    """Whether every team keeps its rules and figures, nobody's weeks are overfull, and the total is that of the teams.

    A project without a team counts nothing. `Verdict.project` says which project is at fault.
    """
    try:
        _check(portfolio, result)
    except Refused as refused:
        return refused.verdict
    return Verdict()


def _check(portfolio: AnyPortfolio, result: StatedPortfolio) -> None:
    if [project.id for project in portfolio.projects] != [stated.id for stated in result.projects]:
        raise Refused(Verdict(Fault.SEATS))
    problem = portfolio.projects[0].problem
    load = np.zeros((len(problem.people), problem.weeks), np.int64)
    total = Fraction(0)
    for project, stated in zip(portfolio.projects, result.projects, strict=True):
        try:
            total += _worth(project, stated, load)
        except Refused as refused:
            raise Refused(replace(refused.verdict, project=project.id)) from refused
    overfull = np.flatnonzero((load > problem.people.free).any(axis=1))
    if len(overfull):
        raise Refused(Verdict(Fault.OVERBOOKED, people=tuple(problem.people.ids[who] for who in overfull)))
    if result.total != total:
        raise Refused(Verdict(Fault.TOTAL, stated=float(result.total), actual=float(total)))
    if result.bound < total:
        raise Refused(Verdict(Fault.BOUND, stated=float(result.bound), actual=float(total)))


def _worth(project: PortfolioProject, stated: StatedProject, load: NDArray[np.int64]) -> Fraction:
    """What the project's team counts in the total; adds what it takes to everybody's load."""
    problem = project.problem
    if stated.seats != tuple((problem.roles[seat.role].id, seat.number) for seat in problem.seats):
        raise Refused(Verdict(Fault.SEATS))
    worth = Fraction(0)
    if stated.team is not None:
        team, units = _team(problem, stated.team)
        filled = [(n, who) for n, who in enumerate(team) if who < len(problem.people)]
        for n, who in filled:
            role = problem.roles[problem.seats[n].role]
            load[who, role.start : role.stop] += role.fte
        worth = project.priority * (Fraction(FULL_UNITS * len(filled), len(team)) + units)
    if stated.worth != worth:
        raise Refused(Verdict(Fault.TOTAL, stated=float(stated.worth), actual=float(worth)))
    return worth


def _team(problem: Problem, stated: StatedTeam) -> tuple[Team, int]:
    eligible = Eligible(problem)
    worth = Worth(eligible)
    figures = Figures(eligible, worth, Keeping(eligible))
    team = figures.people(stated)
    for fault in figures.faults(stated, team, alone=False):
        raise Refused(fault)
    return team, worth.team_units(team)
