"""A sheet whose headings say nothing is read as a person says, in every layout."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from importers import Choices, LayoutName, Reading, SheetMapping, WrongChoices, read
from tests.importers.workbooks import CATALOGUE, Rows, levels, names, said, xlsx

ANNA, BEN, CARLA = "Anna Nowak", "Ben Okoro", "Carla Díaz"


def mapped(rows: Rows, *, merges: tuple[str, ...] = (), **mapping: Any) -> Reading:
    choices = Choices(mappings={"Sheet1": SheetMapping(**mapping)})
    return read(xlsx(rows, merges=merges), "s.xlsx", catalogue=CATALOGUE, choices=choices)


class TestAMatrix:
    ROWS: ClassVar[Rows] = [
        ["Zap", "Foo", "Bar", "Baz"],
        ["K1", "maybe 5", "maybe 1", "later"],
        ["K2", "maybe 2", "maybe 3", "soon"],
    ]

    def test_has_its_people_and_skills_where_the_mapping_says(self) -> None:
        columns = {"A": "name", "B": "skill:Python", "C": "skill_column", "D": "ignore"}
        marks = {"maybe 5": 5, "maybe 1": 1, "maybe 2": 2, "maybe 3": 3}
        reading = mapped(self.ROWS, layout=LayoutName.MATRIX, header_row=1, columns=columns, marks=marks)
        assert levels(reading) == {("K1", "Python"): 5, ("K1", "Bar"): 1, ("K2", "Python"): 2, ("K2", "Bar"): 3}

    def test_leaves_out_a_row_by_its_number(self) -> None:
        rows: Rows = [["Name", "Python", "SQL"], [ANNA, 5, 1], ["Herbst Plan", 2, 3], [BEN, 2, 3]]
        assert names(mapped(rows, columns={"3": "ignore"})) == [ANNA, BEN]

    def test_has_its_header_where_the_mapping_says(self) -> None:
        rows: Rows = [["Name", "Python", "SQL"], ["Wer", "Rust", "Go"], [ANNA, 5, 1], [BEN, 2, 3]]
        assert {skill for _, skill, _ in said(mapped(rows, header_row=2, columns={"A": "name"}))} == {"Rust", "Go"}


class TestATransposedSheet:
    ROWS: ClassVar[Rows] = [
        ["Alpha", "Beta", "K1", "K2", "Rest"],
        ["x1", "Töpfern", 5, 1, 7],
        ["x2", "Backen", 0, 2, 9],
        ["x3", "Summe", 5, 3, 9],
    ]

    def test_has_its_names_in_the_row_and_its_skills_in_the_column_that_the_mapping_says(self) -> None:
        columns = {"B": "skill", "4": "ignore", "E": "ignore"}
        reading = mapped(self.ROWS, layout=LayoutName.TRANSPOSED, header_row=1, columns=columns)
        assert levels(reading) == {
            ("K1", "Töpfern"): 5,
            ("K2", "Töpfern"): 1,
            ("K1", "Backen"): 0,
            ("K2", "Backen"): 2,
        }

    def test_takes_rows_for_profile_and_skills_by_number(self) -> None:
        rows: Rows = [["Skill", ANNA, BEN], ["Foo", "Core", "Web"], ["Python", 5, 1], ["Bar", 0, 2], ["Java", 3, 3]]
        reading = mapped(rows, layout=LayoutName.TRANSPOSED, header_row=1, columns={"2": "unit", "4": "skill:SQL"})
        assert [person.unit for person in reading.people] == ["Core", "Web"]
        assert levels(reading)[BEN, "SQL"] == 2


class TestOtherLayouts:
    @pytest.mark.parametrize(
        ("rows", "layout", "columns", "expected"),
        [
            (
                [["Wer", "Was", "Wie"], ["K1", "Töpfern", 5], ["K2", "Backen", 1]],
                "long",
                {"A": "name", "B": "skill", "C": "level"},
                {("K1", "Töpfern", 5), ("K2", "Backen", 1)},
            ),
            (
                [["Foo", "P1", "P2", "S1", "S2"], [ANNA, 5, "yes", 2, "no"], [BEN, 3, None, 4, "yes"]],
                "pairs",
                {"A": "name", "B": "level:Python", "C": "interest:Python", "D": "level:SQL", "E": "interest:SQL"},
                {(ANNA, "Python", 5), (ANNA, "SQL", 2), (BEN, "Python", 3), (BEN, "SQL", 4)},
            ),
            (
                [["Foo", "Aa", "Bb", "Cc", "Dd"], ["K1", "Töpfern", 5, "Backen", 1], ["K2", "Löten", 4, None, None]],
                "pairs",
                {"A": "name", "B": "skill", "C": "level", "D": "skill", "E": "level"},
                {("K1", "Töpfern", 5), ("K1", "Backen", 1), ("K2", "Löten", 4)},
            ),
            (
                [["Foo", "Bar"], ["K1", "Töpfern (5), Backen (1)"], ["K2", "Backen (2)"]],
                "list",
                {"A": "name", "B": "skills"},
                {("K1", "Töpfern", 5), ("K1", "Backen", 1), ("K2", "Backen", 2)},
            ),
            (
                [["Name", ANNA], ["Dings", "Bums"], ["Töpfern", 5], ["Backen", 1]],
                "profile",
                {"A": "skill", "B": "level"},
                {(ANNA, "Töpfern", 5), (ANNA, "Backen", 1)},
            ),
        ],
    )
    def test_have_the_columns_that_the_mapping_says(
        self, rows: Rows, layout: str, columns: Mapping[str, str], expected: set[tuple[str, str, int]]
    ) -> None:
        header = 2 if layout == "profile" else 1
        reading = mapped(rows, layout=LayoutName(layout), header_row=header, columns=columns)
        assert said(reading) == expected
        assert reading.sheets[0].layout is LayoutName(layout)

    def test_allocations_have_them_too(self) -> None:
        rows: Rows = [["Foo", "Bar", "Baz", "Qux"], ["K1", "Apollo", 50, "2026-01-01"], ["K2", "Zeus", 20, None]]
        columns = {"A": "name", "B": "project", "C": "share", "D": "start"}
        reading = mapped(rows, layout=LayoutName.ALLOCATIONS, header_row=1, columns=columns)
        assert [(a.project, a.share) for a in reading.allocations] == [("Apollo", 0.5), ("Zeus", 0.2)]

    def test_a_framework_has_no_people_whatever_it_looks_like(self) -> None:
        rows: Rows = [["Skill", "Anna", "Ben"], ["Python", 5, 3], ["SQL", 2, 1]]
        columns = {"A": "skill", "B": "expected", "C": "expected"}
        reading = mapped(rows, layout=LayoutName.FRAMEWORK, header_row=1, columns=columns)
        assert not reading.people
        assert [skill.name for skill in reading.skills] == ["Python", "SQL"]

    def test_none_leaves_the_sheet_out(self) -> None:
        rows: Rows = [["Name", "Python", "SQL"], [ANNA, 5, 1], [BEN, 2, 3]]
        assert not mapped(rows, layout=LayoutName.NONE).people


class TestAMappingThatDoesNotFit:
    ROWS: ClassVar[Rows] = [["Name", "Python", "SQL"], [ANNA, 5, 1], [BEN, 2, 3]]

    @pytest.mark.parametrize(
        ("mapping", "sentence"),
        [
            ({"header_row": 99}, "in row 99, but its values stand in rows 1 to 3"),
            ({"columns": {"ZZ": "name"}}, "names column ZZ .* whose last one is C"),
            ({"columns": {"44": "ignore"}}, "names row 44 .* whose last one is 3"),
            ({"columns": {"A": "nickname"}}, 'unknown role "nickname"; known are name'),
            ({"columns": {"A1": "name"}}, "names columns by letter"),
            ({"layout": LayoutName.LONG}, "cannot be read as long: that needs a column of people, one of skills"),
        ],
    )
    def test_is_refused_with_one_sentence(self, mapping: dict[str, Any], sentence: str) -> None:
        with pytest.raises(WrongChoices, match=sentence):
            mapped(self.ROWS, **mapping)
