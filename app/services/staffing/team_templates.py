"""Starting a project from a team template: its roles, phases and sub-teams, laid out over the project's period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.briefs import Need, PhaseBrief, ProjectBrief, RoleBrief, SubteamBrief
from app.queries.projects.catalogue import TemplateLine, skills_named, template
from app.services.audit import Actor
from app.services.staffing.projects import create_project
from app.services.staffing.roles import add_role
from models import Project

DOMAIN_FUNCTION = "domain"
PRODUCT_MANAGER = "product-manager"
DOMAIN_LEVEL = 3
DOMAIN_WEIGHT = Decimal(2)
SHORTEST_IN_WEEKS = 56
"""Days from which a project is planned in whole weeks."""


def start_from_template(session: Session, actor: Actor, brief: ProjectBrief, code: str) -> Project:
    """A new project with everything that the template of that code brings; it is checked against it from then on.

    Whoever brings knowledge of the field is also asked for the project's industry, where that is a skill of the
    catalogue. Raises DomainError when the project has no period to lay the template out over.
    """
    standard = template(session, code)
    if standard is None:
        raise DomainError("There is no such team template. Choose another one.", "start_from")
    if brief.starts_on is None:
        raise DomainError("Say when the project starts: the template's roles take their dates from it.", "starts_on")
    if brief.ends_on is None:
        raise DomainError("Say when the project ends: the template's roles take their dates from it.", "ends_on")
    phases = _phases(standard.lines, brief.starts_on, brief.ends_on)
    subteams = dict.fromkeys(line.role.subteam for line in standard.lines if line.role.subteam)
    project = create_project(
        session,
        actor,
        replace(
            brief,
            team_template=code,
            phases=tuple(phases.values()),
            subteams=tuple(SubteamBrief(name) for name in subteams),
        ),
    )
    domain = brief.domain if brief.domain and skills_named(session, [brief.domain]) else None
    knowing = _who_knows_the_domain(standard.lines)
    for line in standard.lines:
        role = _lay_out(line, phases, brief.starts_on, brief.ends_on)
        if domain and line in knowing:
            role = replace(role, needs=(*role.needs, Need(domain, DOMAIN_LEVEL, must=True, weight=DOMAIN_WEIGHT)))
        add_role(session, actor, project.id, role)
    return project


def _phases(lines: Sequence[TemplateLine], starts_on: date, ends_on: date) -> dict[str, PhaseBrief]:
    """The phases that the lines name, each from the first start to the last end of its lines."""
    spans: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        if line.role.phase:
            first, last = spans.get(line.role.phase, (line.starts_at, line.ends_at))
            spans[line.role.phase] = (min(first, line.starts_at), max(last, line.ends_at))
    return {name: PhaseBrief(name, *_days(span, starts_on, ends_on)) for name, span in spans.items()}


def _lay_out(line: TemplateLine, phases: dict[str, PhaseBrief], starts_on: date, ends_on: date) -> RoleBrief:
    """The line's role; with dates of its own only where it does not run as long as its phase or the project."""
    first, last = _days((line.starts_at, line.ends_at), starts_on, ends_on)
    frame = phases.get(line.role.phase or "")
    if (first, last) == ((frame.starts_on, frame.ends_on) if frame else (starts_on, ends_on)):
        return line.role
    return replace(line.role, starts_on=first, ends_on=last)


def _days(span: tuple[Decimal, Decimal], starts_on: date, ends_on: date) -> tuple[date, date]:
    """The first and last day of a fraction of the period, at least one day. Neighbouring fractions do not overlap."""
    days = (ends_on - starts_on).days + 1
    first = min(_cut(span[0], days), days - 1)
    last = max(_cut(span[1], days) - 1, first)
    return starts_on + timedelta(days=first), starts_on + timedelta(days=last)


def _cut(fraction: Decimal, days: int) -> int:
    """The day at which a fraction of the period is over: after whole weeks where the period has enough of them."""
    step = 7 if days >= SHORTEST_IN_WEEKS else 1
    return days if fraction == 1 else round(fraction * days / step) * step


def _who_knows_the_domain(lines: Sequence[TemplateLine]) -> list[TemplateLine]:
    """The domain experts; without one, the product managers."""
    experts = [line for line in lines if line.role.function == DOMAIN_FUNCTION]
    return experts or [line for line in lines if line.role.catalogue_role == PRODUCT_MANAGER]
