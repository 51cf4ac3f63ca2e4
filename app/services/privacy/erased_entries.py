"""What the audit trail says of a person: found, and redacted so that the chain of its seals still holds."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.queries.privacy.spellings import Spellings
from app.services.audit import Actor, redact
from app.services.privacy.scrubbing import mentioning
from models import AuditEntry

SUBJECTS = {
    "practitioner": "practitioners",
    "rating": "ratings",
    "learning_goal": "learning_goals",
    "absence": "absences",
}
"""What entries are about -> the table of its rows. Bookings and parts in projects stay, and so do their entries."""


def redact_entries(
    session: Session,
    actor: Actor,
    rows: Mapping[str, Collection[int]],
    account_ids: Collection[int],
    spellings: Spellings,
    further: Collection[int],
    why: str,
) -> int:
    """Redact what is about the person or mentions them, and `further` entries; returns how many that were. Who acts and
    in what order stays: an account is a number there."""
    about: list[ColumnElement[bool]] = [
        and_(AuditEntry.subject == subject, AuditEntry.subject_id.in_(list(rows.get(table, ()))))
        for subject, table in SUBJECTS.items()
    ]
    about.append(and_(AuditEntry.subject == "account", AuditEntry.subject_id.in_(list(account_ids))))
    found = {*further, *session.scalars(select(AuditEntry.id).where(or_(*about)))}
    found |= {
        row["id"]
        for row in mentioning(session, AuditEntry.__table__, spellings)  # type: ignore[arg-type]  # ours are all real tables
        if any(row[name] is not None and spellings.replaced_in(row[name]) != row[name] for name in row)
    }
    if found:
        redact(session, actor, sorted(found), why)
    return len(found)
