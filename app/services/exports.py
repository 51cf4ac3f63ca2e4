"""Exports: what the directory holds as one file that the importer reads back."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.exports import ExportedDirectory, exported_directory
from app.services.audit import Actor, record
from importers.exported import allocation_table, matrix_sheets, people_sheets
from importers.writing import Table, to_csv, to_xlsx

KINDS: Mapping[str, Callable[[ExportedDirectory], Sequence[Table]]] = {
    "people": lambda found: people_sheets(found.people, found.ratings),
    "matrix": lambda found: matrix_sheets(found.people, found.ratings, found.aliases),
    "allocations": lambda found: [allocation_table(found.people, found.allocations)],
}
WRITERS: Mapping[str, Callable[[Sequence[Table]], bytes]] = {
    ".xlsx": to_xlsx,
    ".csv": lambda tables: to_csv(tables[0]),  # text holds one table; the first one says most
}


def make_export(session: Session, actor: Actor, kind: str, ending: str) -> bytes:
    """The file's content. The audit trail says who took the directory out, so the caller commits."""
    if kind not in KINDS:
        raise DomainError(f"{kind!r} cannot be exported. Use one of: {', '.join(KINDS)}.")
    if ending not in WRITERS:
        raise DomainError(f"The file's name must end in {' or '.join(WRITERS)}.")
    tables = KINDS[kind](exported_directory(session))
    record(session, actor, "export.make", "directory", None, after={"kind": kind, "rows": len(tables[0].rows)})
    return WRITERS[ending](tables)
