"""How an entry of the audit trail is sealed.

The seal covers the seal before it and everything that names nobody, and of the rest only a salted digest: that rest can
be taken out when a person is erased and the chain still holds. Without the salt the digest tells nothing about it.
"""

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.audit import AuditEntry

VERSION = "muster-audit/2"
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=True).encode


def new_salt() -> str:
    return secrets.token_hex(16)


def personal_digest(salt: str, before: Any, after: Any, reason: str | None) -> str:
    """SHA-256 over the part of an entry that may speak of people."""
    return _sha256([salt, before, after, reason])


def seal_of(entry: "AuditEntry", last_seal: str) -> str:
    """SHA-256 over the seal before and the entry. The account's id is left out, since deleting an account clears it;
    the actor's label, a pseudonym, says the same and stays."""
    return _sha256(
        [
            VERSION,
            last_seal,
            entry.at.isoformat(),
            entry.actor,
            entry.role,
            entry.action,
            entry.subject,
            entry.subject_id,
            entry.request_id,
            entry.digest,
        ]
    )


def first_seal_of(entry: "AuditEntry", last_seal: str) -> str:
    """The seal that programs before the digest gave: one may still write while the database is already newer."""
    told = [last_seal, entry.at.isoformat(), entry.actor, entry.action, entry.subject, entry.subject_id]
    return _sha256([*told, entry.before, entry.after, entry.reason])


def _sha256(told: list[Any]) -> str:
    return hashlib.sha256(_encode(told).encode()).hexdigest()
