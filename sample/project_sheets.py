"""The sheets "Past projects", "Allocations" and "Lists"."""

from collections.abc import Sequence
from datetime import date

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from sample.records import Firm, Person

PAST_PROJECTS, ALLOCATIONS, LISTS = "Past projects", "Allocations", "Lists"
PAST_HEADERS = (
    "Project",
    "Client",
    "Domain",
    "Person",
    "E-mail",
    "Role",
    "From",
    "To",
    "Share %",
    "Outcome",
    "Delivery score",
    "Technologies",
)
ALLOCATION_HEADERS = ("Person", "E-mail", "Project", "Client", "Role", "Share", "From", "To", "Status")
PAST_HEADER_ROW, PAST_FIRST_COLUMN = 3, 2

Value = str | float | date | None


def name_elsewhere(person: Person) -> str:
    return person.elsewhere or person.name


def email_elsewhere(person: Person) -> str:
    """The address in the capitals of somebody who types it by hand, where the name is hand-typed too."""
    if not person.elsewhere:
        return person.email
    local, _, domain = person.email.partition("@")
    return f"{local.title()}@{domain}"


def add_past_projects(workbook: Workbook, firm: Firm) -> None:
    """A table that starts at B3, with real dates and percentages, one row per person and project."""
    sheet = workbook.create_sheet(PAST_PROJECTS)
    sheet.cell(1, PAST_FIRST_COLUMN, "Closed projects – as reported at the closing review").font = Font(
        bold=True, size=14
    )
    write_header(sheet, PAST_HEADER_ROW, PAST_FIRST_COLUMN, PAST_HEADERS)
    row = PAST_HEADER_ROW
    for project in firm.past_projects:
        for stint in project.team:
            row += 1
            person = firm.person(stint.email)
            values = (
                project.name,
                project.client,
                project.domain,
                name_elsewhere(person),
                email_elsewhere(person),
                stint.role,
                stint.first_day,
                stint.last_day,
                stint.share,
                project.outcome,
                None if project.score is None else project.score / 100,
                project.technologies,
            )
            write_row(sheet, row, PAST_FIRST_COLUMN, values)
    widths(sheet, (3, 28, 30, 12, 24, 38, 22, 12, 12, 9, 10, 14, 44))


def add_allocations(workbook: Workbook, firm: Firm) -> None:
    """A table that starts at A1, with the dates as ISO text."""
    sheet = workbook.create_sheet(ALLOCATIONS)
    write_header(sheet, 1, 1, ALLOCATION_HEADERS)
    for row, booking in enumerate(firm.bookings, 2):
        person = firm.person(booking.email)
        values = (
            name_elsewhere(person),
            email_elsewhere(person),
            booking.project,
            booking.client,
            booking.role,
            booking.share,
            booking.first_day.isoformat(),
            booking.last_day.isoformat(),
            booking.status.capitalize(),
        )
        write_row(sheet, row, 1, values)
    sheet.freeze_panes = "C2"
    widths(sheet, (24, 38, 28, 30, 22, 8, 12, 12, 12))


def add_lists(workbook: Workbook, firm: Firm) -> None:
    """Look-up lists behind the drop-downs, and what a cost band costs a day."""
    sheet = workbook.create_sheet(LISTS)
    write_header(sheet, 1, 1, ("Cost band", "Day rate EUR"))
    for row, (band, rate) in enumerate(firm.day_rates.items(), 2):
        write_row(sheet, row, 1, (band, rate))
    write_header(sheet, 1, 4, ("Office",))
    for row, office in enumerate(firm.time_zones, 2):
        sheet.cell(row, 4, office)
    write_header(sheet, 1, 6, ("Status",))
    for row, status in enumerate(("Proposed", "Held", "Confirmed"), 2):
        sheet.cell(row, 6, status)
    widths(sheet, (12, 14, 3, 14, 3, 14))


def write_header(sheet: Worksheet, row: int, first_column: int, headers: Sequence[str]) -> None:
    for column, header in enumerate(headers, first_column):
        sheet.cell(row, column, header).font = Font(bold=True)


def write_row(sheet: Worksheet, row: int, first_column: int, values: Sequence[Value]) -> None:
    for column, value in enumerate(values, first_column):
        if value is None:
            continue
        cell = sheet.cell(row, column, value)
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        elif isinstance(value, float):
            cell.number_format = "0%"


def widths(sheet: Worksheet, values: Sequence[float]) -> None:
    for column, width in enumerate(values, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
