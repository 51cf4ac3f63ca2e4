"""`muster export`: the directory as a file that the importer reads back."""

import os
import tempfile
from pathlib import Path

import click

from app.cli.database import database
from app.errors import DomainError
from app.queries.named import find_project
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.services.audit import COMMAND_LINE
from app.services.exports import make_export


@click.command("export")
@click.argument("kind", metavar="people|matrix|allocations|project")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--project", metavar="NAME", help="With the kind project: only this one, by name or number.")
def export(kind: str, file: Path, project: str | None) -> None:
    """Write a part of the directory to FILE, a .xlsx or .csv that muster import reads back.

    people: everybody with profile, ratings, learning goals and past projects. matrix: people down, skills across.
    allocations: who works on what. project: projects with their roles, needs and seats, and who works on them.
    """
    with database() as session:
        project_id = find_project(session, project) if project is not None else None
        content = make_export(session, COMMAND_LINE, COMMAND_LINE_VIEWER, kind, file.suffix.lower(), project_id)
        replace_file(file, content)
        session.commit()
    click.echo(f"Exported {kind} to {file}.")


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file, then rename: a failure leaves what was there."""
    check_target(path)
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise DomainError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except OSError as error:
        Path(beside).unlink(missing_ok=True)
        raise DomainError(f"{path} cannot be written: {error.strerror}.") from error


def check_target(path: Path) -> None:
    if not path.parent.is_dir():
        raise DomainError(f"The folder {path.parent} does not exist. Create it or name another one.")
    if path.is_dir():
        raise DomainError(f"{path} is a folder. Name a file.")
