"""The second step of a sign-in: from a session that is nobody yet to a whole one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.services.accounts.second_factor import check_code
from app.services.accounts.sessions import complete
from app.services.audit import Actor, record
from models import Account, SignInSession
from models.secrets import digest

MOST_WRONG_CODES = 5
ENDED = "This sign-in has ended or took too long. Sign in again."


class SignInEnded(DomainError):
    """The sign-in took too long or saw too many wrong codes: it begins again with the password."""

    status = 401


def take_second_step(session: Session, secret: str, code: str, *, key: str, at: datetime) -> str:
    """The secret of a whole session, for a code of the second factor of whoever began the sign-in behind `secret`.

    DomainError for a wrong code, which is counted: the caller commits it too. SignInEnded after the fifth.
    """
    # Locked first: a password that is being changed ends the sessions that there are, and this one shall be among them.
    of_whom = select(Account.id).join(SignInSession, SignInSession.account_id == Account.id)
    session.scalar(of_whom.where(SignInSession.token_hash == digest(secret)).with_for_update(of=Account))
    # Locked before an attempt is counted: codes sent at once cannot share one.
    pending = session.scalar(
        select(SignInSession)
        .where(SignInSession.token_hash == digest(secret), SignInSession.pending, SignInSession.ended_at.is_(None))
        .with_for_update()
    )
    if pending is None:
        raise SignInEnded(ENDED)
    try:
        check_code(session, pending.account_id, code, key=key, at=at)
    except DomainError:
        pending.wrong_codes += 1
        record(session, Actor.of(pending.account_id), "session.wrong_code", "account", pending.account_id)
        if pending.wrong_codes < MOST_WRONG_CODES:
            raise
        pending.ended_at = at
        session.flush()
        raise SignInEnded(f"{MOST_WRONG_CODES} codes were wrong, so this sign-in has ended. Sign in again.") from None
    return complete(session, secret)
