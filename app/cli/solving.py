"""`muster solve`: the engine alone, on problem files; no database."""

from __future__ import annotations

import gc
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli import complain
from app.cli.answers import portfolio_text, result_text
from app.cli.verifying import verified
from staffing import (
    Portfolio,
    PortfolioResult,
    Problem,
    ProblemError,
    Result,
    parse_document,
    propose,
    propose_portfolio,
    read_portfolio,
    read_problem,
)
from staffing.terms import Status

STANDARD_INPUT = "-"
PROBLEM = "muster-problem/1"
PORTFOLIO = "muster-portfolio/1"
NOT_VERIFIED = 3
"""Exit code."""


@click.command("solve")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line, in the order given.")
@click.option("--timing", is_flag=True, help="Seconds to load and to solve each file, as JSON on standard error.")
@click.option("--verify", is_flag=True, help="Check each answer by other code, and say so on standard error.")
def solve_files(files: tuple[Path, ...], as_json: bool, timing: bool, verify: bool) -> int:
    """Solve each FILE, a muster-problem/1 or a muster-portfolio/1; - is standard input.

    Each answer appears as soon as it is found. A file that is refused stops none of the others: a sentence on standard
    error says why, and among several files with --json its line is null, so that lines and files stay side by side.

    Exit code 0 when each has a complete team, 1 when one has none, 2 when one was refused, 3 when --verify finds an
    answer that does not hold.
    """
    code = 0
    for number, file in enumerate(files):
        if number and not as_json:
            click.echo()
        try:
            code = max(code, solve(file, as_json=as_json, timing=timing, verify=verify))
        except ProblemError as error:
            complain(f"{spelled(file)}{':' if error.path else ''} {error}")
            if as_json and len(files) > 1:
                click.echo("null")
            code = 2
    return code


def solve(file: Path, *, as_json: bool, timing: bool, verify: bool) -> int:
    """Print the answer to the problem that a file holds; `ProblemError` when it holds none. Returns the exit code."""
    started = time.perf_counter()
    problem = read(file)
    loaded = time.perf_counter()
    result, text = answer(problem, certificate=verify)
    if timing:
        seconds = {"load_s": round(loaded - started, 6), "solve_s": round(time.perf_counter() - loaded, 6)}
        click.echo(json.dumps(seconds), err=True)
    if as_json:
        # JSON is UTF-8, whatever the terminal speaks.
        click.echo(json.dumps(result.to_json(), ensure_ascii=False).encode())
    else:
        click.echo(f"{spelled(file)}: {text()}")
    return exit_code(spelled(file), problem, result, verify=verify)


def exit_code(name: str, problem: Problem | Portfolio, result: Result | PortfolioResult, *, verify: bool) -> int:
    """What to end with after this answer; whether it holds is said on the way, where that is wanted."""
    if verify:
        holds, said = verified(problem, result)
        click.echo(f"{name}: {said}", err=True)
        if not holds:
            return NOT_VERIFIED
    return 1 if result.status is Status.INFEASIBLE else 0


def answer(
    problem: Problem | Portfolio, *, certificate: bool = False
) -> tuple[Result | PortfolioResult, Callable[[], str]]:
    """The engine's answer, and what puts it into words."""
    if isinstance(problem, Portfolio):
        staffed = propose_portfolio(problem)
        return staffed, lambda: portfolio_text(problem, staffed)
    result = propose(problem, certificate=certificate)
    return result, lambda: result_text(problem, result)


def read(file: Path) -> Problem | Portfolio:
    try:
        with collector_at_rest():
            return stated(parse_document(content(file)))
    except OSError as error:
        raise ProblemError("", f"cannot be read: {error.strerror}.") from error
    except MemoryError as error:
        raise ProblemError("", "is too large for the memory of this machine.") from error


def stated(document: Any) -> Problem | Portfolio:
    named = document.get("format", PROBLEM) if isinstance(document, dict) else PROBLEM
    if named == PROBLEM:
        return read_problem(document)
    if named == PORTFOLIO:
        return read_portfolio(document)
    raise ProblemError("format", f"must be {PROBLEM!r} or {PORTFOLIO!r}.")


def content(file: Path) -> bytes:
    if str(file) == STANDARD_INPUT:
        with os.fdopen(0, "rb", closefd=False) as stream:
            return stream.read()
    return file.read_bytes()


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """A document has no cycles, and looking for some takes as long as reading it."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def spelled(file: Path) -> str:
    return "standard input" if str(file) == STANDARD_INPUT else click.format_filename(file)
