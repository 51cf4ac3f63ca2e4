"""Health: whether the process runs and whether the database is reachable at the right schema."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.access import Action, Thing
from app.db import current_engine
from app.entrance.declaring import allow
from app.queries.schema import schema_fault

pages = Blueprint("service", __name__)


@pages.get("/healthz")
@allow(Thing.HEALTH, Action.SEE)
def healthz() -> Response:
    return Response("ok", mimetype="text/plain")


@pages.get("/readyz")
@allow(Thing.HEALTH, Action.SEE)
def readyz() -> Response:
    fault = schema_fault(current_engine())
    return Response(fault or "ok", 503 if fault else 200, mimetype="text/plain")
