"""The annotated copy: every cell with something to say is marked, nothing dangerous is kept, it reads like its file."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from importers import Catalogue, Note, Outcome, Reading, Refusal, annotate, annotate_in_child, read
from importers.cell_notes import Outcome as Outcomes
from importers.exports import annotating
from importers.files.marking import COMMENT_MARK, INKS, MARKS
from tests.importers.workbooks import xlsx

SKILLS: dict[str, list[list[object]]] = {
    "Skills": [["Name", "Python", "SQL"], ["Anna Berg", 3, 4], ["Bob Ray", 5, "nine"], ["Cleo Kim", 0, 2]]
}
NOTES = [
    Note("Skills", "C3", Outcome.NOT_TAKEN, '"nine" is not one of the levels.', "Correct the cell."),
    Note("Skills", "B2", Outcome.CHANGED, "Anna Berg: Python changed from 2 to 3."),
    Note("Skills", None, Outcome.LOOK, "The sheet is hidden.", "Leave it out."),
    Note("Skills", "B2", Outcome.LOOK, "Look twice."),
]


def saved(sheets: dict[str, list[list[object]]], dress: Callable[[openpyxl.Workbook], object] | None = None) -> bytes:
    """The sheets as a workbook, dressed up before it is written."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx(sheets)))
    if dress is not None:
        dress(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    """Both readers must be able to open what is written."""
    for name in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names:
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return openpyxl.load_workbook(io.BytesIO(content))


def report_rows(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    rows = [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]
    return rows[rows.index(annotating.HEADINGS) + 1 :]


def told(reading: Reading) -> tuple[object, ...]:
    names = {person.key: person.name for person in reading.people}
    return (
        [(names[r.person], r.skill, r.raw, r.level, r.sheet, r.cell) for r in reading.ratings],
        [(names[goal.person], goal.skill, goal.cell) for goal in reading.goals],
        [question.code for question in reading.questions],
        [(problem.code, problem.cell) for problem in reading.problems],
        reading.shape,
    )


class TestCells:
    def test_have_a_fill_and_a_comment_that_says_what_happened_and_what_to_do(self) -> None:
        sheet = opened(annotate(saved(SKILLS), "skills.xlsx", NOTES))["Skills"]
        assert sheet["C3"].fill.fgColor.rgb == f"00{MARKS[Outcome.NOT_TAKEN]}"
        assert sheet["C3"].comment.text == (
            f'{COMMENT_MARK}Not taken: "nine" is not one of the levels. Correct the cell.'
        )
        assert sheet["B2"].comment.text.splitlines() == [
            f"{COMMENT_MARK}Look at this: Look twice.",
            "Changed: Anna Berg: Python changed from 2 to 3.",
        ]
        assert sheet["A2"].comment is None

    def test_that_have_a_colour_of_their_own_keep_it_and_get_a_frame(self) -> None:
        def green(book: openpyxl.Workbook) -> None:
            book["Skills"]["C3"].fill = PatternFill("solid", fgColor="00FF00")
            book["Skills"]["C3"].comment = Comment("Ask Bob", "Anna")

        cell = opened(annotate(saved(SKILLS, green), "skills.xlsx", NOTES))["Skills"]["C3"]
        assert cell.fill.fgColor.rgb == "0000FF00"
        assert (cell.border.left.style, cell.border.left.color.rgb) == ("thick", f"00{INKS[Outcome.NOT_TAKEN]}")
        assert cell.comment.text.startswith("Ask Bob\n")

    def test_inside_a_merged_range_are_marked_at_its_first_cell(self) -> None:
        merged = saved(SKILLS, lambda book: book["Skills"].merge_cells("B2:C3"))
        assert opened(annotate(merged, "skills.xlsx", NOTES))["Skills"]["B2"].comment is not None

    def test_are_marked_up_to_a_number_a_sheet_and_the_report_names_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(annotating, "MOST_MARKED", 1)
        book = opened(annotate(saved(SKILLS), "skills.xlsx", NOTES))
        assert [book["Skills"][name].comment is None for name in ("C3", "B2")] == [False, True]
        assert len(report_rows(book)) == len(NOTES)
        assert any("1 of 2 cells" in str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)

    @pytest.mark.parametrize("cell", ["ZZZZ1", "A0", "XFE1", "A1048577", "", "Sheet1!A1", "A1:B2"])
    def test_that_no_sheet_has_are_named_in_the_report_alone(self, cell: str) -> None:
        book = opened(annotate(saved(SKILLS), "skills.xlsx", [Note("Skills", cell, Outcome.LOOK, "Odd.")]))
        assert report_rows(book) == [("Skills", cell or None, None, "Look at this: Odd.", None)]


class TestReport:
    def test_is_the_first_sheet_with_a_row_a_note_the_most_serious_first(self) -> None:
        book = opened(annotate(saved(SKILLS), "skills.xlsx", NOTES, [("File", "skills.xlsx")]))
        assert book.active is book.worksheets[0]
        assert [sheet.title for sheet in book.worksheets] == ["Import report", "Skills"]
        assert [row[:4] for row in report_rows(book)] == [
            ("Skills", "C3", "nine", 'Not taken: "nine" is not one of the levels.'),
            ("Skills", None, None, "Look at this: The sheet is hidden."),
            ("Skills", "B2", "3", "Look at this: Look twice."),
            ("Skills", "B2", "3", "Changed: Anna Berg: Python changed from 2 to 3."),
        ]
        top = [tuple(cell.value for cell in row)[:2] for row in book.worksheets[0].iter_rows(max_row=5)]
        assert top == [
            ("Muster import report", None),
            ("File", "skills.xlsx"),
            ("Not taken", "1"),
            ("Look at this", "2"),
            ("Changed", "1"),
        ]

    def test_links_to_the_cells(self) -> None:
        content = saved({"Bob's skills": SKILLS["Skills"]})
        sheet = opened(annotate(content, "s.xlsx", [Note("Bob's skills", "C3", Outcome.LOOK, "x")])).worksheets[0]
        links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
        assert [(link.location, link.target) for link in links] == [("'Bob''s skills'!C3", None)]

    def test_has_a_name_that_no_sheet_of_the_file_has(self) -> None:
        book = opened(annotate(saved({"import REPORT": SKILLS["Skills"]}), "s.xlsx", []))
        assert [sheet.title for sheet in book.worksheets] == ["Import report 2", "import REPORT"]

    def test_of_nothing_to_say_is_short(self) -> None:
        assert report_rows(opened(annotate(saved(SKILLS), "s.xlsx", []))) == []


class TestDanger:
    def test_formulas_leave_their_last_value_and_text_stays_text(self) -> None:
        def computed(book: openpyxl.Workbook) -> None:
            book["Skills"]["A6"] = '=HYPERLINK("http://x.example","x")'
            book["Skills"]["A7"].value = "=WEBSERVICE(1)"
            book["Skills"]["A7"].data_type = "s"

        notes = [Note("Skills", "A7", Outcome.LOOK, "=1+1", "@SUM(1)")]
        book = opened(annotate(saved(SKILLS, computed), "skills.xlsx", notes))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert book["Skills"]["A7"].value == "=WEBSERVICE(1)"
        assert book["Skills"]["A7"].quotePrefix
        assert ("Skills", "A7", "=WEBSERVICE(1)", "Look at this: =1+1", "@SUM(1)") in report_rows(book)

    def test_links_names_and_rules_with_formulas_are_gone_and_plain_rules_stay(self) -> None:
        def dressed(book: openpyxl.Workbook) -> None:
            sheet = book["Skills"]
            sheet["A2"].hyperlink = "http://x.example/steal"
            red = PatternFill("solid", bgColor="FF0000")
            sheet.conditional_formatting.add("B2:C4", CellIsRule("equal", ["5"], fill=red))
            sheet.conditional_formatting.add("B2:C4", FormulaRule(["WEBSERVICE(A1)"], fill=red))
            sheet.add_data_validation(DataValidation("list", formula1='"0,1,2"', sqref="B2:B4"))
            sheet.add_data_validation(DataValidation("custom", formula1="WEBSERVICE(A1)", sqref="C2:C4"))
            book.defined_names["evil"] = openpyxl.workbook.defined_name.DefinedName("evil", attr_text="WEBSERVICE(1)")

        content = annotate(saved(SKILLS, dressed), "skills.xlsx", NOTES)
        archive = zipfile.ZipFile(io.BytesIO(content))
        text = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert "WEBSERVICE" not in text
        assert "x.example" not in text
        sheet = opened(content)["Skills"]
        assert [rule.formula for found in sheet.conditional_formatting for rule in found.rules] == [["5"]]
        assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['"0,1,2"']

    def test_macros_and_other_parts_are_not_copied(self) -> None:
        original = zipfile.ZipFile(io.BytesIO(saved(SKILLS)))
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as copy:
            for name in original.namelist():
                copy.writestr(name, original.read(name))
            copy.writestr("xl/vbaProject.bin", b"macro")
            copy.writestr("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
            copy.writestr("customXml/item1.xml", b"<secret/>")
        names = zipfile.ZipFile(io.BytesIO(annotate(target.getvalue(), "skills.xlsm", NOTES))).namelist()
        assert not [name for name in names if "vba" in name or "external" in name or "custom" in name]

    def test_a_file_that_cannot_be_read_is_refused(self) -> None:
        with pytest.raises(Refusal, match="not a spreadsheet"):
            annotate(b"%PDF-1.7 nothing", "skills.xlsx", NOTES)


class TestOtherFiles:
    def test_text_becomes_a_workbook_of_its_values(self) -> None:
        content = b"Name;Python;SQL\nAnna Berg;3;'=4\nBob Ray;5;nine\n007;1;2\n"
        notes = [Note("a[b]c very long name of a sheet in text", "C3", Outcome.NOT_TAKEN, "No level.")]
        book = opened(annotate(content, "a[b]c very long name of a sheet in text.csv", notes))
        sheet = book.worksheets[1]
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            ["Name", "Python", "SQL"],
            ["Anna Berg", 3, "=4"],
            ["Bob Ray", 5, "nine"],
            ["007", 1, 2],
        ]
        assert sheet.title == "a b c very long name of a sheet"
        assert sheet["C3"].comment.text.startswith(COMMENT_MARK)
        assert sheet["C2"].data_type == "s"
        assert report_rows(book)[0][1:3] == ("C3", "nine")

    def test_a_workbook_too_large_for_its_formatting_keeps_values_merges_and_colours(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dressed(book: openpyxl.Workbook) -> None:
            book["Skills"].merge_cells("A6:C6")
            book["Skills"]["B2"].fill = PatternFill("solid", fgColor="00B050")

        monkeypatch.setattr("importers.exports.annotated_books.MOST_MARKUP", 1)
        sheet = opened(annotate(saved(SKILLS, dressed), "skills.xlsx", NOTES))["Skills"]
        assert [str(span) for span in sheet.merged_cells.ranges] == ["A6:C6"]
        assert sheet["B2"].fill.fgColor.rgb == "0000B050"
        assert sheet["B2"].border.left.style == "thick"
        assert sheet["C3"].fill.fgColor.rgb == f"00{MARKS[Outcome.NOT_TAKEN]}"

    @pytest.mark.parametrize("large", [True, False])
    def test_the_copy_reads_like_its_file_and_can_be_annotated_again(
        self, monkeypatch: pytest.MonkeyPatch, *, large: bool
    ) -> None:
        if large:
            monkeypatch.setattr("importers.exports.annotated_books.MOST_MARKUP", 1)
        content = saved(SKILLS)
        copy = annotate(content, "skills.xlsx", NOTES)
        before, after = (read(file, "skills.xlsx", catalogue=Catalogue()) for file in (content, copy))
        assert told(before) == told(after)
        assert [sheet.why for sheet in after.sheets if sheet.name == "Import report"] == [
            "Muster wrote this sheet to say what an import made of the file; nothing is taken from it."
        ]
        again = opened(annotate(copy, "skills.xlsx", NOTES[:1]))
        assert [sheet.title for sheet in again.worksheets] == ["Import report", "Skills"]
        assert again["Skills"]["B2"].comment is None
        assert again["Skills"]["B2"].fill.fill_type is None
        assert again["Skills"]["C3"].comment.text.count(COMMENT_MARK) == 1

    def test_every_outcome_has_a_colour_a_frame_and_a_word(self) -> None:
        assert set(MARKS) == set(INKS) == set(annotating.LABELS) == set(Outcomes)
        assert len(set(MARKS.values())) == len(MARKS)


class TestChild:
    def test_gives_what_annotate_gives_and_refuses_what_it_refuses(self) -> None:
        book = opened(annotate_in_child(saved(SKILLS), "skills.xlsx", NOTES, [("File", "skills.xlsx")]))
        assert book["Skills"]["C3"].comment is not None
        with pytest.raises(Refusal, match="not a spreadsheet"):
            annotate_in_child(b"%PDF-1.7 nothing", "skills.xlsx", NOTES)


SHARED = Path(__file__).parents[3] / "shared" / "data" / "skills_sheets"
FILES = sorted(SHARED.rglob("*.xlsx"))[:8] if SHARED.is_dir() else []


@pytest.mark.skipif(not FILES, reason="the shared sheets are not here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name[:30])
def test_copies_of_real_sheets_give_the_same_levels(path: Path) -> None:
    content = path.read_bytes()
    before = read(content, path.name, catalogue=Catalogue())
    notes = [Note(r.sheet, r.cell, Outcome.LOOK, "x") for r in before.ratings[:50]]
    after = read(annotate(content, path.name, notes), path.name, catalogue=Catalogue())
    assert told(before)[:3] == told(after)[:3]
