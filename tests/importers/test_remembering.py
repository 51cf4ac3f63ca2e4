"""Choices for the next file of the same shape: equal shapes, what is kept, and what stays a question."""

from collections.abc import Mapping
from typing import Any

import pytest

from importers import (
    Catalogue,
    CatalogueSkill,
    Choices,
    GivenAnswer,
    Reading,
    SheetMapping,
    SkillAction,
    SkillChoice,
    read,
)
from importers.readings.remembering import lasting
from importers.readings.shapes import sheet_form
from tests.importers.workbooks import CATALOGUE, Rows, asked, delimited, levels, xlsx

ROWS: list[list[Any]] = [
    ["Name", "Python", "SQL", "Lavarel"],
    ["Anna Nowak", "x", "o", "x"],
    ["Ben Okoro", "o", "x", None],
]
MARKS = GivenAnswer("symbols_without_legend", {"x": 4, "o": 1})


def reading(
    sheets: Rows | Mapping[str, Rows],
    choices: Choices | None = None,
    remembered: Mapping[str, Choices] | None = None,
    catalogue: Catalogue = CATALOGUE,
) -> Reading:
    return read(xlsx(sheets), "skills.xlsx", catalogue=catalogue, choices=choices, remembered=remembered)


def next_month(sheets: Rows | Mapping[str, Rows], first: Reading, choices: Choices | None = None) -> Reading:
    """The next file, read with what is kept of the first."""
    return reading(sheets, choices, {first.shape: lasting(first)})


def shape(sheets: Rows | Mapping[str, Rows], choices: Choices | None = None) -> str:
    return reading(sheets, choices).shape


class TestTheShapeOfAFile:
    def test_does_not_hang_on_the_choices(self) -> None:
        plain = shape(ROWS)
        for mapping in (SheetMapping(use=False), SheetMapping(header_row=2), SheetMapping(columns={"A": "ignore"})):
            assert shape(ROWS, Choices(mappings={"Sheet1": mapping})) == plain
        assert shape(ROWS, Choices(answers=(MARKS,))) == plain

    def test_does_not_hang_on_the_catalogue(self) -> None:
        bigger = Catalogue((*CATALOGUE.skills, CatalogueSkill("Lavarel")))
        assert reading(ROWS, catalogue=bigger).shape == shape(ROWS)

    def test_is_that_of_a_file_with_more_people_and_other_levels(self) -> None:
        assert shape([*ROWS, ["Cora Diaz", "x", "x", "?"], ["Dan Evans", None, "o", None]]) == shape(ROWS)

    def test_is_another_one_for_other_headings(self) -> None:
        assert shape([["Name", "Python", "SQL", "Go"], *ROWS[1:]]) != shape(ROWS)
        assert shape([["Name", "SQL", "Python", "Lavarel"], *ROWS[1:]]) != shape(ROWS)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("Skills 2026-01", "Skills 2026-02"),
            ("Skills Jan 2026", "Skills February 2026"),
            ("März 26", "April 26"),
            ("Q1 2026", "Q2 2026"),
            ("KW 5", "KW 6"),
        ],
    )
    def test_looks_through_dates_in_the_names_of_sheets(self, first: str, second: str) -> None:
        assert sheet_form(first) == sheet_form(second)
        assert shape({first: ROWS, "Notes": [["Read me"]]}) == shape({second: ROWS, "Notes": [["Read me"]]})

    def test_tells_sheets_apart_that_only_begin_like_a_month(self) -> None:
        assert len({sheet_form(name) for name in ("Marketing", "Decisions", "Mayors", "May")}) == 4

    def test_stays_when_a_workbook_gains_a_month(self) -> None:
        months = {"2026-01": ROWS, "2026-02": ROWS}
        assert shape(months) == shape(months | {"2026-03": ROWS})

    def test_is_made_of_the_skills_where_people_run_across(self) -> None:
        across = [["Skill", "Anna Nowak", "Ben Okoro"], ["Python", 5, 3], ["SQL", 4, 1], ["Docker", 0, 2]]
        more = [[*row, value] for row, value in zip(across, ["Cora Diaz", 3, 3, 3], strict=True)]
        assert reading(across).sheets[0].layout == "transposed"
        assert shape(across) == shape(more)
        assert shape(across) != shape([*across[:3], ["Ansible", 0, 2]])

    def test_does_not_hang_on_what_a_delimited_file_is_called(self) -> None:
        one, two = (read(delimited(ROWS), f"{name}.csv", catalogue=CATALOGUE) for name in ("june", "export (7)"))
        assert one.shape == two.shape


