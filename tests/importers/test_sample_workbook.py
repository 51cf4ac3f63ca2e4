"""The sample organisation's workbook imports completely and exactly, and asks nothing."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from importers import Catalogue, CatalogueSkill, Existing, LayoutName, Reading, plan, read

SAMPLE = Path(__file__).resolve().parents[2] / "sample"


@cache
def expected() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLE / "expected.json").read_text())
    return document


@cache
def sample() -> Reading:
    skills = tuple(CatalogueSkill(item["catalogue_skill"], aliases=(item["header"],)) for item in expected()["skills"])
    content = (SAMPLE / "legacy_skills_sheet.xlsx").read_bytes()
    return read(content, "legacy_skills_sheet.xlsx", catalogue=Catalogue(skills))


def emails() -> dict[str, str | None]:
    return {person.key: person.email for person in sample().people}


class TestTheSampleWorkbook:
    def test_asks_nothing(self) -> None:
        assert not sample().questions
        assert not plan(sample(), Existing()).questions

    def test_is_recognised_sheet_by_sheet(self) -> None:
        seen = [(s.name, s.layout.value, s.header_row) for s in sample().sheets]
        assert seen == [(s["name"], s["layout"], s["header_row"]) for s in expected()["sheets"]]
        assert sample().sheets[-1].layout is LayoutName.NONE

    def test_yields_every_person_with_their_profile(self) -> None:
        fields = ("email", "title", "office", "time_zone", "working_share", "cost_band")
        seen = [{field: getattr(person, field) for field in fields} for person in sample().people]
        assert seen == [{field: person[field] for field in fields} for person in expected()["people"]]
        assert [p.unit for p in sample().people] == [p["home_unit"] for p in expected()["people"]]

    def test_shows_each_name_in_the_best_spelling_that_the_file_has(self) -> None:
        names = {person.email: person.name for person in sample().people}
        wanted = {person["email"]: person["name"] for person in expected()["people"]}
        other = {names[email]: name for email, name in wanted.items() if names[email] != name}
        # No sheet writes these three as they should be, so nobody guesses it.
        assert other == {
            "Jürgen Weiss": "Jürgen Weiß",
            "Wei Ling Cheung": "Wei-Ling Cheung",
            "Dr. Sabine Hollweg": "Sabine Hollweg",
        }

    def test_yields_every_rating_with_its_cell(self) -> None:
        columns = {item["header"]: item["column"] for item in expected()["skills"]}
        seen = {(emails()[r.person], r.skill, r.level, r.cell) for r in sample().ratings}
        assert seen == {
            (person["email"], header, level, f"{columns[header]}{person['row']}")
            for person in expected()["people"]
            for header, level in person["ratings"].items()
        }
        assert len(sample().ratings) == expected()["counts"]["ratings"]

    def test_finds_every_skill_in_the_catalogue(self) -> None:
        seen = {(skill.name, skill.catalogue_skill) for skill in sample().skills}
        assert {skill for _, skill in seen} == {item["catalogue_skill"] for item in expected()["skills"]}

    def test_finds_every_skill_in_the_shipped_catalogue_too(self) -> None:
        files = sorted((SAMPLE.parent / "app" / "starter" / "skills").glob("*.toml"))
        skills = [skill for path in files for skill in tomllib.loads(path.read_text("utf-8"))["skills"]]
        catalogue = Catalogue(tuple(CatalogueSkill(s["name"], aliases=tuple(s.get("aliases", ()))) for s in skills))
        found = {item["header"]: catalogue.match(item["header"]).skill for item in expected()["skills"]}
        assert found == {item["header"]: item["catalogue_skill"] for item in expected()["skills"]}

    def test_yields_every_learning_goal_with_its_target(self) -> None:
        seen = {(emails()[goal.person], goal.skill, goal.target) for goal in sample().goals}
        assert seen == {
            (person["email"], header, target)
            for person in expected()["people"]
            for header, target in person["goals"].items()
        }

    def test_yields_every_past_project_with_its_outcome(self) -> None:
        seen = {
            (
                *(p.project, p.client, p.domain, p.outcome, p.score, p.technologies),
                *(emails()[p.person], p.role, p.share, str(p.start), str(p.end)),
            )
            for p in sample().history
        }
        wanted = set()
        for project in expected()["past_projects"]:
            score = None if project["score_percent"] is None else project["score_percent"] / 100
            head = (project["project"], project["client"], project["domain"], project["outcome"], score)
            for email, role, share, start, end in project["team"]:
                wanted.add((*head, tuple(project["technologies"]), email, role, share, start, end))
        assert seen == wanted

    def test_yields_every_allocation(self) -> None:
        seen = {
            (
                emails()[a.person],
                a.project,
                a.client,
                a.role,
                a.share,
                str(a.start),
                str(a.end),
                (a.status or "").lower(),
            )
            for a in sample().allocations
        }
        keys = ("email", "project", "client", "role", "share", "from", "to", "status")
        assert seen == {tuple(booking[key] for key in keys) for booking in expected()["allocations"]}

    def test_names_the_columns_it_leaves_out(self) -> None:
        told = " ".join(problem.text for problem in sample().problems)
        assert all(f'"{heading}"' in told for heading in expected()["left_out_columns"])
