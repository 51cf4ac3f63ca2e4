"""One project after the other, highest priority first, each with the engine's best team of those still free."""

import time
from dataclasses import replace

import numpy as np

from benchmarks.objective import PortfolioAnswer
from benchmarks.portfolios import total
from staffing import propose
from staffing.portfolio.problem import Portfolio


def solve(portfolio: Portfolio, limit: float) -> PortfolioAnswer:
    """Needs no limit and proves nothing."""
    started, processor = time.perf_counter(), time.process_time()
    one = portfolio.one
    free = np.repeat(one.people.free, one.weeks // one.people.free.shape[1], axis=1)
    order = sorted(range(len(portfolio.projects)), key=lambda n: -portfolio.projects[n].priority)
    teams = [(0, 0)] * len(order)
    for n in order:
        left = replace(portfolio.projects[n].problem, people=replace(one.people, free=free.copy()), teams=1)
        result = propose(left)
        if not result.teams:
            continue
        best = result.teams[0]
        teams[n] = sum(who is not None for who in best.people), best.units
        for seat, who in zip(left.seats, best.people, strict=True):
            if who is not None:
                role = left.roles[seat.role]
                free[left.position[who], role.start : role.stop] -= role.fte
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    return PortfolioAnswer(float(total(portfolio, teams)), False, seconds, processor)
