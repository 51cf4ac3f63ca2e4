"""Who manages somebody: the other way round than `visibility.managed_by`, and the same answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from app.queries.sight.visibility import confirmed_by, works_still
from models import (
    Account,
    AccountRole,
    Allocation,
    ManagedUnit,
    Practitioner,
    Project,
    Reach,
    Unit,
)


@dataclass(frozen=True)
class Managers:
    """Names, in order. Administrators manage everybody."""

    administrators: Sequence[str]
    managers: Sequence[str]


def managers_of(session: Session, practitioner_id: int) -> Managers:
    """Whose reach takes the person in. Constant statements, however many managers there are."""
    named = select(Account.name).where(Account.active).order_by(Account.name, Account.id)
    return Managers(
        session.scalars(named.where(Account.role == AccountRole.ADMIN)).all(),
        session.scalars(named.where(Account.role == AccountRole.MANAGER, _reaches(practitioner_id))).all(),
    )


def _reaches(practitioner_id: int) -> ColumnElement[bool]:
    """Of a manager's account: everybody, the person's unit or one above it, or a project that somebody else confirmed
    them on."""
    upward = (
        select(Unit.id, Unit.parent_id)
        .join(Practitioner, Practitioner.home_unit_id == Unit.id)
        .where(Practitioner.id == practitioner_id)
        .cte(recursive=True)
    )
    above = aliased(Unit)
    upward = upward.union(select(above.id, above.parent_id).join(upward, upward.c.parent_id == above.id))
    by_unit = select(ManagedUnit.account_id).where(ManagedUnit.unit_id.in_(select(upward.c.id)))
    by_project = (
        select(Project.manager_id)
        .join(Allocation, Allocation.project_id == Project.id)
        .where(
            Allocation.practitioner_id == practitioner_id,
            works_still(),
            Project.manager_id.is_not(None),
            ~confirmed_by(Project.manager_id),
        )
    )
    return or_(Account.reach == Reach.ORGANISATION, Account.id.in_(by_unit), Account.id.in_(by_project))
