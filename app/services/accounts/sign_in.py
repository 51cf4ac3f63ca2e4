"""Signing in with a password, in three steps: read, verify without any lock, write.

Verifying takes about 40 ms of processor time; on SQLite nobody else could write meanwhile if the lock were held. Every
answer takes the same steps, so that neither words nor time tell whether an account exists.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.accounts import passwords
from app.services.accounts.sessions import start_session
from app.services.audit import VISITOR, record
from models import Account, AccountRole, Way


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at the door: the account of the address typed, and the hash to compare with, if there are any."""

    account_id: int | None
    stored: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`newer_hash` is the same password hashed with today's parameters, where the stored hash has older ones."""

    right: bool
    newer_hash: str | None = None


def find_attempt(session: Session, email: str) -> Attempt:
    row = session.execute(
        select(Account.id, Account.active, Account.password_hash).where(Account.email == email.strip().lower())
    ).one_or_none()
    if row is None:
        return Attempt(None, None)
    return Attempt(row.id, row.password_hash if row.active else None)


def verify(attempt: Attempt, password: str) -> Verdict:
    """Needs no database and must hold none of its locks."""
    if not passwords.is_right(attempt.stored, password):
        return Verdict(right=False)
    assert attempt.stored is not None
    return Verdict(True, passwords.hashed(password) if passwords.is_outdated(attempt.stored) else None)


def finish(
    session: Session, attempt: Attempt, verdict: Verdict, user_agent: str | None, *, admins_only: bool = False
) -> str | None:
    """The secret of a new session; None when the attempt is refused, which the audit trail keeps.

    `admins_only`: nobody else may come in with a password.
    """
    known = attempt.account_id if verdict.right else None
    # Locked: a password that is being changed ends the sessions that there are, and this one shall be among them.
    account = session.get(Account, known, with_for_update=True) if known else None
    # The world may have moved since the attempt was read: a password changed or an account switched off counts.
    if account and (not account.active or (admins_only and account.role is not AccountRole.ADMIN)):
        account = None
    if account is None or attempt.stored is None or account.password_hash != attempt.stored:
        record(session, VISITOR, "session.refuse", "account", attempt.account_id)
        return None
    if verdict.newer_hash:
        passwords.store_again(session, account.id, attempt.stored, verdict.newer_hash)
    return start_session(session, account, user_agent, how=Way.PASSWORD)
