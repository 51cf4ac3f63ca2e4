"""Fill colours: how Excel stores them, and what they say among the levels of a sheet."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Fill, GradientFill, PatternFill
from openpyxl.styles.colors import Color

from importers import Choices, GivenAnswer, Reading, SheetMapping, read
from importers.files.opening import open_workbook
from importers.marks.colours import colour_name, palette_of, spoken_colour
from tests.importers.workbooks import CATALOGUE, Rows, asked, levels, reported

GREEN, AMBER, RED, BLUE, GREY = "92D050", "FFC000", "FF0000", "00B0F0", "BFBFBF"


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def filled(**fills: Fill) -> Mapping[tuple[int, int], str]:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Name"
    for cell, fill in fills.items():
        sheet[cell].fill = fill
    return open_workbook(saved(book), "a.xlsx").sheets[0].fills


class TestAFill:
    @pytest.mark.parametrize(
        ("fill", "colour"),
        [
            (PatternFill("solid", fgColor="00B050"), "00B050"),
            (PatternFill("solid", fgColor="80FF0000"), "FF0000"),
            (PatternFill("solid", fgColor=Color(theme=4)), "4F81BD"),
            (PatternFill("solid", fgColor=Color(theme=9, tint=0.5)), "FBCBA2"),
            (PatternFill("solid", fgColor=Color(theme=9, tint=-0.25)), "E46C0A"),
            (PatternFill("solid", fgColor=Color(indexed=10)), "FF0000"),
            (PatternFill("lightUp", fgColor="00B050", bgColor="FFFFFF"), "00B050"),
            (GradientFill(stop=("FF0000", "FFFFFF")), "FF0000"),
            (PatternFill("solid", fgColor="FFFFFF"), None),
            (PatternFill("solid", fgColor=Color(indexed=64)), None),
            (PatternFill(fill_type=None), None),
        ],
    )
    def test_has_the_colour_a_person_sees(self, fill: Fill, colour: str | None) -> None:
        assert filled(B2=fill).get((2, 2)) == colour

    def test_takes_its_colour_from_the_file_s_own_palette(self) -> None:
        book = Workbook()
        book.worksheets[0]["A1"].fill = PatternFill("solid", fgColor=Color(indexed=2))
        own = b"".join(b'<rgbColor rgb="00%06X"/>' % colour for colour in (1, 2, 0x339966))
        content = changed(saved(book), "xl/styles.xml", b"<indexedColors>", b"<indexedColors>" + own)
        assert open_workbook(content, "a.xlsx").sheets[0].fills[1, 1] == "339966"

    def test_of_a_whole_row_or_column_colours_the_cells_the_file_does_not_write(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (["Name", "Python", "SQL"], ["Anna Nowak", 3, None], ["Ben Okoro", None, 4]):
            sheet.append(row)
        sheet["C3"].fill = PatternFill("solid", fgColor=RED)
        sheet.row_dimensions[2].fill = PatternFill("solid", fgColor=GREEN)
        sheet.column_dimensions["B"].fill = PatternFill("solid", fgColor=AMBER)
        fills = open_workbook(saved(book), "a.xlsx").sheets[0].fills
        assert fills == {(2, 3): GREEN, (3, 2): AMBER, (3, 3): RED}


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            text = source.read(name)
            copy.writestr(name, text.replace(old, new) if name == part else text)
    return target.getvalue()


PEOPLE = ("Anna Nowak", "Ben Okoro", "Carla Díaz", "Dan Brown")
SKILLS = ("Python", "SQL", "Kubernetes")


def coloured(*rows: str, values: Rows = (), beside: Mapping[str, Any] | None = None, **choices: Any) -> Reading:
    """A matrix from B2 on; each row gives its cells' colours by letter, and `beside` further cells: text or colour."""
    shades = {"g": GREEN, "a": AMBER, "r": RED, "b": BLUE, "e": GREY}
    table: list[list[Any]] = [["Name", *SKILLS]]
    for number, name in enumerate(PEOPLE[: len(rows)]):
        table.append([name, *(values[number] if values else [None] * 3)])
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Skills"
    for row in table:
        sheet.append(row)
    for number, letters in enumerate(rows, 2):
        for column, letter in enumerate(letters, 2):
            if letter in shades:
                sheet.cell(number, column).fill = PatternFill("solid", fgColor=shades[letter])
    for cell, told in (beside or {}).items():
        if told in shades:
            sheet[cell].fill = PatternFill("solid", fgColor=shades[told])
        else:
            sheet[cell] = told
    return read(saved(book), "skills.xlsx", catalogue=CATALOGUE, choices=Choices(**choices))


