"""One measurement in a process of its own, so that its memory and its crash are its own.

Called by `benchmarks.running` with a job as JSON; the last line that it prints is the measurement.
"""

import json
import pickle
import resource
import statistics
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.instances import INSTANCES
from benchmarks.measurement import ENGINE, ENGINE_BEST, QUESTIONS, Measurement, peak_memory
from benchmarks.objective import Objective
from benchmarks.organisations import organisation
from benchmarks.questions import ask
from benchmarks.rivals import solve, solve_portfolio
from staffing import Problem, propose
from staffing.portfolio.problem import Portfolio


@dataclass(frozen=True)
class Job:
    instance: str
    seed: int
    contestant: str
    """Or "make": write the problem to the file."""
    file: str
    limit: float = 60.0
    """Seconds for a rival's search."""
    memory: int = 6
    """GiB of address space."""


def run(job: Job) -> Measurement | None:
    if job.contestant == "make":
        Path(job.file).write_bytes(pickle.dumps(INSTANCES[job.instance].problem(job.seed), pickle.HIGHEST_PROTOCOL))
        return None
    problem = pickle.loads(Path(job.file).read_bytes())
    blank = Measurement(job.instance, job.seed, job.contestant)
    if isinstance(problem, Portfolio):
        measured = _portfolio(problem, job, blank)
    elif job.contestant in {ENGINE, ENGINE_BEST}:
        measured = _engine(problem if job.contestant == ENGINE else replace(problem, teams=1), blank)
    elif job.contestant == QUESTIONS:
        measured = replace(blank, parts=ask(problem), proven=True)
    else:
        measured = _rival(problem, job, blank)
    return replace(measured, peak=peak_memory())


def _engine(problem: Problem, blank: Measurement) -> Measurement:
    propose(organisation(200, 5, 0))  # Brings in the libraries that a service has long loaded.
    started, processor = time.perf_counter(), time.process_time()
    result = propose(problem)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    explained = result.infeasible is not None and bool(result.infeasible.conflicts)
    return replace(
        blank,
        seconds=seconds,
        processor=processor,
        status=str(result.status),
        proven=explained or (result.status == "optimal" and all(team.proven for team in result.teams)),
        units=result.teams[0].units if result.teams else None,
        gap=max(((team.bound - team.units) / team.units for team in result.teams), default=0.0),
        eligible=statistics.median(result.considered.eligible.values()),
    )


def _portfolio(portfolio: Portfolio, job: Job, blank: Measurement) -> Measurement:
    if job.contestant != ENGINE:
        answer = solve_portfolio(job.contestant, portfolio, job.limit)
        return replace(
            blank,
            seconds=answer.seconds,
            processor=answer.processor,
            stated=answer.stated,
            status="" if answer.total is not None else "no answer in time",
            proven=answer.proven,
            units=answer.total,
        )
    from benchmarks.portfolios import portfolio as small
    from staffing import propose_portfolio

    propose_portfolio(small(2, 2, 100, 0, cohesion=20.0))
    started, processor = time.perf_counter(), time.process_time()
    result = propose_portfolio(portfolio)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    return replace(
        blank,
        seconds=seconds,
        processor=processor,
        status=str(result.status),
        proven=result.proven,
        units=float(result.total),
        gap=result.gap,
    )


def _rival(problem: Problem, job: Job, blank: Measurement) -> Measurement:
    solve(job.contestant, Objective(organisation(50, 2, 0)), 5.0)  # Brings in its libraries.
    objective = Objective(problem)
    answer = solve(job.contestant, objective, job.limit)
    return replace(
        blank,
        seconds=answer.seconds,
        processor=answer.processor,
        stated=answer.stated,
        status="" if answer.team is not None else "no team",
        proven=answer.proven,
        units=None if answer.team is None else objective.score(answer.team),
    )


def main(arguments: list[str]) -> None:
    job = Job(**json.loads(arguments[0]))
    resource.setrlimit(resource.RLIMIT_AS, (job.memory << 30, job.memory << 30))
    measured = run(job)
    if measured is not None:
        print("\n" + json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(sys.argv[1:])
