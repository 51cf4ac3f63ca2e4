"""Bookings: people down, and across either projects with the share of each, or weeks and months with what is booked."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import pairwise

from importers.cells.dates import span_of
from importers.cells.headings import TOKENS, Role, words_of
from importers.cells.values import as_share, as_text
from importers.files.workbook import Scalar
from importers.layouts.allocations import project_column
from importers.layouts.layout import Extract, Hypothesis, Stint, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.snapshots import date_of_sheet, month_of
from importers.records import LayoutName, Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, View, rows_weight

WEEK = re.compile(
    r"(?:(20\d\d)[-\s./]*)?(?:cw|kw|wk|w|week|woche|sem|semaine|semana|settimana|tydzien)[\s.\-]*(\d{1,2})"
    r"(?:[\s./\-]+(20\d\d))?\Z",
    re.IGNORECASE,
)
WITH_SHARE = re.compile(r"(.+?)[\s:(\-–]*(\d{1,3}(?:[.,]\d+)?\s*%)\)?\Z")
FEWEST = 2
MONTH = (28, 31)


@dataclass(frozen=True)
class Period:
    column: Column
    first: date
    last: date


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        if people is None or table.column(Role.LEVEL, Role.START):
            continue
        yield from over_time(table, people)
        yield from over_projects(table, people)


def over_time(table: Table, people: PersonColumns) -> Iterator[Hypothesis]:
    """Weeks or months across; the cells name projects, or give the share of the row's project."""
    periods = periods_of(table)
    project = project_column(table)
    if len(periods) < FEWEST:
        return
    sample = [value for period in periods for value in period.column.sample]
    named = sum(is_booking(value) for value in sample) / len(sample) if sample else 0.0
    shares = sum(as_share(value) is not None for value in sample) / len(sample) if sample else 0.0
    if not (named > 0.6 or (shares > 0.6 and (project is not None or speaks_of_bookings(table)))):
        return
    score = people.weight + 4.0 + 2.0 * max(named, shares) + 1.5 * table.quality + rows_weight(len(table.sample_rows()))
    what = (
        "name the project" if named > shares else f'give the share of "{project.heading}"' if project else "give shares"
    )
    reasons = (people.reason, f"{len(periods)} columns are weeks or months whose cells {what}")
    uses = uses_of_person(table, people)
    uses |= {p.column.index: Use(Role.SHARE.value, f"what is booked from {p.first} to {p.last}") for p in periods}
    if project is not None:
        uses[project.index] = Use(Role.PROJECT.value, "the projects")
    take = partial(extract_over_time, table, people, project, periods)
    yield Hypothesis(LayoutName.ALLOCATIONS, table, table.header_row, score, reasons, uses, take)


def over_projects(table: Table, people: PersonColumns) -> Iterator[Hypothesis]:
    """Projects across and shares of the person's time in the cells, on a sheet that says it is about bookings."""
    if not speaks_of_bookings(table) or table.speaks_of_skills:
        return
    known = {column.index for column in (*people.names, *people.external_ids)}
    projects = [
        c
        for c in table.columns
        if c.role is None
        and c.index not in known
        and c.heading
        and c.computed <= 0.5
        and not date_of_heading(c.heading)
        and c.sample
        and c.share(lambda value: as_share(value) is not None) > 0.8
    ]
    if len(projects) < FEWEST or any(table.view.knows_skill(c.heading) for c in projects):
        return
    score = people.weight + 7.0 + 1.5 * table.quality + rows_weight(len(table.sample_rows()))
    reasons = (people.reason, f"{len(projects)} columns are projects, the sheet speaks of allocations")
    uses = uses_of_person(table, people)
    uses |= {c.index: Use(Role.SHARE.value, f"the share of the person's time for {c.heading}") for c in projects}
    take = partial(extract_over_projects, table, people, projects)
    yield Hypothesis(LayoutName.ALLOCATIONS, table, table.header_row, score, reasons, uses, take)


def speaks_of_bookings(table: Table) -> bool:
    above = (row for row in table.sheet.row_numbers if row <= table.header_row)
    texts = (value for row in above for value in table.sheet.rows[row] if isinstance(value, str))
    return any(TOKENS["about_bookings"].intersection(words_of(text)) for text in (table.sheet.name, *texts))


def periods_of(table: Table) -> list[Period]:
    """Columns headed by days, weeks, months or quarters; a plain week belongs to the year above or around it."""
    year = year_of(table)
    starts = [
        (column, *found)
        for column in table.columns
        if column.role is None and (found := period_of(column.heading, column.group or year)) is not None
    ]
    steps = [after[1] - before[1] for before, after in pairwise(starts)]
    monthly = all(first.day == 1 for _, first, _ in starts) and all(MONTH[0] <= step.days <= MONTH[1] for step in steps)
    step = min((step for step in steps if step.days > 0), default=timedelta(7))
    return [
        Period(column, first, last or (end_of_month(first) if monthly else first + step - timedelta(1)))
        for column, first, last in starts
    ]


