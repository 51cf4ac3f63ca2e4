"""What is stored about oneself, who sees it, a copy of it, and the wish to be erased; and where one was proposed."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow, recently_authenticated
from app.entrance.limits import TAKEN_OUT, paced
from app.errors import DomainError, NotFound
from app.exchange.downloads import file_response
from app.forms.privacy import AudienceForm
from app.queries.privacy.stored import stored_about, stored_account
from app.queries.staffing.proposed import where_proposed
from app.services.privacy import visibility
from app.services.privacy.personal_data import export_of_account

pages = Blueprint("privacy", __name__, url_prefix="/account")
NOT_OFFERED = "Choose one of the audiences that are offered."


@pages.get("/privacy")
@allow(Thing.ACCOUNT, Action.SEE)
def show() -> str:
    return _page()


@pages.post("/privacy/audience")
@allow(Thing.ACCOUNT, Action.CHANGE)
def choose_audience() -> Response | tuple[str, int]:
    form, session, person_id = AudienceForm(), current_session(), _own_person()
    if not form.validate():
        return _page(NOT_OFFERED), 422
    try:
        visibility.choose_audience(session, current_user.actor, person_id, *form.choice)
    except DomainError as error:
        return _page(error.sentence), error.status
    session.commit()
    return _back_to(f"part-{form.field.data}", "Your choice holds from now on.")


@pages.get("/privacy/data")
@allow(Thing.ACCOUNT, Action.SEE)
@recently_authenticated
def data_page() -> str:
    return render_template("privacy/data.html")


@pages.post("/privacy/data")
@allow(Thing.ACCOUNT, Action.SEE)
@recently_authenticated
@paced(TAKEN_OUT)
def data() -> Response:
    session = current_session()
    content = export_of_account(session, current_user.actor, current_user.account_id, datetime.now(UTC))
    session.commit()
    return file_response(content, "personal-data.zip")


@pages.post("/privacy/erasure")
@allow(Thing.ACCOUNT, Action.CHANGE)
def ask_for_erasure() -> Response:
    session = current_session()
    visibility.ask_for_erasure(session, current_user.actor, _own_person(), datetime.now(UTC))
    session.commit()
    return _back_to("erasure", "The administrators see your wish. You can take it back until one of them erases you.")


@pages.post("/privacy/erasure/take-back")
@allow(Thing.ACCOUNT, Action.CHANGE)
def take_back_erasure() -> Response:
    session = current_session()
    visibility.take_back_erasure(session, current_user.actor, _own_person())
    session.commit()
    return _back_to("erasure", "You stay. Nothing was erased.")


@pages.get("/proposals")
@allow(Thing.ACCOUNT, Action.SEE)
def proposals() -> str:
    person_id = current_user.practitioner_id
    found = None if person_id is None else where_proposed(current_session(), current_user, person_id)
    return render_template("privacy/own_proposals.html", found=found)


def _own_person() -> int:
    """The person behind the account. Raises NotFound for an account behind which nobody stands."""
    number: int | None = current_user.practitioner_id
    if number is None:
        raise NotFound("Nobody of the directory stands behind your account, so there is nothing to choose.")
    return number


def _back_to(place: str, said: str) -> Response:
    """To the same place of the long page, where the template says it: at the top nobody would see it."""
    flash(said, f"at {place}")
    return redirect(url_for("privacy.show", _anchor=place), 303)


def _page(refused: str | None = None) -> str:
    session, person_id = current_session(), current_user.practitioner_id
    account = stored_account(session, current_user.account_id)
    stored = None if person_id is None else stored_about(session, person_id)
    return render_template("privacy/show.html", account=account, stored=stored, refused=refused)
