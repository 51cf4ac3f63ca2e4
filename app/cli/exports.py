"""`muster export`: the directory as a file that the importer reads back."""

import os
import tempfile
from pathlib import Path

import click

from app.cli.database import database
from app.errors import DomainError
from app.services.audit import COMMAND_LINE
from app.services.exports import make_export


@click.command("export")
@click.argument("kind", metavar="people|matrix|allocations")
@click.argument("file", type=click.Path(path_type=Path))
def export(kind: str, file: Path) -> None:
    """Write people with their ratings, the skills matrix or the allocations to FILE, a .xlsx or .csv.

    A .csv holds one table: learning goals are in the .xlsx only.
    """
    with database() as session:
        content = make_export(session, COMMAND_LINE, kind, file.suffix.lower())
        replace_file(file, content)
        session.commit()
    click.echo(f"Exported {kind} to {file}.")


def replace_file(path: Path, content: bytes) -> None:
    """Write beside the file, then rename: a failure leaves what was there."""
    if not path.parent.is_dir():
        raise DomainError(f"The folder {path.parent} does not exist. Create it or name another one.")
    if path.is_dir():
        raise DomainError(f"{path} is a folder. Name a file.")
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
