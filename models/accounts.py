"""Accounts, their sessions and their one-use links.

Tokens are stored as SHA-256 only: a leaked database opens no door.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, ShortText, Timestamps, Versioned, choice, now


class AccountRole(StrEnum):
    ADMIN = "admin"
    MANAGER = "manager"
    PRACTITIONER = "practitioner"
    VIEWER = "viewer"


class Reach(StrEnum):
    """Whom a manager manages: everybody, or the people of their units and of the projects that they lead."""

    ORGANISATION = "organisation"
    ASSIGNED = "assigned"


class Account(Timestamps, Versioned, Base):
    """No password hash: the account can only be entered through a one-use link. `reach` says nothing of other roles
    than the manager's."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[ShortText] = mapped_column(unique=True)
    name: Mapped[ShortText]
    role: Mapped[AccountRole] = mapped_column(choice(AccountRole, "role"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    practitioner_id: Mapped[int | None] = mapped_column(
        ForeignKey("practitioners.id", ondelete="SET NULL"), unique=True
    )
    active: Mapped[bool] = mapped_column(default=True)
    reach: Mapped[Reach] = mapped_column(
        choice(Reach, "reach"), default=Reach.ORGANISATION, server_default=Reach.ORGANISATION.value
    )
    version: Mapped[int] = mapped_column(server_default="1")


class ManagedUnit(Base):
    """A unit whose people, with those of the units below it, an account manages."""

    __tablename__ = "managed_units"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), primary_key=True, index=True)


class RolePolicy(Base):
    """What the organisation asks of all accounts of a role; without a row nothing."""

    __tablename__ = "role_policies"

    role: Mapped[AccountRole] = mapped_column(choice(AccountRole, "role"), primary_key=True)
    second_factor: Mapped[bool]


class Way(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"  # noqa: S105 - a word of ours, not a secret
    LINK = "link"
    SINGLE_SIGN_ON = "single_sign_on"
    SECOND_FACTOR = "second_factor"


class SignInSession(Base):
    """`authenticated_at` is when somebody last proved to be the account's owner in it; none means when it began.
    `pending`: the password was right, the second factor is still to come; such a session is nobody yet.
    `two_factors`: whoever opened it proved two."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    user_agent: Mapped[ShortText | None]
    pending: Mapped[bool] = mapped_column(default=False, server_default=false())
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    two_factors: Mapped[bool] = mapped_column(default=False, server_default=false())
    authenticated_at: Mapped[datetime | None]
    how: Mapped[Way] = mapped_column(choice(Way, "how"), default=Way.PASSWORD, server_default=Way.PASSWORD.value)

    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class LinkPurpose(StrEnum):
    FIRST_RUN = "first_run"
    INVITATION = "invitation"
    RESET = "reset"
    EMAIL = "email"


class OneTimeLink(Base):
    """`email` is the address that a link of the purpose EMAIL was sent to; opening it makes it the account's.
    `replaced_at` is when a newer link or a new password put an end to it."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(choice(LinkPurpose, "purpose"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    email: Mapped[ShortText | None]

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
