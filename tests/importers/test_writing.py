"""Files that Muster writes: harmless in a spreadsheet program, and read back by the importer without loss."""

import csv
import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.exports.writing import LEGEND, Level, Look, Shown, Table, one_list, to_csv, to_xlsx
from importers.files.delimited import read_delimited
from importers.files.formulas import acts_as_formula, guarded, unguarded

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|calc",
    "%x",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\ufeff=1",
    "＝1",
    "\u200b@x",
]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestFormulas:
    @pytest.mark.parametrize("text", DANGEROUS)
    def test_text_becomes_text_behind_an_apostrophe_in_csv(self, text: str) -> None:
        table = Table("T", ("Name", text), [("Anna", text)])
        assert csv_rows(to_csv(table)) == [["Name", f"'{text}"], ["Anna", f"'{text}"]]

    @pytest.mark.parametrize("text", DANGEROUS)
    def test_text_stays_quoted_text_in_a_workbook(self, text: str) -> None:
        content = to_xlsx([Table("T", ("Name", text), [("Anna", text)])])
        assert "<f" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        for cell in (sheet["B1"], sheet["B2"]):
            assert cell.data_type == "s"
            assert cell.quotePrefix

    @pytest.mark.parametrize("text", ["Anna", "a=b", "3-4", "'quoted'", "Ørsted", "", "#1", "(+1)"])
    def test_other_text_is_left_alone(self, text: str) -> None:
        assert not acts_as_formula(text)
        assert csv_rows(to_csv(Table("T", ("Name", "Note"), [("x", text)])))[1] == ["x", text]

    @given(st.text(st.characters(codec="utf-8"), max_size=30))
    def test_no_cell_of_a_csv_begins_as_a_formula(self, text: str) -> None:
        cell = csv_rows(to_csv(Table("T", ("Name", "Note"), [("x", text)])))[1][1]
        assert not acts_as_formula(cell)

    @given(st.text(st.sampled_from("'=+-@|%＝ \t\u200bab1"), max_size=8))
    def test_the_apostrophe_of_a_csv_is_taken_away_again_and_no_other(self, text: str) -> None:
        assert unguarded(guarded(text)) == text
        assert not acts_as_formula(guarded(text))

    @pytest.mark.parametrize("text", [*DANGEROUS, "'=1", "''=1", "'quoted'", "'"])
    def test_the_importer_reads_the_text_without_the_apostrophe(self, text: str) -> None:
        content = to_csv(Table("T", ("Name", "Note"), [("x", text), ("y", 1)]))
        assert read_delimited(content, "T").sheets[0].value(2, 2) == text


class TestValues:
    def test_csv_is_marked_utf_8_with_quoted_cells_and_line_ends_of_rfc_4180(self) -> None:
        row = ("Zoë", 'say "hi"', "a,b", "two\nlines", 0.5, date(2026, 3, 31), None, Level.NONE)
        content = to_csv(Table("T", tuple("abcdefgh"), [row]))
        assert content == (
            '\ufeffa,b,c,d,e,f,g,h\r\nZoë,"say ""hi""","a,b","two\nlines",0.5,2026-03-31,,0 none\r\n'.encode()
        )

    def test_a_workbook_keeps_numbers_dates_and_levels(self) -> None:
        content = to_xlsx([Table("T", tuple("abcd"), [("007", 0.5, date(2026, 3, 31), Level.NONE)]), LEGEND])
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert [cell.value for cell in book["T"][2]][:2] == ["007", 0.5]
        assert book["T"]["C2"].is_date
        assert book["T"]["D2"].value == 0
        assert [cell.value for cell in book["Levels"]["A"]] == ["Level", 0, 1, 2, 3, 4, 5]

    def test_what_no_file_can_hold_is_left_out(self) -> None:
        content = to_xlsx([Table("T", ("Name",), [("An\x00n\ud800a\uffff",), ("x" * 40_000,)])])
        sheet = openpyxl.load_workbook(io.BytesIO(content))["T"]
        assert sheet["A2"].value == "Anna"
        assert len(sheet["A3"].value) == 32_767


class TestLooks:
    def test_a_cell_has_its_fill_and_ink_and_a_text_file_the_value_alone(self) -> None:
        shown = Shown(Level.EXPERT, Look("0E4158", "FFFFFF", centred=True))
        table = Table("T", ("Name", Shown("Python", Look(bold=True, upright=True))), [("Anna", shown), ("Bob", shown)])
        sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([table])))["T"]
        for cell in (sheet["B2"], sheet["B3"]):
            assert (cell.value, cell.fill.fgColor.rgb, cell.font.color.rgb) == (5, "000E4158", "00FFFFFF")
        assert sheet["B1"].alignment.text_rotation == 90
        assert sheet.column_dimensions["B"].width < sheet.column_dimensions["A"].width
        assert csv_rows(to_csv(table)) == [["Name", "Python"], ["Anna", "5 expert"], ["Bob", "5 expert"]]

    def test_text_with_a_look_is_as_harmless_as_any(self) -> None:
        content = to_xlsx([Table("T", (Shown("=1+1", Look(bold=True)),), [])])
        cell = openpyxl.load_workbook(io.BytesIO(content))["T"]["A1"]
        assert (cell.data_type, cell.quotePrefix, cell.font.bold) == ("s", True, True)


class TestOneList:
    def test_has_the_columns_of_all_tables_and_says_which_one_a_row_is_from(self) -> None:
        tables = [Table("A", ("Name", "Level"), [("x", 1)]), Table("B", ("Project", "Name"), [("p", "y")])]
        one = one_list(tables)
        assert one.headings == ("Name", "Level", "Project", "Record")
        assert one.rows == [("x", 1, None, "A"), ("y", None, "p", "B")]


class TestLegend:
    def test_covers_the_levels_in_order(self) -> None:
        assert [row[0] for row in LEGEND.rows] == list(range(6))
        assert all(re.fullmatch(r"\d [a-z]+", level.words) for level in Level)
