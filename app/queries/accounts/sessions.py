"""Where an account is open."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.session_limits import alive
from models import Account, SignInSession
from models.secrets import digest


@dataclass(frozen=True, slots=True)
class OpenSession:
    """`how` is the word of models.Way; `current`: it is the one that asks."""

    id: int
    user_agent: str | None
    created_at: datetime
    last_seen_at: datetime
    how: str
    current: bool


def open_sessions(session: Session, account_id: int, at: datetime, secret: str | None = None) -> list[OpenSession]:
    """The account's whole sessions that still open something, the one behind `secret` first, then the last used."""
    rows = session.scalars(
        select(SignInSession)
        .join(Account, Account.id == SignInSession.account_id)
        .where(SignInSession.account_id == account_id, SignInSession.pending.is_(False), *alive(at))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    mine = digest(secret) if secret else None
    listed = [
        OpenSession(row.id, row.user_agent, row.created_at, row.last_seen_at, row.how.value, row.token_hash == mine)
        for row in rows
    ]
    return sorted(listed, key=lambda row: not row.current)


def has_password(session: Session, account_id: int) -> bool:
    return bool(session.scalar(select(Account.password_hash.is_not(None)).where(Account.id == account_id)))
