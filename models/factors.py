"""What an account proves besides a password: codes of an authenticator app, recovery codes, identities elsewhere.

Nothing here opens a door by itself: the seed of the codes follows from `salt` and the server's secret key, and of a
recovery code only a keyed digest is kept.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, ShortText, now


class SecondFactor(Base):
    """`last_step` is the thirty seconds of the code used last: neither that code nor an older one works again."""

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(64))
    last_step: Mapped[int]
    set_up_at: Mapped[datetime] = mapped_column(default=now)


class RecoveryCode(Base):
    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("account_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """Who a provider of single sign-on says somebody is. `email` is what it said when the two were linked."""

    __tablename__ = "external_identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[ShortText]
    linked_at: Mapped[datetime] = mapped_column(default=now)
