"""The same cells out of every file format. The files stand beside the repository, not in it."""

from pathlib import Path

import pytest

from importers.files.opening import open_workbook

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "torture"
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the shared files are not beside this repository")
SAME = "govuk_notify/spreadsheet_files__equivalents__"


class TestEveryFormat:
    @pytest.mark.parametrize(
        "name",
        [
            "excel 2007.xlsx",
            "excel 2007 with macro support.xlsm",
            "excel_97.xls",
            "EXCEL_95.XLS",
            "open document spreadsheet.ods",
            "newline_unix.csv",
        ],
    )
    def test_gives_the_same_cells(self, name: str) -> None:
        wanted = open_workbook((FILES / f"{SAME}excel 2007.xlsx").read_bytes(), "a.xlsx").sheets[0]
        found = open_workbook((FILES / f"{SAME}{name}").read_bytes(), name).sheets[0]
        assert [[str(v) for v in row] for row in found.rows.values()] == [
            [str(v) for v in row] for row in wanted.rows.values()
        ]

    def test_is_told_by_its_content_and_not_by_its_name(self) -> None:
        content = (FILES / f"{SAME}excel_97.xls").read_bytes()
        assert open_workbook(content, "skills.csv").kind == "old Excel workbook (.xls)"

    @pytest.mark.parametrize("name", ["sheetjs/2013__apachepoi_45540_classic_Footer.xlsx.xlsb"])
    def test_binary_workbooks_have_their_sheets(self, name: str) -> None:
        workbook = open_workbook((FILES / name).read_bytes(), name)
        assert len(workbook.sheets) == 7
        assert any(sheet.rows for sheet in workbook.sheets)
