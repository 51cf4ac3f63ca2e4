"""The audit trail, for administrators."""

from typing import Any

from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.api.audit import AuditPage, AuditQuery, entry_filters
from app.programs.bearer import Scope, scoped
from app.queries.audit.trail import entries_before
from app.queries.lists.stretches import Stretch
from app.views.api.routing import Part

part = Part("audit", "The audit trail, newest entries first.")


@part.at("/audit", AuditPage, query=AuditQuery)
@allow(Thing.AUDIT, Action.SEE)
@scoped(Scope.READ_AUDIT)
def list_entries(query: dict[str, Any]) -> dict[str, Any]:
    """Who did what to which object, with the values before and after."""
    stretch = Stretch.read(query["limit"], query["cursor"])
    filters = entry_filters(query)
    entries = entries_before(current_session(), current_user, filters, stretch.after, stretch.reach)
    items, following = stretch.cut(entries)
    return {"items": items, "next": following}
