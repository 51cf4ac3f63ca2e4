"""Lists of skills that others keep: send one, see what a part of it adds, load it."""

from pathlib import PurePath

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.entrance.limits import UPLOADS, paced
from app.errors import Conflict, DomainError
from app.forms.fields import refuse
from app.forms.imports.taxonomies import TaxonomyForm, read_part
from app.queries.imports.taxonomies import preview_taxonomy
from app.rendering import plural
from app.services.imports import taxonomies

pages = Blueprint("taxonomies", __name__)


@pages.get("/skills/lists")
@allow(Thing.TAXONOMY, Action.SEE)
def index() -> str:
    return render_template("taxonomies/index.html", form=TaxonomyForm())


@pages.post("/skills/lists")
@allow(Thing.TAXONOMY, Action.CHANGE)
@paced(UPLOADS)
def upload() -> Response | tuple[str, int]:
    form = TaxonomyForm()
    try:
        if not form.validate():
            return render_template("taxonomies/index.html", form=form), 422
        name, content = PurePath(form.file.data.filename or "").name, form.file.data.read()
        found = taxonomies.read_file(content, name)
    except DomainError as error:
        refuse(form, error)
        return render_template("taxonomies/index.html", form=form), error.status
    session = current_session()
    kept = taxonomies.receive(session, current_user.actor, content, found)
    session.commit()
    return redirect(url_for("taxonomies.show", taxonomy_id=kept.id), 303)


@pages.get("/skills/lists/<int:taxonomy_id>")
@allow(Thing.TAXONOMY, Action.SEE)
def show(taxonomy_id: int) -> str:
    preview = preview_taxonomy(current_session(), taxonomy_id, read_part(request.args))
    return render_template("taxonomies/show.html", preview=preview, moved=None)


@pages.post("/skills/lists/<int:taxonomy_id>")
@allow(Thing.TAXONOMY, Action.CHANGE)
def load(taxonomy_id: int) -> Response | tuple[str, int]:
    session, part = current_session(), read_part(request.form)
    try:
        done = taxonomies.load_kept(session, current_user.actor, taxonomy_id, part, request.form.get("digest", ""))
    except Conflict as moved:
        preview = preview_taxonomy(session, taxonomy_id, part)
        return render_template("taxonomies/show.html", preview=preview, moved=moved.sentence), 409
    session.commit()
    skills, names = plural(len(done.new), "skill", "skills"), plural(done.alias_count, "other name", "other names")
    flash(f"The catalogue has {skills} and {names} more.", "good")
    return redirect(url_for("skills.index"), 303)


@pages.post("/skills/lists/<int:taxonomy_id>/discard")
@allow(Thing.TAXONOMY, Action.CHANGE)
def discard(taxonomy_id: int) -> Response:
    session = current_session()
    taxonomies.discard(session, current_user.actor, taxonomy_id)
    session.commit()
    return redirect(url_for("taxonomies.index"), 303)
