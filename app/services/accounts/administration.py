"""What administrators do to accounts: role and reach, deactivation, the person behind an account, new links.

Whoever loses a role, a reach or the account loses the open sessions with it, at once.
"""

from datetime import UTC, datetime

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, Forbidden, NotFound
from app.queries.accounts.entering import takes_last_administrator
from app.queries.accounts.records import NO_ACCOUNT, AccountBrief, brief_of, told
from app.services.accounts import second_factor
from app.services.accounts.accounts import read_address
from app.services.accounts.links import end_links
from app.services.accounts.sessions import end_sessions
from app.services.accounts.tokens import revoke_tokens
from app.services.audit import Actor, record
from app.services.flushing import flush
from models import Account, AccountRole, ManagedUnit, Practitioner, Reach, Unit
from models.base import now

CHANGED = (
    "Somebody else changed this account while you were editing it. Both versions are shown; save again to keep yours."
)
OWN_ROLE = "You cannot change your own role or reach. Ask another administrator."
OWN_DEACTIVATION = "You cannot deactivate your own account. Ask another administrator."
LAST = "This is the last active administrator who has ever entered. Let another one enter first."
UNITS_OF_ALL = (
    "Units are chosen, but the reach is the whole organisation. Choose the reach of the chosen units, or no unit."
)
NO_PERSON = "There is no such person."


def edit_account(
    session: Session, actor: Actor, account_id: int, brief: AccountBrief, version: int, reason: str | None = None
) -> bool:
    """Make the account what `brief` says, and say whether its role or reach changed; Conflict if it is no longer at the
    version that the editor was shown."""
    account = lock_account(session, actor, account_id)
    if account.version != version:
        raise Conflict(CHANGED)
    return _change(session, actor, account, brief, reason)


def change_role(session: Session, actor: Actor, account_id: int, role: AccountRole) -> None:
    """The role alone; a manager's reach stays, and whoever becomes one reaches the whole organisation."""
    account = lock_account(session, actor, account_id)
    brief = brief_of(session, account)
    _change(session, actor, account, AccountBrief(account.name, role, brief.reach, brief.units))


def _change(session: Session, actor: Actor, account: Account, brief: AccountBrief, reason: str | None = None) -> bool:
    """Whether role or reach changed."""
    before, after = brief_of(session, account), _settled(brief)
    if not after.name:
        raise DomainError("Give the account a name.", "name")
    if brief.role is AccountRole.MANAGER and brief.reach is Reach.ORGANISATION and brief.units:
        raise DomainError(UNITS_OF_ALL, "reach")
    if after == before:
        return False
    rights_change = (before.role, before.reach, before.units) != (after.role, after.reach, after.units)
    if rights_change and account.id == actor.account_id:
        raise DomainError(OWN_ROLE, "role")
    if after.role is not AccountRole.ADMIN and takes_last_administrator(session, [account]):
        raise DomainError(LAST, "role")
    account.name, account.role, account.reach = after.name, after.role, after.reach
    account.updated_at = now()  # a change of the units alone counts as a change of the account
    _write_units(session, account, after.units)
    if rights_change:
        end_sessions(session, account)
    flush(session)
    record(session, actor, "account.edit", "account", account.id, before=told(before), after=told(after), reason=reason)
    return rights_change


def change_address(session: Session, actor: Actor, account_id: int, email: str) -> str:
    """Another address to sign in with, as its owner told the administrator: nobody proves it. Links made before die.
    Returns the address that the account had."""
    account, address = lock_account(session, actor, account_id), read_address(email)
    before = account.email
    if address == before:
        raise DomainError("This is the account's address already.", "email")
    if session.scalar(select(Account.id).where(Account.email == address)):
        raise DomainError(f"An account for {address} already exists.", "email")
    account.email = address
    end_links(session, account)
    flush(session)
    record(session, actor, "account.email", "account", account.id, before={"email": before}, after={"email": address})
    return before


def deactivate(session: Session, actor: Actor, account_id: int, reason: str | None = None) -> None:
    """Nobody gets in any more: sessions end, links die. Nothing else of the account is lost."""
    account = lock_account(session, actor, account_id)
    if account.id == actor.account_id:
        raise DomainError(OWN_DEACTIVATION)
    if not account.active:
        return
    if takes_last_administrator(session, [account]):
        raise DomainError(LAST, "role")
    _set_active(session, actor, account, active=False, reason=reason)


