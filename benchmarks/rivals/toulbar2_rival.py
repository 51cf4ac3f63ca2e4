"""toulbar2: a cost function network with a variable per seat, a value per eligible person and dense pair tables."""

import time

from pytoulbar2 import CFN

from benchmarks.objective import Answer, Objective, Units


def solve(objective: Objective, limit: float) -> Answer:
    """Costs are what a choice or a pair falls short of the best one; nobody sits twice, as the tables forbid it."""
    started = time.perf_counter()
    ceiling = 2_000_000
    network = CFN(ceiling, resolution=0, seed=1, verbose=-1)
    for seat, people in enumerate(objective.people):
        network.AddVariable(f"seat{seat}", range(len(people)))
        network.AddFunction([seat], (objective.units[seat].max() - objective.units[seat]).tolist())
    for i in range(objective.seats):
        for j in range(i + 1, objective.seats):
            units = _table(objective, i, j)
            costs = units.max() - units
            costs[units < 0] = ceiling
            network.AddFunction([i, j], costs.reshape(-1).tolist())
    stated = time.perf_counter()
    processor = time.process_time()
    found = network.Solve(timeLimit=int(limit))
    seconds, processor = time.perf_counter() - stated, time.process_time() - processor
    proven = found is not None and seconds < 0.98 * int(limit)
    team = None if found is None else tuple(int(objective.people[seat][n]) for seat, n in enumerate(found[0]))
    return Answer(team, proven, seconds, processor, stated - started)


def _table(objective: Objective, i: int, j: int) -> Units:
    """(eligible for i, eligible for j) units; below 0 for one person twice."""
    one, other = objective.people[i], objective.people[j]
    units = objective.zone_units(i, j)[objective.zones[one][:, None], objective.zones[other][None, :]]
    tied = objective.tied(i, j)
    units[tied.one, tied.other] += tied.gain
    units[one[:, None] == other[None, :]] = -1
    return units
