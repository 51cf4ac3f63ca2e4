"""One-use links: invitations, first run, reset, and the proof that a new e-mail address is one's own."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import DomainError, NotFound
from app.services.audit import VISITOR, Actor, record
from app.session_limits import FURTHEST_AHEAD
from models import Account, AccountRole, LinkPurpose, OneTimeLink
from models.secrets import digest

LINK_LIFETIME = {
    LinkPurpose.FIRST_RUN: timedelta(hours=24),
    LinkPurpose.INVITATION: timedelta(hours=24),
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.EMAIL: timedelta(hours=1),
}
WRONG = "This link is wrong. Copy the whole of it from the message, up to its last letter, and open it again."
USED = "This link has been used, and it works only once. Sign in with the password that you chose then."
REPLACED = "This link was replaced by a newer one, or the password was changed since. Use the newest link, or sign in."
TOO_OLD = "This link is too old. Ask for a new one where you sign in, or ask an administrator."


class DeadLink(NotFound):
    """A link that opens nothing. The sentence says why, and nothing of whether there is an account."""

    heading = "This link does not work"


@dataclass(frozen=True, slots=True)
class OpenLink:
    id: int
    purpose: LinkPurpose
    email: str | None
    account: Account

    @property
    def replaces(self) -> bool:
        """Whether the account has a password, for which the link gives another."""
        return self.account.password_hash is not None

    @property
    def administrators(self) -> bool:
        """Whether it opens an administrator's account."""
        return self.account.role is AccountRole.ADMIN


def issue_link(session: Session, account: Account, purpose: LinkPurpose, email: str | None = None) -> str:
    """The secret of a new one-use link. Links issued before for the account stop working. `email` is the new address
    that a link of the purpose EMAIL proves."""
    end_links(session, account)
    secret = secrets.token_urlsafe(32)
    at = datetime.now(UTC)
    session.add(
        OneTimeLink(
            token_hash=digest(secret),
            account_id=account.id,
            purpose=purpose,
            created_at=at,
            expires_at=at + LINK_LIFETIME[purpose],
            email=email,
        )
    )
    session.flush()
    return secret


def issue_link_by_hand(session: Session, actor: Actor, email: str) -> tuple[str, LinkPurpose]:
    """The secret of a new link for the account of an address, and what it is: an invitation until a password was
    chosen, a reset afterwards. DomainError when nobody could come in by it."""
    account = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise DomainError(f"There is no account for {email}. Make one with `muster user create`.", "email")
    if not account.active:
        raise DomainError(f"The account for {account.email} is deactivated. Activate it first.", "email")
    purpose = LinkPurpose.INVITATION if account.password_hash is None else LinkPurpose.RESET
    secret = issue_link(session, account, purpose)
    record(session, actor, "account.link", "account", account.id, after={"purpose": purpose.value})
    return secret, purpose


def end_links(session: Session, account: Account) -> None:
    """Every link of the account that nobody has used yet is dead from now on."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.account_id == account.id, OneTimeLink.used_at.is_(None), OneTimeLink.replaced_at.is_(None))
        .values(replaced_at=datetime.now(UTC))
    )


def issue_reset(session: Session, email: str) -> tuple[str, str, str] | None:
    """Name, address and secret of a new link to choose a password; None when nobody may come in by the address."""
    account = session.scalar(select(Account).where(Account.email == email.strip().lower(), Account.active))
    if account is None:
        return None
    secret = issue_link(session, account, LinkPurpose.RESET)
    record(session, VISITOR, "account.reset_asked", "account", account.id)
    return account.name, account.email, secret


def find_link(session: Session, secret: str, at: datetime) -> OpenLink:
    """The link to choose a password. DeadLink when it is wrong, used, replaced or too old at the moment."""
    return _find(session, secret, at, proves_address=False)


def find_new_address(session: Session, secret: str, at: datetime) -> OpenLink:
    """The link that proves a new address. DeadLink as for the others."""
    return _find(session, secret, at, proves_address=True)


def _find(session: Session, secret: str, at: datetime, *, proves_address: bool) -> OpenLink:
    found = session.execute(
        select(OneTimeLink, Account)
        .join(Account, Account.id == OneTimeLink.account_id)
        .where(OneTimeLink.token_hash == digest(secret))
    ).one_or_none()
    if found is None or not found[1].active or (found[0].purpose is LinkPurpose.EMAIL) is not proves_address:
        raise DeadLink(WRONG)
    link, account = found
    if link.used_at is not None:
        raise DeadLink(USED)
    if link.replaced_at is not None:
        raise DeadLink(REPLACED)
    if link.expires_at <= at or link.created_at > at + FURTHEST_AHEAD:
        raise DeadLink(TOO_OLD)
    return OpenLink(link.id, link.purpose, link.email, account)


def use_up(session: Session, link: OpenLink, at: datetime) -> None:
    """Of two who open it at once, one comes in. DeadLink for the other."""
    claimed = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None), OneTimeLink.replaced_at.is_(None))
        .values(used_at=at)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise DeadLink(USED)