def year_of(table: Table) -> str | None:
    """The one year that the sheet's name or the texts above the header tell."""
    above = (row for row in table.sheet.row_numbers if row < table.header_row)
    texts = [table.sheet.name, *(as_text(value) for row in above for value in table.sheet.rows[row])]
    years = {year for text in texts for year in re.findall(r"20\d\d", text)}
    return years.pop() if len(years) == 1 else None


def end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def date_of_heading(heading: str) -> bool:
    return period_of(heading, None) is not None


def period_of(heading: str, above: str | None) -> tuple[date, date | None] | None:
    text = heading.strip()
    if (week := WEEK.match(text)) is not None:
        year = week[1] or week[3] or next(iter(re.findall(r"20\d\d", above or "")), None)
        if year is None or not 1 <= int(week[2]) <= 53:
            return None
        first = date.fromisocalendar(int(year), min(int(week[2]), 52), 1)
        return first, first + timedelta(6)
    if above and re.fullmatch(r"20\d\d", above.strip()) and not re.search(r"20\d\d", text):
        text = f"{text} {above.strip()}"
    if above and (month := month_of(text)) is not None and (years := re.findall(r"20\d\d", above)):
        first = date(int(years[0]), month, 1)
        return first, end_of_month(first)
    if (day := date_of_sheet(text)) is None:
        return None
    return span_of(text.replace("_", "-")) or (day, None)


def is_booking(value: Scalar) -> bool:
    """A text that may name a project, with its share or without."""
    text = as_text(value)
    return isinstance(value, str) and len(text) > 1 and any(map(str.isalpha, text)) and as_share(value) is None


def extract_over_time(
    table: Table, people: PersonColumns, project: Column | None, periods: Sequence[Period]
) -> Extract:
    found = Extract()
    above: Sighting | None = None
    for row in table.body():
        person = sighting(table, people, row)
        if (
            person is None
            and project is not None
            and table.value(row, people.first) is None
            and table.text(row, project)
        ):
            person = above
        elif person is not None:
            found.people.append(person)
            above = person
        if person is None:
            found.leave(row, why_nobody(table, people, row))
            continue
        stints = list(stints_of_row(table, row, person, project, periods))
        if not stints and any(table.value(row, period.column) is not None for period in periods):
            found.report(
                table.view,
                Severity.WARNING,
                "allocation_without_project",
                (row, periods[0].column.index),
                f"Row {row} books {person.name or person.email} by shares but names no project.",
                "Add a column with the project's name and import again.",
            )
        found.stints += stints
    return found


def stints_of_row(
    table: Table, row: int, person: Sighting, project: Column | None, periods: Sequence[Period]
) -> Iterator[Stint]:
    """One stint for each run of periods with the same project and share."""
    running: Stint | None = None
    client = table.text(row, table.column(Role.CLIENT)) or None
    for period in periods:
        booked = booked_in(table, row, project, period)
        if running is not None and goes_on(running, booked, period):
            running = replace(running, end=period.last)
            continue
        if running is not None:
            yield running
        running = None
        if booked is not None:
            place = (row, period.column.index)
            running = Stint(
                person,
                booked[0],
                past=False,
                place=place,
                client=client,
                share=booked[1],
                role=table.text(row, table.column(Role.ROLE)) or None,
                start=period.first,
                end=period.last,
            )
    if running is not None:
        yield running


def goes_on(running: Stint, booked: tuple[str, float | None] | None, period: Period) -> bool:
    """Whether a period continues a stint, over a weekend at most."""
    soon = isinstance(running.end, date) and period.first - running.end <= timedelta(3)
    return soon and (running.project, running.share) == booked


def booked_in(table: Table, row: int, project: Column | None, period: Period) -> tuple[str, float | None] | None:
    value = table.value(row, period.column)
    if value is None:
        return None
    share = as_share(value)
    if project is not None and share is not None:
        name = table.text_down(row, project)
        return (name, share) if name and share > 0 else None
    if not is_booking(value):
        return None
    text = as_text(value)
    if (found := WITH_SHARE.match(text)) is not None:
        return found[1].strip(), as_share(found[2])
    return text, None


def extract_over_projects(table: Table, people: PersonColumns, projects: Sequence[Column]) -> Extract:
    found = Extract(one_row_each=True)
    for row in table.body():
        person = sighting(table, people, row)
        if person is None:
            found.leave(row, why_nobody(table, people, row))
            continue
        found.people.append(person)
        for column in projects:
            share = as_share(table.value(row, column))
            if share:
                found.stints.append(Stint(person, column.heading, past=False, place=(row, column.index), share=share))
    return found
