"""The instances by name: what each name stands for, at any seed."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from benchmarks.organisations import organisation
from benchmarks.portfolios import portfolio
from staffing import Need, Problem, Ratings, Role, Rules
from staffing.portfolio.problem import Portfolio


class Flaw(StrEnum):
    """Why a problem has no team."""

    NOBODY = "nobody"
    """A role asks for a skill that nobody has."""
    RIVALS = "rivals"
    """Two roles ask for a skill that only one person has."""
    BUDGET = "budget"
    """The cheapest eligible people together cost more than there is."""


@dataclass(frozen=True)
class Instance:
    """A staffing problem for each seed."""

    name: str
    people: int
    seats: int
    cohesion: float = 20.0
    scarce: bool = False
    flaw: Flaw | None = None
    rivals: tuple[str, ...] = ()
    """Who else is asked for the best team."""

    @property
    def questioned(self) -> bool:
        """Questions about the answer are measured too."""
        return self.name in {"team-10000x12", "team-10000x12-scarce"}

    def problem(self, seed: int) -> Problem:
        whole = organisation(self.people, self.seats, seed, cohesion=self.cohesion, scarce=self.scarce)
        return whole if self.flaw is None else _FLAWS[self.flaw](whole)


@dataclass(frozen=True)
class PortfolioInstance:
    """A portfolio for each seed."""

    name: str
    projects: int
    seats: int
    """Of each project."""
    people: int
    cohesion: float = 20.0
    scarce: bool = False

    @property
    def rivals(self) -> tuple[str, ...]:
        return ("one_by_one",) if self.cohesion else ("one_by_one", "highs")

    def problem(self, seed: int) -> Portfolio:
        return portfolio(self.projects, self.seats, self.people, seed, cohesion=self.cohesion, scarce=self.scarce)


def _ask_for_rare(problem: Problem, roles: int, holders: int) -> Problem:
    """The first roles ask for a skill with this many holders, who are free for all of them, and for nothing else."""
    asking = problem.roles[:roles]
    free = problem.people.free
    able = np.all([free[:, role.start : role.stop].min(axis=1) >= role.fte for role in asking], axis=0)
    who = np.flatnonzero(able)[:holders].astype(np.int32)
    rare = Ratings(who, np.full(len(who), 4, np.int8), np.ones(len(who)))
    changed = tuple(replace(role, needs=(Need("rare", 3),), seats=1) for role in asking)
    return replace(problem, roles=(*changed, *problem.roles[roles:]), ratings={**problem.ratings, "rare": rare})


def _too_small_budget(problem: Problem) -> Problem:
    least = sum(_cheapest(problem, role) for role in problem.roles)
    return replace(problem, rules=Rules(budget=round(0.9 * least, 2)))


def _cheapest(problem: Problem, role: Role) -> float:
    able = problem.people.free[:, role.start : role.stop].min(axis=1) >= role.fte
    for need in role.needs:
        if need.must:
            held = problem.ratings[need.skill]
            has = np.zeros(len(able), bool)
            has[held.people[held.level >= need.level]] = True
            able &= has
    effort = role.fte / problem.share_scale * role.weeks
    return float(np.sort(problem.people.cost[able])[: role.seats].sum()) * effort


_FLAWS = {
    Flaw.NOBODY: lambda problem: _ask_for_rare(problem, 1, 0),
    Flaw.RIVALS: lambda problem: _ask_for_rare(problem, 2, 1),
    Flaw.BUDGET: _too_small_budget,
}


_ALL = ("cpsat", "highs", "toulbar2", "networkx", "greedy")
_RACES = {
    "team-200x5": _ALL,
    "team-200x5-cohesion50": _ALL,
    "team-1000x8": _ALL,
    "team-1000x8-cohesion50": _ALL,
    "team-1000x8-cohesion70": _ALL,
    "team-1000x8-scarce": _ALL,
    "team-10000x5": _ALL,
    "team-10000x12": _ALL,
    "team-10000x12-scarce": _ALL,
    "team-10000x12-cohesion50": _ALL,
    "team-100000x12": ("networkx", "greedy"),
}
"""Where others take part; at 100,000 people only those whose memory and time to state the problem suffice."""


def _team(people: int, seats: int, cohesion: float = 20.0, *, scarce: bool = False) -> Instance:
    name = f"team-{people}x{seats}"
    name += f"-cohesion{cohesion:.0f}" if cohesion != 20.0 else ""
    name += "-scarce" if scarce else ""
    return Instance(name, people, seats, cohesion, scarce, rivals=_RACES.get(name, ()))


TEAMS = (
    _team(200, 5),
    _team(200, 5, 50),
    _team(200, 5, 70),
    _team(1_000, 8),
    _team(1_000, 8, 50),
    _team(1_000, 8, 70),
    _team(1_000, 8, scarce=True),
    *(_team(10_000, seats) for seats in (5, 8, 12, 16, 20)),
    *(_team(10_000, 12, cohesion, scarce=True) for cohesion in (20, 50, 70)),
    *(_team(10_000, 5, cohesion) for cohesion in (50, 70)),
    *(_team(10_000, 12, cohesion) for cohesion in (50, 70)),
    _team(100_000, 12),
    _team(100_000, 20),
    _team(100_000, 12, scarce=True),
    _team(100_000, 12, 50),
)
INFEASIBLE = tuple(
    Instance(f"infeasible-{flaw}-{people}x12", people, 12, flaw=flaw) for people in (10_000, 100_000) for flaw in Flaw
)
PORTFOLIOS = (
    PortfolioInstance("portfolio-20x5-1000", 20, 5, 1_000),
    PortfolioInstance("portfolio-50x6-1000", 50, 6, 1_000),
    PortfolioInstance("portfolio-50x6-10000", 50, 6, 10_000),
    PortfolioInstance("portfolio-50x6-10000-cohesion50", 50, 6, 10_000, cohesion=50.0),
    PortfolioInstance("portfolio-50x6-10000-scarce", 50, 6, 10_000, scarce=True),
    PortfolioInstance("portfolio-50x6-10000-linear", 50, 6, 10_000, cohesion=0.0),
)
INSTANCES: dict[str, Instance | PortfolioInstance] = {
    **{instance.name: instance for instance in (*TEAMS, *INFEASIBLE)},
    **{instance.name: instance for instance in PORTFOLIOS},
}
