"""The shipped catalogue: the skills, roles and team templates that a directory begins with."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.names import normal_form
from models import (
    CatalogueNeed,
    CatalogueRole,
    Skill,
    SkillAlias,
    SkillCategory,
    TeamTemplate,
    TeamTemplateRole,
)

FOLDER = Path(__file__).parent.parent / "starter"


def load(session: Session) -> None:
    """Add what is missing from `app/starter/`; what the organisation added, renamed or changed stays as it is.

    Skills and aliases are known by the normal form of their names, roles and templates by their code. A shipped skill
    whose name has become an alias, as after a merge, is taken for the skill that the alias leads to.
    """
    skills = _load_skills(session, skill_categories())
    roles = _load_roles(session, _read("roles.toml")["role"], skills)
    _load_templates(session, _read("team_templates.toml")["template"], roles)


def skill_categories() -> list[dict[str, Any]]:
    """The shipped categories in the order shown, each with `name` and `skills`; the folder has a README."""
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "skills").glob("*.toml"))]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _load_skills(session: Session, categories: list[dict[str, Any]]) -> dict[str, int]:
    """Skill ids by the normal form of every name and alias in the database, shipped or not."""
    known = dict(session.execute(select(SkillAlias.alias_key, SkillAlias.skill_id)).all())
    known |= dict(session.execute(select(Skill.name_key, Skill.id)).all())
    shelves = {normal_form(shelf.name): shelf for shelf in session.scalars(select(SkillCategory))}
    added: list[tuple[str, Skill, str | None]] = []
    for title, entry in _entries(categories):
        key = normal_form(entry["name"])
        if key in known:
            continue
        shelf = shelves.setdefault(normal_form(title), SkillCategory(name=title))
        skill = Skill(name=entry["name"], name_key=key, category=shelf, description=entry["description"])
        session.add(skill)
        added.append((key, skill, entry.get("parent")))
    session.flush()
    known |= {key: skill.id for key, skill, _ in added}
    for _, skill, parent in added:
        skill.parent_id = known[normal_form(parent)] if parent else None
    for _, entry in _entries(categories):
        for alias in entry.get("aliases", ()):
            if normal_form(alias) not in known:
                known[normal_form(alias)] = skill_id = known[normal_form(entry["name"])]
                session.add(SkillAlias(skill_id=skill_id, alias=alias, alias_key=normal_form(alias)))
    session.flush()
    return known


def _entries(categories: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((category["name"], entry) for category in categories for entry in category["skills"])


def _load_roles(session: Session, entries: list[dict[str, Any]], skills: dict[str, int]) -> dict[str, CatalogueRole]:
    """The catalogue role behind each shipped code; where the organisation has a role of that name, it is that one."""
    stored = list(session.scalars(select(CatalogueRole)))
    roles = {role.name: role for role in stored} | {role.code: role for role in stored}
    for entry in entries:
        role = roles.get(entry["code"]) or roles.get(entry["name"])
        if role is None:
            role = CatalogueRole(
                code=entry["code"],
                name=entry["name"],
                function=entry["function"],
                summary=entry["summary"],
                responsibilities="\n".join(entry["responsibilities"]),
                needs=[_need(need, skills) for need in entry["needs"]],
            )
            session.add(role)
        roles[entry["code"]] = role
    session.flush()
    return roles


def _need(entry: dict[str, Any], skills: dict[str, int]) -> CatalogueNeed:
    return CatalogueNeed(
        skill_id=skills[normal_form(entry["skill"])],
        level=entry["level"],
        must=entry["must"],
        weight=_decimal(entry["weight"]),
    )


def _load_templates(session: Session, entries: list[dict[str, Any]], roles: dict[str, CatalogueRole]) -> None:
    taken = {name for row in session.execute(select(TeamTemplate.code, TeamTemplate.name)) for name in row}
    for entry in entries:
        if entry["code"] in taken or entry["name"] in taken:
            continue
        lines = [_line(position, line, roles) for position, line in enumerate(entry["role"])]
        session.add(
            TeamTemplate(
                code=entry["code"],
                name=entry["name"],
                description=entry["description"],
                when_to_use=entry["when_to_use"],
                roles=lines,
            )
        )
    session.flush()


def _line(position: int, entry: dict[str, Any], roles: dict[str, CatalogueRole]) -> TeamTemplateRole:
    return TeamTemplateRole(
        catalogue_role=roles[entry["catalogue_role"]],
        name=entry["name"],
        position=position,
        headcount=entry.get("headcount", 1),
        fte=_decimal(entry["fte"]),
        starts_at=_decimal(entry.get("starts_at", 0)),
        ends_at=_decimal(entry.get("ends_at", 1)),
        phase=entry.get("phase"),
        subteam=entry.get("subteam"),
        required=entry["required"],
    )


def _decimal(number: float) -> Decimal:
    return Decimal(str(number))
