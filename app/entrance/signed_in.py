"""Who is asking: the account that a session or a token stands for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from app.access import ROLE_WORDS
from app.session_limits import PENDING_LIMIT, RECENT, alive
from models import Account, AccountRole, Actor, Reach, RolePolicy, SecondFactor, SignInSession
from models.secrets import digest


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind this request. `get_id` is the opaque secret of its session row, all that the cookie holds."""

    account_id: int
    email: str
    name: str
    role: AccountRole
    practitioner_id: int | None
    secret: str
    authenticated_at: datetime
    reach: Reach
    lacks_factor: bool = False
    """The organisation asks the role for a second factor and this account has none: it may only set one up."""
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return self.secret

    @property
    def actor(self) -> Actor:
        """This account as the one who acts, for services and the audit trail."""
        return Actor.of(self.account_id)

    def was_recognised(self, at: datetime) -> bool:
        """Whether they proved to be the account's owner in the ten minutes before."""
        return abs(at - self.authenticated_at) <= RECENT

    @property
    def role_label(self) -> str:
        return ROLE_WORDS[self.role]

    @property
    def manages(self) -> bool:
        return self.role in {AccountRole.ADMIN, AccountRole.MANAGER}

    @property
    def administers(self) -> bool:
        return self.role is AccountRole.ADMIN


def find_signed_in(session: Session, secret: str, at: datetime) -> tuple[SignedIn, int, datetime] | None:
    """Who a session's secret stands for at a moment, with the row's id and when it was last seen."""
    factor_asked = exists().where(RolePolicy.role == Account.role, RolePolicy.second_factor)
    factor_there = exists().where(SecondFactor.account_id == Account.id)
    row = session.execute(
        select(SignInSession, Account, and_(factor_asked, ~factor_there, ~SignInSession.two_factors))
        .join(Account, Account.id == SignInSession.account_id)
        .where(
            SignInSession.token_hash == digest(secret),
            SignInSession.pending.is_(False),
            *alive(at),
        )
    ).one_or_none()
    if row is None:
        return None
    opened, account, lacks_factor = row
    who = stands_for(account, secret, opened.authenticated_at or opened.created_at, lacks_factor=bool(lacks_factor))
    return who, opened.id, opened.last_seen_at


def stands_for(account: Account, secret: str, authenticated_at: datetime, *, lacks_factor: bool = False) -> SignedIn:
    """The account as it is now, behind a session or a token."""
    return SignedIn(
        account_id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        practitioner_id=account.practitioner_id,
        secret=secret,
        authenticated_at=authenticated_at,
        reach=account.reach,
        lacks_factor=lacks_factor,
    )


def find_pending(session: Session, secret: str, at: datetime) -> int | None:
    """The account whose owner still has to show the second factor in the session behind the secret."""
    return session.scalar(
        select(Account.id)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(
            SignInSession.token_hash == digest(secret),
            SignInSession.pending.is_(True),
            SignInSession.created_at > at - PENDING_LIMIT,
            *alive(at),
        )
    )
