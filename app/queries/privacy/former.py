"""Names and addresses that somebody had before: what imports, accounts and their links still say of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, ExternalIdentity, ImportedValue, OneTimeLink

TOLD = ("account.create", "account.edit", "account.email")
"""Actions whose audit entries hold what an account was called before or after."""


class Former(NamedTuple):
    names: frozenset[str]
    emails: frozenset[str]


def former_identities(session: Session, practitioner_id: int, account_ids: Sequence[int]) -> Former:
    """Those of today may be among them."""
    said = [
        *_said(
            session.execute(
                select(
                    ImportedValue.before, ImportedValue.after, ImportedValue.stored_before, ImportedValue.stored_after
                ).where(ImportedValue.table_name == "practitioners", ImportedValue.row_id == practitioner_id)
            )
        ),
        *_said(
            session.execute(
                select(AuditEntry.before, AuditEntry.after).where(
                    AuditEntry.subject == "account",
                    AuditEntry.subject_id.in_(account_ids),
                    AuditEntry.action.in_(TOLD),
                )
            )
        ),
    ]
    emails = {values["email"] for values in said if isinstance(values.get("email"), str)}
    for kind in (OneTimeLink, ExternalIdentity):
        emails |= {*session.scalars(select(kind.email).where(kind.account_id.in_(account_ids)))}
    names = {values["name"] for values in said if isinstance(values.get("name"), str)}
    return Former(frozenset(filter(None, names)), frozenset(email.lower() for email in emails if email))


def _said(rows: Iterable[Sequence[Any]]) -> Iterator[Mapping[str, Any]]:
    for row in rows:
        yield from (values for values in row if isinstance(values, dict))