class TestWhatIsKept:
    def test_answers_mapping_and_decisions_hold_for_the_next_file(self) -> None:
        skills = {"Lavarel": SkillChoice(SkillAction.IGNORE)}
        mappings = {"Sheet1": SheetMapping(columns={"C": "ignore"})}
        first = reading(ROWS, Choices(answers=(MARKS,), mappings=mappings, skills=skills))
        second = next_month([*ROWS, ["Cora Diaz", "x", "x", "x"]], first)
        assert (second.remembered, asked(second)) == (True, [])
        assert levels(second)["Cora Diaz", "Python"] == 4
        assert ("Cora Diaz", "SQL") not in levels(second)
        (mention,) = (mention for mention in second.skills if mention.name == "Lavarel")
        assert mention.choice == SkillChoice(SkillAction.IGNORE)

    def test_an_answer_as_proposed_is_kept_in_full(self) -> None:
        first = reading(ROWS, Choices(answers=(GivenAnswer("symbols_without_legend", True),)))
        assert [given.answer for given in lasting(first).answers] == [{"o": 0, "x": 3}]

    def test_answers_about_one_person_are_not(self) -> None:
        rows = [["Name", "Python", "SQL"], ["Anna Nowak", 5, 1], ["Anna Nowak", 2, 5]]
        first = reading(rows, Choices(answers=(GivenAnswer("same_name", "two"),)))
        assert lasting(first).answers == ()
        assert asked(next_month(rows, first)) == ["same_name"]

    def test_a_sheet_left_out_by_its_name_stays_out(self) -> None:
        sheets = {"Jan": ROWS, "Old": [ROWS[0], ["Dan Evans", "x", "o", "o"]]}
        first = reading(sheets, Choices(sheets=("Jan",), answers=(MARKS,)))
        second = next_month({"Feb": sheets["Jan"], "Old": sheets["Old"]}, first)
        assert ("Dan Evans", "Python") not in levels(second)
        assert levels(second)["Anna Nowak", "Python"] == 4

    def test_is_found_again_under_a_sheet_named_after_another_month(self) -> None:
        first = reading({"Skills Jan": ROWS, "Info": [["Read me"]]}, Choices(answers=(MARKS,)))
        kept = next_month({"Skills Feb": ROWS, "Info": [["Read me"]]}, first)
        assert levels(kept)["Anna Nowak", "Python"] == 4

    def test_says_nothing_of_a_file_of_another_shape(self) -> None:
        first = reading(ROWS, Choices(answers=(MARKS,)))
        other = next_month([["Name", "Go", "SQL"], *[row[:3] for row in ROWS[1:]]], first)
        assert (other.remembered, asked(other)) == (False, ["symbols_without_legend"])

    def test_does_not_count_as_remembered_when_nothing_was_chosen(self) -> None:
        assert not next_month(ROWS, reading(ROWS)).remembered

    def test_a_decision_outlives_a_month_without_the_skill(self) -> None:
        first = reading(ROWS, Choices(skills={"Lavarel": SkillChoice(SkillAction.IGNORE)}))
        kept = lasting(first)
        without = reading([["Name", "Python", "SQL", "Lavarel"], *[[*row[:3], None] for row in ROWS[1:]]])
        assert "Lavarel" in lasting(without, kept).skills


class TestWhatWasGiven:
    def test_wins_over_what_was_remembered(self) -> None:
        first = reading(ROWS, Choices(answers=(MARKS,), skills={"Lavarel": SkillChoice(SkillAction.IGNORE)}))
        given = Choices(
            answers=(GivenAnswer("symbols_without_legend", {"x": 5}),),
            skills={"LAVAREL": SkillChoice(SkillAction.CREATE)},
        )
        second = next_month(ROWS, first, given)
        assert (levels(second)["Anna Nowak", "Python"], levels(second)["Anna Nowak", "SQL"]) == (5, 1)
        assert {m.choice for m in second.skills if m.name == "Lavarel"} == {SkillChoice(SkillAction.CREATE)}

    def test_is_never_let_go_silently(self) -> None:
        again = reading(ROWS, Choices(answers=(MARKS,)))
        assert again.choices.answers == (MARKS,)


class TestAnAnswerThatNoLongerFits:
    def test_leaves_only_the_new_mark_open(self) -> None:
        first = reading(ROWS, Choices(answers=(MARKS,)))
        second = next_month([*ROWS, ["Cora Diaz", "w", "x", "o"]], first)
        (question,) = second.open_questions
        assert "'w'" in question.text
        assert "'x'" not in question.text
        assert question.proposed == {"w": None, "o": 1, "x": 4}
        found = levels(second)
        assert (found["Cora Diaz", "SQL"], found["Cora Diaz", "Python"]) == (4, None)

    def test_is_answered_for_the_new_mark_alone(self) -> None:
        first = reading(ROWS, Choices(answers=(MARKS,)))
        new = Choices(answers=(GivenAnswer("symbols_without_legend", {"w": 2}),))
        second = next_month([*ROWS, ["Cora Diaz", "w", "x", "o"]], first, new)
        assert asked(second) == []
        assert (levels(second)["Cora Diaz", "Python"], levels(second)["Cora Diaz", "SQL"]) == (2, 4)

    def test_holds_when_a_new_number_would_make_another_scale_of_it(self) -> None:
        rows = [["Name", "Python", "SQL"], ["Anna Nowak", 1, 2], ["Ben Okoro", 3, 1]]
        first = reading(rows, Choices(answers=(GivenAnswer("scale_unknown", {"1": 1, "2": 3, "3": 5}),)))
        second = next_month([*rows, ["Cora Diaz", 5, 2]], first)
        assert levels(second)["Cora Diaz", "SQL"] == 3
        assert asked(second) == ["scale_unknown"]

    def test_about_a_skill_that_is_gone_is_let_go(self) -> None:
        known = Catalogue((*CATALOGUE.skills, CatalogueSkill("Laravel")))
        merge = Choices(skills={"Lavarel": SkillChoice(SkillAction.MERGE, ("Laravel",))})
        first = reading(ROWS, merge, catalogue=known)
        second = next_month(ROWS, first)
        assert second.choices.skills == {}
        assert asked(second) == ["symbols_without_legend"]
