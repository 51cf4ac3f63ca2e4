"""The starter catalogue agrees with itself: skills, roles and team templates."""

from collections import Counter
from typing import Any

import pytest

from app.services.starter import skill_categories
from importers import normal_form
from tests.sample.conftest import Entries

FUNCTIONS = {"data", "science", "engineering", "reliability", "product", "delivery", "governance", "domain"}


def faulty_needs(needs: list[dict[str, Any]], skills: Entries) -> list[dict[str, Any]]:
    """Needs that name no starter skill, or whose level, must or weight no role could have."""
    return [
        need
        for need in needs
        if need["skill"] not in skills
        or need["level"] not in range(1, 6)
        or not isinstance(need["must"], bool)
        or need["weight"] <= 0
    ]


class TestSkills:
    def test_no_spelling_stands_for_two_skills(self, spellings: list[tuple[str, str]]) -> None:
        count = Counter(spelling for spelling, _ in spellings)
        assert [spelling for spelling, times in count.items() if times > 1] == []

    def test_fill_categories_that_a_page_can_show(self) -> None:
        sizes = {category["name"]: len(category["skills"]) for category in skill_categories()}
        assert sum(sizes.values()) >= 450
        assert len(sizes) >= 20
        assert {name: size for name, size in sizes.items() if not 20 <= size <= 160} == {}

    def test_no_skill_repeats_its_name_as_an_alias(self, skills: Entries) -> None:
        repeated = [name for name, s in skills.items() if normal_form(name) in map(normal_form, s.get("aliases", []))]
        assert repeated == []

    def test_names_aliases_and_descriptions_fit_their_columns(self, skills: Entries) -> None:
        texts = [text for name, skill in skills.items() for text in (name, *skill.get("aliases", []))]
        assert [text for text in texts if not 0 < len(text) <= 60 or text != text.strip()] == []
        assert [name for name, skill in skills.items() if len(skill["description"]) > 120] == []

    def test_every_skill_says_in_one_sentence_what_it_is(self, skills: Entries) -> None:
        assert [name for name, skill in skills.items() if not skill["description"].endswith(".")] == []

    def test_every_parent_is_a_skill_and_no_skill_is_its_own_ancestor(self, skills: Entries) -> None:
        for name in skills:
            line, above = [name], skills[name].get("parent")
            while above is not None:
                assert above in skills, f"{line[-1]} has the unknown parent {above}"
                assert above not in line, f"{above} is its own ancestor"
                line.append(above)
                above = skills[above].get("parent")

    def test_skills_have_no_other_fields(self, skills: Entries) -> None:
        assert {field for skill in skills.values() for field in skill} == {"name", "description", "aliases", "parent"}


class TestRoles:
    def test_every_need_names_a_skill_at_a_level(self, roles: Entries, skills: Entries) -> None:
        assert {key: faulty for key, role in roles.items() if (faulty := faulty_needs(role["needs"], skills))} == {}

    def test_every_role_has_a_must_have_need_a_function_and_responsibilities(self, roles: Entries) -> None:
        for key, role in roles.items():
            assert any(need["must"] for need in role["needs"]), key
            assert role["function"] in FUNCTIONS, key
            assert 3 <= len(role["responsibilities"]) <= 5, key

    def test_the_roles_of_the_sources_are_there(self, roles: Entries) -> None:
        assert set(roles) == {
            "data-engineer",
            "data-scientist",
            "developer",
            "product-manager",
            "project-manager",
            "ml-engineer",
            "business-analyst",
            "compliance-specialist",
            "domain-expert",
            "reliability-engineer",
        }


class TestTeamTemplates:
    def test_every_line_takes_its_needs_from_a_role_of_the_catalogue(self, templates: Entries, roles: Entries) -> None:
        named = {line["catalogue_role"] for template in templates.values() for line in template["role"]}
        assert named <= set(roles)

    def test_no_two_lines_of_a_template_have_the_same_name(self, templates: Entries) -> None:
        for code, template in templates.items():
            names = [line["name"] for line in template["role"]]
            assert len(names) == len(set(names)), code

    def test_every_line_has_a_share_and_a_period_within_the_project(self, templates: Entries) -> None:
        for code, template in templates.items():
            for line in template["role"]:
                assert 0 < line["fte"] <= 1, code
                assert 0 <= line.get("starts_at", 0) < line.get("ends_at", 1) <= 1, code
                assert isinstance(line["required"], bool), code

    def test_the_minimum_viable_team_requires_its_five_roles(self, templates: Entries) -> None:
        lines = templates["minimum-viable-ml-team"]["role"]
        assert {line["catalogue_role"] for line in lines if line["required"]} == {
            "ml-engineer",
            "data-engineer",
            "product-manager",
            "business-analyst",
            "compliance-specialist",
        }

    @pytest.mark.parametrize(("code", "leading"), [("exploration", "data-scientist"), ("operation", "ml-engineer")])
    def test_each_project_mix_leads_with_its_own_role(self, code: str, leading: str, templates: Entries) -> None:
        work = {line["catalogue_role"]: line["fte"] * line.get("headcount", 1) for line in templates[code]["role"]}
        assert max(work, key=lambda role: work[role]) == leading

    def test_sub_teams_leave_room_for_all_rounders(self, templates: Entries) -> None:
        lines = templates["team-of-teams"]["role"]
        assert {line.get("subteam") for line in lines} == {None, "data", "model", "interface"}
