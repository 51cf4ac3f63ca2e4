"""A quick look at the engine alone, in this process: `python -m benchmarks.engine PEOPLE SEATS [SEEDS [COHESION]]`.

One line per seed with seconds of process time, work, gaps and eligible people, and one line that sums up. `scarce` as a
fifth argument makes roles that few can take. The full comparison is `python -m benchmarks`.
"""

import statistics
import sys
import time

from benchmarks.organisations import organisation
from staffing import propose


def measure(people: int, seats: int, seeds: int, cohesion: float, *, scarce: bool = False) -> None:
    spent, proven = [], 0
    for seed in range(seeds):
        problem = organisation(people, seats, seed, cohesion=cohesion, scarce=scarce)
        started = time.process_time()
        result = propose(problem)
        spent.append(time.process_time() - started)
        proven += result.status == "optimal"
        eligible = sorted(result.considered.eligible.values())
        gaps = ", ".join(f"{(team.bound - team.units) / team.units:.2%}" for team in result.teams)
        print(
            f"seed {seed:>2}: {spent[-1]:7.3f} s, {result.status.value}, {result.work.nodes} nodes, "
            f"{result.work.sweeps} sweeps, gaps {gaps or '-'}, eligible {eligible[0]}..{eligible[-1]}",
            flush=True,
        )
    print(
        f"{people} people x {seats} seats, cohesion {cohesion:g} %: {proven} of {seeds} proven, "
        f"median {statistics.median(spent):.3f} s, worst {max(spent):.3f} s"
    )


def main(arguments: list[str]) -> None:
    scarce = "scarce" in arguments
    numbers = [argument for argument in arguments if argument != "scarce"]
    people, seats, seeds, cohesion = (*numbers, *("10000", "12", "5", "20")[len(numbers) :])
    measure(int(people), int(seats), int(seeds), float(cohesion), scarce=scarce)


if __name__ == "__main__":
    main(sys.argv[1:])
