"""How long a session lasts: the conditions under which its row still opens anything."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_

from models import Account, AccountRole, SignInSession

IDLE_LIMIT = timedelta(hours=8)
AGE_LIMIT = timedelta(days=7)
ADMINISTRATORS_AGE_LIMIT = timedelta(hours=12)
PENDING_LIMIT = timedelta(minutes=10)
RECENT = timedelta(minutes=10)
"""For how long after proving to be the owner what matters most may be changed."""

FURTHEST_AHEAD = timedelta(minutes=10)
"""What was made further in the future was made while the clock went ahead, and would live longer than it may."""


def alive(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions on a session joined with its account: open, used lately, not too old, of an active account."""
    return (
        SignInSession.ended_at.is_(None),
        SignInSession.last_seen_at > at - IDLE_LIMIT,
        SignInSession.last_seen_at < at + FURTHEST_AHEAD,
        SignInSession.created_at > at - AGE_LIMIT,
        SignInSession.created_at < at + FURTHEST_AHEAD,
        or_(Account.role != AccountRole.ADMIN, SignInSession.created_at > at - ADMINISTRATORS_AGE_LIMIT),
        Account.active.is_(True),
    )
