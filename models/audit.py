"""The audit trail: append-only, each entry sealed with the one before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in account, or the command when nobody is signed in."""

    label: str
    account_id: int | None = None


class AuditEntry(Base):
    """Who did what to which object, with the values before and after.

    `seal` is the SHA-256 over the entry and the seal before it, so a changed or missing entry shows. `actor` names the
    account, or the command when nobody was signed in.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    seal: Mapped[str] = mapped_column(String(64), unique=True)
