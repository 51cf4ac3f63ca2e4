"""The audit trail: its entries, one of them, their export, whether the chain holds, and the history of one thing."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, render_template, request, stream_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.entrance.limits import TAKEN_OUT, paced
from app.errors import DomainError
from app.exchange.downloads import file_response
from app.forms.audit import (
    action_choices,
    action_value,
    action_words,
    address,
    query_of,
    read_filters,
    subject_choices,
    subject_words,
)
from app.queries.audit.chain import newest_seal, walk_chain
from app.queries.audit.history import history_of_person, history_of_project, imports_of_person
from app.queries.audit.trail import Trail, actors, one_entry, page_of_trail
from app.services.audit_exports import ENDINGS, export_trail

pages = Blueprint("audit", __name__)


@pages.get("/admin/audit")
@allow(Thing.AUDIT, Action.SEE)
def index() -> str:
    session, filters = current_session(), read_filters(request.args)
    return render_template(
        "audit/index.html",
        **_shown(page_of_trail(session, current_user, filters), url_for("audit.index")),
        actors=[("", "Anybody"), *actors(session)],
        actions=action_choices(),
        action=action_value(filters),
        subjects=subject_choices(),
        asked=query_of(filters),
        endings=ENDINGS,
        newest=newest_seal(session),
    )


@pages.get("/admin/audit/<int:entry_id>")
@allow(Thing.AUDIT, Action.SEE)
def show(entry_id: int) -> str:
    entry = one_entry(current_session(), current_user, entry_id)
    return render_template("audit/show.html", entry=entry, **_words())


@pages.post("/admin/audit/export")
@allow(Thing.AUDIT, Action.SEE)
@paced(TAKEN_OUT)
def export() -> Response:
    session, ending = current_session(), request.form.get("ending", "")
    content = export_trail(session, current_user.actor, current_user, read_filters(request.form), ending)
    session.commit()
    return file_response(content, f"muster-audit{ending}")


@pages.get("/admin/audit/chain")
@allow(Thing.AUDIT, Action.SEE)
def chain() -> Response | Iterator[str]:
    """Says how far it is while it looks, since a long trail takes seconds."""
    expected = request.args.get("expect", "").strip().lower() or None
    if expected and (len(expected) != 64 or set(expected) - set("0123456789abcdef")):
        raise DomainError("A seal has 64 digits from 0 to 9 and a to f. Copy the whole of it.")
    steps = walk_chain(current_session(), expected)
    return stream_template("audit/chain.html", steps=steps, expected=expected)


@pages.get("/people/<int:person_id>/history")
@allow(Thing.PERSON, Action.TRACE)
def of_person(person_id: int) -> str:
    filters, here = read_filters(request.args), url_for("audit.of_person", person_id=person_id)
    session = current_session()
    name, trail = history_of_person(session, current_user, person_id, filters)
    imports = imports_of_person(session, current_user, person_id)
    way = [("People", url_for("people.index")), (name, url_for("people.show", person_id=person_id)), ("History", "")]
    return render_template("audit/history.html", name=name, way=way, imports=imports, **_shown(trail, here))


@pages.get("/projects/<int:project_id>/history")
@allow(Thing.PROJECT, Action.TRACE)
def of_project(project_id: int) -> str:
    filters, here = read_filters(request.args), url_for("audit.of_project", project_id=project_id)
    name, trail = history_of_project(current_session(), current_user, project_id, filters)
    project = url_for("projects.show", project_id=project_id)
    way = [("Projects", url_for("projects.index")), (name, project), ("History", "")]
    return render_template("audit/history.html", name=name, way=way, imports=[], **_shown(trail, here))


def _shown(trail: Trail, here: str) -> dict[str, Any]:
    newer, older = address(here, trail.newer), address(here, trail.older)
    return {"trail": trail, "here": here, "newer": newer, "older": older, **_words()}


def _words() -> dict[str, Any]:
    return {"action_words": action_words, "subject_words": subject_words}
