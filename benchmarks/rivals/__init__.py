"""What somebody might use instead of the engine, on the same objective: a module each, all with `solve`."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from benchmarks.objective import Answer, Objective, PortfolioAnswer
from staffing.portfolio.problem import Portfolio

RIVALS = {
    "cpsat": "ortools",
    "highs": "scipy",
    "toulbar2": "pytoulbar2",
    "networkx": "networkx",
    "greedy": "numpy",
}
"""Name and the package that it needs."""
PROVING = ("cpsat", "highs", "toulbar2")
"""Those whose search ends with a proof, given the time."""
PORTFOLIO_RIVALS = {"one_by_one": "numpy", "highs": "scipy"}


def is_installed(rival: str) -> bool:
    return find_spec((RIVALS | PORTFOLIO_RIVALS)[rival]) is not None


def solve(rival: str, objective: Objective, limit: float) -> Answer:
    """The rival's team within about `limit` seconds of search on one thread."""
    module = import_module(f"benchmarks.rivals.{rival}_rival")
    return cast("Callable[[Objective, float], Answer]", module.solve)(objective, limit)


def solve_portfolio(rival: str, portfolio: Portfolio, limit: float) -> PortfolioAnswer:
    """The rival's teams for all projects, within about `limit` seconds of search on one thread."""
    module = import_module(f"benchmarks.rivals.portfolio_{rival}")
    return cast("Callable[[Portfolio, float], PortfolioAnswer]", module.solve)(portfolio, limit)
