"""The audit trail: who did what to which object, append-only and sealed."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, null, select, update
from sqlalchemy.orm import Session

from app.db import wait_for_turn
from app.errors import NotFound
from app.events import current_request_id, log_event
from models import Account, Actor, AuditEntry
from models.sealing import new_salt, personal_digest, seal_of

__all__ = ["COMMAND_LINE", "VISITOR", "Actor", "record", "redact"]

CHAIN_LOCK = 0x6D757374  # "must": the advisory lock that orders entries on PostgreSQL
COMMAND_LINE = Actor("command line")
VISITOR = Actor("visitor")
"""Somebody who is not signed in."""
REDACT = "audit.redact"
NAMED_AT_ONCE = 500
"""Redacted entries that one entry names."""
PENDING = "audited"


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
    """Append one entry, sealed with the entry before it; commits with the change it tells of, or not at all.

    `before`, `after` and `reason` may speak of people: erasing somebody redacts them. Once committed, a line of the log
    says the same without them.
    """
    wait_for_turn(session, CHAIN_LOCK)
    session.flush()
    last_seal, role = session.execute(
        select(
            select(AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1).scalar_subquery(),
            select(Account.role).where(Account.id == actor.account_id).scalar_subquery(),
        )
    ).one()
    entry = AuditEntry(
        at=datetime.now(UTC),
        account_id=actor.account_id,
        actor=actor.label if actor.account_id is None else Actor.of(actor.account_id).label,
        role=role.value if role else None,
        action=action,
        subject=subject,
        subject_id=subject_id,
        request_id=current_request_id(),
        before=_as_stored(before),
        after=_as_stored(after),
        reason=reason,
        salt=new_salt(),
    )
    entry.digest = personal_digest(entry.salt or "", entry.before, entry.after, entry.reason)
    entry.seal = seal_of(entry, last_seal or "")
    session.add(entry)
    session.flush()
    _log_once_committed(session, entry)
    return entry


def redact(session: Session, actor: Actor, entry_ids: Iterable[int], why: str) -> int:
    """Take before, after and reason out of the entries, for good; who did what to which object and when stays, and the
    chain still holds. Returns how many were redacted: entries that are redacted already, and those that tell of
    redactions, are passed over. `why` stays for good too: it names nobody. Raises NotFound for an entry that is not
    there."""
    wanted = sorted(set(entry_ids))
    count = 0
    for ids in _in_parts(wanted):
        found = session.execute(
            select(AuditEntry.id, AuditEntry.action, AuditEntry.salt, AuditEntry.digest).where(AuditEntry.id.in_(ids))
        ).all()
        if len(found) != len(ids):
            raise NotFound(f"The audit trail has no entry {min(set(ids) - {row.id for row in found})}.")
        chosen = [row.id for row in found if row.action != REDACT and (row.salt is not None or row.digest is None)]
        if not chosen:
            continue
        # Those of an older form lose what their seal was made of. Named as such, no other entry can pass for one.
        older = [row.id for row in found if row.digest is None and row.action != REDACT]
        told = {"entries": chosen, **({"of_older_form": older} if older else {})}
        record(session, actor, REDACT, "audit", None, after=told, reason=why)
        session.execute(
            update(AuditEntry)
            .where(AuditEntry.id.in_(chosen))
            .values(before=null(), after=null(), reason=null(), salt=null())
            .execution_options(synchronize_session="fetch")
        )
        count += len(chosen)
    return count


def _in_parts(ids: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(ids), NAMED_AT_ONCE):
        yield ids[start : start + NAMED_AT_ONCE]


def _as_stored(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the database gives back, so that the digest is of that: keys are text, tuples are lists."""
    stored: dict[str, Any] | None = json.loads(json.dumps(value))
    return stored


def _log_once_committed(session: Session, entry: AuditEntry) -> None:
    """Once the transaction is committed the log says so too; what was rolled back did not happen."""
    pending: list[dict[str, Any]] = session.info.setdefault(PENDING, [])
    if not event.contains(session, "after_commit", _log_pending):
        event.listen(session, "after_commit", _log_pending)
        event.listen(session, "after_rollback", _forget_pending)
    pending.append(
        {
            "kind": entry.action,
            "entry": entry.id,
            "account": entry.account_id,
            "actor": entry.actor,
            "role": entry.role,
            "subject": entry.subject,
            "subject_id": entry.subject_id,
        }
    )


def _log_pending(session: Session) -> None:
    for told in session.info.pop(PENDING, []):
        log_event(**told)


def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)
