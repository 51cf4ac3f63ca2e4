"""`muster user`: accounts."""

import json
from datetime import timedelta
from typing import Any

import click

from app.cli.answers import printable
from app.cli.database import database
from app.cli.tables import table
from app.config import read_settings
from app.queries.accounts.listing import AccountRow, every_account
from app.rendering import plural
from app.services.accounts.accounts import create_account, first_run_account
from app.services.accounts.administration import activate as activate_account
from app.services.accounts.administration import change_role, find_account, reset_second_factor
from app.services.accounts.administration import deactivate as deactivate_account
from app.services.accounts.external_identities import unlink
from app.services.accounts.links import LINK_LIFETIME, issue_link, issue_link_by_hand
from app.services.audit import COMMAND_LINE
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


@user.command()
@click.argument("email")
def link(email: str) -> None:
    """Print a new one-use link for an account, as for an administrator who is locked out."""
    with database() as session:
        secret, purpose = issue_link_by_hand(session, COMMAND_LINE, email)
        session.commit()
    hours = LINK_LIFETIME[purpose] // timedelta(hours=1)
    click.echo(f"One-use link for {email}, valid for {plural(hours, 'hour', 'hours')}: {welcome_url(secret)}")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print muster-accounts/1.")
def list_them(as_json: bool) -> None:
    """All accounts: address, role, state, person and last sign-in (UTC)."""
    with database() as session:
        rows = every_account(session)
    if as_json:
        document = {"format": "muster-accounts/1", "accounts": [_told(row) for row in rows]}
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    cells = [["E-mail address", "Name", "Role", "State", "Person", "Last sign-in"]]
    for row in rows:
        last = f"{row.signed_in_at:%Y-%m-%d %H:%M}" if row.signed_in_at else "-"
        cells.append([row.email, row.name, row.role.value, _state(row), row.person or "-", last])
    click.echo(printable(table(cells)))


@user.command()
@click.argument("email")
@click.argument("new_role", metavar="ROLE", type=click.Choice([role.value for role in AccountRole]))
def role(email: str, new_role: str) -> None:
    """Give an account another role; its sessions end."""
    with database() as session:
        change_role(session, COMMAND_LINE, find_account(session, email), AccountRole(new_role))
        session.commit()
    click.echo(f"{email} has the role {new_role} now. Its sessions are ended if it had another.")


@user.command()
@click.argument("email")
@click.option("--reason", help="Why; it stands in the audit trail.")
def deactivate(email: str, reason: str | None) -> None:
    """Let nobody in with the account any more; its sessions end and its links die."""
    with database() as session:
        deactivate_account(session, COMMAND_LINE, find_account(session, email), reason)
        session.commit()
    click.echo(f"{email} is deactivated.")


@user.command()
@click.argument("email")
def activate(email: str) -> None:
    """Let the account in again."""
    with database() as session:
        activate_account(session, COMMAND_LINE, find_account(session, email))
        session.commit()
    click.echo(f"{email} is active.")


@user.command("reset-second-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Take away the second factor of somebody who lost the phone and the recovery codes; the sessions end."""
    with database() as session:
        reset_second_factor(session, COMMAND_LINE, find_account(session, email))
        session.commit()
    click.echo(f"{email} has no second factor now.")


@user.command("unlink")
@click.argument("email")
def unlink_identities(email: str) -> None:
    """Forget who the account is at the provider of single sign-on: the next sign-in there links it anew."""
    with database() as session:
        unlink(session, COMMAND_LINE, find_account(session, email))
        session.commit()
    click.echo(f"{email} is linked with nobody at a provider of single sign-on now.")


def _told(row: AccountRow) -> dict[str, Any]:
    return {
        "email": row.email,
        "name": row.name,
        "role": row.role.value,
        "state": _state(row),
        "person": row.person,
        "signed_in_at": row.signed_in_at.isoformat() if row.signed_in_at else None,
    }


def _state(row: AccountRow) -> str:
    return "deactivated" if not row.active else "active" if row.entered else "invited"


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
