"""Health: whether the process runs and whether the database is reachable at the right schema."""

from flask import Blueprint

from app.db import current_engine
from app.queries.schema import schema_fault
from app.security import Access, allow

pages = Blueprint("service", __name__)


@pages.get("/healthz")
@allow(Access.PUBLIC)
def healthz() -> str:
    return "ok"


@pages.get("/readyz")
@allow(Access.PUBLIC)
def readyz() -> tuple[str, int]:
    fault = schema_fault(current_engine())
    return (fault, 503) if fault else ("ok", 200)
