"""Whether a project's roles fall below a team template, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from app.queries.projects.catalogue import MINIMUM_ML_TEAM, Template, TemplateLine, skills_named, template
from app.queries.projects.pages import ProjectRole, ProjectView
from importers.names import normal_form

ENOUGH = Decimal("0.5")
"""The part of the template's period that a role must be there for: people join and leave by phase, but a role that is
away for most of the work is as good as missing."""
SCIENCE = "science"
"""The function of those who build models: a project with such a role is an ML project."""


class GapKind(StrEnum):
    MISSING_ROLE = "missing_role"
    FEW_SEATS = "few_seats"
    SMALL_SHARE = "small_share"
    SHORT_PERIOD = "short_period"
    NO_DOMAIN = "no_domain"


@dataclass(frozen=True, slots=True)
class TemplateGap:
    """`needed` and `found` are seats, full-time equivalents or weeks, as the kind says; `subject` is a role of the
    template, or the industry that no role knows."""

    kind: GapKind
    subject: str
    needed: Decimal = Decimal(0)
    found: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a project was checked against, and where it falls below. `chosen`: the project names the template."""

    template: Template
    chosen: bool
    gaps: tuple[TemplateGap, ...]


def compare(session: Session, project: ProjectView) -> Comparison | None:
    """Check the project against its team template; without one, an ML project against the minimum viable ML team."""
    code = project.team_template
    if code is None and any(role.function == SCIENCE for role in project.roles):
        code = MINIMUM_ML_TEAM
    standard = code and template(session, code)
    if not standard:
        return None
    domain = project.domain and skills_named(session, [project.domain]).get(project.domain)
    gaps = template_gaps(standard, project)
    if domain and not any(need.id == domain for role in project.roles for need in role.needs):
        gaps.append(TemplateGap(GapKind.NO_DOMAIN, project.domain or ""))
    return Comparison(standard, project.team_template is not None, tuple(gaps))


def template_gaps(standard: Template, project: ProjectView) -> list[TemplateGap]:
    """Where the project's roles fall below the template's required lines, in their order; empty when nowhere.

    Without dates of the project, periods are not compared.
    """
    filling = _assign(standard, project.roles)
    return [
        gap
        for line, roles in zip(standard.lines, filling, strict=True)
        if line.required
        for gap in _line_gaps(line, roles, project.period)
    ]


def _assign(standard: Template, roles: Sequence[ProjectRole]) -> list[list[ProjectRole]]:
    """The project's roles that stand for each line: those of its name first, the rest by catalogue role.

    Where the template has a catalogue role on several lines, a role goes to the first of them that lacks seats.
    """
    filling: list[list[ProjectRole]] = [[] for _ in standard.lines]
    rest: list[ProjectRole] = []
    names = {normal_form(line.role.name): position for position, line in enumerate(standard.lines)}
    for role in roles:
        position = names.get(normal_form(role.name))
        if position is None:
            rest.append(role)
        else:
            filling[position].append(role)
    for role in rest:
        lines = [
            position
            for position, line in enumerate(standard.lines)
            if role.catalogue_role is not None and line.role.catalogue_role == role.catalogue_role
        ]
        lacking = [number for number in lines if _seats(filling[number]) < standard.lines[number].role.headcount]
        for position in (lacking or lines)[:1]:
            filling[position].append(role)
    return filling


def _line_gaps(line: TemplateLine, roles: Sequence[ProjectRole], period: tuple[date, date] | None) -> list[TemplateGap]:
    """What one line lacks. Too few seats also mean too small a share; that is said once."""
    name = line.role.name
    seats = _seats(roles)
    if not roles:
        return [TemplateGap(GapKind.MISSING_ROLE, name, Decimal(line.role.headcount))]
    gaps = []
    share = sum((role.headcount * role.fte for role in roles), Decimal(0))
    wanted_share = line.role.headcount * line.role.fte
    if seats < line.role.headcount:
        gaps.append(TemplateGap(GapKind.FEW_SEATS, name, Decimal(line.role.headcount), Decimal(seats)))
    elif share < wanted_share:
        gaps.append(TemplateGap(GapKind.SMALL_SHARE, name, wanted_share, share))
    if period is not None:
        gaps += _period_gap(line, roles, period)
    return gaps


def _period_gap(line: TemplateLine, roles: Sequence[ProjectRole], period: tuple[date, date]) -> list[TemplateGap]:
    project_days = (period[1] - period[0]).days + 1
    wanted = (line.ends_at - line.starts_at) * project_days
    covered = {
        day
        for role in roles
        if role.starts_on is not None and role.ends_on is not None
        for day in range(role.starts_on.toordinal(), role.ends_on.toordinal() + 1)
    }
    if len(covered) >= wanted * ENOUGH:
        return []
    return [TemplateGap(GapKind.SHORT_PERIOD, line.role.name, _weeks(wanted), _weeks(Decimal(len(covered))))]


def _seats(roles: Sequence[ProjectRole]) -> int:
    return sum(role.headcount for role in roles)


def _weeks(days: Decimal) -> Decimal:
    return Decimal(round(days / 7))
