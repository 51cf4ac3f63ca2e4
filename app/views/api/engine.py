"""The engine alone: a problem in, teams out; nothing is stored."""

from threading import BoundedSemaphore
from typing import Any

from flask import Response, jsonify

from app.access import Action, Thing
from app.db import writes_no_rows
from app.entrance.declaring import allow
from app.errors import TooOften
from app.forms.api.proposals import ProblemDocument, SolutionDocument
from app.programs.bearer import Scope, heavy, largest_body, scoped
from app.programs.problems import BadValues
from app.views.api.routing import Part
from staffing import ProblemError, WorkLimit, propose, read_problem

part = Part("engine", "The engine alone, on a problem that the request holds.")
LARGEST_PROBLEM = 2 * 1024 * 1024
MOST_SEATS = 40
MOST_CHOICES = 40_000
"""People times seats."""
LIMIT = WorkLimit(nodes=50_000, seconds=5.0)
AT_ONCE = BoundedSemaphore(2)


@part.at("/solve", SolutionDocument, method="POST", body=ProblemDocument)
@allow(Thing.ENGINE, Action.USE)
@scoped(Scope.PROPOSE)
@heavy
@largest_body(LARGEST_PROBLEM)
@writes_no_rows
def solve(body: dict[str, Any]) -> Response:
    """Solve a muster-problem/1. Work is limited: what is not proven within it is answered as not proven."""
    try:
        problem = read_problem(body)
    except ProblemError as error:
        raise BadValues({error.path: error.sentence}) from error
    seats = sum(role.seats for role in problem.roles)
    if seats > MOST_SEATS or seats * len(problem.people) > MOST_CHOICES:
        raise BadValues(
            {"roles": f"Here a problem has at most {MOST_SEATS} seats, and {MOST_CHOICES:,} as people times seats."}
        )
    if not AT_ONCE.acquire(blocking=False):
        raise TooOften(2)
    try:
        return jsonify(propose(problem, limit=LIMIT).to_json())
    finally:
        AT_ONCE.release()
