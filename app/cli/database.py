"""`muster db`: schema."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import read_settings
from app.db import make_engine, writing_session
from app.errors import DomainError
from app.queries.schema import schema_fault
from app.services import schema, starter


def open_engine() -> Engine:
    """The engine of the configured database, whatever its schema."""
    return make_engine(read_settings().database_url)


@contextmanager
def ready_engine() -> Iterator[Engine]:
    """The engine of the configured database, which is at the right schema."""
    engine = open_engine()
    try:
        if fault := schema_fault(engine):
            raise DomainError(fault)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def database() -> Iterator[Session]:
    """A session on the configured database at the right schema. The command commits; otherwise nothing is written."""
    with ready_engine() as engine, writing_session(engine) as session:
        yield session


def bring_up_to_date() -> None:
    """Migrate, then load the shipped skills, roles and team templates that are missing."""
    engine = open_engine()
    try:
        schema.upgrade(engine)
    finally:
        engine.dispose()
    with database() as session:
        starter.load(session)
        session.commit()


@click.group()
def db() -> None:
    """Schema of the database."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date and load the shipped skills, roles and team templates that are missing."""
    bring_up_to_date()
    click.echo("The database is up to date.")


@db.command()
def check() -> int:
    """Compare the database with what the program needs; exit code 1 and the differences when they disagree."""
    found = schema.differences(open_engine())
    for difference in found:
        click.echo(difference)
    click.echo("The database is not as it should be." if found else "The database is as it should be.")
    return 1 if found else 0
