"""The "Skills" sheet: a matrix under a title, a legend and two header rows, with totals and guide text beneath."""

from dataclasses import dataclass
from datetime import date

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from sample.records import Firm, Person, percent

NAME = "Skills"
PERSON_HEADERS = (
    "No.",
    "Name",
    "E-mail",
    "Mobile",
    "Title",
    "Home unit",
    "Office",
    "Time zone",
    "Working share",
    "Cost band",
)
TRAILING_HEADERS = ("Wants to learn", "Appraisal 2025", "Comments")
LEFT_OUT = ("No.", "Mobile", "Appraisal 2025", "Comments")
FIRST_SKILL_COLUMN = len(PERSON_HEADERS) + 1
LEGEND_COLUMN = FIRST_SKILL_COLUMN + 2
GROUP_ROW, HEADER_ROW = 9, 10
FIRST_PERSON_ROW = HEADER_ROW + 1
NUMBERED_ROWS = 70
GUIDE = (
    "How to fill in: put a number from the legend into each cell. Do not guess for colleagues; ask them.",
    "If a skill is missing, write to the Delivery Office. Please do not insert columns, the pivot breaks.",
)
GROUP_COLOURS = ("DCE6F1", "E4DFEC", "EBF1DE", "FDE9D9", "DAEEF3", "F2DCDB", "EEECE1", "FFF2CC")
PERCENT_FORMAT, DATE_FORMAT = "0%", "yyyy-mm-dd"
BOLD = Font(bold=True)
THIN = Side(style="thin", color="BFBFBF")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


@dataclass(frozen=True)
class Layout:
    """Where things stand: skill header to column letter, e-mail to row, and formula cells to the values they show."""

    columns: dict[str, str]
    rows: dict[str, int]
    shown: dict[str, float]


def add_skills_sheet(workbook: Workbook, firm: Firm) -> Layout:
    sheet = workbook.create_sheet(NAME)
    headers = list(firm.skill_of)
    write_top(sheet, firm)
    write_headers(sheet, firm)
    for number, person in enumerate(firm.people, 1):
        write_person(sheet, FIRST_PERSON_ROW + number - 1, number, person, firm)
    for number in range(len(firm.people) + 1, NUMBERED_ROWS + 1):
        sheet.cell(FIRST_PERSON_ROW + number - 1, 1, number)
    shown = write_totals(sheet, firm)
    for offset, text in enumerate(GUIDE):
        sheet.cell(FIRST_PERSON_ROW + NUMBERED_ROWS + 4 + offset, 2, text).font = Font(italic=True, color="7F7F7F")
    dress(sheet, headers)
    return Layout(
        columns={header: get_column_letter(FIRST_SKILL_COLUMN + i) for i, header in enumerate(headers)},
        rows={person.email: FIRST_PERSON_ROW + i for i, person in enumerate(firm.people)},
        shown=shown,
    )


def write_top(sheet: Worksheet, firm: Firm) -> None:
    sheet.cell(1, 1, firm.title).font = Font(bold=True, size=16)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(PERSON_HEADERS))
    sheet.cell(2, 2, "Last update:")
    write_date(sheet, 2, 3, firm.updated)
    sheet.cell(3, 2, firm.note).font = Font(italic=True)
    sheet.cell(1, LEGEND_COLUMN, "Level").font = BOLD
    sheet.cell(1, LEGEND_COLUMN + 1, "Meaning").font = BOLD
    for level, words in firm.levels.items():
        sheet.cell(2 + level, LEGEND_COLUMN, level)
        sheet.cell(2 + level, LEGEND_COLUMN + 1, words)


def write_headers(sheet: Worksheet, firm: Firm) -> None:
    for column, header in enumerate((*PERSON_HEADERS, *firm.skill_of, *TRAILING_HEADERS), 1):
        cell = sheet.cell(HEADER_ROW, column, header)
        cell.font, cell.border = BOLD, BOX
        cell.alignment = Alignment(text_rotation=90 if header in firm.skill_of else 0, vertical="bottom")
    column = FIRST_SKILL_COLUMN
    for (group, columns), colour in zip(firm.groups.items(), GROUP_COLOURS, strict=True):
        end = column + len(columns) - 1
        cell = sheet.cell(GROUP_ROW, column, group)
        cell.font, cell.alignment, cell.border = BOLD, Alignment(horizontal="center"), BOX
        cell.fill = PatternFill("solid", fgColor=colour)
        sheet.merge_cells(start_row=GROUP_ROW, start_column=column, end_row=GROUP_ROW, end_column=end)
        column = end + 1


