"""How long it takes to say why there is no team: `python -m benchmarks.infeasible --help`.

Each kind of flaw is put into the same random organisations. Measured is processor time from the problem in columns to
the explained answer, libraries loaded and a first small problem solved.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.organisations import organisation
from staffing import Need, People, Problem, Ratings, Result, Role, Rules, TeamSkill, propose
from staffing.feasibility import cheapest_cost
from staffing.rules import Eligibility
from staffing.scoring import Scoring
from staffing.terms import Cause, Status

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- infeasible problems -->", "<!-- end of infeasible problems -->"
SEATS = 12
_RARE = "rare"


def scarce(problem: Problem, seats: list[int], holders: int, rules: Rules | None = None) -> Problem:
    """The first roles ask, with so many seats each, for a skill that few have, all of them free.

    Roles that would make more than 200 seats, or more than the first ones if those have many seats, are left out.
    """
    who = np.linspace(0, len(problem.people) - 1, holders).astype(np.int32) if holders else np.empty(0, np.int32)
    free = problem.people.free.copy()
    free[who] = problem.share_scale
    asking = tuple(
        Role(f"rare-{n:02}", (Need(_RARE, 3),), 4, 16, count, problem.share_scale // 2) for n, count in enumerate(seats)
    )
    others = problem.roles[len(seats) :] if max(seats) == 1 else ()
    return replace(
        problem,
        people=replace(problem.people, free=free),
        roles=(*asking, *others),
        ratings={**problem.ratings, _RARE: _held(who)},
        rules=rules or problem.rules,
    )


def _held(who: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Ratings:
    return Ratings(who, np.full(len(who), 4, np.int8), np.ones(len(who)))


def booked(problem: Problem) -> Problem:
    """Nobody has any time in one week of the first role."""
    free = problem.people.free.copy()
    free[:, problem.roles[0].start] = 0
    people: People = replace(problem.people, free=free)
    return replace(problem, people=people)


def ruled(problem: Problem, rules: Rules) -> Problem:
    return replace(problem, rules=rules)


def cheap(problem: Problem, part: float) -> Problem:
    """A budget that is this part of what the cheapest team costs, or a cent less."""
    scoring = Scoring(problem)
    least = cheapest_cost(problem, scoring, Eligibility(problem, scoring).candidates)
    assert least is not None
    return ruled(problem, Rules(budget=round(min(part * float(least), float(least) - 0.01), 2)))


def locked_twice(problem: Problem) -> Problem:
    """Somebody who can take either is locked to two roles."""
    columns = [column.people for column in Eligibility(problem, Scoring(problem)).candidates]
    pairs = ((a, b) for b in range(len(columns)) for a in range(b))
    a, b = next((a, b) for a, b in pairs if len(np.intersect1d(columns[a], columns[b])))
    who = problem.people.ids[int(np.intersect1d(columns[a], columns[b])[0])]
    return ruled(problem, Rules(locks=((problem.roles[a].id, who), (problem.roles[b].id, who))))


def never_together(problem: Problem) -> Problem:
    """The only two people who can take two of the roles are never to work together."""
    rivals = scarce(problem, [1, 1], 2)
    one, other = (problem.people.ids[who] for who in rivals.ratings[_RARE].people)
    return ruled(rivals, Rules(never_together=((one, other),)))


def few_skilled(problem: Problem) -> Problem:
    who = np.arange(3, dtype=np.int32)
    asked = ruled(problem, Rules(team_skills=(TeamSkill(_RARE, 3, 4),)))
    return replace(asked, ratings={**problem.ratings, _RARE: _held(who)})


def specialists(problem: Problem) -> Problem:
    """Three roles ask for skills of which everybody has one, two people may come, and each may have all seats."""
    skills = [f"{_RARE}-{n}" for n in range(3)]
    held = {skill: _held(np.arange(n, len(problem.people), 3, dtype=np.int32)) for n, skill in enumerate(skills)}
    asking = tuple(
        replace(role, needs=(Need(skill, 3),)) for role, skill in zip(problem.roles[:3], skills, strict=True)
    )
    ruled_by_size = ruled(problem, Rules(max_people=2, max_seats_per_person=SEATS))
    return replace(ruled_by_size, roles=(*asking, *problem.roles[3:]), ratings={**problem.ratings, **held})


FLAWS: dict[str, Callable[[Problem], Problem]] = {
    "a skill that nobody has": lambda problem: scarce(problem, [1], 0),
    "2 seats, 1 person": lambda problem: scarce(problem, [1] * 2, 1),
    "5 seats, 4 people": lambda problem: scarce(problem, [1] * 5, 4),
    "20 seats, 19 people": lambda problem: scarce(problem, [1] * 20, 19),
    "one person for 8 seats": lambda problem: scarce(problem, [1] * 8, 1),
    "100 seats of one role, 30 people": lambda problem: scarce(problem, [100], 30),
    "4 roles of 50 seats, 150 people": lambda problem: scarce(problem, [50] * 4, 150),
    "200 seats of one role, 199 people": lambda problem: scarce(problem, [200], 199),
    "everybody booked in one week": booked,
    "one person locked to two roles": locked_twice,
    "two who are needed, never together": never_together,
    "a team skill that nobody has": lambda problem: ruled(problem, Rules(team_skills=(TeamSkill("none", 3, 1),))),
    "a team skill for 4 that 3 have": few_skilled,
    "at most 11 people, one seat each": lambda problem: ruled(problem, Rules(max_people=SEATS - 1)),
    "at most 5 people, two seats each": lambda problem: ruled(problem, Rules(max_people=5, max_seats_per_person=2)),
    "three kinds of specialists, at most 2 people": specialists,
    "6 seats at half time, 2 people": lambda problem: scarce(problem, [1] * 6, 2, Rules(max_seats_per_person=6)),
    "90 % of the least budget": lambda problem: cheap(problem, 0.9),
    "a cent less than the least budget": lambda problem: cheap(problem, 1.0),
}


def measure(problem: Problem) -> float:
    """Processor seconds; `SystemExit` if the answer is anything but an explanation."""
    started = time.process_time()
    result = propose(problem)
    seconds = time.process_time() - started
    if not _is_explained(result):
        raise SystemExit(f"Not explained: {result.status}, {problem.rules}")
    return seconds


def _is_explained(result: Result) -> bool:
    if result.status is not Status.INFEASIBLE or result.infeasible is None:
        return False
    causes = {conflict.cause for conflict in result.infeasible.conflicts}
    return bool(causes) and Cause.UNKNOWN not in causes


def run(sizes: list[int], seeds: int) -> dict[str, list[list[float]]]:
    """Seconds by flaw, size and seed."""
    propose(organisation(200, 5, 0))  # Brings in the libraries that a service has long loaded.
    seconds: dict[str, list[list[float]]] = {flaw: [[] for _ in sizes] for flaw in FLAWS}
    for n, size in enumerate(sizes):
        for seed in range(seeds):
            whole = organisation(size, SEATS, seed)
            for flaw, spoil in FLAWS.items():
                seconds[flaw][n].append(measure(spoil(whole)))
            print(f"{size:,} people, seed {seed}", file=sys.stderr, flush=True)
    return seconds


def table(sizes: list[int], seconds: dict[str, list[list[float]]], date: str) -> str:
    seeds = len(next(iter(seconds.values()))[0])
    lines = [
        f"Processor seconds from columns to the explained answer, median (worst) of {seeds} seeds, {date}:",
        "",
        "| Why there is no team | " + " | ".join(f"{size:,} people" for size in sizes) + " |",
        "|---" + "|--:" * len(sizes) + "|",
    ]
    for flaw, by_size in seconds.items():
        cells = (f"{statistics.median(values):.3f} ({max(values):.3f})" for values in by_size)
        lines.append(f"| {flaw} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(text: str) -> None:
    before, rest = README.read_text("utf-8").split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.infeasible", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000], metavar="PEOPLE")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--write", metavar="DATE", help="put the table, with this date, into benchmarks/README.md")
    asked = parser.parse_args()
    text = table(asked.sizes, run(asked.sizes, asked.seeds), asked.write or time.strftime("%Y-%m-%d"))
    if asked.write:
        write(text)
    print(text)


if __name__ == "__main__":
    main()
