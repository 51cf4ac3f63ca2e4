"""The roles of a project: adding, changing, removing them, and how much they talk to each other."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.queries.briefs import Communication, Need, RoleBrief, communication, fingerprint, role_brief, told
from app.queries.projects.catalogue import near_skills, skills_named
from app.services.audit import Actor, record
from app.services.flushing import flush
from app.services.staffing.projects import CHANGED, lock_project
from models import (
    BOOKED,
    Allocation,
    AllocationState,
    CatalogueRole,
    Phase,
    Practitioner,
    Project,
    Role,
    RoleCommunication,
    SkillNeed,
    Subteam,
)

USUAL_AMOUNT = Decimal(1)
"""What is understood for every pair of roles; such pairs are not stored."""
Part = TypeVar("Part", Phase, Subteam)


class WrongNeeds(DomainError):
    """`sentences` says what is wrong with a skill need, by its position in the role."""

    def __init__(self, sentences: dict[int, str]) -> None:
        super().__init__(" ".join(sentences.values()), "needs")
        self.sentences = sentences


class RoleInUse(Conflict):
    """Somebody has one of the role's seats."""


def add_role(session: Session, actor: Actor, project_id: int, brief: RoleBrief) -> Role:
    """A new role behind the project's others. Skills are found by name or alias, phase and sub-team by name."""
    project = lock_project(session, project_id)
    last = session.scalar(select(func.max(Role.position)).where(Role.project_id == project_id))
    role = Role(project_id=project_id, position=0 if last is None else last + 1)
    _write(session, project, role, brief)
    record(session, actor, "role.create", "role", role.id, after=told(brief) | {"project_id": project_id})
    return role


def edit_role(session: Session, actor: Actor, project_id: int, role_id: int, brief: RoleBrief, seen: str) -> None:
    """Make the role what `brief` says. `seen` is the fingerprint of what the editor was shown; Conflict if it moved."""
    project = lock_project(session, project_id)
    before = role_brief(session, project_id, role_id)
    if fingerprint(before) != seen:
        raise Conflict(CHANGED)
    _write(session, project, session.get_one(Role, role_id), brief)
    record(session, actor, "role.edit", "role", role_id, before=told(before), after=told(brief))


def delete_role(session: Session, actor: Actor, project_id: int, role_id: int) -> str:
    """Remove the role; RoleInUse while somebody has a seat. Returns its name, which allocations that are over keep."""
    lock_project(session, project_id)
    before = role_brief(session, project_id, role_id)
    holders = session.scalars(
        select(Practitioner.name)
        .join(Allocation, Allocation.practitioner_id == Practitioner.id)
        .where(Allocation.role_id == role_id, Allocation.state.in_((*BOOKED, AllocationState.PROPOSED)))
        .order_by(Practitioner.name_key)
    ).all()
    if holders:
        raise RoleInUse(f"Release these seats first: {', '.join(holders)}. Then {before.name} can be removed.")
    session.execute(
        update(Allocation).where(Allocation.role_id == role_id).values(role_id=None, seat=None, role_name=before.name)
    )
    session.execute(delete(Role).where(Role.id == role_id))
    record(session, actor, "role.delete", "role", role_id, before=told(before) | {"project_id": project_id})
    return before.name


def set_communication(
    session: Session, actor: Actor, project_id: int, pairs: Sequence[Communication], seen: str | None = None
) -> None:
    """Replace what is stated about how much the project's roles talk; the order of a pair does not matter.

    `seen` is the fingerprint of the pairs that the editor was shown; without it whatever stands is replaced.
    """
    lock_project(session, project_id)
    before = communication(session, project_id)
    if seen is not None and fingerprint(*before) != seen:
        raise Conflict(CHANGED)
    roles = dict(session.execute(select(Role.name, Role.id).where(Role.project_id == project_id)).all())
    amounts: dict[tuple[int, int], Decimal] = {}
    for pair in pairs:
        unknown = [name for name in (pair.role_a, pair.role_b) if name not in roles]
        if unknown:
            raise DomainError(f"The project has no role called {unknown[0]}.", "pairs")
        one, other = sorted((roles[pair.role_a], roles[pair.role_b]))
        if (one, other) in amounts:
            raise DomainError(f"{pair.role_a} and {pair.role_b} are stated twice. Keep one of the two.", "pairs")
        amounts[one, other] = pair.amount
    session.execute(
        delete(RoleCommunication).where(
            or_(RoleCommunication.role_a_id.in_(roles.values()), RoleCommunication.role_b_id.in_(roles.values()))
        )
    )
    session.add_all(
        RoleCommunication(role_a_id=one, role_b_id=other, amount=amount)
        for (one, other), amount in amounts.items()
        if amount != USUAL_AMOUNT
    )
    flush(session)
    record(
        session,
        actor,
        "project.communication",
        "project",
        project_id,
        before={"pairs": [told(pair) for pair in before]},
        after={"pairs": [told(pair) for pair in pairs]},
    )


