"""Portfolios: several projects that draw on one random organisation at the same time."""

from fractions import Fraction

from benchmarks.organisations import WEEKS, Organisation, cohesion_weights
from staffing import Problem, Rules, TrackPrior
from staffing.portfolio.problem import Portfolio, Project

PRIORITIES = ("0.5", "1", "1", "1", "2", "3")


def portfolio(projects: int, seats: int, people: int, seed: int, *, cohesion: float, scarce: bool = False) -> Portfolio:
    """Projects with this many seats each, all over the same year; seats may stay empty."""
    whole = Organisation(people, seed)
    rng = whole.stream(11)
    roles = [whole.roles(seats, project, scarce=scarce) for project in range(projects)]
    ratings, goals = whole.columns(tuple(role for own in roles for role in own))
    return Portfolio(
        tuple(
            Project(
                id=f"project-{project + 1:03}",
                problem=Problem(
                    weeks=WEEKS,
                    people=whole.people,
                    roles=own,
                    ratings=ratings,
                    goals=goals,
                    ties=whole.ties,
                    communication=whole.communication(own, project),
                    weights=cohesion_weights(cohesion),
                    cost_range=(300, 1200),
                    track_prior=TrackPrior(0.7, 4),
                    rules=Rules(allow_gaps=True),
                ),
                priority=Fraction(str(rng.choice(PRIORITIES))),
            )
            for project, own in enumerate(roles)
        )
    )


def total(portfolio: Portfolio, teams: list[tuple[int, int]]) -> Fraction:
    """What filled seats and units of each project's team come to, by priority."""
    return sum(
        (
            project.priority * (Fraction(1_000_000 * filled, len(project.problem.seats)) + units)
            for project, (filled, units) in zip(portfolio.projects, teams, strict=True)
        ),
        Fraction(0),
    )
