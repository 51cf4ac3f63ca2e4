"""HiGHS through SciPy on the linear model; only the choices of people need to be whole, the rest follows."""

import time

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from benchmarks.objective import Answer, Objective
from benchmarks.rivals.model import Model, state, team_of


def solve(objective: Objective, limit: float) -> Answer:
    started = time.perf_counter()
    model = state(objective)
    constraint = _constraint(model)
    whole = np.zeros(model.size, np.int8)
    whole[: model.whole] = 1
    stated = time.perf_counter()
    processor = time.process_time()
    result = milp(
        -model.objective.astype(np.float64),
        integrality=whole,
        bounds=Bounds(0, 1),
        constraints=constraint,
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )
    seconds, processor = time.perf_counter() - stated, time.process_time() - processor
    team = None if result.x is None else team_of(model, objective, result.x[: model.whole])
    return Answer(team, result.status == 0, seconds, processor, stated - started)


def _constraint(model: Model) -> LinearConstraint:
    rows, columns, values, low, high = [], [], [], [], []
    height = 0
    for sums in model.sums:
        count, headed = len(sums.heads), np.flatnonzero(sums.heads >= 0)
        rows += [sums.group + height, headed + height]
        columns += [sums.members, sums.heads[headed]]
        values += [np.ones(len(sums.members)), np.full(len(headed), -1.0)]
        most = np.where(sums.heads < 0, 1.0, 0.0)
        high.append(most)
        low.append(most if sums.exact else np.full(count, -np.inf))
        height += count
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    matrix = coo_array(entries, shape=(height, model.size)).tocsr()
    return LinearConstraint(matrix, np.concatenate(low), np.concatenate(high))
