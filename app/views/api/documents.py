"""What the API says of itself: for programs as OpenAPI, for people as a page."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from app.access import Action, Thing
from app.entrance.declaring import allow
from app.forms.api.readable import operations

pages = Blueprint("api_documents", __name__)
DOCUMENT = "muster-openapi"
DESCRIPTION = (
    "Send a token of Muster in the header Authorization: Bearer. A token does at most what its account may do at that "
    "moment, and only what its scopes say."
)


@pages.get("/api/v1/openapi.json")
@allow(Thing.API, Action.SEE)
def openapi() -> Response:
    return Response(json.dumps(_document()), mimetype="application/json")


@pages.get("/api/docs")
@allow(Thing.HOME, Action.SEE)
def docs() -> str:
    return render_template("api/docs.html", operations=operations(_document()), description=DESCRIPTION)


def _document() -> dict[str, Any]:
    document: dict[str, Any] = current_app.extensions[DOCUMENT]
    return document
