"""`muster sample`: the sample organisation, in and out."""

from datetime import UTC, datetime

import click

from app.cli.database import database
from app.services.audit import COMMAND_LINE
from app.services.sample import load_sample, remove_sample


@click.group()
def sample() -> None:
    """The sample organisation."""


@sample.command()
def load() -> None:
    """Load the sample organisation into an empty directory."""
    with database() as session:
        load_sample(session, COMMAND_LINE, datetime.now(UTC).date(), tell=lambda text: click.echo(text, err=True))
        session.commit()
    click.echo("The sample organisation is loaded.")


@sample.command()
def remove() -> None:
    """Remove the sample organisation again; what was added beside it stays."""
    with database() as session:
        people = remove_sample(session, COMMAND_LINE, datetime.now(UTC).date())
        session.commit()
    click.echo(f"The sample organisation is removed: {people} people and their projects.")
