"""Writes `legacy_skills_sheet.xlsx` and `expected.json` from the records in this folder.

    python -m sample.build_workbook

The same records give the same bytes: no clock, no machine, no order of a set goes into the file.
"""

import io
import re
import zipfile
from datetime import datetime, time

from openpyxl.workbook import Workbook

from sample.expected import as_json, expected
from sample.project_sheets import add_allocations, add_lists, add_past_projects
from sample.records import FOLDER, Firm, read_firm
from sample.skills_sheet import Layout, add_skills_sheet

WORKBOOK = FOLDER / "legacy_skills_sheet.xlsx"
EXPECTED = FOLDER / "expected.json"
SKILLS_PART, PROPERTIES_PART = "xl/worksheets/sheet1.xml", "docProps/core.xml"


def build(firm: Firm) -> tuple[bytes, str]:
    """The workbook's bytes and the text of `expected.json`."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    layout = add_skills_sheet(workbook, firm)
    add_past_projects(workbook, firm)
    add_allocations(workbook, firm)
    add_lists(workbook, firm)
    workbook.properties.creator = "Delivery Office"
    written = io.BytesIO()
    workbook.save(written)
    return repack(written.getvalue(), firm, layout), as_json(expected(firm, layout))


def repack(package: bytes, firm: Firm, layout: Layout) -> bytes:
    """The package with the sheet's own date on every part, and with the values Excel would have stored for formulas.

    openpyxl stamps parts and properties with the present time and stores no value beside a formula.
    """
    saved = datetime.combine(firm.updated, time(9, 30))
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target,
    ):
        for name in source.namelist():
            text = source.read(name).decode("utf-8")
            if name == SKILLS_PART:
                text = with_shown_values(text, layout)
            elif name == PROPERTIES_PART:
                text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{saved:%Y-%m-%dT%H:%M:%SZ}", text)
            entry = zipfile.ZipInfo(name, date_time=saved.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            target.writestr(entry, text.encode("utf-8"), compresslevel=9)
    return result.getvalue()


def with_shown_values(sheet_xml: str, layout: Layout) -> str:
    def fill(cell: re.Match[str]) -> str:
        return f"{cell[1]}<v>{layout.shown[cell[2]]!r}</v></c>"

    return re.sub(r'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?</c>', fill, sheet_xml)


def main() -> None:
    package, found = build(read_firm())
    WORKBOOK.write_bytes(package)
    EXPECTED.write_text(found, "utf-8", newline="\n")
    print(f"{WORKBOOK.name}: {len(package):,} bytes")


if __name__ == "__main__":
    main()
