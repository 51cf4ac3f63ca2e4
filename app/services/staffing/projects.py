"""Projects: making them, and changing what describes them apart from their roles."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError, NotFound
from app.queries.briefs import MeasureBrief, PhaseBrief, ProjectBrief, SubteamBrief, project_brief, told
from app.services.audit import Actor, record
from app.services.flushing import flush
from importers.names import normal_form
from models import OutcomeMeasure, Phase, Project, Subteam, TeamTemplate
from models.base import now

Part = TypeVar("Part", Phase, Subteam, OutcomeMeasure)
LONGEST_KEY = Project.name_key.type.length
CHANGED = "Somebody else changed this while you were editing it. Both versions are shown; save again to keep yours."


def create_project(session: Session, actor: Actor, brief: ProjectBrief) -> Project:
    """A new project without roles, in the hands of the account that makes it."""
    project = Project(manager_id=actor.account_id)
    _describe(session, project, brief)
    session.add(project)
    flush(session)
    _write_parts(session, project, brief)
    record(session, actor, "project.create", "project", project.id, after=told(brief))
    return project


def edit_project(session: Session, actor: Actor, project_id: int, brief: ProjectBrief, version: int) -> None:
    """Make the project what `brief` says; Conflict if it is no longer at the version that the editor was shown.

    Phases, sub-teams and measures are known by their ids; those without one are new, those left out are removed, and a
    role of a removed phase or sub-team stays without it.
    """
    project = lock_project(session, project_id)
    if project.version != version:
        raise Conflict(CHANGED)
    before, _ = project_brief(session, project_id)
    _describe(session, project, brief)
    project.updated_at = now()  # a change of a phase alone counts as a change of the project
    flush(session)
    _write_parts(session, project, brief)
    record(session, actor, "project.edit", "project", project_id, before=told(before), after=told(brief))


def lock_project(session: Session, project_id: int) -> Project:
    """The project as it stands, kept from other writers until the transaction ends."""
    project = session.scalar(
        select(Project).where(Project.id == project_id).with_for_update().execution_options(populate_existing=True)
    )
    if project is None:
        raise NotFound("There is no such project.")
    return project


def _describe(session: Session, project: Project, brief: ProjectBrief) -> None:
    _check_period("The project", brief.starts_on, brief.ends_on)
    project.name = brief.name.strip()
    project.name_key = _name_key(brief.name)
    project.client = brief.client
    project.domain = brief.domain
    project.description = brief.description
    project.state = brief.state
    project.starts_on = brief.starts_on
    project.ends_on = brief.ends_on
    project.priority = brief.priority
    project.budget = brief.budget
    project.team_template_id = _template_id(session, brief.team_template)


def _name_key(name: str) -> str:
    """Signs alone have no normal form, and some letters become several in it: ﷺ becomes eighteen."""
    key = normal_form(name)
    if not key:
        raise DomainError("Give the project a name with letters or digits.", "name")
    if len(key) > LONGEST_KEY:
        raise DomainError("This name is too long. Shorten it.", "name")
    return key


def _template_id(session: Session, code: str | None) -> int | None:
    if code is None:
        return None
    number = session.scalar(select(TeamTemplate.id).where(TeamTemplate.code == code))
    if number is None:
        raise DomainError(f"There is no team template with the code {code}.", "team_template")
    return number


def _write_parts(session: Session, project: Project, brief: ProjectBrief) -> None:
    _write_phases(session, project, brief.phases)
    _write_subteams(session, project, brief.subteams)
    _write_measures(session, project, brief.measures)
    flush(session)


def _write_phases(session: Session, project: Project, briefs: Sequence[PhaseBrief]) -> None:
    _refuse_twice((brief.name for brief in briefs), "phase", "phases")
    kept = _kept(session, Phase, project, briefs)
    for position, brief in enumerate(sorted(briefs, key=lambda brief: (brief.starts_on, brief.ends_on))):
        _check_period(f"The phase {brief.name}", brief.starts_on, brief.ends_on, "phases")
        _check_inside(project, brief)
        phase = kept.get(brief.id) or Phase(project_id=project.id)
        phase.name = brief.name
        phase.position = position
        phase.starts_on = brief.starts_on
        phase.ends_on = brief.ends_on
        session.add(phase)


def _write_subteams(session: Session, project: Project, briefs: Sequence[SubteamBrief]) -> None:
    _refuse_twice((brief.name for brief in briefs), "sub-team", "subteams")
    kept = _kept(session, Subteam, project, briefs)
    for brief in briefs:
        subteam = kept.get(brief.id) or Subteam(project_id=project.id)
        subteam.name = brief.name
        subteam.focus = brief.focus
        session.add(subteam)


def _write_measures(session: Session, project: Project, briefs: Sequence[MeasureBrief]) -> None:
    _refuse_twice((brief.name for brief in briefs), "measure", "measures")
    kept = _kept(session, OutcomeMeasure, project, briefs)
    for brief in briefs:
        measure = kept.get(brief.id) or OutcomeMeasure(project_id=project.id)
        measure.name = brief.name
        measure.kind = brief.kind
        measure.unit = brief.unit
        measure.expected = brief.expected
        measure.higher_is_better = brief.higher_is_better
        session.add(measure)


def _kept(
    session: Session, kind: type[Part], project: Project, briefs: Sequence[PhaseBrief | SubteamBrief | MeasureBrief]
) -> dict[int | None, Part]:
    """The stored parts by id, after removing those that are left out. All names that will change are free again."""
    names = {brief.id: brief.name for brief in briefs}
    kept: dict[int | None, Part] = {}
    for part in session.scalars(select(kind).where(kind.project_id == project.id)):
        if part.id not in names:
            session.delete(part)
            continue
        kept[part.id] = part
        if part.name != names[part.id]:
            # A name for the moment that nobody can type: two parts may be taking each other's.
            part.name = f"\n{part.id}"
    session.flush()
    return kept


def _refuse_twice(names: Iterable[str], word: str, field: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DomainError(f"Two {word}s are called {name}. Give one of them another name.", field)
        seen.add(name)


def _check_period(what: str, starts_on: date | None, ends_on: date | None, field: str = "ends_on") -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise DomainError(f"{what} ends before it starts. Change one of the two days.", field)


def _check_inside(project: Project, phase: PhaseBrief) -> None:
    early = project.starts_on and phase.starts_on < project.starts_on
    late = project.ends_on and phase.ends_on > project.ends_on
    if early or late:
        raise DomainError(
            f"The phase {phase.name} lies outside the project. Move the phase, or change the project's period.",
            "phases",
        )
