"""`muster propose`: a staffing run on stored data."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.answers import reasons_text
from app.cli.database import ready_engine
from app.cli.tables import proof, table
from app.db import reading_session, writing_session
from app.errors import DomainError
from app.queries.named import find_person, find_project, find_role
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import RunView, run_with_people, stored_run
from app.services.audit import COMMAND_LINE
from app.services.staffing.proposals import store_run, work_out
from staffing.terms import Measure, Status


@click.command("propose")
@click.argument("project")
@click.option("--teams", type=click.IntRange(1, 5), default=3, show_default=True, help="How many different teams.")
@click.option("--lock", "locks", multiple=True, metavar="ROLE=PERSON", help="This person on this role.")
@click.option("--exclude", multiple=True, metavar="PERSON", help="Not this person.")
@click.option("--weights", type=click.Path(path_type=Path), help='JSON file: {"fit": 45, "cohesion": 20, ...}')
@click.option("--json", "as_json", is_flag=True, help="Print muster-solution/1 with names.")
def propose_teams(
    project: str, teams: int, locks: tuple[str, ...], exclude: tuple[str, ...], weights: Path | None, as_json: bool
) -> int:
    """Propose whole teams for PROJECT (its name or number)."""
    with ready_engine() as engine:
        with reading_session(engine) as session:
            project_id = find_project(session, project)
            choices = Choices(
                weights=read_weights(weights) if weights else Choices().weights,
                teams=teams,
                locks=tuple(read_lock(session, project_id, lock) for lock in locks),
                exclude=tuple(find_person(session, person) for person in exclude),
            )
        answer = work_out(engine, COMMAND_LINE_VIEWER, project_id, choices, datetime.now(UTC).date())
        with writing_session(engine) as session:
            run = store_run(session, COMMAND_LINE, answer)
            session.commit()
            view = run_with_people(session, COMMAND_LINE_VIEWER, run.id)
        click.echo(json.dumps(named_solution(session, view)) if as_json else run_text(view))
    return 1 if view.status == Status.INFEASIBLE else 0


def read_lock(session: Session, project_id: int, lock: str) -> tuple[int, int]:
    role, sign, person = lock.partition("=")
    if not sign:
        raise DomainError(f"--lock {lock!r} is not ROLE=PERSON.")
    return find_role(session, project_id, role.strip()), find_person(session, person.strip())


def read_weights(path: Path) -> Mapping[Measure, int]:
    """Whole weights 0..100 by measure; a measure that the file leaves out weighs nothing."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DomainError(f"{path} cannot be read as JSON: {error}.") from error
    known = {measure.value for measure in Measure}
    if not isinstance(given, dict) or not given.keys() <= known:
        raise DomainError(f"{path} must hold an object with some of: {', '.join(sorted(known))}.")
    for name, weight in given.items():
        if type(weight) is not int or not 0 <= weight <= 100:
            raise DomainError(f"{path}: {name} must be a whole number from 0 to 100, not {weight!r}.")
    if not any(given.values()):
        raise DomainError(f"{path}: at least one weight must be above 0.")
    return {measure: given.get(measure.value, 0) for measure in Measure}


def named_solution(session: Session, view: RunView) -> dict[str, Any]:
    """The stored `muster-solution/1`, with the run's number and a name for every person id in it."""
    solution = stored_run(session, view.id).result
    return {**solution, "run": view.id, "project": view.project, "names": view.person_names}


def run_text(view: RunView) -> str:
    """The teams as a table: roles down, teams across, scores below."""
    title = f"{view.project}: " + (f"{len(view.teams)} proposed teams" if view.teams else "no complete team")
    lines = [title, ""]
    if view.teams:
        lines += [table(team_rows(view)), ""]
    lines += reason_lines(view)
    lines.append(proof(view.considered["people"], view.status))
    return "\n".join(lines)


def team_rows(view: RunView) -> list[list[str]]:
    rows = [["Role", *(f"Team {team.letter}" for team in view.teams)]]
    for role in view.roles:
        for number in range(role.headcount):
            name = role.name if role.headcount == 1 else f"{role.name} {number + 1}"
            holders = [seats[number] if number < len(seats) else None for seats in role.seats]
            rows.append([name, *(holder.name if holder else "-" for holder in holders)])
    rows.append(["", *("" for _ in view.teams)])
    rows.append(["Score of 100", *(f"{team.units / 10_000:.2f}" for team in view.teams)])
    rows += [
        [measure.value.capitalize(), *(f"{team.measures[measure] * 100:.0f}" for team in view.teams)]
        for measure in (view.teams[0].measures if view.teams else ())
    ]
    return rows


def reason_lines(view: RunView) -> list[str]:
    """Why no team exists and the way out; nothing when there is one."""
    return [] if view.teams or not view.infeasible else [reasons_text(view.infeasible, view.person_names)]
