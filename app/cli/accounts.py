"""`muster user`: accounts."""

import click

from app.cli.database import database
from app.config import read_settings
from app.services.accounts import create_account, first_run_account
from app.services.audit import COMMAND_LINE
from app.services.links import issue_link
from models import AccountRole, LinkPurpose


@click.group()
def user() -> None:
    """Accounts."""


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([role.value for role in AccountRole]), required=True)
@click.option("--name", help="The person's name; by default the practitioner's of that address.")
def create(email: str, role: str, name: str | None) -> None:
    """Make an account and print its one-use link."""
    with database() as session:
        account = create_account(session, COMMAND_LINE, email=email, name=name, role=AccountRole(role))
        secret = issue_link(session, account, LinkPurpose.INVITATION)
        session.commit()
    click.echo(f"Account {email} made. One-use link, valid for 24 hours: {welcome_url(secret)}")


def first_run_sentence(base_url: str) -> str:
    """How to sign in: a new one-use link while nobody has set a password yet, else the address."""
    with database() as session:
        account = first_run_account(session, COMMAND_LINE)
        if account is None:
            return f"Sign in at {base_url}/sign-in"
        secret = issue_link(session, account, LinkPurpose.FIRST_RUN)
        session.commit()
    return f"Sign in with this one-use link (valid for 24 hours): {base_url}/welcome/{secret}"


def welcome_url(secret: str) -> str:
    return f"{read_settings().base_url}/welcome/{secret}"
