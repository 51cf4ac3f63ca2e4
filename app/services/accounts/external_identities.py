"""Identities that a provider of single sign-on vouches for, and the accounts that they open."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.config import Join
from app.entrance.identity_provider import Identity
from app.errors import Forbidden
from app.services.accounts.accounts import create_account
from app.services.accounts.sessions import end_sessions, start_session
from app.services.audit import Actor, record
from models import Account, AccountRole, ExternalIdentity, Practitioner, Way

PROVIDER = Actor("single sign-on")
DEACTIVATED = "Your account is deactivated. Ask an administrator if that is a mistake."


def sign_in_as(session: Session, identity: Identity, *, join: Join, user_agent: str | None, at: datetime) -> str:
    """The secret of a new session of the account that the identity is linked to, or is linked to now.

    Only a verified e-mail address links. Forbidden says why there is no account to open.
    """
    account = _linked(session, identity) or _link(session, identity, _account_of(session, identity, join), at)
    if not account.active:
        raise Forbidden(DEACTIVATED)
    return start_session(
        session,
        account,
        user_agent,
        how=Way.SINGLE_SIGN_ON,
        two_factors=identity.two_factors,
        # A provider that knows the browser lets in whoever sits there: that proves nothing anew.
        proved_at=identity.authenticated_at,
    )


def is_linked(session: Session, identity: Identity, account_id: int) -> bool:
    account = _linked(session, identity)
    return account is not None and account.id == account_id


def unlink(session: Session, actor: Actor, account_id: int) -> None:
    """Forget who the account is elsewhere: the next single sign-on links it anew by its e-mail address. Its sessions
    end, since whoever opened them may be another person than its owner."""
    session.execute(delete(ExternalIdentity).where(ExternalIdentity.account_id == account_id))
    end_sessions(session, session.get_one(Account, account_id))
    record(session, actor, "external_identity.unlink", "account", account_id)


def _linked(session: Session, identity: Identity) -> Account | None:
    return session.scalar(
        select(Account)
        .join(ExternalIdentity, ExternalIdentity.account_id == Account.id)
        .where(ExternalIdentity.issuer == identity.issuer, ExternalIdentity.subject == identity.subject)
    )


def _account_of(session: Session, identity: Identity, join: Join) -> Account:
    """The account, perhaps a new one, of the e-mail address that the provider vouches for."""
    if identity.email is None:
        raise Forbidden(
            "The provider did not tell your e-mail address, by which your account would be found. An administrator of "
            "the provider can let it tell."
        )
    if not identity.email_verified:
        raise Forbidden(
            f"The provider has not verified that {identity.email} is yours. Verify it there, then sign in again."
        )
    # Locked: two first sign-ins at once must not link two identities.
    account = session.scalar(select(Account).where(Account.email == identity.email).with_for_update())
    if account is not None:
        return account
    person = session.scalar(select(Practitioner).where(Practitioner.email == identity.email, Practitioner.active))
    if join is not Join.DIRECTORY or person is None:
        raise Forbidden(f"There is no account for {identity.email}. Ask an administrator for one.")
    if session.scalar(select(Account.id).where(Account.practitioner_id == person.id)):
        raise Forbidden(f"{person.name} has an account with another e-mail address. Ask an administrator about it.")
    return create_account(session, PROVIDER, email=identity.email, name=person.name, role=AccountRole.PRACTITIONER)


def _link(session: Session, identity: Identity, account: Account, at: datetime) -> Account:
    if not account.active:
        raise Forbidden(DEACTIVATED)
    other = select(ExternalIdentity.id).where(
        ExternalIdentity.account_id == account.id, ExternalIdentity.issuer == identity.issuer
    )
    if session.scalar(other):
        # An address that was given to somebody else must not open the account of who had it before.
        raise Forbidden(
            f"The account of {identity.email} belongs to another person of the provider. Ask an administrator about it."
        )
    session.add(
        ExternalIdentity(
            account_id=account.id,
            issuer=identity.issuer,
            subject=identity.subject,
            email=identity.email,
            linked_at=at,
        )
    )
    session.flush()
    after = {"issuer": identity.issuer}
    record(session, Actor.of(account.id), "external_identity.link", "account", account.id, after=after)
    return account
