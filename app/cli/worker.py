"""`muster worker`: background work in a process of its own."""

import logging

import click

from app.cli.database import ready_engine
from app.config import read_settings
from app.jobs import Jobs, open_queue


@click.command()
def work() -> None:
    """Do background work (reading, applying and undoing imports) beside the server's own worker, until Ctrl-C."""
    settings = read_settings()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with ready_engine() as engine:
        consumer = Jobs(engine, open_queue(settings)).consumer()
        click.echo("Muster works in the background (stop with Ctrl-C)")
        consumer.run()
