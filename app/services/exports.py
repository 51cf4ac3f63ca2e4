"""Exports: what the directory holds as one file that the importer reads back."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.exports.projects import exported_projects
from app.queries.exports.tables import ExportedDirectory, exported_directory
from app.queries.sight.visibility import Viewer
from app.services.audit import Actor, record
from importers.exports.exported import (
    allocation_table,
    matrix_list,
    matrix_sheets,
    parts_table,
    people_list,
    people_sheets,
)
from importers.exports.exported_projects import project_tables
from importers.exports.writing import Table, one_list, to_csv, to_xlsx

Sheets = Callable[[ExportedDirectory], Sequence[Table]]

SHEETS: Mapping[str, Sheets] = {
    "people": lambda found: people_sheets(found.people, found.ratings, found.parts),
    "matrix": lambda found: matrix_sheets(found.people, found.ratings),
    "allocations": lambda found: [allocation_table(found.people, found.allocations)],
}
LISTS: Mapping[str, Callable[[ExportedDirectory], Table]] = {
    "people": lambda found: one_list(
        (people_list(found.people, found.ratings), parts_table(found.people, found.parts))
    ),
    "matrix": lambda found: matrix_list(found.people, found.ratings),
    "allocations": lambda found: allocation_table(found.people, found.allocations),
}
"""The same as one table, for a text file."""
PROJECT = "project"
KINDS = (*SHEETS, PROJECT)
ENDINGS = (".xlsx", ".csv")


def make_export(
    session: Session, actor: Actor, viewer: Viewer, kind: str, ending: str, project_id: int | None = None
) -> bytes:
    """The file's content, as far as `viewer` may see it. `project_id`: for the kind "project", only that one.

    The audit trail says who took the directory out, so the caller commits.
    """
    if kind not in KINDS:
        raise DomainError(f"{kind!r} cannot be exported. Use one of: {', '.join(KINDS)}.")
    if ending not in ENDINGS:
        raise DomainError(f"The file's name must end in {' or '.join(ENDINGS)}.")
    if project_id is not None and kind != PROJECT:
        raise DomainError(f"Only the kind {PROJECT} takes a project; {kind} covers everybody.")
    found = exported_directory(session, viewer)
    if kind == PROJECT:
        tables = _of_projects(session, viewer, found, project_id)
        content = to_csv(one_list(tables)) if ending == ".csv" else to_xlsx(tables)
    elif ending == ".csv":
        tables = [LISTS[kind](found)]
        content = to_csv(tables[0])
    else:
        tables = SHEETS[kind](found)
        content = to_xlsx(tables)
    after = {"kind": kind, "rows": len(tables[0].rows)}
    record(session, actor, "export.make", "project" if project_id else "directory", project_id, after=after)
    return content


def _of_projects(session: Session, viewer: Viewer, found: ExportedDirectory, project_id: int | None) -> Sequence[Table]:
    """What describes the projects, and what an import takes back: who works and worked on them."""
    projects = exported_projects(session, viewer, project_id)
    names = {project.name for project in projects}
    return [
        *project_tables(projects),
        allocation_table(found.people, [a for a in found.allocations if a.project in names]),
        parts_table(found.people, [part for part in found.parts if part.project in names]),
    ]
