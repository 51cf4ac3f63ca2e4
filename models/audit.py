"""The audit trail: append-only, each entry sealed with the one before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in account, or the command when nobody is signed in. The label is never a name or an address:
    it stays in the audit trail for good."""

    label: str
    account_id: int | None = None

    @classmethod
    def of(cls, account_id: int) -> "Actor":
        """The account as the one who acts."""
        return cls(f"account {account_id}", account_id)


class AuditEntry(Base):
    """Who did what to which object, with the values before and after, why, and in which request.

    `actor` and `role` say which account acted and in which role, or that it was the command. `before`, `after` and
    `reason` may speak of people: `seal` covers only their `digest`, so that they can be redacted (they and the `salt`
    become null) while the chain holds. Triggers of the database refuse every other change.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id"),
        Index("ix_audit_entries_action", "action", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    salt: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str | None] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64), unique=True)

    @property
    def redacted(self) -> bool:
        """Whether the part that may speak of people was taken out. Nobody can tell by the entry alone when an older
        program, which knew no digest, wrote it."""
        return self.digest is not None and self.salt is None
