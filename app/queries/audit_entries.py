"""The audit trail from its newest entry back, in stretches that new entries do not move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.audit_fields import Hidden, hidden_in
from app.queries.stretches import Stretch
from app.queries.visibility import Viewer
from models import AuditEntry


@dataclass(frozen=True, slots=True)
class EntryFilters:
    action: str | None = None
    subject: str | None = None
    subject_id: int | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """`before` and `after` hold what the viewer may see."""

    id: int
    at: datetime
    account_id: int | None
    actor: str
    role: str | None
    action: str
    subject: str
    subject_id: int | None
    request_id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None
    redacted: bool
    seal: str


def audit_entries(session: Session, viewer: Viewer, filters: EntryFilters, stretch: Stretch) -> Sequence[Entry]:
    """The entries older than the one that the stretch begins after. A constant number of statements."""
    wanted = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(stretch.reach)
    if stretch.after is not None:
        wanted = wanted.where(AuditEntry.id < stretch.after)
    for column, value in (
        (AuditEntry.action, filters.action),
        (AuditEntry.subject, filters.subject),
        (AuditEntry.subject_id, filters.subject_id),
        (AuditEntry.account_id, filters.account_id),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    found = session.scalars(wanted).all()
    hidden = hidden_in(session, viewer, found)
    return [_entry(entry, hidden[entry.id]) for entry in found]


def _entry(entry: AuditEntry, hidden: Hidden) -> Entry:
    return Entry(
        id=entry.id,
        at=entry.at,
        account_id=entry.account_id,
        actor=entry.actor,
        role=entry.role,
        action=entry.action,
        subject=entry.subject,
        subject_id=entry.subject_id,
        request_id=entry.request_id,
        before=hidden.shown(entry.before),
        after=hidden.shown(entry.after),
        reason=None if hidden.everything else entry.reason,
        redacted=entry.redacted,
        seal=entry.seal,
    )
