import tomllib
from pathlib import Path
from typing import Any

import pytest

from app.services.starter import skill_categories
from importers import normal_form
from sample.records import Firm, read_firm

Entries = dict[str, dict[str, Any]]
"""What a starter file says, by name or code."""

ROOT = Path(__file__).parents[2]


def starter(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "app" / "starter" / name).read_text("utf-8"))


@pytest.fixture(scope="session")
def firm() -> Firm:
    return read_firm()


@pytest.fixture(scope="session")
def skills() -> dict[str, dict[str, Any]]:
    """Starter skills by name."""
    return {skill["name"]: skill for category in skill_categories() for skill in category["skills"]}


@pytest.fixture(scope="session")
def spellings(skills: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """The normal form of every name and alias, with the skill it stands for."""
    return [
        (normal_form(spelling), name)
        for name, skill in skills.items()
        for spelling in (name, *skill.get("aliases", []))
    ]


@pytest.fixture(scope="session")
def roles() -> dict[str, dict[str, Any]]:
    """Starter roles by code."""
    return {role["code"]: role for role in starter("roles.toml")["role"]}


@pytest.fixture(scope="session")
def templates() -> dict[str, dict[str, Any]]:
    """Starter team templates by code."""
    return {template["code"]: template for template in starter("team_templates.toml")["template"]}


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "sample" / "project.toml").read_text("utf-8"))
