"""Sessions: every open door of an account is a row here, and shutting the row shuts the door at once."""

import secrets
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.accounts.second_factor import has_second_factor
from app.services.audit import Actor, record
from models import Account, SignInSession, Way
from models.secrets import digest


def start_session(
    session: Session,
    account: Account,
    user_agent: str | None,
    *,
    how: Way = Way.PASSWORD,
    two_factors: bool = False,
    proved_at: datetime | None = None,
) -> str:
    """The secret of a new session. Where the account has a second factor that was not shown (`two_factors`), it is
    pending: nobody, until `complete` makes a whole one of it. `proved_at` is when its owner proved to be it, if that
    was before now."""
    pending = not two_factors and has_second_factor(session, account.id)
    secret = secrets.token_urlsafe(32)
    at = datetime.now(UTC)
    opened = SignInSession(
        token_hash=digest(secret),
        account_id=account.id,
        created_at=at,
        last_seen_at=at,
        authenticated_at=min(proved_at or at, at),
        user_agent=(user_agent or "")[:200] or None,
        how=how,
        pending=pending,
        two_factors=two_factors,
    )
    session.add(opened)
    session.flush()
    if not pending:
        record(session, Actor.of(account.id), "session.start", "account", account.id, after={"how": how.value})
    return secret


def complete(session: Session, pending_secret: str) -> str:
    """The secret of the whole session that a pending one becomes; the pending one ends."""
    found = session.execute(
        select(SignInSession, Account)
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == digest(pending_secret),
            SignInSession.pending,
            SignInSession.ended_at.is_(None),
            Account.active,
        )
    ).one_or_none()
    if found is None:
        raise NotFound("This sign-in has ended. Sign in again.")
    pending, account = found
    pending.ended_at = datetime.now(UTC)
    return start_session(
        session,
        account,
        pending.user_agent,
        how=Way.SECOND_FACTOR,
        two_factors=True,
        proved_at=pending.authenticated_at,
    )


def renew_session(session: Session, secret: str) -> str:
    """A new secret for the same session, whose owner proved to be it just now; the old one opens nothing any more."""
    fresh = replace_secret(session, secret)
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == digest(fresh), SignInSession.ended_at.is_(None))
        .values(authenticated_at=datetime.now(UTC))
    )
    return fresh


def replace_secret(session: Session, secret: str) -> str:
    """A new secret for the same session, because it opens more than before; the old one opens nothing any more."""
    fresh = secrets.token_urlsafe(32)
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == digest(secret), SignInSession.ended_at.is_(None))
        .values(token_hash=digest(fresh))
    )
    return fresh


def end_session(session: Session, secret: str) -> None:
    """Sign the owner of the session out."""
    owner = session.scalar(
        update(SignInSession)
        .where(SignInSession.token_hash == digest(secret), SignInSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
        .returning(SignInSession.account_id)
    )
    if owner is not None:
        record(session, Actor.of(owner), "session.end", "account", owner)


def end_one_session(session: Session, actor: Actor, account_id: int, session_id: int) -> None:
    """End one session of the account. NotFound when it is not one of its open ones."""
    ended = session.execute(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
        )
        .values(ended_at=datetime.now(UTC))
    )
    if ended.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise NotFound("This session has ended already.")
    record(session, actor, "session.end", "account", account_id)


def end_other_sessions(session: Session, actor: Actor, account_id: int, secret: str) -> None:
    """End every open session of the account but the one behind the secret."""
    end_sessions(session, session.get_one(Account, account_id), except_secret=secret)
    record(session, actor, "session.end_others", "account", account_id)


def end_sessions(session: Session, account: Account, except_secret: str | None = None) -> None:
    """End every open session of the account, also those that wait for the second factor; `except_secret` goes on."""
    kept = SignInSession.token_hash != digest(except_secret) if except_secret else SignInSession.id.is_not(None)
    session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None), kept)
        .values(ended_at=datetime.now(UTC))
    )
