"""Times from columns to proven answer on random organisations: `python -m benchmarks.engine [PEOPLE SEATS [SEEDS]]`."""

import statistics
import sys
import time

from benchmarks.engine_instances import organisation
from staffing import propose

CASES = ((1_000, 8), (10_000, 5), (10_000, 12), (10_000, 20), (100_000, 12), (100_000, 20))
COHESION = (20.0, 50.0)


def measure(people: int, seats: int, seeds: int, cohesion: float) -> str:
    """One line: how many answers were proven, and the seconds they took."""
    seconds, proven, gaps = [], 0, []
    for seed in range(seeds):
        problem = organisation(people, seats, seed, cohesion=cohesion)
        started = time.perf_counter()
        result = propose(problem)
        seconds.append(time.perf_counter() - started)
        proven += result.status == "optimal"
        gaps += [(team.bound - team.units) / team.units for team in result.teams[:1]]
    return (
        f"{people:>7} people x {seats:>2} seats, cohesion {cohesion:.0f} %: {proven} of {seeds} proven, "
        f"median {statistics.median(seconds):.3f} s, worst {max(seconds):.3f} s, "
        f"widest gap {max(gaps, default=0.0):.2%}"
    )


def main(arguments: list[str]) -> None:
    numbers = [int(argument) for argument in arguments]
    cases = [(numbers[0], numbers[1])] if len(numbers) >= 2 else CASES
    for people, seats in cases:
        for cohesion in COHESION:
            print(measure(people, seats, numbers[2] if len(numbers) > 2 else 10, cohesion), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
