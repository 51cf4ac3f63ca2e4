"""Tokens with which a program asks the API in the name of an account."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, ShortText, now


class Scope(StrEnum):
    """What a token is for. It opens that much of what its account may do, and nothing that the account may not."""

    READ_DIRECTORY = "read:directory"
    READ_PROJECTS = "read:projects"
    WRITE_PROJECTS = "write:projects"
    PROPOSE = "propose"
    READ_AUDIT = "read:audit"


class ApiToken(Base):
    """Stored as SHA-256 only; `prefix` is how its owner tells it from others. `last_used_at` is coarse."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="name_stated"),
        CheckConstraint("expires_at > created_at", name="lifetime"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[ShortText]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
