"""The starter catalogue agrees with itself: skills, roles and team templates."""

from collections import Counter
from typing import Any

import pytest

FUNCTIONS = {"data", "science", "engineering", "reliability", "product", "delivery", "governance", "domain"}

Entries = dict[str, dict[str, Any]]


def faulty_needs(needs: list[dict[str, Any]], skills: Entries) -> list[dict[str, Any]]:
    """Needs that name no starter skill, or whose level, must or weight no role could have."""
    return [
        need
        for need in needs
        if not (need.get("domain") is True or need.get("skill") in skills)
        or need["level"] not in range(1, 6)
        or not isinstance(need["must"], bool)
        or need["weight"] <= 0
    ]


class TestSkills:
    def test_no_spelling_stands_for_two_skills(self, spellings: list[tuple[str, str]]) -> None:
        count = Counter(spelling for spelling, _ in spellings)
        assert [spelling for spelling, times in count.items() if times > 1] == []

    def test_every_skill_says_in_one_sentence_what_it_is(self, skills: Entries) -> None:
        assert [name for name, skill in skills.items() if not skill["text"].endswith(".")] == []

    def test_every_parent_is_a_skill_and_no_skill_is_its_own_ancestor(self, skills: Entries) -> None:
        for name in skills:
            line, above = [name], skills[name].get("parent")
            while above is not None:
                assert above in skills, f"{line[-1]} has the unknown parent {above}"
                assert above not in line, f"{above} is its own ancestor"
                line.append(above)
                above = skills[above].get("parent")

    def test_skills_have_no_other_fields(self, skills: Entries) -> None:
        assert {field for skill in skills.values() for field in skill} == {"name", "text", "aliases", "parent"}


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
    def test_every_seat_names_a_role_and_its_needs_name_skills(
        self, templates: list[dict[str, Any]], roles: Entries, skills: Entries
    ) -> None:
        for template in templates:
            for seat in template["seat"]:
                assert seat["role"] in roles, template["id"]
                assert faulty_needs(seat.get("needs", []), skills) == [], template["id"]

    def test_every_seat_has_a_share_and_a_period_within_the_project(self, templates: list[dict[str, Any]]) -> None:
        for template in templates:
            for seat in template["seat"]:
                assert 0 < seat["fte"] <= 1, template["id"]
                assert 0 <= seat.get("start", 0) < seat.get("end", 1) <= 1, template["id"]
                assert isinstance(seat["required"], bool), template["id"]

    def test_the_minimum_viable_team_requires_its_five_roles(self, templates: list[dict[str, Any]]) -> None:
        seats = next(template for template in templates if template["id"] == "minimum-viable-ml-team")["seat"]
        assert {seat["role"] for seat in seats if seat["required"]} == {
            "ml-engineer",
            "data-engineer",
            "product-manager",
            "business-analyst",
            "compliance-specialist",
        }
        assert {seat["role"] for seat in seats if seat["fte"] < 1} == {"business-analyst", "compliance-specialist"}

    @pytest.mark.parametrize(("kind", "leading"), [("exploration", "data-scientist"), ("operation", "ml-engineer")])
    def test_each_project_mix_leads_with_its_own_role(
        self, kind: str, leading: str, templates: list[dict[str, Any]]
    ) -> None:
        seats = next(template for template in templates if template["id"] == kind)["seat"]
        work = {seat["role"]: seat["fte"] * seat.get("seats", 1) for seat in seats}
        assert max(work, key=lambda role: work[role]) == leading
