"""Which accounts somebody can get in with, or has."""

from sqlalchemy import ColumnElement, and_, exists, or_

from models import Account, ExternalIdentity, SignInSession


def can_enter() -> ColumnElement[bool]:
    """Condition on `Account`: active, and not merely invited."""
    identity = exists().where(ExternalIdentity.account_id == Account.id)
    entered = exists().where(SignInSession.account_id == Account.id, SignInSession.pending.is_(False))
    return and_(Account.active.is_(True), or_(Account.password_hash.is_not(None), identity, entered))
