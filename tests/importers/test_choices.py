"""What a person decides about a file, as files and as values."""

import json
from pathlib import Path

import pytest

from importers import (
    Choices,
    GivenAnswer,
    LayoutName,
    SheetMapping,
    SkillAction,
    SkillChoice,
    WrongChoices,
    load_choices,
    read,
)
from importers import choices as choices_module
from importers.choices import ABOUT_LEVELS, CODES
from importers.marks.grading import TEXTS
from tests.importers.workbooks import CATALOGUE, levels, names, read_rows, xlsx

ROOT = Path(__file__).resolve().parents[2]
ROWS = [["Wer", "Was", "Wie"], ["Anna Nowak", "Töpfern", 5], ["Ben Okoro", "Backen", 1]]


class TestAMapping:
    def read(self, mapping: SheetMapping) -> dict[tuple[str | None, str], int | None]:
        choices = Choices(mappings={"Sheet1": mapping})
        return levels(read(xlsx(ROWS), "s.xlsx", catalogue=CATALOGUE, choices=choices))

    def test_names_columns_that_no_heading_names(self) -> None:
        assert read_rows(ROWS).people == ()
        mapping = SheetMapping(header_row=1, columns={"A": "name", "B": "skill", "C": "level"})
        assert self.read(mapping) == {("Anna Nowak", "Töpfern"): 5, ("Ben Okoro", "Backen"): 1}

    def test_makes_a_column_a_skill_of_any_name(self) -> None:
        mapping = SheetMapping(columns={"A": "name", "B": "ignore", "C": "skill:Python"}, layout=LayoutName.MATRIX)
        assert self.read(mapping)["Anna Nowak", "Python"] == 5

    def test_leaves_a_sheet_out(self) -> None:
        assert self.read(SheetMapping(use=False)) == {}

    def test_refuses_an_unknown_role_with_the_roles_there_are(self) -> None:
        with pytest.raises(WrongChoices, match="known are name"):
            self.read(SheetMapping(columns={"A": "nickname"}))


class TestSheetNames:
    def test_choose_the_sheets_to_read(self) -> None:
        rows = [["Employee", "Python", "SQL"], ["Anna Nowak", 5, 1]]
        content = xlsx({"One": rows, "Two": [rows[0], ["Ben Okoro", 5, 1]]})
        reading = read(content, "s.xlsx", catalogue=CATALOGUE, choices=Choices(sheets=("Two",)))
        assert names(reading) == ["Ben Okoro"]

    def test_that_the_file_does_not_have_are_refused(self) -> None:
        with pytest.raises(WrongChoices, match="its sheets are One"):
            read(xlsx({"One": ROWS}), "s.xlsx", catalogue=CATALOGUE, choices=Choices(sheets=("Three",)))


class TestChoicesFromFiles:
    def test_are_read_from_their_two_formats(self) -> None:
        mapping = {"format": "muster-mapping/1", "sheets": {"S": {"header_row": 7, "columns": {"B": "name"}}}}
        answers = {"format": "muster-answers/1", "answers": [{"code": "date_order", "answer": "day_first"}]}
        choices = load_choices(sheets=("S",), mapping=json.dumps(mapping), answers=json.dumps(answers))
        assert choices.mapping("S") == SheetMapping(header_row=7, columns={"B": "name"})
        assert choices.answers == (GivenAnswer("date_order", "day_first"),)

    @pytest.mark.parametrize(
        "text",
        [
            "not json",
            "[]",
            '{"format": "muster-answers/2"}',
            '{"format": "muster-answers/1", "answers": [{"code": 3, "answer": "x"}]}',
            '{"format": "muster-answers/1", "answers": [{"cod": "x", "answer": "x"}]}',
        ],
    )
    def test_are_refused_with_a_sentence(self, text: str) -> None:
        with pytest.raises(WrongChoices):
            load_choices(answers=text)

    def test_the_last_fitting_answer_counts(self) -> None:
        choices = Choices(answers=(GivenAnswer("c", "one"), GivenAnswer("c", "two", sheet="S"), GivenAnswer("d", "x")))
        assert choices.answer("c", "S", None) == "two"
        assert choices.answer("c", "T", None) == "one"


class TestAnAnswersFile:
    def load(self, **document: object) -> Choices:
        return load_choices(answers=json.dumps({"format": "muster-answers/1", **document}))

    def test_decides_about_skills(self) -> None:
        choices = self.load(
            skills={"Lavarel": {"action": "merge", "into": ["Laravel"]}, "Pottery": {"action": "ignore"}}
        )
        assert choices.skills == {
            "Lavarel": SkillChoice(SkillAction.MERGE, ("Laravel",)),
            "Pottery": SkillChoice(SkillAction.IGNORE),
        }

    @pytest.mark.parametrize(
        ("document", "told"),
        [
            ({"anwsers": []}, 'unknown key "anwsers"; known are answers, skills'),
            ({"answers": {}}, '"answers" must be a JSON list'),
            ({"answers": [{"code": "date_order"}]}, 'answer 1 lacks the key "answer"'),
            ({"answers": [{"code": "moon", "answer": "full"}]}, '"moon" is the code of no question'),
            ({"answers": [{"code": "date_order", "answr": "day_first"}]}, 'answer 1 has the unknown key "answr"'),
            ({"answers": [{"code": "date_order", "answer": "year_first"}]}, '"day_first" or "month_first"'),
            ({"answers": [{"code": "scale_unknown", "answer": "high"}]}, "must map each value to a level"),
            ({"skills": {"Pottery": {"action": "forget"}}}, "known are create, merge, ignore, split"),
            ({"skills": {"Pottery": {"action": "ignore", "in": []}}}, 'skill "Pottery" has the unknown key "in"'),
            ({"skills": {"Pottery": "ignore"}}, "must be a JSON object with action, into"),
            ({"skills": []}, '"skills" must be a JSON object'),
        ],
    )
    def test_that_says_something_else_is_refused_with_a_sentence(self, document: dict[str, object], told: str) -> None:
        with pytest.raises(WrongChoices, match=told):
            self.load(**document)

    def test_about_a_sheet_that_the_file_does_not_have_is_refused(self) -> None:
        choices = self.load(answers=[{"code": "date_order", "sheet": "Sheet9", "answer": "day_first"}])
        with pytest.raises(WrongChoices, match='no sheet "Sheet9"'):
            read(xlsx(ROWS), "s.xlsx", catalogue=CATALOGUE, choices=choices)

    def test_may_answer_every_question_that_is_ever_asked(self) -> None:
        assert set(TEXTS) == ABOUT_LEVELS
        guide = (ROOT / "docs" / "guide" / "importing.md").read_text(encoding="utf-8")
        for text in (choices_module.__doc__ or "", guide):
            assert [code for code in sorted(CODES) if code not in text] == []


class TestAMappingFile:
    def test_with_an_unknown_key_is_refused(self) -> None:
        mapping = {"format": "muster-mapping/1", "sheets": {"S": {"header": 7}}}
        with pytest.raises(WrongChoices, match='sheet "S" has the unknown key "header"'):
            load_choices(mapping=json.dumps(mapping))
