"""`muster undo-import`: take a whole import back."""

import json

import click

from app.cli.database import database
from app.cli.imports import MOST_SHOWN, printable, progress_bar
from app.cli.numbers import NumberOf
from app.queries.imports.batches import filename_of
from app.queries.imports.undo_lines import UndoLine, Undone
from app.rendering import plural
from app.services.audit import COMMAND_LINE
from app.services.imports.undoing import undo


@click.command("undo-import")
@click.argument("batch", type=NumberOf("import"))
@click.option("--json", "as_json", is_flag=True, help="Print muster-undo/1.")
def undo_import(batch: int, as_json: bool) -> None:
    """Undo the import with the number BATCH. What was edited since stays, and everything that stays is listed."""
    with database() as session:
        filename = filename_of(session, batch)
        with progress_bar("Undoing") as progress:
            told = undo(session, COMMAND_LINE, batch, progress=progress or (lambda _done, _total: None))
        session.commit()
    if as_json:
        document = {"format": "muster-undo/1", "batch": batch, "file": filename, "counts": told.counts()}
        click.echo(json.dumps(document | told.to_json(), ensure_ascii=False))
    else:
        click.echo(undone_text(batch, filename, told))


def undone_text(batch: int, filename: str, told: Undone) -> str:
    lines = [f"Import {batch} ({filename}) is undone: {plural(len(told.reversed), 'change', 'changes')} reversed."]
    for heading, staying in (("Kept", told.kept), ("Cannot be reversed", told.impossible)):
        if staying:
            lines.append(f"{heading}: {len(staying):,}")
        lines += [f"  {line_text(line)}" for line in staying[:MOST_SHOWN]]
        if len(staying) > MOST_SHOWN:
            lines.append(f"  ... and {len(staying) - MOST_SHOWN:,} more (see --json)")
    return printable("\n".join(lines))


def line_text(line: UndoLine) -> str:
    about = line.subject if line.person in {None, line.subject} else f"{line.person}: {line.subject}"
    return f"{about} ({line.what.replace('_', ' ')}). {line.why}"
