"""The colours by which a copy of a file says what an import made of a cell; the importer takes no notice of them."""

from importers.cell_notes import Outcome
from importers.files.workbook import Sheet

REPORT_TITLE = "Muster import report"
"""The first cell of the sheet of reports."""
COMMENT_MARK = "[Muster] "
"""What begins Muster's part of a comment; what stands before it is somebody else's."""
WHY_NO_REPORT = "Muster wrote this sheet to say what an import made of the file; nothing is taken from it."
MARKS = {
    Outcome.NOT_TAKEN: "FDD9D2",
    Outcome.WAITING: "FDE3C1",
    Outcome.KEPT: "E9DDFB",
    Outcome.LOOK: "FDF3C4",
    Outcome.CHANGED: "D3E6FB",
    Outcome.LEFT_OUT: "E7EBED",
}
"""Fill, as RRGGBB."""
INKS = {
    Outcome.NOT_TAKEN: "A52A1A",
    Outcome.WAITING: "8A4B00",
    Outcome.KEPT: "5B3A9B",
    Outcome.LOOK: "8A6D00",
    Outcome.CHANGED: "1D5FA8",
    Outcome.LEFT_OUT: "5B6A71",
}
"""Frame of a cell that has a fill of its own."""


def is_report(sheet: Sheet) -> bool:
    return sheet.value(1, 1) == REPORT_TITLE


def without_mark(comment: str) -> str:
    """What somebody else wrote in a comment."""
    return comment.partition(COMMENT_MARK)[0].strip()
