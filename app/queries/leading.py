"""Who leads a project, and who could."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from models import Account, AccountRole, Project


class Leader(NamedTuple):
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Leading:
    """`leaders`: the active managers and administrators, by name."""

    project_id: int
    project: str
    version: int
    leader_id: int | None
    leaders: tuple[Leader, ...]


def leading(session: Session, project_id: int) -> Leading:
    found = session.execute(
        select(Project.name, Project.version, Project.manager_id).where(Project.id == project_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such project.")
    accounts = session.execute(
        select(Account.id, Account.name)
        .where(Account.active, Account.role.in_((AccountRole.MANAGER, AccountRole.ADMIN)))
        .order_by(Account.name, Account.id)
    )
    return Leading(project_id, found[0], found[1], found[2], tuple(Leader(*row) for row in accounts))
