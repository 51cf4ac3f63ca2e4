"""The skill, role and team catalogues as the staffing pages need them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from app.errors import NotFound
from app.queries.briefs import Need, RoleBrief
from importers.names import normal_form
from importers.skills.catalogue import Catalogue, CatalogueSkill
from models import (
    CatalogueNeed,
    CatalogueRole,
    Project,
    Rating,
    Skill,
    SkillAlias,
    SkillCategory,
    TeamTemplate,
    TeamTemplateRole,
)

MINIMUM_ML_TEAM = "minimum-viable-ml-team"
"""Code of the template below which ML teams fail."""

INDUSTRY_CATEGORY = "Industry knowledge"
"""The category whose skills are knowledge of an industry."""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A role that the template brings. `starts_at` and `ends_at` are fractions of the project's period."""

    role: RoleBrief
    starts_at: Decimal
    ends_at: Decimal
    required: bool


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    name: str
    description: str
    when_to_use: str
    lines: tuple[TemplateLine, ...]


def skill_names(session: Session) -> list[str]:
    return list(session.scalars(select(Skill.name).order_by(Skill.name_key)))


def most_used_skills(session: Session, limit: int) -> list[str]:
    """Names of the catalogue by how many people have the skill."""
    used = select(Rating.skill_id, func.count().label("people")).group_by(Rating.skill_id).subquery()
    wanted = select(Skill.name).join(used, used.c.skill_id == Skill.id, isouter=True)
    return list(session.scalars(wanted.order_by(func.coalesce(used.c.people, 0).desc(), Skill.name_key).limit(limit)))


def skills_named(session: Session, names: Iterable[str]) -> dict[str, int]:
    """The id of every given name or alias that the catalogue knows, whatever its case, accents and punctuation."""
    keys = {name: normal_form(name) for name in names}
    wanted = set(keys.values())
    found = dict(
        session.execute(select(SkillAlias.alias_key, SkillAlias.skill_id).where(SkillAlias.alias_key.in_(wanted))).all()
    )
    found |= dict(session.execute(select(Skill.name_key, Skill.id).where(Skill.name_key.in_(wanted))).all())
    return {name: found[key] for name, key in keys.items() if key in found}


def near_skills(session: Session, name: str) -> tuple[str, ...]:
    """Names of the catalogue that are spelt almost like this one; a suggestion, never a match."""
    names = [CatalogueSkill(known) for known in skill_names(session)]
    return Catalogue(tuple(names)).near(name)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    code: str
    name: str
    summary: str


def catalogue_roles(session: Session) -> list[CatalogueEntry]:
    rows = session.execute(
        select(CatalogueRole.code, CatalogueRole.name, CatalogueRole.summary).order_by(CatalogueRole.name)
    )
    return [CatalogueEntry(*row) for row in rows]


def functions(session: Session) -> list[str]:
    """What roles contribute to a cross-functional team, as the role catalogue knows it."""
    return list(session.scalars(select(CatalogueRole.function).distinct().order_by(CatalogueRole.function)))


def industries(session: Session) -> list[str]:
    """Suggestions for a project's industry: the skills of that category, and what projects were said to be in."""
    known = (
        select(Skill.name)
        .join(SkillCategory, SkillCategory.id == Skill.category_id)
        .where(SkillCategory.name == INDUSTRY_CATEGORY)
    )
    used = select(Project.domain).where(Project.domain.is_not(None))
    return sorted(name for name in session.scalars(known.union(used)) if name)


def catalogue_role(session: Session, code: str) -> RoleBrief:
    """A catalogue role as the beginning of a project's role."""
    role = session.scalar(
        select(CatalogueRole)
        .where(CatalogueRole.code == code)
        .options(selectinload(CatalogueRole.needs).joinedload(CatalogueNeed.skill))
    )
    if role is None:
        raise NotFound("The role catalogue has no such role.")
    return _brief(role)


def templates(session: Session) -> list[Template]:
    """Every team template with its roles and their needs, in three statements."""
    return [_template(row) for row in session.scalars(_loaded_templates().order_by(TeamTemplate.id))]


def template(session: Session, code: str) -> Template | None:
    row = session.scalar(_loaded_templates().where(TeamTemplate.code == code))
    return _template(row) if row else None


def _loaded_templates() -> Select[TeamTemplate]:
    line = selectinload(TeamTemplate.roles).joinedload(TeamTemplateRole.catalogue_role)
    return select(TeamTemplate).options(line.selectinload(CatalogueRole.needs).joinedload(CatalogueNeed.skill))


def _template(row: TeamTemplate) -> Template:
    lines = tuple(
        TemplateLine(
            role=replace(
                _brief(line.catalogue_role),
                name=line.name,
                headcount=line.headcount,
                fte=line.fte,
                phase=line.phase,
                subteam=line.subteam,
            ),
            starts_at=line.starts_at,
            ends_at=line.ends_at,
            required=line.required,
        )
        for line in row.roles
    )
    return Template(row.code, row.name, row.description, row.when_to_use, lines)


def _brief(role: CatalogueRole) -> RoleBrief:
    return RoleBrief(
        name=role.name,
        function=role.function,
        responsibilities=role.responsibilities,
        catalogue_role=role.code,
        needs=tuple(Need(need.skill.name, need.level, need.must, need.weight) for need in role.needs),
    )
