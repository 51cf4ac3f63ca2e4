"""CP-SAT of OR-Tools on the linear model, every variable a Boolean and every sum an exactly-one or at-most-one."""

import time

import numpy as np
from ortools.sat.python import cp_model

from benchmarks.objective import Answer, Objective
from benchmarks.rivals.model import Groups, state, team_of

FULL_LINEAR = 2
"""At-most-one sums in the linear relaxation too: here it proves in seconds what the default does not in a minute."""


def solve(objective: Objective, limit: float) -> Answer:
    started = time.perf_counter()
    model = state(objective)
    cp = cp_model.CpModel()
    variables = [cp.new_bool_var("") for _ in range(model.size)]
    for sums in model.sums:
        _add(cp, variables, sums)
    cp.maximize(cp_model.LinearExpr.weighted_sum(variables, model.objective.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.linearization_level = FULL_LINEAR
    stated = time.perf_counter()
    processor = time.process_time()
    status = solver.solve(cp)
    seconds, processor = time.perf_counter() - stated, time.process_time() - processor
    team = None
    if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        values = np.array([solver.value(one) for one in variables[: model.whole]], np.float64)
        team = team_of(model, objective, values)
    return Answer(team, status == cp_model.OPTIMAL, seconds, processor, stated - started)


def _add(cp: cp_model.CpModel, variables: list[cp_model.IntVar], sums: Groups) -> None:
    order = np.argsort(sums.group, kind="stable")
    ends = np.searchsorted(sums.group[order], np.arange(len(sums.heads) + 1))
    members = sums.members[order].tolist()
    for head, start, stop in zip(sums.heads.tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        literals = [variables[n] for n in members[start:stop]]
        if head >= 0:
            literals.append(~variables[head])
        if sums.exact:
            cp.add_exactly_one(literals)
        else:
            cp.add_at_most_one(literals)
