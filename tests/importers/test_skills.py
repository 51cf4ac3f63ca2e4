"""How a name in a file finds its skill, and how one cell holds several."""

import pytest

from importers import Catalogue, CatalogueSkill, normal_form
from importers.marks.scales import is_mark
from importers.skills.catalogue import ListedSkill, Match, SkillMatch, listed_skills, plausible_skill
from tests.importers.workbooks import CATALOGUE


class TestTheCatalogue:
    @pytest.mark.parametrize(
        ("written", "kind", "skill"),
        [
            ("Python", Match.EXACT, "Python"),
            ("K8S", Match.ALIAS, "Kubernetes"),
            ("NodeJs", Match.NORMAL_FORM, "Node.js"),
            ("Ｐｙｔｈｏｎ", Match.NORMAL_FORM, "Python"),
            ("Scikit Learn", Match.NORMAL_FORM, "scikit-learn"),
            ("Pythn", Match.NEW, None),
        ],
    )
    def test_matches_exactly_then_by_alias_then_by_normal_form(
        self, written: str, kind: Match, skill: str | None
    ) -> None:
        assert CATALOGUE.match(written) == SkillMatch(kind, skill)

    def test_suggests_near_names_and_never_merges_them(self) -> None:
        assert CATALOGUE.near("Kubernets") == ("Kubernetes",)
        assert CATALOGUE.match("Kubernets").skill is None
        assert CATALOGUE.near("Pottery") == ()

    def test_decides_nothing_between_two_skills_of_one_normal_form(self) -> None:
        catalogue = Catalogue((CatalogueSkill("re-act"), CatalogueSkill("React")))
        assert catalogue.match("re act").skill is None
        assert catalogue.match("React").skill == "React"


class TestANormalForm:
    @pytest.mark.parametrize("different", [("C", "C++", "C#"), ("R", "R&D"), ("Java", "JavaScript"), ("F", "F#")])
    def test_keeps_different_skills_apart(self, different: tuple[str, ...]) -> None:
        assert len({normal_form(name) for name in different}) == len(different)

    @pytest.mark.parametrize("same", [("Node.js", "node JS", "NODE-JS"), ("Café", "cafe"), ("ＳＱＬ", "sql")])
    def test_brings_spellings_together(self, same: tuple[str, ...]) -> None:
        assert len({normal_form(name) for name in same}) == 1


class TestACellOfSkills:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Python, SQL", [("Python", None), ("SQL", None)]),
            ("Python (4), SQL", [("Python", 4), ("SQL", None)]),
            ("Python=Expert; SQL = 2", [("Python", "Expert"), ("SQL", 2)]),
            ("• Python\n• C++ (5)", [("Python", None), ("C++", 5)]),
            ("Office (Word, Excel), Go", [("Office (Word, Excel)", None), ("Go", None)]),
            ('["Python", "SQL"]', [("Python", None), ("SQL", None)]),
            ("['Python', 'SQL']", [("Python", None), ("SQL", None)]),
            ('{"Python": 4}', [("Python", 4)]),
            ('[{"name": "Python", "level": 3}]', [("Python", 3)]),
            ("[]", []),
            ("n/a", []),
        ],
    )
    def test_gives_each_skill_with_its_level(self, text: str, found: list[tuple[str, object]]) -> None:
        assert listed_skills(text, is_mark) == [ListedSkill(name, raw) for name, raw in found]  # type: ignore[arg-type]


class TestASkillsName:
    @pytest.mark.parametrize("text", ["Comments", "Total", "3.5", "", "???", "https://wiki/x", "n/a"])
    def test_is_no_remark_number_or_address(self, text: str) -> None:
        assert not plausible_skill(text)

    @pytest.mark.parametrize("text", ["C", "5S", ".NET", "R&D", "日本語", "RabbitMQ/ Kafka"])
    def test_may_be_short_or_foreign(self, text: str) -> None:
        assert plausible_skill(text)
