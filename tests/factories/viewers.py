"""Who is looking, for reads that depend on it."""

from typing import NamedTuple

from models import AccountRole, Reach


class Onlooker(NamedTuple):
    role: AccountRole = AccountRole.PRACTITIONER
    account_id: int | None = None
    practitioner_id: int | None = None
    reach: Reach = Reach.ORGANISATION


MANAGER = Onlooker(AccountRole.MANAGER)
ADMIN = Onlooker(AccountRole.ADMIN)
READER = Onlooker()
"""Signed in, and nobody of the directory."""
