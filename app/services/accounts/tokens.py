"""API tokens: issuing one, which is shown once, and revoking it."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.errors import DomainError, NotFound
from app.services.audit import Actor, record
from models import ApiToken, Scope
from models.secrets import MARK, digest

SHOWN_PREFIX = 12
LONGEST_LIFE = timedelta(days=366)
MOST_TOKENS = 50


def issue_token(
    session: Session,
    actor: Actor,
    account_id: int,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime,
    at: datetime,
) -> tuple[ApiToken, str]:
    """The token's row and the token itself, which is stored nowhere. DomainError for a lifetime that is over or longer
    than a year, and for an account that holds `MOST_TOKENS` already."""
    if not name.strip():
        raise DomainError("Give the token a name that says what it is for.", "name")
    if not scopes:
        raise DomainError("Choose at least one thing that the token is for.", "scopes")
    if expires_at <= at:
        raise DomainError("Choose a day in the future.", "expires_on")
    if expires_at - at > LONGEST_LIFE:
        raise DomainError("A token lasts a year at most. Choose an earlier day.", "expires_on")
    held = select(func.count()).where(
        ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > at
    )
    if (session.scalar(held) or 0) >= MOST_TOKENS:
        raise DomainError(f"You have {MOST_TOKENS} tokens. Revoke one that is not needed any more.")
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id,
        name=name.strip(),
        token_hash=digest(secret),
        prefix=secret[:SHOWN_PREFIX],
        scopes=sorted(scope.value for scope in scopes),
        created_at=at,
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    after = {"token": token.prefix, "scopes": token.scopes, "expires_at": expires_at.isoformat()}
    record(session, actor, "token.issue", "account", account_id, after=after)
    return token, secret


def revoke_token(session: Session, actor: Actor, token_id: int, at: datetime, *, owner_id: int | None = None) -> None:
    """The token is refused from now on. `owner_id`: only a token of this account. Twice is once."""
    token = session.get(ApiToken, token_id, with_for_update=True)
    if token is None or owner_id not in (None, token.account_id):
        raise NotFound("There is no such token.")
    if token.revoked_at is None:
        token.revoked_at = at
        _record_end(session, actor, token.account_id, token.prefix)


def revoke_tokens(session: Session, actor: Actor, account_id: int, at: datetime) -> int:
    """All tokens of the account are refused from now on. How many worked until now."""
    alive = update(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    ended = session.execute(alive.values(revoked_at=at).returning(ApiToken.prefix, ApiToken.expires_at)).all()
    worked = sorted(prefix for prefix, expires_at in ended if expires_at > at)
    for prefix in worked:
        _record_end(session, actor, account_id, prefix)
    return len(worked)


def _record_end(session: Session, actor: Actor, account_id: int, prefix: str) -> None:
    record(session, actor, "token.revoke", "account", account_id, after={"token": prefix})
