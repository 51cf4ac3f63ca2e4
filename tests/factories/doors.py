"""Accounts that somebody can enter: with a link, or with a password."""

from datetime import UTC, datetime

from sqlalchemy import Engine, select

from app.db import writing_session
from app.services.accounts import accounts, links
from app.services.audit import COMMAND_LINE
from models import Account, AccountRole, LinkPurpose

PASSWORD = "plum gravel sonata kettle"
EMAIL = "anna@example.org"


def invite(engine: Engine, email: str = EMAIL, role: AccountRole = AccountRole.MANAGER) -> str:
    """The secret of an invitation for Anna Berg."""
    with writing_session(engine) as session:
        account = accounts.create_account(session, COMMAND_LINE, email=email, name="Anna Berg", role=role)
        secret = links.issue_link(session, account, LinkPurpose.INVITATION)
        session.commit()
    return secret


def settle_in(engine: Engine, email: str = EMAIL, role: AccountRole = AccountRole.MANAGER) -> str:
    """Anna Berg has an account with a password. The secret of her session."""
    secret = invite(engine, email, role)
    with writing_session(engine) as session:
        entered = accounts.redeem_link(session, secret, PASSWORD, "test", datetime.now(UTC)).secret
        session.commit()
    return entered


def reset_link(engine: Engine, email: str = EMAIL, purpose: LinkPurpose = LinkPurpose.RESET) -> str:
    with writing_session(engine) as session:
        account = session.scalars(select(Account).where(Account.email == email)).one()
        secret = links.issue_link(session, account, purpose)
        session.commit()
    return secret
