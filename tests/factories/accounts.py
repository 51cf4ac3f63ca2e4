"""Accounts as rows, and what an administrator's form says of one."""

from sqlalchemy.orm import Session

from models import Account, AccountRole

ADMIN, MANAGER, PRACTITIONER, VIEWER = (
    AccountRole.ADMIN,
    AccountRole.MANAGER,
    AccountRole.PRACTITIONER,
    AccountRole.VIEWER,
)


def account(
    session: Session, name: str = "Ben Ode", role: AccountRole = AccountRole.PRACTITIONER, **columns: object
) -> Account:
    """An administrator has entered before, unless `columns` say otherwise."""
    if role is AccountRole.ADMIN:
        columns = {"password_hash": "no password has it", **columns}
    added = Account(email=f"{name.lower().replace(' ', '.')}@example.org", name=name, role=role, **columns)
    session.add(added)
    session.commit()
    return added


def rights(account: Account, **changes: object) -> dict[str, object]:
    """The fields of the form as it is shown, with changes."""
    return {
        "name": account.name,
        "role": account.role.value,
        "reach": account.reach.value,
        "version": account.version,
        **changes,
    }


def fresh(session: Session, row: Account) -> None:
    """The row as it stands now: what SQLite reads within one transaction stays as it was."""
    session.rollback()
    session.refresh(row)
