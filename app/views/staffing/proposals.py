"""Proposing teams for a project, and the proposal page."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_engine, current_session
from app.entrance.declaring import allow
from app.entrance.limits import ENGINE, paced
from app.errors import DomainError, NotFound
from app.exchange.idempotency import answered_before, kept, once
from app.forms.fields import refuse
from app.forms.people import read_number
from app.forms.staffing.decisions import ChooseForm, SetAsideForm
from app.forms.staffing.proposals import CHANGES, PRESETS, ChangeForm, ChoicesForm
from app.queries.staffing import proposals as read
from app.queries.staffing.alternatives import alternatives_for
from app.queries.staffing.choices import Choices
from app.queries.staffing.decisions import decision_summaries, holds_people, proposal_of
from app.services.staffing import decisions, proposals

pages = Blueprint("proposals", __name__)


@pages.get("/proposals")
@allow(Thing.PROPOSAL, Action.SEE)
def index() -> str:
    return render_template("proposals/index.html", runs=read.run_summaries(current_session(), current_user))


@pages.get("/projects/<int:project_id>/proposals")
@allow(Thing.PROPOSAL, Action.CREATE)
def of_project(project_id: int) -> str:
    base = _base_choices(project_id)
    if (preset := request.args.get("preset", "")) in PRESETS:
        base = Choices.from_json(base.to_json() | {"weights": PRESETS[preset]})
    return _page(project_id, ChoicesForm.showing(base), base)


@pages.post("/projects/<int:project_id>/proposals")
@allow(Thing.PROPOSAL, Action.CREATE)
@once
@paced(ENGINE)
def create(project_id: int) -> Response | tuple[str, int]:
    form, base = ChoicesForm(), _base_choices(project_id)
    if not form.validate():
        return _page(project_id, form, base), 422
    try:
        return _run(project_id, form.choices(base))
    except NotFound:
        raise
    except DomainError as error:
        form.form_errors.append(error.sentence)
        return _page(project_id, form, base), error.status


@pages.get("/proposals/<int:run_id>")
@allow(Thing.PROPOSAL, Action.SEE)
def show(run_id: int) -> str:
    return _run_page(run_id, ChooseForm(), SetAsideForm())


@pages.post("/proposals/<int:run_id>/choose")
@allow(Thing.DECISION, Action.CREATE)
@once
def choose(run_id: int) -> Response | tuple[str, int]:
    """Hold the people of one team, with a reason."""
    session, form = current_session(), ChooseForm()
    if not form.offer(_titles(read.run_with_people(session, current_user, run_id))).validate():
        return _run_page(run_id, form, SetAsideForm()), 422
    try:
        proposal_id = proposal_of(session, run_id, read.LETTERS.index(form.team.data))
        decision = decisions.choose_team(
            session, current_user.actor, proposal_id, form.reason.data or "", datetime.now(UTC)
        )
    except decisions.WorldMoved as error:
        return render_template("decisions/moved.html", moved=error, reason=form.reason.data), error.status
    except NotFound:
        raise
    except DomainError as error:
        refuse(form, error)
        return _run_page(run_id, form, SetAsideForm()), error.status
    return _decided(decision.id, f"The people of team {form.team.data} are held. Confirm them, or release them again.")


@pages.post("/proposals/<int:run_id>/set-aside")
@allow(Thing.DECISION, Action.CREATE)
@once
def set_aside(run_id: int) -> Response | tuple[str, int]:
    session, form = current_session(), SetAsideForm()
    if not form.validate():
        return _run_page(run_id, ChooseForm(), form), 422
    try:
        decision = decisions.set_aside(session, current_user.actor, run_id, form.why.data or "", datetime.now(UTC))
    except NotFound:
        raise
    except DomainError as error:
        refuse(form, error)
        return _run_page(run_id, ChooseForm(), form), error.status
    return _decided(decision.id, "The proposal is set aside; nobody is held because of it.")


@pages.post("/proposals/<int:run_id>/choices/<change>")
@allow(Thing.PROPOSAL, Action.CREATE)
@once
@paced(ENGINE)
def change(run_id: int, change: str) -> Response:
    """Propose again with one choice made or taken back: a button on the proposal page."""
    run, form = read.stored_run(current_session(), run_id), ChangeForm()
    if change not in CHANGES or not form.validate():
        raise NotFound("There is no such choice.")
    changed = CHANGES[change](Choices.from_json(run.choices), form.role.data or 0, form.person.data or 0)
    return _run(run.project_id, changed)


def _run(project_id: int, choices: Choices) -> Response:
    session, actor, today = current_session(), current_user.actor, datetime.now(UTC).date()
    session.rollback()  # On SQLite it holds the lock for writing, and nobody should wait while teams are worked out.
    answer = proposals.work_out(current_engine(), current_user, project_id, choices, today)
    if first := answered_before():
        return first
    run = proposals.store_run(session, actor, answer)
    there = kept(redirect(url_for("proposals.show", run_id=run.id), 303))
    session.commit()
    return there


def _titles(run: read.RunView) -> list[tuple[str, str]]:
    return [(team.letter, f"Team {team.letter}: {', '.join(team.people)}") for team in run.teams]


def _decided(decision_id: int, said: str) -> Response:
    flash(said, "good")
    answer = kept(redirect(url_for("decisions.show", decision_id=decision_id), 303))
    current_session().commit()
    return answer


def _run_page(run_id: int, choosing: ChooseForm, setting_aside: SetAsideForm) -> str:
    session = current_session()
    run = read.run_with_people(session, current_user, run_id)
    choosing.offer(_titles(run))
    asked = None if run.withheld else run.role_names.get(read_number(request.args.get("role")) or 0)
    return render_template(
        "proposals/show.html",
        run=run,
        asked=asked,
        others=alternatives_for(session, current_user, read.stored_run(session, run_id), asked) if asked else [],
        choosing=choosing,
        setting_aside=setting_aside,
        decided=decision_summaries(session, run.project_id, run_id),
        held=holds_people(session, run_id),
    )


def _base_choices(project_id: int) -> Choices:
    """The choices of the run that `from` names, else the usual ones."""
    run_id = read_number(request.args.get("from"))
    return read.choices_of(current_session(), project_id, run_id) if run_id is not None else Choices()


def _page(project_id: int, form: ChoicesForm, base: Choices) -> str:
    session = current_session()
    return render_template(
        "proposals/of_project.html",
        project=read.staffed_project(session, project_id),
        form=form,
        base=base,
        names=read.names_in(session, current_user, base),
        presets=PRESETS,
        preset=request.args.get("preset"),
        run_id=read_number(request.args.get("from")),
        runs=read.run_summaries(session, current_user, project_id),
    )
