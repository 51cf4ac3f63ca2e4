"""The `muster` command: argument -> service -> commit. One module a noun.

Exit codes: 0 done; 1 the answer is no; 2 wrong usage or unreadable input, with one sentence on standard error.
"""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import OperationalError

from app.cli import accounts, database, server
from app.config import SettingsError
from app.errors import DomainError


@click.group()
@click.version_option(package_name="muster")
def muster() -> None:
    """Muster: who can do what, and whole teams for what has to be done."""


for command in (accounts.user, database.db, server.serve):
    muster.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; every known failure ends in one sentence and exit code 2."""
    try:
        outcome = muster.main(args=arguments, prog_name="muster", standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        _fail("Stopped.")
    except click.ClickException as error:
        _fail(error.format_message())
    except DomainError as error:
        _fail(error.sentence)
    except SettingsError as error:
        _fail(str(error))
    except OperationalError as error:
        _fail(f"The database cannot be used: {str(error.orig).splitlines()[0]}.")
    sys.exit(outcome if isinstance(outcome, int) else 0)


def _fail(sentence: str) -> None:
    click.echo(f"muster: {sentence}", err=True)
    sys.exit(2)
