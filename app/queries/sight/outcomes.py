"""How projects went, told to somebody: a project's outcome is that of everybody whose part has none of its own."""

from sqlalchemy import ColumnElement, not_, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import True_

from app.queries.sight.visibility import AccountViewer, Viewer, led_by, seen_by
from models import AccountRole, Engagement, PersonalField, Practitioner, Project, Reach

ANYBODY = AccountViewer(None, AccountRole.VIEWER, Reach.ASSIGNED, None)
"""Somebody who is shown no more than everybody is."""


def outcome_shown(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Condition on `Project`: the viewer leads it, or nobody whose outcome that is hides theirs from the viewer."""
    shown = seen_by(session, viewer, PersonalField.OUTCOMES)
    if isinstance(shown, True_):
        return shown
    hiding = select(Practitioner.id).where(not_(shown))
    # Not `exists`: asked for each project anew, it took four times as long.
    kept_back = select(Engagement.project_id).where(
        Engagement.success.is_(None), Engagement.practitioner_id.in_(hiding)
    )
    return or_(led_by(viewer), Project.id.not_in(kept_back))
