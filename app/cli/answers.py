"""The engine's answers in words for the terminal; people and roles go by their ids."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.cli.tables import proof, table
from app.rendering import plural, render_plain
from staffing import Portfolio, PortfolioResult, Problem, Result
from staffing.terms import FULL_UNITS, Status

PORTFOLIO_PROOF = {
    Status.OPTIMAL: "No choice of teams is worth more.",
    Status.PARTIAL: "Not every seat can be filled; no choice of teams is worth more.",
    Status.LIMIT: "The work limit ended the search; a better choice of teams may exist.",
    Status.INFEASIBLE: "No project can have a team under its rules.",
}


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


def portfolio_text(portfolio: Portfolio, result: PortfolioResult) -> str:
    """Every project's team, how each came off, who is contested, and how far from the best it all may be."""
    names = {person: person for person in portfolio.one.people.ids}
    reasons = lines_once(render_plain("portfolios/why.txt", found=result.to_json(), names=names))
    sections = [result.status.value + "\n" + table(seat_rows(result)), table(project_rows(result)), reasons]
    worth = f"Worth {float(result.total):,.0f} of at most {float(result.bound):,.0f}, {result.gap:.2%} apart."
    closing = f"Looked at {plural(result.people, 'person', 'people')}. {PORTFOLIO_PROOF[result.status]}"
    return printable("\n\n".join(filter(None, [*sections, f"{worth}\n{closing}"])))


def seat_rows(result: PortfolioResult) -> list[list[str]]:
    rows = [["Project", "Seat", "Person"]]
    for project in result.projects:
        people = project.team.people if project.team else [None] * len(project.seats)
        for n, ((role, number), person) in enumerate(zip(project.seats, people, strict=True)):
            rows.append(["" if n else project.id, f"{role} {number}", person or "-"])
    return rows


def project_rows(result: PortfolioResult) -> list[list[str]]:
    rows = [["Project", "Outcome", "Filled", "Score of 100", "With everybody to itself"]]
    for project in result.projects:
        size = len(project.seats)
        score = f"{project.team.score:.4f}" if project.team else "-"
        filled, units = project.alone or (0, 0)
        alone = f"{filled} of {size}, {100 * units / FULL_UNITS:.4f}" if project.alone else "-"
        staffing = project.staffing.value.replace("_", " ")
        rows.append([project.id, staffing, f"{project.filled} of {size}", score, alone])
    return rows


def printable(text: str) -> str:
    """The text without characters that steer a terminal, which ids may hold."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def reasons_text(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Why no complete team exists, who is near and a way out, a line each; `names` by the engine's person ids."""
    return lines_once(render_plain("proposals/why.txt", found=found, names=names))


def lines_once(text: str) -> str:
    """Each line once, with how often it stands there: seats of one role often share their reason."""
    times = Counter(line for line in text.splitlines() if line)
    return "\n".join(line if count == 1 else f"{line} ({count} times)" for line, count in times.items())


def team_rows(result: Result) -> list[list[str]]:
    rows = [["Seat", *(f"Team {number}" for number in range(1, len(result.teams) + 1))]]
    for n, first in enumerate(result.teams[0].assignments):
        rows.append([f"{first.role} {first.seat}", *(t.assignments[n].person or "-" for t in result.teams)])
    rows.append(["Score of 100", *(f"{team.score:.4f}" for team in result.teams)])
    if not all(team.proven for team in result.teams):
        rows.append(["At most", *(f"{100 * team.bound / FULL_UNITS:.4f}" for team in result.teams)])
    return rows
