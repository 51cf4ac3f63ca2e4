"""Where somebody may be called by one part of their name: the projects whose teams they were on or proposed for, and
whatever else a word may mean there."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models import (
    Account,
    Allocation,
    AllocationChange,
    Decision,
    Practitioner,
    Project,
    Proposal,
    ProposedSeat,
    Role,
    Skill,
    StaffingRun,
)


def projects_of(session: Session, practitioner_id: int) -> Sequence[int]:
    """Those for which the person was proposed or booked."""
    proposed = select(StaffingRun.project_id).join(Proposal).join(ProposedSeat)
    booked = select(Allocation.project_id).where(Allocation.practitioner_id == practitioner_id)
    theirs = union(proposed.where(ProposedSeat.practitioner_id == practitioner_id), booked).subquery()
    return session.scalars(select(Project.id).where(Project.id.in_(select(theirs))).order_by(Project.id)).all()


def names_around(session: Session, project_id: int, practitioner_id: int) -> set[str]:
    """Of the other people of the project, of who decided there, of its roles, and its own."""
    on_teams = select(ProposedSeat.practitioner_id).join(Proposal).join(StaffingRun)
    people = union(
        on_teams.where(StaffingRun.project_id == project_id),
        select(Allocation.practitioner_id).where(Allocation.project_id == project_id),
    ).subquery()
    accounts = union(
        select(Project.manager_id).where(Project.id == project_id),
        select(Decision.decided_by_id).join(StaffingRun).where(StaffingRun.project_id == project_id),
        select(AllocationChange.changed_by_id).join(Allocation).where(Allocation.project_id == project_id),
    ).subquery()
    named = (
        select(Practitioner.name).where(Practitioner.id.in_(select(people)), Practitioner.id != practitioner_id),
        select(Account.name).where(Account.id.in_(select(accounts))),
        select(Role.name).where(Role.project_id == project_id),
        select(Project.name).where(Project.id == project_id),
    )
    return {name for wanted in named for name in session.scalars(wanted)}


def skills_called(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the normal forms that are a skill's."""
    return set(session.scalars(select(Skill.name_key).where(Skill.name_key.in_(list(keys)))))
