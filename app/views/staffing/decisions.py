"""Decision records, and the steps of the allocations that follow from them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from app.access import Action, Thing
from app.db import current_engine, current_session, writes_no_rows
from app.entrance.declaring import allow
from app.entrance.limits import ENGINE, paced
from app.errors import DomainError, Forbidden, NotFound
from app.forms.fields import refuse
from app.forms.staffing.decisions import STEPS, StepForm, read_seen
from app.queries.staffing import allocations as read
from app.queries.staffing.allocations import Seen
from app.queries.staffing.decisions import show_decision
from app.services.staffing.allocations import StepTaken, take_step
from app.services.staffing.decision_checks import DecisionCheck, check_decision

pages = Blueprint("decisions", __name__)
Page = str | AnyResponse | tuple[str, int]


@pages.get("/decisions/<int:decision_id>")
@allow(Thing.DECISION, Action.SEE)
def show(decision_id: int) -> str:
    return _decision_page(decision_id, StepForm())


@pages.get("/decisions/<int:decision_id>.json")
@allow(Thing.DECISION, Action.SEE)
def as_json(decision_id: int) -> Response:
    decision = show_decision(current_session(), current_user, decision_id)
    response = Response(json.dumps(decision.to_json(), indent=1, ensure_ascii=False), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="decision-{decision_id}.json"'
    return response


@pages.post("/decisions/<int:decision_id>/check")
@allow(Thing.DECISION, Action.CREATE)
@writes_no_rows
@paced(ENGINE)
def check(decision_id: int) -> str:
    return _decision_page(decision_id, StepForm(), check=check_decision(current_engine(), decision_id))


@pages.post("/decisions/<int:decision_id>/<step>")
@allow(Thing.DECISION, Action.CREATE)
def team_step(decision_id: int, step: str) -> Page:
    """One step of the whole team, or of those of it that are still where it can be taken."""
    seen, form = read_seen(request.form), StepForm()
    known = {one.id for one in show_decision(current_session(), current_user, decision_id).allocations}
    if not set(seen) <= known:
        raise NotFound("There is no such allocation.")
    try:
        _take(seen, step, form)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        _tell(form, error)
        return _decision_page(decision_id, form, taken=error if isinstance(error, StepTaken) else None), error.status
    return redirect(url_for("decisions.show", decision_id=decision_id), 303)


@pages.get("/allocations/<int:allocation_id>")
@allow(Thing.ALLOCATION, Action.SEE)
def allocation(allocation_id: int) -> str:
    return _allocation_page(allocation_id, StepForm())


@pages.post("/allocations/<int:allocation_id>/<step>")
@allow(Thing.ALLOCATION, Action.CHANGE)
def allocation_step(allocation_id: int, step: str) -> Page:
    seen, form = read_seen(request.form), StepForm()
    try:
        _take({number: one for number, one in seen.items() if number == allocation_id}, step, form)
    except DomainError as error:
        if error.status in (403, 404):
            raise
        _tell(form, error)
        taken = error if isinstance(error, StepTaken) else None
        return _allocation_page(allocation_id, form, taken), error.status
    return redirect(url_for("decisions.allocation", allocation_id=allocation_id), 303)


def _take(seen: Mapping[int, Seen], step: str, form: StepForm) -> None:
    """Take the step and commit. Raises NotFound for what the viewer may not even see."""
    session, to = current_session(), STEPS.get(step)
    if to is None:
        raise NotFound("There is no such step.")
    for number in seen:
        shown = read.show_allocation(session, current_user, number)
        if to not in shown.may:
            raise Forbidden("This step is for the managers of the project.")
    if not form.validate():
        raise DomainError("The reason is too long.", "reason")
    done = take_step(session, current_user.actor, seen, to, form.reason.data, datetime.now(UTC))
    session.commit()
    flash(f"{len(done)} {'allocation is' if len(done) == 1 else 'allocations are'} {to.value}.", "good")


def _tell(form: StepForm, error: DomainError) -> None:
    current_session().rollback()
    if not isinstance(error, StepTaken) and not form.errors:
        refuse(form, error)


def _allocation_page(allocation_id: int, form: StepForm, taken: StepTaken | None = None) -> str:
    shown = read.show_allocation(current_session(), current_user, allocation_id)
    return render_template("decisions/allocation.html", allocation=shown, form=form, steps=STEPS, taken=taken)


def _decision_page(
    decision_id: int, form: StepForm, *, taken: StepTaken | None = None, check: DecisionCheck | None = None
) -> str:
    decision = show_decision(current_session(), current_user, decision_id)
    return render_template("decisions/show.html", decision=decision, form=form, steps=STEPS, taken=taken, check=check)
