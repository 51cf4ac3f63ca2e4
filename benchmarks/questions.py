"""How long the questions about an answer take: `python -m benchmarks.questions [PEOPLE SEATS [SEEDS]]`."""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks.organisations import organisation
from staffing import Problem, Result, alternatives, bus_factor, propose, trade_off, why, why_not
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.terms import Measure

ALTERNATIVES = 5
SAMPLES = 3


def ask(problem: Problem) -> dict[str, float]:
    """Seconds by question: the middle one of some seats, people or pairs of measures."""
    result = propose(problem)
    team, last = result.teams[0], len(problem.seats) - 1
    seats = sorted({0, last // 2, last})
    pairs = ((Measure.FIT, Measure.COHESION), (Measure.FIT, Measure.THRIFT))
    asked: dict[str, list[Callable[[], object]]] = {
        "why": [partial(why, problem, team, seat) for seat in seats],
        "why not": [partial(why_not, problem, result, who) for who in _absent(problem, result)],
        f"{ALTERNATIVES} alternatives": [partial(alternatives, problem, team, seat, ALTERNATIVES) for seat in seats],
        "trade-off": [partial(trade_off, problem, *pair) for pair in pairs],
        "bus factor": [partial(bus_factor, problem, team)],
    }
    return {name: statistics.median(map(_seconds, questions)) for name, questions in asked.items()}


def _absent(problem: Problem, result: Result) -> list[str]:
    """People who could sit somewhere and do not: one of the second team, and some from the middle of the field."""
    members = set(result.teams[0].people)
    found = [who for team in result.teams[1:2] for who in team.people if who is not None and who not in members][:1]
    for candidates in Eligibility(problem, Scoring(problem)).candidates:
        who = problem.people.ids[candidates.people[len(candidates.people) // 2]]
        if who not in members and who not in found:
            found.append(who)
    return found[:SAMPLES]


def _seconds(question: Callable[[], object]) -> float:
    started = time.perf_counter()
    question()
    return time.perf_counter() - started


def main(arguments: list[str]) -> None:
    people, seats, seeds = (*map(int, arguments), *(10_000, 12, 3)[len(arguments) :])
    asked = [ask(organisation(people, seats, seed)) for seed in range(seeds)]
    for name in asked[0]:
        taken = [one[name] for one in asked]
        print(f"{name}: median {statistics.median(taken):.3f} s, worst {max(taken):.3f} s over {seeds} seeds")


if __name__ == "__main__":
    main(sys.argv[1:])
