"""Small workbooks written by the tests themselves."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from importers import Catalogue, CatalogueSkill, Choices, GivenAnswer, Reading, read

Rows = Sequence[Sequence[Any]]

CATALOGUE = Catalogue(
    (
        CatalogueSkill("Python", "Languages", ("py",)),
        CatalogueSkill("SQL", "Data"),
        CatalogueSkill("Kubernetes", "Platform", ("k8s",)),
        CatalogueSkill("scikit-learn", "Machine learning", ("sklearn",)),
        CatalogueSkill("Node.js", "Web"),
    )
)


def xlsx(
    sheets: Rows | Mapping[str, Rows],
    *,
    merges: Iterable[str] = (),
    fills: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of these rows from A1 on; merges and fills go to the first sheet."""
    named: Mapping[str, Rows] = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    book = Workbook()
    book.remove(book["Sheet"])
    for name, rows in named.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    first = book.worksheets[0]
    for span in merges:
        first.merge_cells(span)
    for cell, colour in (fills or {}).items():
        first[cell].fill = PatternFill("solid", fgColor=colour)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def delimited(rows: Rows, *, separator: str = ",", encoding: str = "utf-8", errors: str = "strict") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding, errors)


def read_rows(sheets: Rows | Mapping[str, Rows], *, answers: Sequence[GivenAnswer] = (), **dress: Any) -> Reading:
    return read(xlsx(sheets, **dress), "skills.xlsx", catalogue=CATALOGUE, choices=Choices(answers=tuple(answers)))


def said(reading: Reading) -> set[tuple[str | None, str, Any]]:
    """(person, skill as written, raw) of every rating."""
    names = {person.key: person.name for person in reading.people}
    return {(names[rating.person], rating.skill, rating.raw) for rating in reading.ratings}


def levels(reading: Reading) -> dict[tuple[str | None, str], int | None]:
    names = {person.key: person.name for person in reading.people}
    return {(names[rating.person], rating.skill): rating.level for rating in reading.ratings}


def names(reading: Reading) -> list[str | None]:
    return [person.name for person in reading.people]


def asked(reading: Reading) -> list[str]:
    return [question.code for question in reading.open_questions]


def reported(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]
