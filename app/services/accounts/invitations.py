"""Inviting people: an account and a one-use link each."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.accounts.people import people_to_invite
from app.queries.accounts.records import AccountBrief
from app.services.accounts.accounts import create_account
from app.services.accounts.administration import edit_account, link_person, lock_account, unlink_person
from app.services.accounts.links import LINK_LIFETIME, issue_link
from app.services.audit import Actor, record
from models import Account, AccountRole, LinkPurpose

MOST_AT_ONCE = 100


class Invitation(NamedTuple):
    """`secret` opens the account once; it is stored nowhere and cannot be shown again. `letter` is the mail that
    brings it."""

    account_id: int
    email: str
    name: str
    secret: str
    hours: int
    letter: str


def invite(session: Session, actor: Actor, email: str, brief: AccountBrief, person_id: int | None) -> Invitation:
    """A new account for the address. `person_id` wins over the person of the same address."""
    account = create_account(session, actor, email=email, name=brief.name.strip() or None, role=brief.role)
    if person_id is not None and account.practitioner_id != person_id:
        unlink_person(session, actor, account.id)
        link_person(session, actor, account.id, person_id)
    edit_account(session, actor, account.id, _named(brief, account), account.version)
    return _with_link(session, actor, account)


def invite_people(session: Session, actor: Actor, person_ids: Sequence[int], role: AccountRole) -> list[Invitation]:
    """An account for each of the people, under the address that the directory knows.

    Those who got an account in the meantime are passed over; DomainError when that is everybody.
    """
    wanted = list(dict.fromkeys(person_ids))
    if not wanted:
        raise DomainError("Choose at least one person.", "people")
    if len(wanted) > MOST_AT_ONCE:
        raise DomainError(f"Invite at most {MOST_AT_ONCE} people at once.", "people")
    people = people_to_invite(session, wanted)
    if not people:
        raise DomainError("None of the people you chose can still be invited. Choose again.", "people")
    made = []
    for person in people:
        account = create_account(session, actor, email=person.email or "", name=person.name, role=role)
        made.append(_with_link(session, actor, account))
    return made


def invite_again(session: Session, actor: Actor, account_id: int) -> Invitation:
    """A new link for an account that is there already."""
    account = lock_account(session, actor, account_id)
    if not account.active:
        raise DomainError("The account is deactivated. Activate it first, then make a link.")
    return _with_link(session, actor, account)


def _with_link(session: Session, actor: Actor, account: Account) -> Invitation:
    """An invitation until the account has a password, then a link to choose another one. Earlier links die."""
    purpose = LinkPurpose.RESET if account.password_hash else LinkPurpose.INVITATION
    secret = issue_link(session, account, purpose)
    record(session, actor, "account.link", "account", account.id, after={"purpose": purpose.value})
    hours = LINK_LIFETIME[purpose] // timedelta(hours=1)
    letter = "invitation" if purpose is LinkPurpose.INVITATION else "new_link"
    return Invitation(account.id, account.email, account.name, secret, hours, letter)


def _named(brief: AccountBrief, account: Account) -> AccountBrief:
    return AccountBrief(account.name, brief.role, brief.reach, brief.units)
