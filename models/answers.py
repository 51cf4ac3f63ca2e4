"""What a request that must not happen twice was answered, so that the same one gets the same answer."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, now


class FirstAnswer(Base):
    """`key_digest` is the SHA-256 of the key that came with the request, `request_digest` that of the request itself.

    Keys belong to the account that sent them: nobody reads another's answer by guessing a key.
    """

    __tablename__ = "first_answers"
    __table_args__ = (
        UniqueConstraint("account_id", "key_digest"),
        CheckConstraint("status BETWEEN 200 AND 399", name="status_range"),
        Index("ix_first_answers_answered_at", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    key_digest: Mapped[str] = mapped_column(String(64))
    request_digest: Mapped[str] = mapped_column(String(64))
    answered_at: Mapped[datetime] = mapped_column(default=now)
    status: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(500))
    media_type: Mapped[str | None] = mapped_column(String(100))
    body: Mapped[str | None]
