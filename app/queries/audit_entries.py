"""The audit trail from its newest entry back, in stretches that new entries do not move."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.queries.stretches import Stretch
from models import AuditEntry


@dataclass(frozen=True, slots=True)
class EntryFilters:
    action: str | None = None
    subject: str | None = None
    subject_id: int | None = None
    account_id: int | None = None


def audit_entries(session: Session, filters: EntryFilters, stretch: Stretch) -> Sequence[AuditEntry]:
    """The entries older than the one that the stretch begins after. One statement."""
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
    return session.scalars(wanted).all()