def activate(session: Session, actor: Actor, account_id: int) -> None:
    account = lock_account(session, actor, account_id)
    if not account.active:
        _set_active(session, actor, account, active=True)


def _set_active(session: Session, actor: Actor, account: Account, *, active: bool, reason: str | None = None) -> None:
    account.active = active
    end_sessions(session, account)
    end_links(session, account)
    revoke_tokens(session, actor, account.id, datetime.now(UTC))
    flush(session)
    action = "account.activate" if active else "account.deactivate"
    record(
        session,
        actor,
        action,
        "account",
        account.id,
        before={"active": not active},
        after={"active": active},
        reason=reason,
    )


def end_all_sessions(session: Session, actor: Actor, account_id: int) -> None:
    """Whoever is signed in with the account has to sign in again."""
    account = lock_account(session, actor, account_id)
    end_sessions(session, account)
    record(session, actor, "account.end_sessions", "account", account.id)


def reset_second_factor(session: Session, actor: Actor, account_id: int) -> None:
    """For somebody who has lost phone and recovery codes. Whoever is signed in has to sign in again."""
    account = lock_account(session, actor, account_id)
    if account.id == actor.account_id:
        raise DomainError("Remove your own second factor on the page of your account.")
    second_factor.reset(session, actor, account)
    end_sessions(session, account)


def link_person(session: Session, actor: Actor, account_id: int, person_id: int) -> None:
    """Say that the account is this person's. One person an account, one account a person."""
    account = lock_account(session, actor, account_id)
    person = session.scalar(select(Practitioner).where(Practitioner.id == person_id).with_for_update())
    if person is None:
        raise NotFound(NO_PERSON)
    if account.practitioner_id == person.id:
        return
    if account.practitioner_id is not None:
        present = session.get_one(Practitioner, account.practitioner_id).name
        raise DomainError(f"The account is linked to {present} already. Unlink it first.", "person")
    holder = session.scalar(select(Account.email).where(Account.practitioner_id == person.id))
    if holder is not None:
        raise DomainError(
            f"{person.name} has an account already, {holder}. Unlink that one first, or use it.", "person"
        )
    account.practitioner_id = person.id
    flush(session)
    record(session, actor, "account.link_person", "account", account.id, after={"practitioner_id": person.id})


def unlink_person(session: Session, actor: Actor, account_id: int) -> None:
    """The account stands for nobody of the directory any more; the person's record stays as it is."""
    account = lock_account(session, actor, account_id)
    if account.practitioner_id is None:
        return
    before = {"practitioner_id": account.practitioner_id}
    account.practitioner_id = None
    flush(session)
    record(session, actor, "account.unlink_person", "account", account.id, before=before)


def lock_account(session: Session, actor: Actor, account_id: int) -> Account:
    """The account as it stands. It and all active administrators are kept from other writers until the transaction
    ends, so that two administrators cannot end each other, and Forbidden if the one who acts was ended meanwhile."""
    locked = {
        account.id: account
        for account in session.scalars(
            select(Account)
            .where(or_(Account.id == account_id, and_(Account.role == AccountRole.ADMIN, Account.active)))
            .order_by(Account.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    me = locked.get(actor.account_id) if actor.account_id is not None else None
    if actor.account_id is not None and (me is None or not me.active or me.role is not AccountRole.ADMIN):
        raise Forbidden("You are no administrator any more.")
    if account_id not in locked:
        raise NotFound(NO_ACCOUNT)
    return locked[account_id]


def find_account(session: Session, email: str) -> int:
    """The id of the account with this address. Raises NotFound."""
    found = session.scalar(select(Account.id).where(Account.email == email.strip().lower()))
    if found is None:
        raise NotFound(f"There is no account for {email}.")
    return found


def _settled(brief: AccountBrief) -> AccountBrief:
    if brief.role is not AccountRole.MANAGER:
        return AccountBrief(brief.name.strip(), brief.role)
    units = tuple(sorted(set(brief.units))) if brief.reach is Reach.ASSIGNED else ()
    return AccountBrief(brief.name.strip(), brief.role, brief.reach, units)


def _write_units(session: Session, account: Account, units: tuple[int, ...]) -> None:
    if len(session.scalars(select(Unit.id).where(Unit.id.in_(units))).all()) != len(units):
        raise DomainError("One of the units is gone. Choose from the list again.", "units")
    session.execute(delete(ManagedUnit).where(ManagedUnit.account_id == account.id))
    session.add_all(ManagedUnit(account_id=account.id, unit_id=unit) for unit in units)
