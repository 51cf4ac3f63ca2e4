"""Which accounts somebody can get in with, or has."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from models import Account, AccountRole, ExternalIdentity, SignInSession


def was_entered() -> ColumnElement[bool]:
    """Condition on `Account`: somebody chose a password for it or came in some other way, and it is not merely
    invited. Sessions are kept for a time only; an identity of single sign-on stays."""
    identity = exists().where(ExternalIdentity.account_id == Account.id)
    session = exists().where(SignInSession.account_id == Account.id, SignInSession.pending.is_(False))
    return or_(Account.password_hash.is_not(None), identity, session)


def can_enter() -> ColumnElement[bool]:
    """Condition on `Account`: active, and not merely invited."""
    return and_(Account.active.is_(True), was_entered())


def takes_last_administrator(session: Session, leaving: Sequence[Account]) -> bool:
    """Whether an active administrator is among the accounts, and nobody else could come in as one."""
    if not any(account.active and account.role is AccountRole.ADMIN for account in leaving):
        return False
    ours = [account.id for account in leaving]
    others = select(Account.id).where(Account.role == AccountRole.ADMIN, can_enter(), Account.id.not_in(ours))
    return session.scalar(others.limit(1)) is None
