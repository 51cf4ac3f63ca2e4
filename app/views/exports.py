"""Taking the directory out: files that the importer reads back."""

from flask import Blueprint, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.entrance.limits import TAKEN_OUT, paced
from app.exchange.downloads import file_response
from app.forms.exports import read_project
from app.queries.exports.tables import export_choices
from app.services.exports import ENDINGS, make_export

pages = Blueprint("exports", __name__)


@pages.get("/exports")
@allow(Thing.EXPORT, Action.CREATE)
def index() -> str:
    """With `?project=<id>` that project stands first."""
    found = export_choices(current_session(), read_project(request.args))
    return render_template("exports/index.html", found=found, endings=ENDINGS)


@pages.post("/exports/<kind>")
@allow(Thing.EXPORT, Action.CREATE)
@paced(TAKEN_OUT)
def download(kind: str) -> Response:
    session, ending = current_session(), request.form.get("ending", "")
    project_id = read_project(request.form)
    content = make_export(session, current_user.actor, current_user, kind, ending, project_id)
    session.commit()
    number = f"-{project_id}" if project_id else ""
    return file_response(content, f"muster-{kind}{number}{ending}")
