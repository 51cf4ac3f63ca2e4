"""HiGHS on a linear portfolio as one program: a choice per project, role and person, everybody's weeks as rows.

Cohesion is beyond it: with a weight above 0 its total is that of its people with the pair term added afterwards.
"""

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from benchmarks.objective import PortfolioAnswer
from benchmarks.portfolios import total
from staffing.breakdown import team_units
from staffing.portfolio.problem import Portfolio
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.terms import Measure


def solve(portfolio: Portfolio, limit: float) -> PortfolioAnswer:
    started = time.perf_counter()
    model = _Model(portfolio)
    stated, processor = time.perf_counter(), time.process_time()
    result = milp(
        -model.worth,
        integrality=np.ones(len(model.worth), np.int8),
        bounds=Bounds(0, 1),
        constraints=model.constraints(),
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )
    seconds, processor = time.perf_counter() - stated, time.process_time() - processor
    linear = not any(project.problem.weights[Measure.COHESION] for project in portfolio.projects)
    reached = None if result.x is None else float(total(portfolio, model.teams(result.x)))
    return PortfolioAnswer(reached, linear and result.status == 0, seconds, processor, stated - started)


class _Model:
    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio
        self._scoring = [Scoring(project.problem) for project in portfolio.projects]
        people, project, role, worth = [], [], [], []
        for n, one in enumerate(portfolio.projects):
            seats = len(one.problem.seats)
            for r, who in enumerate(Eligibility(one.problem, self._scoring[n]).candidates):
                people.append(who.people)
                project.append(np.full(len(who.people), n))
                role.append(np.full(len(who.people), r))
                worth.append(float(one.priority) * (1_000_000 / seats + who.units))
        self._people, self._project, self._role = (np.concatenate(part) for part in (people, project, role))
        self.worth = np.concatenate(worth)

    def constraints(self) -> list[LinearConstraint]:
        return [self._seats(), self._once(), self._weeks()]

    def _seats(self) -> LinearConstraint:
        """No role has more people than seats."""
        _, first, row = np.unique(self._project * 1_000 + self._role, return_index=True, return_inverse=True)
        roles = ((self._portfolio.projects[self._project[n]].problem.roles, self._role[n]) for n in first)
        return LinearConstraint(self._sum(row), -np.inf, np.array([own[r].seats for own, r in roles], np.float64))

    def _once(self) -> LinearConstraint:
        """Nobody has two seats of one project."""
        everybody = len(self._portfolio.one.people)
        _, row = np.unique(self._project * everybody + self._people, return_inverse=True)
        return LinearConstraint(self._sum(row), -np.inf, 1.0)

    def _weeks(self) -> LinearConstraint:
        """Everybody's weeks hold; only weeks in which all their choices together would not are rows."""
        one = self._portfolio.one
        load = np.zeros((len(self.worth), one.weeks))
        for n in range(len(self.worth)):
            role = self._portfolio.projects[self._project[n]].problem.roles[self._role[n]]
            load[n, role.start : role.stop] = role.fte / one.share_scale
        blocks, room = [], []
        for week in range(one.weeks):
            column = load[:, week]
            free = np.broadcast_to(one.people.free, (len(one.people), one.weeks))[:, week] / one.share_scale
            wanted = np.bincount(self._people, weights=column, minlength=len(free))
            tight = np.flatnonzero(wanted > free)
            place = np.full(len(free), -1)
            place[tight] = np.arange(len(tight))
            kept = np.flatnonzero((column > 0) & (place[self._people] >= 0))
            entries = column[kept], (place[self._people[kept]], kept)
            blocks.append(csr_array(entries, shape=(len(tight), len(self.worth))))
            room.append(free[tight] + 1e-9)
        return LinearConstraint(vstack(blocks).tocsr(), -np.inf, np.concatenate(room))

    def _sum(self, row: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> csr_array:
        row = row.reshape(-1)
        entries = np.ones(len(row)), (row, np.arange(len(row)))
        return csr_array(entries, shape=(int(row.max()) + 1, len(row)))

    def teams(self, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[tuple[int, int]]:
        """Filled seats and units of each project."""
        chosen = np.flatnonzero(values > 0.5)
        found = []
        for n, project in enumerate(self._portfolio.projects):
            own = chosen[self._project[chosen] == n]
            team: list[int] = []
            for r, role in enumerate(project.problem.roles):
                held = sorted(self._people[own[self._role[own] == r]].tolist())
                team += [*held, *[len(project.problem.people)] * (role.seats - len(held))]
            filled = sum(who < len(project.problem.people) for who in team)
            found.append((filled, team_units(project.problem, self._scoring[n], tuple(team))))
        return found
