"""The audit trail: who did what to which object, append-only and sealed."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import Actor, AuditEntry

__all__ = ["COMMAND_LINE", "Actor", "record", "seal"]

CHAIN_LOCK = 0x6D757374  # "must": the advisory lock that orders entries on PostgreSQL


COMMAND_LINE = Actor("command line")


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Append one entry, sealed with the entry before it; commits with the change it tells of, or not at all."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    session.flush()
    last_seal = session.scalar(select(AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=datetime.now(UTC),
        account_id=actor.account_id,
        actor=actor.label,
        action=action,
        subject=subject,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
    )
    entry.seal = seal(entry, last_seal or "")
    session.add(entry)
    session.flush()
    return entry


def seal(entry: AuditEntry, last_seal: str) -> str:
    """SHA-256 over the entry and the seal before it. The account's id is left out: erasing an account clears it."""
    told = [
        last_seal,
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.subject_id,
        entry.before,
        entry.after,
        entry.reason,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
