"""`muster run`: what `make run` does after installing: migrate, load and staff the sample once, serve."""

from datetime import UTC, datetime

import click
from sqlalchemy import Engine

from app.cli.accounts import first_run_sentence
from app.cli.database import bring_up_to_date, ready_engine
from app.cli.server import own_address, refuse_used_port, start
from app.cli.staffing import run_text
from app.config import read_settings
from app.db import reading_session, writing_session
from app.queries.sight.visibility import COMMAND_LINE_VIEWER
from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import run_with_people
from app.services.audit import COMMAND_LINE
from app.services.sample import is_empty, load_sample
from app.services.staffing.proposals import store_run, work_out


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--empty", is_flag=True, help="Do not load the sample organisation into an empty directory.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def run(no_serve: bool, empty: bool, host: str, port: int) -> None:
    """Bring everything up on this machine: database, sample organisation, a staffed sample project, the pages."""
    if not no_serve:
        refuse_used_port(host, port)
    bring_up_to_date()
    with ready_engine() as engine:
        if not empty and _has_nobody(engine):
            click.echo(staff_sample(engine))
    if not no_serve:
        click.echo(f"\n{first_run_sentence(read_settings(served_at=own_address(host, port)).base_url)}")
        start(host, port)


def _has_nobody(engine: Engine) -> bool:
    with reading_session(engine) as session:
        return is_empty(session)


def staff_sample(engine: Engine) -> str:
    """Load the sample, propose teams for its project, and say which; each step shows as it goes."""
    today = datetime.now(UTC).date()
    with writing_session(engine) as session:
        project_id = load_sample(session, COMMAND_LINE, today, tell=lambda text: click.echo(f"{text} ...", err=True))
        session.commit()
    click.echo("Proposing teams ...", err=True)
    answer = work_out(engine, COMMAND_LINE_VIEWER, project_id, Choices(), today)
    with writing_session(engine) as session:
        run = store_run(session, COMMAND_LINE, answer)
        session.commit()
        return "\n" + run_text(run_with_people(session, COMMAND_LINE_VIEWER, run.id))
