"""Which accounts somebody can get in with, or has."""

from sqlalchemy import ColumnElement, and_, exists, or_

from models import Account, ExternalIdentity, SignInSession


def was_entered() -> ColumnElement[bool]:
    """Condition on `Account`: somebody chose a password for it or came in some other way, and it is not merely
    invited. Sessions are kept for a time only; an identity of single sign-on stays."""
    identity = exists().where(ExternalIdentity.account_id == Account.id)
    session = exists().where(SignInSession.account_id == Account.id, SignInSession.pending.is_(False))
    return or_(Account.password_hash.is_not(None), identity, session)


def can_enter() -> ColumnElement[bool]:
    """Condition on `Account`: active, and not merely invited."""
    return and_(Account.active.is_(True), was_entered())
