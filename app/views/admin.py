"""The administrator's way in."""

from flask import Blueprint, render_template

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.queries.accounts.listing import count_accounts
from app.queries.accounts.people import count_uninvited
from app.queries.privacy.stored import erasure_wishes

pages = Blueprint("admin", __name__)


@pages.get("/admin")
@allow(Thing.ACCOUNT, Action.ADMINISTER)
def index() -> str:
    session = current_session()
    return render_template(
        "admin/index.html",
        accounts={state.value: count for state, count in count_accounts(session).items()},
        uninvited=count_uninvited(session),
        wishes=erasure_wishes(session),
    )
