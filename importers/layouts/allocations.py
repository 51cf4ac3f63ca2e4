"""Allocation tracker: person, project, share, from, to. With outcomes it is the record of past projects."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from importers.cells.headings import TOKENS, Role, words_of
from importers.cells.values import as_share
from importers.layouts.layout import Extract, Hypothesis, Stint, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.records import LayoutName, Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import split_list

TIMES = (Role.START, Role.END, Role.SHARE)


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        project = project_column(table)
        timed = [role for role in TIMES if table.column(role)]
        reported = [role for role in (Role.OUTCOME, Role.SCORE) if table.column(role)]
        if people is None or project is None or not (timed or reported):
            continue
        past = bool(reported) or bool(TOKENS["past"].intersection(words_of(table.sheet.name)))
        rows = len(table.sample_rows())
        score = (
            people.weight
            + 2.0
            + 0.8 * len(timed)
            + 0.4 * len(reported)
            + 1.5 * table.quality
            + table.recognised
            + rows_weight(rows)
        )
        what = "past projects with their outcome" if past else "allocations"
        reasons = (people.reason, f'"{project.heading}" holds projects: rows are {what}')
        yield Hypothesis(
            LayoutName.ALLOCATIONS,
            table,
            table.header_row,
            score,
            reasons,
            uses_of_person(table, people) | uses(table, project),
            partial(extract, table, people, project, past=past),
        )


TAKEN = {
    Role.CLIENT: "the client",
    Role.DOMAIN: "the domain of the project",
    Role.ROLE: "the person's role in the project",
    Role.SHARE: "the share of the person's time",
    Role.START: "the first day",
    Role.END: "the last day",
    Role.STATUS: "the state of the booking",
    Role.OUTCOME: "how the project went",
    Role.SCORE: "how well the project went",
    Role.TECHNOLOGIES: "the technologies used",
}


def uses(table: Table, project: Column) -> dict[int, Use]:
    found = {column.index: Use(role.value, why) for role, why in TAKEN.items() if (column := table.column(role))}
    listed = table.column(Role.TECHNOLOGIES, Role.SKILLS, Role.SKILL)
    if listed is not None:
        found[listed.index] = Use(Role.TECHNOLOGIES.value, TAKEN[Role.TECHNOLOGIES])
    return found | {project.index: Use(Role.PROJECT.value, "the projects")}


def project_column(table: Table) -> Column | None:
    """The project, else the client the work is for, else a project's number."""
    return next(
        (
            found
            for role in (Role.PROJECT, Role.CLIENT, Role.PROJECT_ID)
            if (found := table.column(role)) and found.sample
        ),
        None,
    )


def extract(table: Table, people: PersonColumns, project: Column, *, past: bool) -> Extract:
    found = Extract()
    names = table.view.numbering.projects if project.role is Role.PROJECT_ID else {}
    if project.role is Role.PROJECT_ID and not names:
        found.report(
            table.view,
            Severity.WARNING,
            "projects_by_number",
            (table.header_row, project.index),
            "Projects are given by number only.",
            "Add a column with the projects' names, or rename the projects after the import.",
        )
    for row in table.body():
        person, number = sighting(table, people, row), table.text(row, project)
        name = names.get(number, number)
        if person is None:
            if name and table.value(row, people.first) is None:
                found.report(
                    table.view,
                    Severity.WARNING,
                    "allocation_without_person",
                    (row, people.first.index),
                    f'Row {row} allocates nobody to "{name}".',
                    "Write the person's name in the row.",
                )
            else:
                found.leave(row, why_nobody(table, people, row))
            continue
        found.people.append(person)
        if name:
            found.stints.append(replace(stint(table, row, person, project, past=past), project=name))
    return found


def stint(table: Table, row: int, person: Sighting, project: Column, *, past: bool) -> Stint:
    def text(role: Role) -> str | None:
        return table.text(row, table.column(role)) or None

    client = text(Role.CLIENT) if project.role is not Role.CLIENT else table.text(row, project)
    technologies = text(Role.TECHNOLOGIES) or text(Role.SKILLS) or text(Role.SKILL)
    return Stint(
        person=person,
        project=table.text(row, project),
        past=past,
        place=(row, project.index),
        client=client,
        domain=text(Role.DOMAIN),
        role=text(Role.ROLE),
        share=as_share(table.value(row, table.column(Role.SHARE))),
        start=table.value(row, table.column(Role.START)),
        end=table.value(row, table.column(Role.END)),
        status=text(Role.STATUS),
        outcome=text(Role.OUTCOME),
        score=as_share(table.value(row, table.column(Role.SCORE))),
        technologies=tuple(split_list(technologies)) if technologies else (),
    )
