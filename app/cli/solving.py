"""`muster solve`: the engine alone, on problem files; no database."""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from app.cli.tables import proof, table
from app.errors import DomainError
from staffing import ProblemError, Result, propose, read_problem
from staffing.terms import Status


@click.command("solve")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One muster-solution/1 document a line, in the order given.")
@click.option("--timing", is_flag=True, help="Seconds to load and to solve each file, on standard error.")
def solve_files(files: tuple[Path, ...], as_json: bool, timing: bool) -> int:
    """Solve muster-problem/1 FILES. Exit code 1 when one of them has no complete team."""
    infeasible = False
    for path, result in solved(files, timing=timing):
        infeasible |= result.status == Status.INFEASIBLE
        click.echo(json.dumps(result.to_json(), ensure_ascii=False) if as_json else result_text(path, result))
    return 1 if infeasible else 0


def solved(files: Iterable[Path], *, timing: bool) -> Iterator[tuple[Path, Result]]:
    """One answer after the other; a file that cannot be read ends the run with its sentence."""
    for path in files:
        started = time.perf_counter()
        try:
            problem = read_problem(read_document(path))
        except ProblemError as error:
            raise DomainError(f"{path}: {error}") from error
        loaded = time.perf_counter()
        result = propose(problem)
        if timing:
            seconds = {"load_s": round(loaded - started, 6), "solve_s": round(time.perf_counter() - loaded, 6)}
            click.echo(json.dumps(seconds), err=True)
        yield path, result


def read_document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except OSError as error:
        raise DomainError(f"{path} cannot be read: {error.strerror}.") from error
    except RecursionError as error:
        raise DomainError(f"{path} is nested too deeply to be a problem.") from error
    except ValueError as error:
        raise DomainError(f"{path} is not JSON: {error}.") from error
    if isinstance(document, dict) and document.get("format") == "muster-portfolio/1":
        raise DomainError(f"{path} holds a portfolio; this version solves one project at a time (muster-problem/1).")
    if not isinstance(document, dict):
        raise DomainError(f"{path} does not hold a JSON object in the format muster-problem/1.")
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def result_text(path: Path, result: Result) -> str:
    lines = [f"{path}: {result.status.value}"]
    if result.teams:
        rows = [["Seat", *(f"Team {number}" for number in range(1, len(result.teams) + 1))]]
        for n, first in enumerate(result.teams[0].assignments):
            rows.append([f"{first.role} {first.seat}", *(t.assignments[n].person or "-" for t in result.teams)])
        rows.append(["Score of 100", *(f"{team.score:.4f}" for team in result.teams)])
        lines.append(table(rows))
    lines.append(proof(result.considered.people, result.status))
    return "\n".join(lines)
