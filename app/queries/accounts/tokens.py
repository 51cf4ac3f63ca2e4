"""API tokens as their owner and administrators see them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Account, ApiToken


class TokenRow(NamedTuple):
    """`works`: neither revoked nor over, and its account may sign in."""

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    owner_id: int
    owner: str
    works: bool


def list_tokens(session: Session, at: datetime, account_id: int | None = None) -> tuple[TokenRow, ...]:
    """One account's tokens, or with none everybody's; the latest first."""
    wanted = (
        select(ApiToken, Account.name, Account.active)
        .join(Account, Account.id == ApiToken.account_id)
        .order_by(ApiToken.id.desc())
    )
    if account_id is not None:
        wanted = wanted.where(ApiToken.account_id == account_id)
    return tuple(
        TokenRow(
            id=token.id,
            name=token.name,
            prefix=token.prefix,
            scopes=tuple(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            revoked_at=token.revoked_at,
            owner_id=token.account_id,
            owner=owner,
            works=active and token.revoked_at is None and token.expires_at > at,
        )
        for token, owner, active in session.execute(wanted)
    )
