"""The audit trail says who acted in which role and request, can be redacted without breaking, and guards itself.

Entries so far are sealed anew, with a pseudonym in place of an e-mail address; one entry more says so, and whether the
chain was whole before.
"""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

VERSION = "muster-audit/2"
KEPT = ("id", "at", "actor", "role", "action", "subject", "subject_id", "request_id", "digest", "seal")
PERSONAL = ("before", "after", "reason", "salt")
FOR_GOOD = ("audit.redact", "audit.reseal")
APPEND_ONLY = "the audit trail is append-only"

entries = sa.table(
    "audit_entries",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("account_id", sa.Integer),
    sa.column("actor", sa.String),
    sa.column("action", sa.String),
    sa.column("subject", sa.String),
    sa.column("subject_id", sa.Integer),
    sa.column("before", sa.JSON(none_as_null=True)),
    sa.column("after", sa.JSON(none_as_null=True)),
    sa.column("reason", sa.Text),
    sa.column("salt", sa.String),
    sa.column("digest", sa.String),
    sa.column("seal", sa.String),
)


def upgrade() -> None:
    for column in (
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
    ):
        op.add_column("audit_entries", column)
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"])
    op.create_index(op.f("ix_audit_entries_at"), "audit_entries", ["at"])
    reseal(op.get_bind())
    guard()


def reseal(connection: sa.Connection) -> None:
    labels = dict(connection.execute(sa.text("SELECT email, id FROM accounts")).all())
    found = connection.execute(sa.select(entries).order_by(entries.c.id)).mappings().all()
    if not found:
        return
    old_seal, new_seal, broken_at = "", "", None
    changes: list[dict[str, Any]] = []
    for row in found:
        at = moment(row["at"])
        named = [old_seal, at, row["actor"], row["action"], row["subject"], row["subject_id"]]
        if broken_at is None and row["seal"] != sha256([*named, row["before"], row["after"], row["reason"]]):
            broken_at = row["id"]
        old_seal = row["seal"]
        actor = pseudonym(row["actor"], row["account_id"], labels)
        sealed, new_seal = seal(row, at, actor, new_seal)
        changes.append({"number": row["id"], **sealed})
    values = {name: sa.bindparam(f"new_{name}") for name in ("actor", "salt", "digest", "seal")}
    connection.execute(sa.update(entries).where(entries.c.id == sa.bindparam("number")).values(values), changes)
    now = datetime.now(UTC)
    told = {"entries": len(found), "last_seal_before": old_seal, "was_unbroken": broken_at is None}
    if broken_at is not None:
        told["first_broken_entry"] = broken_at
    note = {"action": "audit.reseal", "subject": "audit", "subject_id": None, "before": None, "after": told}
    note["reason"] = "The seals take another form, under which what speaks of people can be redacted."
    stored = now if connection.dialect.name == "postgresql" else now.replace(tzinfo=None)
    sealed, _ = seal(note, now.isoformat(), "command line", new_seal)
    told_anew = {name.removeprefix("new_"): value for name, value in sealed.items()}
    connection.execute(sa.insert(entries).values(at=stored, **note, **told_anew))


def pseudonym(label: str, account_id: int | None, labels: dict[str, int]) -> str:
    number = account_id or labels.get(label)
    if number is not None:
        return f"account {number}"
    return "former account" if "@" in label else label


def seal(row: Any, at: str, actor: str, last_seal: str) -> tuple[dict[str, Any], str]:
    salt = secrets.token_hex(16)
    digest = sha256([salt, row["before"], row["after"], row["reason"]])
    told = [VERSION, last_seal, at, actor, None, row["action"], row["subject"], row["subject_id"], None, digest]
    new = sha256(told)
    return {"new_actor": actor, "new_salt": salt, "new_digest": digest, "new_seal": new}, new


def moment(at: datetime) -> str:
    return (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)).isoformat()


def sha256(told: list[Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def guard() -> None:
    """Triggers that refuse every change and removal but two: an account's end clears its number, and a redaction takes
    out the part that may speak of people."""
    if op.get_bind().dialect.name == "sqlite":
        guard_sqlite()
    else:
        guard_postgresql()


def allowed(same: str, text: str) -> str:
    """The condition of an update that may pass; `same` compares two values where null equals null."""
    kept = [f"NEW.{name} {same} OLD.{name}" for name in KEPT]
    untouched = [f"NEW.{name}{text} {same} OLD.{name}{text}" for name in PERSONAL]
    redacted = [f"NEW.{name} IS NULL" for name in PERSONAL]
    for_good = ", ".join(f"'{action}'" for action in FOR_GOOD)
    return (
        f"{' AND '.join(kept)} AND (NEW.account_id {same} OLD.account_id OR NEW.account_id IS NULL) AND "
        f"(({' AND '.join(untouched)}) OR ({' AND '.join(redacted)} AND OLD.action NOT IN ({for_good})))"
    )


def guard_sqlite() -> None:
    stop = f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
    op.execute(
        f"CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries WHEN NOT ({allowed('IS', '')}) {stop}"
    )
    op.execute(f"CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries {stop}")
    # INSERT OR REPLACE removes what is in its way without asking the trigger above.
    there = "NEW.id IN (SELECT id FROM audit_entries) OR NEW.seal IN (SELECT seal FROM audit_entries)"
    op.execute(f"CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries WHEN {there} {stop}")


def guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    refuse = "EXECUTE FUNCTION audit_entries_refuse()"
    op.execute(
        "CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries FOR EACH ROW "
        f"WHEN (NOT ({allowed('IS NOT DISTINCT FROM', '::text')})) {refuse}"
    )
    op.execute(f"CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries FOR EACH ROW {refuse}")
    op.execute(f"CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries {refuse}")