LIGHTS = ("gar", "rgg", "aar", "grg")


class TestASheetOfNothingButColours:
    def test_has_a_mark_in_every_coloured_cell_and_asks_what_they_mean(self) -> None:
        reading = coloured(*LIGHTS)
        assert [rating.raw for rating in reading.ratings[:3]] == ["green fill", "orange fill", "red fill"]
        assert {rating.level for rating in reading.ratings} == {None}
        (question,) = reading.questions
        assert question.code == "colours_without_legend"
        assert question.proposed == {"green fill": 4, "orange fill": 2, "red fill": 0}

    def test_takes_the_answer(self) -> None:
        answer = GivenAnswer("colours_without_legend", {"green fill": 5, "orange fill": "goal", "red fill": None})
        reading = coloured(*LIGHTS, answers=(answer,))
        assert levels(reading) == {
            ("Anna Nowak", "Python"): 5,
            ("Ben Okoro", "SQL"): 5,
            ("Ben Okoro", "Kubernetes"): 5,
            ("Dan Brown", "Python"): 5,
            ("Dan Brown", "Kubernetes"): 5,
        }
        assert [goal.cell for goal in reading.goals] == ["C2", "B4", "C4"]
        assert not asked(reading)

    def test_takes_a_mapping_by_name_or_by_rgb(self) -> None:
        mapping = SheetMapping(marks={"green fill": 5, AMBER: 2, "#FF0101": 0})
        reading = coloured(*LIGHTS, mappings={"Skills": mapping})
        assert sorted(set(levels(reading).values()), key=str) == [0, 2, 5]
        assert not asked(reading)

    @pytest.mark.parametrize(
        "legend",
        [
            {"F2": "g", "G2": "expert", "F3": "a", "G3": "beginner", "F4": "r", "G4": "no knowledge"},
            {"A8": "g", "B8": "Experte", "A9": "a", "B9": "Grundkenntnisse", "A10": "r", "B10": "keine Kenntnisse"},
            {"A8": "green = expert, orange = beginner, red = none"},
        ],
    )
    def test_takes_the_levels_of_its_legend(self, legend: dict[str, str]) -> None:
        reading = coloured(*LIGHTS, beside=legend)
        assert [levels(reading)["Anna Nowak", skill] for skill in SKILLS] == [5, 1, 0]
        assert not reading.questions
        assert {mark.mark: mark.level for mark in reading.sheets[0].marks} == {
            "green fill": 5,
            "orange fill": 1,
            "red fill": 0,
        }
        assert all(mark.is_colour for mark in reading.sheets[0].marks)

    def test_takes_numbers_beside_its_colours_by_the_reach_of_their_scale(self) -> None:
        legend = {"F2": "g", "G2": 3, "F3": "a", "G3": 2, "F4": "r", "G4": 0}
        reading = coloured(*LIGHTS, beside=legend)
        assert [levels(reading)["Anna Nowak", skill] for skill in SKILLS] == [5, 3, 0]

    def test_is_not_a_sheet_with_one_colour_all_over(self) -> None:
        reading = coloured("eee", "eee", "eee")
        assert not reading.ratings
        assert not reading.questions


NUMBERS: Rows = ((5, 3, 1), (2, 4, 4), (1, 1, 5), (3, 2, 1))