def _write(session: Session, project: Project, role: Role, brief: RoleBrief) -> None:
    skills = _skills(session, brief.needs)
    phase = _named(session, Phase, project, brief.phase, "phase")
    subteam = _named(session, Subteam, project, brief.subteam, "subteam")
    _check_period(project, phase, brief)
    role.name = brief.name.strip()
    role.headcount = brief.headcount
    role.fte = brief.fte
    role.starts_on = brief.starts_on
    role.ends_on = brief.ends_on
    role.function = brief.function
    role.responsibilities = brief.responsibilities
    role.phase_id = phase.id if phase else None
    role.subteam_id = subteam.id if subteam else None
    role.catalogue_role_id = _catalogue_role_id(session, brief.catalogue_role)
    session.add(role)
    flush(session)
    session.execute(delete(SkillNeed).where(SkillNeed.role_id == role.id))
    session.add_all(
        SkillNeed(role_id=role.id, skill_id=skill_id, level=need.level, must=need.must, weight=need.weight)
        for need, skill_id in zip(brief.needs, skills, strict=True)
    )
    flush(session)


def _named(session: Session, kind: type[Part], project: Project, name: str | None, field: str) -> Part | None:
    if name is None:
        return None
    part = session.scalar(select(kind).where(kind.project_id == project.id, kind.name == name))
    if part is None:
        raise DomainError(f"The project has no {field} called {name}. Choose another one.", field)
    return part


def _check_period(project: Project, phase: Phase | None, brief: RoleBrief) -> None:
    """A role lies inside its project, and ends after it starts whichever of the two days is its own."""
    frame = phase or project
    starts_on, ends_on = brief.starts_on or frame.starts_on, brief.ends_on or frame.ends_on
    if starts_on and ends_on and ends_on < starts_on:
        raise DomainError("The end lies before the start.", "ends_on" if brief.ends_on else "starts_on")
    if brief.starts_on and project.starts_on and brief.starts_on < project.starts_on:
        raise DomainError(f"The project starts on {project.starts_on}; start the role then or later.", "starts_on")
    if brief.ends_on and project.ends_on and brief.ends_on > project.ends_on:
        raise DomainError(f"The project ends on {project.ends_on}; end the role then or earlier.", "ends_on")


def _catalogue_role_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    number = session.scalar(select(CatalogueRole.id).where(CatalogueRole.code == code))
    if number is None:
        raise DomainError(f"The role catalogue has no role with the code {code}.", "catalogue_role")
    return number


def _skills(session: Session, needs: Sequence[Need]) -> list[int]:
    """The skill of each need, in their order; WrongNeeds for names unknown or given twice."""
    known = skills_named(session, (need.skill for need in needs))
    sentences: dict[int, str] = {}
    taken: dict[int, str] = {}
    for position, need in enumerate(needs):
        number = known.get(need.skill)
        if number is None:
            sentences[position] = _unknown(session, need.skill)
        elif number in taken:
            sentences[position] = f"{need.skill} is asked for twice. Remove one of the two."
        else:
            taken[number] = need.skill
    if sentences:
        raise WrongNeeds(sentences)
    return list(taken)


def _unknown(session: Session, name: str) -> str:
    near = near_skills(session, name)
    hint = (
        f"Did you mean {' or '.join(near)}?" if near else "Choose one from the list, or add it to the catalogue first."
    )
    return f"The catalogue has no skill called {name}. {hint}"
