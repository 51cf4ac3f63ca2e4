"""A grown, messy sheet as bytes: a title above, a private column, marks and colours without a legend, a typing mistake,
two skills in one name, a total below."""

import io

from openpyxl import Workbook
from openpyxl.styles import PatternFill

GREEN = PatternFill("solid", fgColor="FF92D050")
HEADER = ("Name", "E-mail", "Mobile", "Team", "Python", "Kubernetse", "RabbitMQ/ Kafka", "Quilting")
ROWS = (
    ("Greta Falk", "greta.falk@example.org", "0171 1", "Payments", "x", "o", "x", "x", "o"),
    ("Ibrahim Sow", "ibrahim.sow@example.org", "0171 2", "Payments", "o", "x", None, None, "x"),
    ("Lucía Marín", "lucia.marin@example.org", "0171 3", "Search", "x", None, "o", "o", None),
    ("Oskar Lind", "oskar.lind@example.org", "0171 4", "Search", None, "x", "x", None, "o"),
    ("Wanda Kruk", "wanda.kruk@example.org", "0171 5", "Search", "x", "x", None, "x", "x"),
)
WANTS_TO_LEARN = ("E6", "F5", "G7")


def messy_workbook(tool: str = "Old tool") -> bytes:
    """Five people in rows 4 to 8, the header in row 3; green cells stand for something that no legend explains. `tool`
    heads the last column: with another one the file is of another kind, for which nothing is remembered."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Skills 2026"
    sheet["A1"] = "Who can do what (please keep up to date!)"
    for row, values in enumerate(((*HEADER, tool), *ROWS), start=3):
        for column, value in enumerate(values, start=1):
            sheet.cell(row, column, value)
    for place in WANTS_TO_LEARN:
        sheet[place].fill = GREEN
    sheet["A10"] = "Total"
    sheet["E10"] = "=COUNTA(E4:E8)"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