class TestAColourOnTopOfALevel:
    def test_is_a_goal_where_the_legend_says_so_in_blank_cells_too(self) -> None:
        values = ((5, 3, None), (2, 4, 4), (1, 1, 5), (3, None, 1))
        reading = coloured(".g.", "...", "g..", ".g.", values=values, beside={"F2": "g", "G2": "wants to learn"})
        assert [(goal.raw, goal.cell) for goal in reading.goals] == [
            ("green fill", "C2"),
            ("green fill", "B4"),
            ("green fill", "C5"),
        ]
        assert len(reading.ratings) == 10
        assert not reading.questions

    def test_is_left_alone_with_a_note_where_the_sheet_gives_it_another_meaning(self) -> None:
        reading = coloured("...", ".a.", "..a", "...", values=NUMBERS, beside={"F2": "a", "G2": "to be confirmed"})
        (note,) = [problem for problem in reading.problems if problem.code == "colour_left_alone"]
        assert "to be confirmed" in note.text
        assert not reading.goals
        assert not reading.questions

    def test_is_left_alone_with_a_note_where_nothing_explains_it(self) -> None:
        reading = coloured("...", ".a.", "...", "...", values=((5, 3, 1), (2, 4, 4), (1, 4, 5), (3, 4, 1)))
        assert "colour_left_alone" in reported(reading)
        assert not reading.questions
        (mark,) = [mark for mark in reading.sheets[0].marks if mark.is_colour]
        assert (mark.mark, mark.count, mark.level, mark.is_goal) == ("orange fill", 1, None, False)

    def test_is_a_goal_when_the_mapping_says_so(self) -> None:
        mapping = {"Skills": SheetMapping(marks={"orange fill": "goal"})}
        reading = coloured("...", ".a.", "...", "..a", values=NUMBERS, mappings=mapping)
        assert [goal.cell for goal in reading.goals] == ["C3", "D5"]
        assert "colour_left_alone" not in reported(reading)

    @pytest.mark.parametrize(
        "rows",
        [
            ("eee", "...", "eee", "..."),
            (".e.", ".e.", ".e.", ".e."),
            ("gar", "agg", "rrg", "aar"),
            ("eee", "eee", "eee", "eee"),
        ],
    )
    def test_is_decoration_as_a_stripe_a_band_or_a_second_way_to_write_the_level(self, rows: tuple[str, ...]) -> None:
        values = ((5, 3, 1), (3, 5, 5), (1, 1, 5), (3, 3, 1))
        reading = coloured(*rows, values=values)
        assert not reading.goals
        assert not reading.questions
        assert "colour_left_alone" not in reported(reading)
        assert len(reading.ratings) == 12

    def test_of_the_legend_of_another_sheet_counts_as_well(self) -> None:
        book = Workbook()
        sheet, key = book.worksheets[0], book.create_sheet("Key")
        for row in (["Name", *SKILLS], ["Anna Nowak", 5, 3, 1], ["Ben Okoro", 2, 2, 4], ["Carla Díaz", 1, 1, 1]):
            sheet.append(row)
        sheet["C3"].fill = key["A1"].fill = PatternFill("solid", fgColor=GREEN)
        key["B1"] = "möchte lernen"
        reading = read(saved(book), "skills.xlsx", catalogue=CATALOGUE)
        assert [(goal.skill, goal.cell) for goal in reading.goals] == [("SQL", "C3")]

    def test_made_by_a_rule_is_said_not_to_be_read(self) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for row in (["Name", *SKILLS], ["Anna Nowak", 5, 3, 1], ["Ben Okoro", 2, 2, 4], ["Carla Díaz", 1, 1, 1]):
            sheet.append(row)
        rule = CellIsRule(operator="greaterThan", formula=["3"], fill=PatternFill("solid", bgColor=GREEN))
        sheet.conditional_formatting.add("B2:D4", rule)
        assert "colours_not_read" in reported(read(saved(book), "skills.xlsx", catalogue=CATALOGUE))


class TestColours:
    def test_of_near_shades_are_one(self) -> None:
        names = palette_of(["C6EFCE", "C6EFCE", "CCFFCC", "FF0000"]).names
        assert names["C6EFCE"] == names["CCFFCC"] == "green fill"

    def test_of_one_everyday_name_are_told_apart(self) -> None:
        assert palette_of(["00B050", "C6EFCE"]).names == {"00B050": "dark green fill", "C6EFCE": "light green fill"}

    def test_of_a_colour_s_many_shades_have_names_of_their_own(self) -> None:
        three, four = ["FDEADA", "FAC090", "E46C0A"], ["FDEADA", "FAC090", "E46C0A", "974806"]
        assert [palette_of(three).names[shade] for shade in three] == [
            "light orange fill",
            "orange fill",
            "dark orange fill",
        ]
        assert len(set(palette_of(four).names.values())) == 4

    @pytest.mark.parametrize(
        ("colour", "name"),
        [
            ("FF0000", "red"),
            ("FFC7CE", "red"),
            ("FFFF00", "yellow"),
            ("FFEB9C", "yellow"),
            ("FFC000", "orange"),
            ("92D050", "green"),
            ("C6EFCE", "green"),
            ("00B0F0", "blue"),
            ("7030A0", "purple"),
            ("D9D9D9", "grey"),
        ],
    )
    def test_are_called_what_people_call_them(self, colour: str, name: str) -> None:
        assert colour_name(colour) == name

    @pytest.mark.parametrize(
        ("text", "name"), [("grün", "green"), ("Cellules vertes", "green"), ("Zielone", "green"), ("evergreen", None)]
    )
    def test_are_known_by_their_words_in_several_languages(self, text: str, name: str | None) -> None:
        assert spoken_colour(text) == name
