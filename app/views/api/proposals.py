"""Staffing runs: asking for teams and reading what was proposed. A decision stays with people, on the page."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, json, request, url_for
from flask_login import current_user

from app.access import Action, Thing
from app.db import current_engine, current_session
from app.entrance.checking import refuse_unrelated
from app.entrance.declaring import allow
from app.errors import Conflict, DomainError
from app.exchange.idempotency import LONGEST_KEY, digest, first_answer, keep_answer
from app.forms.api.proposals import ProposalRequest, ProposalShape, proposal_answer
from app.programs.bearer import Scope, heavy, scoped
from app.queries.staffing.proposals import RunView, run_with_people
from app.services.staffing.proposals import store_run, work_out
from app.views.api.routing import Part

part = Part("proposals", "Staffing runs: whole teams for a project, with their reasons.")
KEY = {"Idempotency-Key": "The same request with the same key happens once, and gets the first answer again."}


@part.at(
    "/proposals",
    ProposalShape,
    method="POST",
    body=ProposalRequest,
    status=HTTPStatus.CREATED,
    takes=KEY,
    headers={"Location": "Address of the run."},
)
@allow(Thing.PROPOSAL, Action.CREATE)
@scoped(Scope.PROPOSE)
@heavy
def create_run(body: dict[str, Any]) -> Response:
    """Propose teams for a project. The run is stored with its inputs; a project without a team is an answer too."""
    session, key = current_session(), _key()
    refuse_unrelated(Thing.PROPOSAL, Action.CREATE, "project_id", body["project"])
    asked = digest(request.method, request.path, request.get_data())
    if key and (known := first_answer(session, current_user.account_id, key, asked)):
        return _again(known.body or "", known.location or "")
    session.rollback()  # On SQLite it holds the lock for writing, and nobody should wait while teams are worked out.
    answer = work_out(current_engine(), current_user, body["project"], body["choices"], datetime.now(UTC).date())
    if key and (known := first_answer(session, current_user.account_id, key, asked)):
        return _again(known.body or "", known.location or "")
    run = store_run(session, current_user.actor, answer)
    told = json.dumps(ProposalShape().dump(proposal_answer(run_with_people(session, current_user, run.id))))
    location = url_for("api_proposals.get_run", run_id=run.id)
    if key:
        keep_answer(
            session, current_user.account_id, key, asked, status=201, location=location, body=told, media_type="json"
        )
    session.commit()
    return _answer(told, location)


@part.at("/proposals/<int:run_id>", ProposalShape, etag=True)
@allow(Thing.PROPOSAL, Action.SEE)
@scoped(Scope.PROPOSE)
def get_run(run_id: int) -> dict[str, Any]:
    """One run: its choices, its teams, or the reasons why there is none."""
    return _shown(run_with_people(current_session(), current_user, run_id))


def _key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise DomainError(f"Send an Idempotency-Key of 1 to {LONGEST_KEY} characters.")
    return key


def _answer(body: str, location: str) -> Response:
    return Response(body, 201, mimetype="application/json", headers={"Location": location})


def _again(body: str, location: str) -> Response:
    """The first answer, as long as everybody in it still shows what it was worked out from."""
    _shown(run_with_people(current_session(), current_user, int(location.rpartition("/")[2])))
    return _answer(body, location)


def _shown(run: RunView) -> dict[str, Any]:
    if run.withheld:
        raise Conflict("Somebody in this run does not show you what it was worked out from. Propose again.")
    return proposal_answer(run)
