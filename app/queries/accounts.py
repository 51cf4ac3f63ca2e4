"""Accounts and their sessions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account


def account_by_email(session: Session, email: str) -> Account | None:
    return session.scalar(select(Account).where(Account.email == email.strip().lower()))
