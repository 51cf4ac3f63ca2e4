"""Holds the engine against exhaustive enumeration: `python -m benchmarks.exactness [PROBLEMS [FIRST_SEED]]`.

Teams, their order and units, proofs and the kind of answer have to agree; every mismatch is printed with its seed.
Exit status 1 when there is any.
"""

import sys
from collections import Counter
from collections.abc import Iterator

from benchmarks.enumeration import Enumeration, People
from benchmarks.small_documents import Document, document
from staffing import WorkLimit, propose, read_problem

PROBLEMS = 5000


def mismatches(made: Document, kinds: Counter[str]) -> Iterator[str]:
    """What the engine answers otherwise; counts the kind of its answer."""
    wanted = Enumeration(made).answer()
    result = propose(read_problem(made), limit=WorkLimit(seconds=None))
    kinds[str(result.status)] += 1
    answered = [(team.units, team.people) for team in result.teams]
    if answered != wanted:
        yield f"answers {answered}, should be {wanted}"
    if result.status != _kind(wanted):
        yield f"says {result.status}, should be {_kind(wanted)}"
    if not all(team.proven and team.bound == team.units for team in result.teams):
        yield "leaves a small problem unproven"
    if result.status == "infeasible" and not (result.infeasible and result.infeasible.conflicts):
        yield "gives no reason"


def _kind(wanted: list[tuple[int, People]]) -> str:
    if not wanted:
        return "infeasible"
    return "partial" if None in wanted[0][1] else "optimal"


def main(arguments: list[str]) -> int:
    problems, first = (*map(int, arguments), *(PROBLEMS, 0)[len(arguments) :])
    wrong, kinds = 0, Counter[str]()
    for seed in range(first, first + problems):
        for mismatch in mismatches(document(seed), kinds):
            wrong += 1
            print(f"seed {seed}: {mismatch}", flush=True)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{problems} problems from seed {first}: {wrong} mismatches ({told})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
