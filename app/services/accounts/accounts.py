"""Accounts: making them, entering them through a one-use link, and changing their address."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.services.accounts.links import OpenLink, end_links, find_link, issue_link, use_up
from app.services.accounts.passwords import set_password
from app.services.accounts.sessions import renew_session, start_session
from app.services.accounts.tokens import revoke_tokens
from app.services.audit import Actor, record
from models import Account, AccountRole, LinkPurpose, Practitioner, SignInSession, Way
from models.secrets import digest

LONGEST_ADDRESS = 200


def create_account(session: Session, actor: Actor, *, email: str, name: str | None, role: AccountRole) -> Account:
    """A new account without a password, linked to the practitioner of the same e-mail address if there is one whom no
    other account stands for."""
    address = read_address(email)
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise DomainError(f"An account for {address} already exists.", "email")
    taken = exists().where(Account.practitioner_id == Practitioner.id)
    person = session.scalar(select(Practitioner).where(Practitioner.email == address, ~taken))
    account = Account(
        email=address,
        name=name or (person.name if person else address.split("@", maxsplit=1)[0]),
        role=role,
        practitioner_id=person.id if person else None,
    )
    session.add(account)
    session.flush()
    record(session, actor, "account.create", "account", account.id, after={"email": address, "role": role.value})
    return account


def read_address(typed: str) -> str:
    """The address as it is stored: without blanks around it and in small letters."""
    address = typed.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or len(address) > LONGEST_ADDRESS:
        raise DomainError(f"{typed!r} is not an e-mail address. Write it like anna@example.org.", "email")
    return address


def first_run_account(session: Session, actor: Actor) -> Account | None:
    """The administrator of a fresh installation; None once anybody has set a password."""
    if session.scalar(select(Account.id).where(Account.password_hash.is_not(None)).limit(1)):
        return None
    account = session.scalar(select(Account).where(Account.role == AccountRole.ADMIN).order_by(Account.id).limit(1))
    return account or create_account(
        session, actor, email="admin@localhost", name="Administrator", role=AccountRole.ADMIN
    )


class Entered(NamedTuple):
    """`secret` is that of the session; `tokens`: so many API tokens were ended."""

    secret: str
    tokens: int


def redeem_link(session: Session, secret: str, password: str, user_agent: str | None, at: datetime) -> Entered:
    """Set the password, use the link up, and come in with a new session. Every session and API token that the account
    had before ends, every other link too: whoever needs a link may have had somebody else in the account."""
    link = find_link(session, secret, at)
    use_up(session, link, at)
    set_password(session, link.account, password)
    tokens = revoke_tokens(session, Actor.of(link.account.id), link.account.id, at)
    return Entered(start_session(session, link.account, user_agent, how=Way.LINK), tokens)


def change_password(session: Session, secret: str, password: str, at: datetime, *, end_tokens: bool = False) -> Entered:
    """Give the account of a session a new password. All its other sessions end, API tokens where that is wanted, and
    this session goes on under the new secret that is returned."""
    account = session.scalars(
        select(Account)
        .join(SignInSession, SignInSession.account_id == Account.id)
        .where(SignInSession.token_hash == digest(secret))
    ).one()
    set_password(session, account, password, except_secret=secret)
    tokens = revoke_tokens(session, Actor.of(account.id), account.id, at) if end_tokens else 0
    return Entered(renew_session(session, secret), tokens)


@dataclass(frozen=True, slots=True)
class AskedAddress:
    """`secret` is that of the link which proves the address; none when another account has the address, which only
    whoever reads its mail may learn."""

    address: str
    secret: str | None


def ask_for_address(session: Session, account_id: int, email: str) -> AskedAddress:
    """Begin to change the account's address: the new one is used once its owner opens the link."""
    account, address = session.get_one(Account, account_id), read_address(email)
    if address == account.email:
        raise DomainError("This is your address already.", "email")
    record(session, Actor.of(account.id), "account.email_asked", "account", account.id)
    if session.scalar(select(Account.id).where(Account.email == address)):
        return AskedAddress(address, None)
    return AskedAddress(address, issue_link(session, account, LinkPurpose.EMAIL, email=address))


def change_email(session: Session, link: OpenLink, at: datetime) -> str:
    """Give the account the address that the link proves to be its owner's. Returns the address it had."""
    assert link.email is not None
    account, before = link.account, link.account.email
    use_up(session, link, at)
    if session.scalar(select(Account.id).where(Account.email == link.email)):
        raise DomainError("This address cannot be used any more. Ask an administrator about it.", "email")
    account.email = link.email
    end_links(session, account)  # one made at the same moment may lie in the mailbox that was given up
    session.flush()
    after = {"email": account.email}
    record(session, Actor.of(account.id), "account.email", "account", account.id, before={"email": before}, after=after)
    return before
