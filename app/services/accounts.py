"""Accounts: making them, entering through a one-use link, signing in and out."""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.errors import DomainError, NotFound
from app.services.audit import Actor, record
from models import Account, AccountRole, LinkPurpose, OneTimeLink, Practitioner, SignInSession

LINK_LIFETIME = {
    LinkPurpose.FIRST_RUN: timedelta(hours=24),
    LinkPurpose.INVITATION: timedelta(hours=24),
    LinkPurpose.RESET: timedelta(hours=1),
}
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
COMMON = frozenset({"password", "muster", "qwerty", "letmein", "welcome", "iloveyou", "administrator", "123456"})

# OWASP's floor for argon2id: 19 MiB, two passes, one lane (about 40 ms).
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Verified against when the account is unknown, so that both answers take the same time.
_nobody_hash = _hasher.hash(secrets.token_hex(16))


def create_account(session: Session, actor: Actor, *, email: str, name: str | None, role: AccountRole) -> Account:
    """A new account without a password, linked to the practitioner of the same e-mail address if there is one."""
    address = email.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise DomainError(f"{email!r} is not an e-mail address. Write it like anna@example.org.", "email")
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise DomainError(f"An account for {address} already exists.", "email")
    person = session.scalar(select(Practitioner).where(Practitioner.email == address))
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


def first_run_account(session: Session, actor: Actor) -> Account | None:
    """The administrator of a fresh installation; None once anybody has set a password."""
    if session.scalar(select(Account.id).where(Account.password_hash.is_not(None)).limit(1)):
        return None
    account = session.scalar(select(Account).where(Account.role == AccountRole.ADMIN).order_by(Account.id).limit(1))
    return account or create_account(
        session, actor, email="admin@localhost", name="Administrator", role=AccountRole.ADMIN
    )


def issue_link(session: Session, account: Account, purpose: LinkPurpose) -> str:
    """The secret of a new one-use link. Links issued before for the account stop working."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None)))
    secret = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token_hash=_digest(secret),
            account_id=account.id,
            purpose=purpose,
            expires_at=datetime.now(UTC) + LINK_LIFETIME[purpose],
        )
    )
    session.flush()
    return secret


def find_link(session: Session, secret: str) -> Account:
    """The account that a link opens; NotFound when it is wrong, used or too old."""
    return _open_link(session, secret)[1]


def redeem_link(session: Session, secret: str, password: str) -> Account:
    """Set the password and use the link up; every session that the account had before ends."""
    link, account = _open_link(session, secret)
    refuse_weak_password(password, account)
    used_at = datetime.now(UTC)
    claimed = session.execute(
        update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None)).values(used_at=used_at)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise NotFound("This link has been used.")
    account.password_hash = _hasher.hash(password)
    end_sessions(session, account)
    record(session, Actor(account.email, account.id), "account.password_set", "account", account.id)
    return account


def _open_link(session: Session, secret: str) -> tuple[OneTimeLink, Account]:
    found = session.execute(
        select(OneTimeLink, Account)
        .join(Account, Account.id == OneTimeLink.account_id)
        .where(OneTimeLink.token_hash == _digest(secret))
    ).one_or_none()
    if found is None or found[0].used_at is not None or not found[1].active:
        raise NotFound("This link is wrong or has been used. Ask an administrator for a new one.")
    if found[0].expires_at < datetime.now(UTC):
        raise NotFound("This link is too old. Ask an administrator for a new one.")
    return found[0], found[1]


def refuse_weak_password(password: str, account: Account) -> None:
    """Length and guessability only; no rules about kinds of characters (OWASP ASVS V6.2)."""
    if len(password) < SHORTEST_PASSWORD:
        raise DomainError(f"Use at least {SHORTEST_PASSWORD} characters; a few words do well.", "password")
    if len(password) > LONGEST_PASSWORD:
        raise DomainError(f"Use at most {LONGEST_PASSWORD} characters.", "password")
    plain = password.casefold()
    own = re.split(r"[@.\s]+", f"{account.email} {account.name}".casefold())
    known = COMMON | {part for part in own if len(part) > 3}
    rest = plain
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(set(rest)) < 5:
        raise DomainError("This password is easy to guess. Use words unrelated to you and to Muster.", "password")


def sign_in(session: Session, email: str, password: str, user_agent: str | None) -> str | None:
    """The secret of a new session, or None: unknown, inactive and wrong look and last the same."""
    account = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    stored = account.password_hash if account and account.active and account.password_hash else None
    try:
        _hasher.verify(stored or _nobody_hash, password)
    except VerifyMismatchError:
        return None
    if account is None or stored is None:
        return None
    if _hasher.check_needs_rehash(stored):
        account.password_hash = _hasher.hash(password)
    return start_session(session, account, user_agent)


def start_session(session: Session, account: Account, user_agent: str | None) -> str:
    secret = secrets.token_urlsafe(32)
    session.add(
        SignInSession(token_hash=_digest(secret), account_id=account.id, user_agent=(user_agent or "")[:200] or None)
    )
    record(session, Actor(account.email, account.id), "session.start", "account", account.id)
    return secret


def end_session(session: Session, secret: str) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == _digest(secret), SignInSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def end_sessions(session: Session, account: Account) -> None:
    """End every open session of the account."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account.id, SignInSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
