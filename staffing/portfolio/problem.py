"""Several projects that are staffed from the same people at the same time."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from staffing.problem import Problem

FORMAT = "muster-portfolio/1"


@dataclass(frozen=True, eq=False)
class Project:
    """One project. Seats of it may stay empty: `problem` allows gaps."""

    id: str
    problem: Problem
    priority: Fraction = Fraction(1)
    """Above 0: what a point of this project counts beside those of the others."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Projects over one calendar. Their problems hold the same `People`, ties, weeks and share scale."""

    projects: tuple[Project, ...]

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise ValueError(fault)

    @property
    def one(self) -> Problem:
        """Any of the problems, for what all of them share."""
        return self.projects[0].problem


def _faults(portfolio: Portfolio) -> Iterator[str]:
    if not portfolio.projects:
        yield "A portfolio needs at least one project."
    if len({project.id for project in portfolio.projects}) < len(portfolio.projects):
        yield "Two projects have the same id."
    for project in portfolio.projects:
        problem, one = project.problem, portfolio.one
        if project.priority <= 0:
            yield f"The priority of project {project.id!r} must be above 0."
        if not problem.rules.allow_gaps:
            yield f"Project {project.id!r} must allow gaps."
        if problem.people is not one.people or problem.ties is not one.ties:
            yield f"Project {project.id!r} must share people and ties with the others."
        if (problem.weeks, problem.share_scale) != (one.weeks, one.share_scale):
            yield f"Project {project.id!r} must share weeks and share scale with the others."
