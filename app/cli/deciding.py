"""`muster verify-decisions`: whether the staffing decisions that were taken can still be accounted for."""

import json
from dataclasses import asdict

import click

from app.cli.database import ready_engine
from app.cli.numbers import NumberOf
from app.db import reading_session
from app.errors import NotFound
from app.rendering import plural
from app.services.staffing.decision_checks import DecisionCheck, check_decision, decisions_to_check

WRONG = {
    "kept": "no record was kept with it",
    "record": "its record is not as it was frozen",
    "audited": "the audit trail holds another digest of its record",
    "inputs": "its stored inputs do not give the stated digest",
    "answer": "working the teams out again gives another answer",
    "alternatives": "the stored teams have other scores than the record",
}


@click.command("verify-decisions")
@click.argument("decisions", type=NumberOf("decision"), nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify_decisions(*, decisions: tuple[int, ...], as_json: bool) -> int:
    """Check the records of DECISIONS, or of all: the record is as it was frozen, its inputs give their digest, and
    working the teams out again gives the same answer.

    Exit code 0: all hold. 1: at least one does not, with what is wrong.
    """
    with ready_engine() as engine:
        with reading_session(engine) as session:
            known = decisions_to_check(session)
        for number in decisions:
            if number not in known:
                raise NotFound(f"There is no decision {number}. Nothing was checked; without a number all are.")
        wanted = decisions or known
        checks = [check_decision(engine, number) for number in wanted]
    holding = all(check.holds for check in checks)
    if as_json:
        told = [asdict(check) | {"holds": check.holds} for check in checks]
        click.echo(json.dumps({"format": "muster-decision-check/1", "holds": holding, "decisions": told}, indent=2))
    else:
        click.echo("\n".join([*map(sentence, checks), f"Checked {plural(len(checks), 'decision', 'decisions')}."]))
    return 0 if holding else 1


def sentence(check: DecisionCheck) -> str:
    if check.holds:
        return f"Decision {check.decision_id}: holds."
    wrong = "; ".join(WRONG[name] for name in WRONG if not getattr(check, name)) if check.kept else WRONG["kept"]
    engine = "" if check.same_engine else f" The engine was {check.engine_then or 'not noted'}, now {check.engine_now}."
    return f"Decision {check.decision_id}: does not hold: {wrong}.{engine}"
