"""The `muster` command: argument -> service -> commit. One module a noun, imported when its command is used.

Exit codes: 0 done; 1 the answer is no; 2 wrong usage or unreadable input, with one sentence on standard error.
"""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from app.config import SettingsError
from app.errors import DomainError

if TYPE_CHECKING:
    from sqlalchemy.exc import OperationalError

COMMANDS = {
    "serve": ("server", "serve"),
    "worker": ("worker", "work"),
    "run": ("first_run", "run"),
    "db": ("database", "db"),
    "user": ("accounts", "user"),
    "import": ("imports", "import_file"),
    "undo-import": ("undoing", "undo_import"),
    "propose": ("staffing", "propose_teams"),
    "solve": ("solving", "solve_files"),
    "export": ("exports", "export"),
    "personal-data": ("privacy", "personal_data"),
    "erase": ("privacy", "erase_person"),
    "retention": ("privacy", "retention"),
    "taxonomy": ("taxonomies", "taxonomy"),
    "sample": ("sample", "sample"),
    "verify-audit": ("auditing", "verify_audit"),
    "verify-decisions": ("deciding", "verify_decisions"),
}
"""Command -> its module in this package and its name there."""


class Commands(click.Group):
    """Imports a command's module only when the command is asked for: `muster solve` starts without web and database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"app.cli.{module}"), name)
        return command


@click.command(cls=Commands)
@click.version_option(package_name="muster")
def muster() -> None:
    """Muster: who can do what, and whole teams for what has to be done."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; every known failure ends in one sentence and exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal has no letters for is no reason to stop.
        sys.stdout.reconfigure(errors="replace")
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
    except UnicodeError:
        if not _holds_bytes(sys.argv[1:] if arguments is None else arguments):
            raise
        _fail(
            "Muster cannot read these letters. Set LC_ALL to C.UTF-8, write words and names of files in UTF-8, and try "
            "again."
        )
    except _database_error() as error:
        _fail(f"The database cannot be used: {str(error.orig).splitlines()[0]}.")
    sys.exit(outcome if isinstance(outcome, int) else 0)


def complain(sentence: str) -> None:
    click.echo(f"muster: {sentence}", err=True)


def _fail(sentence: str) -> None:
    complain(sentence)
    sys.exit(2)


def _holds_bytes(arguments: Sequence[str]) -> bool:
    """Whether one of them has bytes that the terminal's encoding has no letter for: a file may be called so, but
    nothing that is kept."""
    return any("\udc80" <= letter <= "\udcff" for argument in arguments for letter in argument)


def _database_error() -> type[OperationalError]:
    """Imported only once something went wrong, for the sake of commands that need no database."""
    from sqlalchemy.exc import OperationalError

    return OperationalError
