"""The engine's answers in words for the terminal; people and roles go by their ids."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.cli.tables import proof, table
from app.rendering import render_plain
from staffing import Problem, Result
from staffing.terms import FULL_UNITS


def result_text(problem: Problem, result: Result) -> str:
    """Teams across and seats down, or why there is no team, and what the search can say of its answer."""
    lines = [result.status.value]
    if result.teams:
        lines.append(table(team_rows(result)))
    if result.infeasible is not None:
        names = {person: person for person in problem.people.ids}
        lines.append(reasons_text(result.infeasible.to_json(), names))
    lines.append(proof(result.considered.people, result.status))
    return printable("\n".join(lines))


def printable(text: str) -> str:
    """The text without characters that steer a terminal, which ids may hold."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def reasons_text(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Why no complete team exists, who is near and a way out, a line each; `names` by the engine's person ids."""
    lines = render_plain("proposals/why.txt", found=found, names=names).splitlines()
    # Seats of one role often have the same reason.
    times = Counter(line for line in lines if line)
    return "\n".join(line if count == 1 else f"{line} ({count} times)" for line, count in times.items())


def team_rows(result: Result) -> list[list[str]]:
    rows = [["Seat", *(f"Team {number}" for number in range(1, len(result.teams) + 1))]]
    for n, first in enumerate(result.teams[0].assignments):
        rows.append([f"{first.role} {first.seat}", *(t.assignments[n].person or "-" for t in result.teams)])
    rows.append(["Score of 100", *(f"{team.score:.4f}" for team in result.teams)])
    if not all(team.proven for team in result.teams):
        rows.append(["At most", *(f"{100 * team.bound / FULL_UNITS:.4f}" for team in result.teams)])
    return rows
