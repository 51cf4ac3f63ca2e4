"""Removing what was kept for long enough, and saying for how long that is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.db import wait_for_turn
from app.errors import Conflict, DomainError
from app.queries.privacy.retention import RUN, USUAL, expired, periods, periods_fingerprint, retention_due
from app.services.audit import Actor, record
from models import Base, BatchState, ImportBatch, ImportLines, RetentionKind, RetentionPeriod

LONGEST_DAYS = 3650
RETENTION_LOCK = 0x72657461
"""The advisory lock by which of two workers on PostgreSQL only one tidies up, and nobody changes the periods."""
CHANGED = "Somebody else changed the periods while you were editing them. Both are shown; save again to keep yours."
QUIETLY = {"synchronize_session": False}


def run(session: Session, actor: Actor, at: datetime) -> dict[str, int]:
    """Remove it, and tell how many rows of each kind that were; so does the audit trail."""
    counts = {
        kind.value: sum(_remove(session, table, condition) for table, condition in found)
        for kind, found in expired(session, at).items()
    }
    record(session, actor, RUN, "retention", None, after=counts)
    return counts


def run_if_due(session: Session, actor: Actor, at: datetime) -> dict[str, int] | None:
    """The same unless somebody did it within a day: looked at once more under a lock."""
    wait_for_turn(session, RETENTION_LOCK)
    return run(session, actor, at) if retention_due(session, at) else None


def set_periods(session: Session, actor: Actor, days: Mapping[RetentionKind, int], seen: str | None = None) -> None:
    """Keep each kind for so many days from now on. Raises DomainError at the field of one that cannot be, and Conflict
    unless the periods still have the fingerprint `seen`; without it whatever stands is replaced."""
    wait_for_turn(session, RETENTION_LOCK)
    before = periods(session)
    if seen is not None and periods_fingerprint(before) != seen:
        raise Conflict(CHANGED)
    for kind, wanted in days.items():
        if not 1 <= wanted <= LONGEST_DAYS:
            raise DomainError(f"{USUAL[kind].label}: choose 1 to {LONGEST_DAYS} days.", kind.value)
    changed = {kind: wanted for kind, wanted in days.items() if wanted != before[kind]}
    for kind, wanted in changed.items():
        row = session.get(RetentionPeriod, kind.value)
        if row is None:
            session.add(RetentionPeriod(kind=kind.value, days=wanted))
        else:
            row.days = wanted
    session.flush()
    if changed:
        record(
            session,
            actor,
            "retention.change",
            "retention",
            None,
            before={kind.value: before[kind] for kind in changed},
            after={kind.value: wanted for kind, wanted in changed.items()},
        )


def _remove(session: Session, table: type[Base], condition: ColumnElement[bool]) -> int:
    if table is ImportBatch:
        return _empty_imports(session, condition)
    removed = session.execute(delete(table).where(condition), execution_options=QUIETLY)
    return int(removed.rowcount)  # type: ignore[attr-defined]  # a delete's result has one


def _empty_imports(session: Session, condition: ColumnElement[bool]) -> int:
    """The file and its preview go; that the import was there, what it changed and how to undo it stays."""
    found = session.execute(select(ImportBatch.id, ImportBatch.state, ImportBatch.plan).where(condition)).all()
    for batch_id, state, plan in found:
        decided = state in (BatchState.APPLIED, BatchState.UNDONE)
        new: dict[str, Any] = {"content": b"", "version": ImportBatch.version + 1}
        new |= {"plan": {**plan, "lines": []}} if decided else {"plan": {}, "state": BatchState.DISCARDED}
        session.execute(delete(ImportLines).where(ImportLines.batch_id == batch_id), execution_options=QUIETLY)
        session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(new), execution_options=QUIETLY)
    return len(found)
