"""The shipped catalogue: complete after the first load, and never in the way of what the organisation changed."""

import tomllib

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.services import starter
from importers.names import normal_form
from models import CatalogueNeed, CatalogueRole, Skill, SkillAlias, SkillCategory, TeamTemplate, TeamTemplateRole

pytestmark = pytest.mark.one_database

TABLES = (SkillCategory, Skill, SkillAlias, CatalogueRole, CatalogueNeed, TeamTemplate, TeamTemplateRole)


def shipped(name: str) -> dict:
    return tomllib.loads((starter.FOLDER / name).read_text(encoding="utf-8"))


def sizes(session: Session) -> list[int]:
    return [session.scalar(select(func.count()).select_from(table)) for table in TABLES]


def skill_named(session: Session, name: str) -> Skill:
    return session.scalars(select(Skill).where(Skill.name_key == normal_form(name))).one()


class TestStarterCatalogue:
    def test_every_shipped_skill_role_and_template_is_there(self, session: Session) -> None:
        skills = [entry for category in starter.skill_categories() for entry in category["skills"]]
        assert set(session.scalars(select(Skill.name))) == {entry["name"] for entry in skills}
        codes = {entry["code"] for entry in shipped("roles.toml")["role"]}
        assert set(session.scalars(select(CatalogueRole.code))) == codes
        templates = shipped("team_templates.toml")["template"]
        assert set(session.scalars(select(TeamTemplate.code))) == {entry["code"] for entry in templates}
        lines = session.scalar(select(func.count()).select_from(TeamTemplateRole))
        assert lines == sum(len(entry["role"]) for entry in templates)

    def test_parents_and_aliases_lead_to_their_skills(self, session: Session) -> None:
        react, javascript = skill_named(session, "React"), skill_named(session, "JavaScript")
        assert react.parent_id == javascript.id
        alias = session.scalars(select(SkillAlias).where(SkillAlias.alias_key == normal_form("ECMAScript"))).one()
        assert alias.skill_id == javascript.id

    def test_loading_again_adds_nothing(self, session: Session) -> None:
        before = sizes(session)
        starter.load(session)
        assert sizes(session) == before

    def test_a_renamed_role_and_a_changed_level_stay_as_the_organisation_has_them(self, session: Session) -> None:
        role = session.scalars(select(CatalogueRole).where(CatalogueRole.code == "data-engineer")).one()
        role.name = "Pipeline builder"
        need = session.scalars(select(CatalogueNeed).where(CatalogueNeed.catalogue_role_id == role.id).limit(1)).one()
        need.level = 1
        session.flush()
        starter.load(session)
        assert (role.name, need.level) == ("Pipeline builder", 1)

    def test_what_was_removed_comes_back_and_takes_nothing_else_with_it(self, session: Session) -> None:
        before = sizes(session)
        template = session.scalars(select(TeamTemplate).where(TeamTemplate.code == "exploration")).one()
        session.delete(session.get_one(SkillAlias, session.scalar(select(func.min(SkillAlias.id)))))
        session.delete(template)
        session.flush()
        starter.load(session)
        assert sizes(session) == before

    def test_a_shipped_skill_that_was_merged_into_another_is_not_made_again(self, session: Session) -> None:
        merged, kept = skill_named(session, "Julia"), skill_named(session, "R")
        session.delete(merged)
        session.flush()
        session.add(SkillAlias(skill_id=kept.id, alias="Julia", alias_key=normal_form("Julia")))
        session.flush()
        starter.load(session)
        assert session.scalar(select(Skill.id).where(Skill.name_key == normal_form("Julia"))) is None

    @pytest.mark.parametrize("name", ["Data engineer", "Product manager"])
    def test_a_role_of_the_organisation_stands_for_the_shipped_one_of_its_name(
        self, session: Session, name: str
    ) -> None:
        role = session.scalars(select(CatalogueRole).where(CatalogueRole.name == name)).one()
        role.code = "our-own"
        session.flush()
        starter.load(session)
        assert session.scalar(select(func.count()).where(CatalogueRole.name == name)) == 1
