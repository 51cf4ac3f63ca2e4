"""Several projects, one pool of people: a team for each, together proven or within a certified bound.

Its door is `staffing`, like that of the rest of the engine.
"""

from staffing.portfolio.answer import PortfolioResult, ProjectAnswer, Staffing
from staffing.portfolio.competition import CapacityPrice, Competition
from staffing.portfolio.problem import Portfolio, Project
from staffing.portfolio.propose import propose_portfolio
from staffing.portfolio.reading import read_portfolio

__all__ = [
    "CapacityPrice",
    "Competition",
    "Portfolio",
    "PortfolioResult",
    "Project",
    "ProjectAnswer",
    "Staffing",
    "propose_portfolio",
    "read_portfolio",
]
