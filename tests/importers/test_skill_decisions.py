"""What a person decides about the skills of a file: created, merged, split or left out, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from importers import Action, Choices, Existing, Plan, Reading, SkillAction, SkillChoice, WrongChoices, plan, read
from tests.importers.workbooks import CATALOGUE, asked, xlsx

HEADER = ["Name", "Kubernets", "Pythn/ SQL", "Lavarel", "Laravel", "Pottery"]
ROWS: list[list[Any]] = [
    HEADER,
    ["Anna Nowak", 4, 5, None, 2, 1],
    ["Ben Okoro", 1, None, 3, None, None],
    ["Cora Diaz", None, 2, None, 5, None],
]
MERGE, SPLIT, IGNORE, CREATE = SkillAction.MERGE, SkillAction.SPLIT, SkillAction.IGNORE, SkillAction.CREATE


def decided(skills: Mapping[str, SkillChoice], rows: Sequence[Sequence[Any]] = ROWS) -> Reading:
    return read(xlsx(rows), "skills.xlsx", catalogue=CATALOGUE, choices=Choices(skills=skills))


def made(skills: Mapping[str, SkillChoice], rows: Sequence[Sequence[Any]] = ROWS) -> Plan:
    return plan(decided(skills, rows), Existing(skills=tuple(skill.name for skill in CATALOGUE.skills)))


def levels(planned: Plan) -> dict[tuple[str | None, str], int | None]:
    names = {person.person.key: person.person.name for person in planned.people}
    return {(names[p.rating.person], p.skill): p.after for p in planned.ratings if p.action.writes}


class TestTheReview:
    def test_shows_near_names_of_the_catalogue_and_of_the_file_itself(self) -> None:
        near = {mention.name: mention.suggestions for mention in decided({}).skills}
        assert near["Kubernets"] == ("Kubernetes",)
        assert near["Lavarel"] == ("Laravel",)
        assert near["Laravel"] == ()
        assert near["Pottery"] == ()

    def test_shows_what_a_compound_may_hold_and_splits_nothing_by_itself(self) -> None:
        (mention,) = (mention for mention in decided({}).skills if "/" in mention.name)
        assert mention.parts == ("Python", "SQL")
        assert ("Anna Nowak", "Pythn/ SQL") in levels(made({}))


class TestAMerge:
    def test_into_a_skill_of_the_catalogue_moves_its_levels_and_makes_an_alias(self) -> None:
        planned = made({"kubernets": SkillChoice(MERGE, ("k8s",))})
        assert levels(planned)["Anna Nowak", "Kubernetes"] == 4
        (skill,) = (skill for skill in planned.skills if skill.alias)
        assert (skill.name, skill.alias, skill.action) == ("Kubernetes", "Kubernets", Action.UPDATE)
        assert "Kubernets" not in {skill.name for skill in planned.skills}

    def test_of_two_new_skills_makes_one(self) -> None:
        planned = made({"Lavarel": SkillChoice(MERGE, ("laravel",))})
        assert levels(planned)["Ben Okoro", "Laravel"] == 3
        assert {skill.action for skill in planned.skills if skill.name == "Laravel"} == {Action.UPDATE, Action.CREATE}

    def test_that_gives_somebody_two_levels_asks_which_one_holds(self) -> None:
        rows = [HEADER, ["Anna Nowak", 4, 5, 3, 2, 1]]
        planned = made({"Lavarel": SkillChoice(MERGE, ("Laravel",))}, rows)
        assert [question.code for question in planned.open_questions] == ["two_levels"]
        assert ("Anna Nowak", "Laravel") not in levels(planned)

    def test_that_has_come_true_asks_for_nothing_more(self) -> None:
        planned = made({"K8s": SkillChoice(MERGE, ("Kubernetes",))}, [["Name", "K8s"], ["Anna Nowak", 5]])
        assert [skill.alias for skill in planned.skills] == [None]
        assert levels(planned) == {("Anna Nowak", "Kubernetes"): 5}


class TestASplit:
    def test_gives_each_part_the_level_and_the_cell(self) -> None:
        planned = made({"Pythn/ SQL": SkillChoice(SPLIT, ("Python", "SQL", "Weaving"))})
        found = [(p.skill, p.after, p.rating.raw, p.rating.cell) for p in planned.ratings if p.rating.cell == "C2"]
        assert found == [("Python", 5, 5, "C2"), ("SQL", 5, 5, "C2"), ("Weaving", 5, 5, "C2")]
        actions = {skill.name: skill.action for skill in planned.skills}
        assert (actions["Pythn/ SQL"], actions["Weaving"]) == (Action.SKIPPED, Action.CREATE)

    def test_holds_for_learning_goals_too(self) -> None:
        rows = [["Name", "Python", "Wants to learn"], ["Anna Nowak", 5, "Loom/ Wheel"]]
        planned = made({"Loom/ Wheel": SkillChoice(SPLIT, ("Loom", "Wheel"))}, rows)
        assert [(goal.skill, goal.action) for goal in planned.goals] == [
            ("Loom", Action.CREATE),
            ("Wheel", Action.CREATE),
        ]


class TestASkillLeftOut:
    def test_keeps_its_levels_out_and_says_why(self) -> None:
        planned = made({"Pottery": SkillChoice(IGNORE)})
        (left,) = (p for p in planned.ratings if p.skill == "Pottery")
        assert (left.action, left.reason) == (Action.SKIPPED, "It was decided to leave this skill out.")
        assert {skill.action for skill in planned.skills if skill.name == "Pottery"} == {Action.SKIPPED}

    def test_may_be_one_that_the_catalogue_knows(self) -> None:
        planned = made({"Python": SkillChoice(IGNORE)}, [["Name", "Python", "SQL"], ["Anna Nowak", 5, 4]])
        assert levels(planned) == {("Anna Nowak", "SQL"): 4}


class TestAWrongDecision:
    @pytest.mark.parametrize(
        ("skills", "told"),
        [
            ({"Kubernets": SkillChoice(MERGE, ("Kubernetez",))}, "neither the catalogue nor the file has that skill"),
            ({"Kubernets": SkillChoice(MERGE, ("Python", "SQL"))}, "name exactly one"),
            ({"Kubernets": SkillChoice(MERGE)}, "name exactly one"),
            ({"Kubernets": SkillChoice(MERGE, ("kubernets",))}, "into itself"),
            (
                {"Lavarel": SkillChoice(MERGE, ("Laravel",)), "Laravel": SkillChoice(IGNORE)},
                "itself merged, split or left out",
            ),
            ({"Pythn/ SQL": SkillChoice(SPLIT, ("Python",))}, "two or more"),
            ({"Pythn/ SQL": SkillChoice(SPLIT, ("Python", "python"))}, "two or more"),
            ({"Pottery": SkillChoice(IGNORE, ("SQL",))}, "takes no other skill"),
            ({"Blacksmithing": SkillChoice(CREATE)}, 'skill "Blacksmithing", which the file does not name'),
        ],
    )
    def test_is_refused_with_a_sentence(self, skills: Mapping[str, SkillChoice], told: str) -> None:
        with pytest.raises(WrongChoices, match=told):
            decided(skills)

    def test_about_a_skill_that_is_another_one_already_is_refused(self) -> None:
        with pytest.raises(WrongChoices, match='means "Kubernetes" in the catalogue already'):
            decided({"k8s": SkillChoice(MERGE, ("SQL",))}, [["Name", "k8s", "SQL"], ["Anna Nowak", 5, 4]])


class TestDecidingNothing:
    def test_asks_nothing_and_takes_every_skill_as_it_stands(self) -> None:
        assert asked(decided({})) == []
        assert len(levels(made({}))) == 8
