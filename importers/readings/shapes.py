"""The shape of a file: equal for next month's file of the same sheets and headings, whatever was chosen for either."""

import hashlib
import re
from collections.abc import Iterator, Sequence

from importers.files.workbook import Sheet
from importers.layouts.snapshots import date_of_sheet
from importers.marks.scales import Legend
from importers.readings.recognition import likeliest
from importers.records import LayoutName
from importers.sheets.tables import View
from importers.skills.catalogue import Catalogue
from importers.words import load

UNKNOWING = Catalogue()
"""A catalogue grows with every import, and the shape of a file may not depend on it."""

MONTHS = "|".join(load("months")["months"])
TIME = re.compile(rf"(?<![^\W\d_])(?:{MONTHS}|[qw](?=\d))(?![^\W\d_])|\d+")
GAPS = re.compile(r"[\W_]+")
WHEN = "when"


def sheet_form(name: str) -> str:
    """Equal for "Skills 2026-01", "Skills Feb 2026" and "skills_2026_03"."""
    words = GAPS.sub(" ", TIME.sub(f" {WHEN} ", name.casefold())).split()
    return " ".join(word for place, word in enumerate(words) if word != WHEN or words[place - 1 : place] != [WHEN])


def shape_of(sheets: Sequence[Sheet], legends: Sequence[Legend]) -> str:
    """SHA-256 in hexadecimal over what each sheet is called and heads; sheets alike count once, so that a workbook with
    one more month keeps its shape. The name of an only sheet, which a .csv takes from its file, says nothing."""
    forms = {tuple(form_of(sheet, legend, len(sheets))) for sheet, legend in zip(sheets, legends, strict=True)}
    told = "\x1e".join("\x1f".join(form) for form in sorted(forms))
    return hashlib.sha256(told.encode()).hexdigest()


def form_of(sheet: Sheet, legend: Legend, among: int) -> Iterator[str]:
    """The sheet's part of the shape; the sheet of one person is called after them, as a rule."""
    told = tuple(dict.fromkeys(headings(sheet, legend)))
    named = among > 1 and not told[0].startswith(LayoutName.PROFILE.value)
    yield sheet_form(sheet.name) if named else ""
    yield from told


def headings(sheet: Sheet, legend: Legend) -> Iterator[str]:
    """What the sheet would be read as without anybody's choices: layout, where its header stands, and each heading with
    its place. Where people run across, the headings are the skills down the side."""
    found = likeliest(View(sheet, legend, UNKNOWING)) if sheet.rows else None
    if found is None:
        yield LayoutName.NONE.value
        return
    yield f"{found.layout.value} {found.header_row}"
    for column in found.table.columns:
        if column.heading:
            form = " ".join(GAPS.sub(" ", column.heading.casefold()).split())
            yield WHEN if date_of_sheet(column.heading) else f"{column.index} {form or column.heading}"
