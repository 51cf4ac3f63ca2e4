"""The organisation's policy."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.errors import Conflict, DomainError
from app.forms.policy import PolicyForm, RetentionForm, policy_form, retention_form
from app.queries.briefs import Difference
from app.queries.policy import PolicyBrief, lacking_second_factor, policy_brief, policy_differences, policy_effects
from app.queries.privacy.retention import period_differences, periods, periods_fingerprint
from app.services.accounts.policy import set_policy
from app.services.privacy.retention import set_periods

pages = Blueprint("policy", __name__)
Page = str | Response | tuple[str, int]


@pages.get("/admin/policy")
@allow(Thing.POLICY, Action.SEE)
def show() -> str:
    brief = policy_brief(current_session())
    return _page(policy_form(brief), brief)


@pages.post("/admin/policy")
@allow(Thing.POLICY, Action.CHANGE)
@recently_authenticated
def update() -> Page:
    """Save; or, with `preview`, only say what saving would mean."""
    session, form = current_session(), PolicyForm()
    if form.validate():
        brief = form.brief()
        if "preview" in request.form:
            return _page(form, brief, preview=True)
        try:
            set_policy(session, current_user.actor, brief, form.seen.data or "")
        except Conflict as error:
            saved = policy_brief(session)
            form.stand_at(saved)
            return _page(form, brief, conflict=error, differences=policy_differences(saved, brief)), error.status
        except DomainError as error:
            form.refuse(error)
        else:
            session.commit()
            flash("The policy is saved and holds from now on.", "good")
            return redirect(url_for("policy.show"), 303)
    return _page(form), 422


@pages.post("/admin/policy/retention")
@allow(Thing.POLICY, Action.CHANGE)
@recently_authenticated
def keep_for() -> Page:
    session, form = current_session(), RetentionForm()
    brief = policy_brief(session)
    if not form.validate():
        return _page(policy_form(brief), brief, retention=form), 422
    try:
        set_periods(session, current_user.actor, form.days(), form.stood.data or "")
    except Conflict as error:
        saved = periods(session)
        form.stood.data = periods_fingerprint(saved)
        differing = period_differences(saved, form.days())
        page = _page(policy_form(brief), brief, retention=form, conflict=error, differences=differing)
        return page, error.status
    session.commit()
    flash("The periods are saved. What is older goes within a day.", "good")
    return redirect(url_for("policy.show"), 303)


def _page(
    form: PolicyForm,
    brief: PolicyBrief | None = None,
    *,
    retention: RetentionForm | None = None,
    preview: bool = False,
    conflict: Conflict | None = None,
    differences: Sequence[Difference] = (),
) -> str:
    session = current_session()
    return render_template(
        "admin/policy.html",
        form=form,
        retention=retention or retention_form(periods(session)),
        preview=preview,
        effects=policy_effects(session, policy_brief(session), brief) if brief else [],
        lacking=lacking_second_factor(session, brief) if brief else [],
        conflict=conflict,
        differences=differences,
    )
