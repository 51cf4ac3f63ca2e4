"""`muster taxonomy`: lists of skills that others keep, into the catalogue."""

import json
from pathlib import Path
from typing import Any

import click

from app.cli.database import database
from app.cli.imports import file_bytes
from app.rendering import plural
from app.services.audit import COMMAND_LINE
from app.services.imports.taxonomies import load as load_lists
from app.services.imports.taxonomies import read_file
from importers.taxonomies import Comparison, Format, Part, Taxonomy
from importers.wire import to_wire

MOST_SHOWN = 20


@click.group()
def taxonomy() -> None:
    """Lists of skills that others keep: ESCO, O*NET, tag synonyms, your own."""


@taxonomy.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--format", "wanted", type=click.Choice([kind.value for kind in Format]), help="Refuse any other format.")
@click.option(
    "--category", "categories", multiple=True, metavar="TEXT", help="Only categories with this in their name."
)
@click.option("--words", multiple=True, metavar="TEXT", help="Only skills with this in one of their names.")
@click.option("--hot", is_flag=True, help="Only what O*NET calls hot technologies.")
@click.option("--only-aliases", is_flag=True, help="No new skills, only other names of skills the catalogue has.")
@click.option("--dry-run", is_flag=True, help="Show what would be added; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print muster-taxonomy/1.")
def load(
    files: tuple[Path, ...],
    wanted: str | None,
    categories: tuple[str, ...],
    words: tuple[str, ...],
    hot: bool,
    only_aliases: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Add the skills and other names in each FILE to the catalogue. Nothing that is there is changed."""
    part = Part(categories, words, hot, only_aliases)
    lists = [read_file(file_bytes(file), file.name, wanted) for file in files]
    with database() as session:
        done = load_lists(session, COMMAND_LINE, lists, part)
        if dry_run:
            session.rollback()
        else:
            session.commit()
    told = list(zip(lists, done, strict=True))
    if as_json:
        click.echo(json.dumps(document(told, dry_run), ensure_ascii=False))
        return
    click.echo("\n\n".join(text(found, comparison) for found, comparison in told))
    click.echo("Dry run: nothing was written." if dry_run else "Loaded.")


def document(told: list[tuple[Taxonomy, Comparison]], dry_run: bool) -> dict[str, Any]:
    return {
        "schema": "muster-taxonomy/1",
        "written": not dry_run,
        "files": [
            {
                "file": found.file,
                "format": found.format,
                "entries": len(found.entries),
                "remarks": list(found.remarks),
                **to_wire(comparison),
            }
            for found, comparison in told
        ],
    }


def text(found: Taxonomy, comparison: Comparison) -> str:
    lines = [
        f"{found.file}: {found.title}, {plural(len(found.entries), 'skill', 'skills')}",
        *found.remarks,
        f"  new skills          {len(comparison.new):,}",
        f"  new other names     {comparison.alias_count:,}",
        f"  known already       {comparison.known:,}",
    ]
    if comparison.unknown:
        lines.append(f"  unknown, not asked  {comparison.unknown:,}")
    if comparison.left_out:
        lines.append(f"  names left out      {len(comparison.left_out):,}")
        lines += [f"    {left.name} ({left.entry}): {left.why}" for left in comparison.left_out[:MOST_SHOWN]]
        if (more := len(comparison.left_out) - MOST_SHOWN) > 0:
            lines.append(f"    and {more:,} more; --json lists them all")
    if found.source:
        lines.append(found.source)
    return "\n".join(lines)
