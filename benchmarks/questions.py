"""What processor time questions about an answer take: `python -m benchmarks.questions [PEOPLE SEATS [SEEDS]]`."""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

from benchmarks.organisations import organisation
from staffing import Asked, Problem, Result, alternatives, bus_factor, propose, trade_off, why, why_not
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.terms import Measure

ALTERNATIVES = 5
SAMPLES = 3


def ask(problem: Problem) -> dict[str, float]:
    """Seconds by question: the middle one of some seats or people. Whoever asks has prepared the problem before."""
    result = propose(problem)
    team, last = result.teams[0], len(problem.seats) - 1
    asked = Asked(problem)
    seats = sorted({0, last // 2, last})
    questions: dict[str, list[Callable[[], object]]] = {
        "first why, with preparing": [partial(why, asked, team, 0)],
        "why": [partial(why, asked, team, seat) for seat in seats],
        "why not": [partial(why_not, asked, result, who) for who in _absent(problem, result)],
        f"{ALTERNATIVES} alternatives": [partial(alternatives, asked, team, seat, ALTERNATIVES) for seat in seats],
        "trade-off of fit and thrift": [partial(trade_off, asked, Measure.FIT, Measure.THRIFT)],
        "trade-off of fit and cohesion": [partial(trade_off, asked, Measure.FIT, Measure.COHESION)],
        "bus factor": [partial(bus_factor, problem, team)],
    }
    return {name: statistics.median(map(_seconds, some)) for name, some in questions.items()}


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
    started = time.process_time()
    question()
    return time.process_time() - started


def main(arguments: list[str]) -> None:
    people, seats, seeds = (*map(int, arguments), *(10_000, 12, 3)[len(arguments) :])
    asked = [ask(organisation(people, seats, seed)) for seed in range(seeds)]
    for name in asked[0]:
        taken = [one[name] for one in asked]
        print(f"{name}: median {statistics.median(taken):.3f} s, worst {max(taken):.3f} s over {seeds} seeds")


if __name__ == "__main__":
    main(sys.argv[1:])