def write_person(sheet: Worksheet, row: int, number: int, person: Person, firm: Firm) -> None:
    sheet.cell(row, 1, number)
    values = (
        person.written or person.name,
        person.email,
        person.phone,
        person.title,
        person.home_unit,
        person.office,
        firm.time_zones[person.office],
    )
    for column, value in enumerate(values, 2):
        if value:
            sheet.cell(row, column, value)
    write_share(sheet, row, person.share_text)
    sheet.cell(row, len(PERSON_HEADERS), person.band)
    for offset, header in enumerate(firm.skill_of):
        if header in person.ratings:
            level = person.ratings[header]
            cell = sheet.cell(row, FIRST_SKILL_COLUMN + offset, str(level) if person.pasted else level)
            cell.alignment = Alignment(horizontal="center")
    trailing = (person.learns_text, person.appraisal, person.comment)
    for column, value in enumerate(trailing, FIRST_SKILL_COLUMN + len(firm.skill_of)):
        if value:
            sheet.cell(row, column, value)


def write_share(sheet: Worksheet, row: int, text: str) -> None:
    """Write "80%" as an Excel percentage, "0.8" as a number and "80 %" as the text it is."""
    cell = sheet.cell(row, PERSON_HEADERS.index("Working share") + 1)
    cell.value = text if " " in text else percent(text)
    if text.endswith("%") and " " not in text:
        cell.number_format = PERCENT_FORMAT


def write_date(sheet: Worksheet, row: int, column: int, day: date) -> None:
    cell = sheet.cell(row, column, day)
    cell.number_format = DATE_FORMAT
    cell.alignment = Alignment(horizontal="left")


def write_totals(sheet: Worksheet, firm: Firm) -> dict[str, float]:
    """Count and average of each skill column, as Excel would show them: text is not counted."""
    first, last = FIRST_PERSON_ROW, FIRST_PERSON_ROW + NUMBERED_ROWS - 1
    count_row, average_row = last + 1, last + 2
    sheet.cell(count_row, 2, "Total").font = BOLD
    sheet.cell(average_row, 2, "Average level").font = BOLD
    shown: dict[str, float] = {}
    for offset, header in enumerate(firm.skill_of):
        column = FIRST_SKILL_COLUMN + offset
        letter = get_column_letter(column)
        levels = [p.ratings[header] for p in firm.people if header in p.ratings and not p.pasted]
        sheet.cell(count_row, column, f"=COUNT({letter}{first}:{letter}{last})")
        sheet.cell(average_row, column, f"=AVERAGE({letter}{first}:{letter}{last})").number_format = "0.0"
        shown[f"{letter}{count_row}"] = len(levels)
        shown[f"{letter}{average_row}"] = sum(levels) / len(levels)
    return shown


def dress(sheet: Worksheet, headers: list[str]) -> None:
    """Widths, frozen panes, and the entry rule that only whole numbers 0 to 5 are levels."""
    for column, width in enumerate((5, 24, 40, 17, 26, 18, 12, 20, 9, 7), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    end = FIRST_SKILL_COLUMN + len(headers)
    for column in range(FIRST_SKILL_COLUMN, end):
        sheet.column_dimensions[get_column_letter(column)].width = 4.5
    for column, width in enumerate((34, 14, 40), end):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[HEADER_ROW].height = 110
    sheet.freeze_panes = f"C{FIRST_PERSON_ROW}"
    rule = DataValidation(type="whole", operator="between", formula1="0", formula2="5", allow_blank=True)
    rule.error = "0 to 5, see the legend"
    first, last = get_column_letter(FIRST_SKILL_COLUMN), get_column_letter(end - 1)
    rule.add(f"{first}{FIRST_PERSON_ROW}:{last}{FIRST_PERSON_ROW + NUMBERED_ROWS - 1}")
    sheet.add_data_validation(rule)
