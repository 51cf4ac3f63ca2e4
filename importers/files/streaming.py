"""Workbooks written without temporary files, each sheet straight into the zip: the child process may write no file."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

Rows = Iterable[tuple[int, Sequence[Cell | MergedCell]]]
"""Numbers of rows in order, with their cells."""


def saved(book: Workbook, streamed: Mapping[str, Rows]) -> bytes:
    """The workbook as .xlsx; `streamed` gives, by title, rows of sheets whose cells are made as they are written."""
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _Writer(book, archive, streamed).write_data()
    return content.getvalue()


class _Sheet(WorksheetWriter):
    def __init__(self, sheet: Worksheet, out: IO[bytes], streamed: Rows | None) -> None:
        super().__init__(sheet, out)
        self.streamed = streamed

    def rows(self) -> Rows:  # type: ignore[override]  # the stubs promise a list; only the base class looks
        return super().rows() if self.streamed is None else self.streamed


class _Writer(ExcelWriter):
    def __init__(self, book: Workbook, archive: ZipFile, streamed: Mapping[str, Rows]) -> None:
        super().__init__(book, archive)
        self.archive = archive
        self.streamed = streamed

    def write_worksheet(self, ws: Worksheet) -> None:
        ws._drawing = SpreadsheetDrawing()  # type: ignore[attr-defined]  # noqa: SLF001 - what the base class does
        with self.archive.open(ws.path[1:], "w", force_zip64=True) as out:
            writer = _Sheet(ws, out, self.streamed.get(ws.title))
            writer.write()
        ws._rels = writer._rels  # type: ignore[attr-defined]  # noqa: SLF001
        self.manifest.append(ws)
