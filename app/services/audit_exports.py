"""Taking the audit trail out: the entries that a person looks at, as a table or as JSON lines."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm import Session

from app.errors import DomainError
from app.queries.audit.trail import AuditFilters, Told, every_entry
from app.queries.sight.visibility import Viewer
from app.services.audit import Actor, record
from importers.exports.writing import Table, to_csv

ENDINGS = (".csv", ".jsonl")
COLUMNS = (
    "Entry", "Moment (UTC)", "Who", "Account", "Role", "Action", "Object", "Number", "Name",
    "Before", "After", "Reason", "Request", "Redacted", "Seal",
)  # fmt: skip


def export_trail(session: Session, actor: Actor, viewer: Viewer, filters: AuditFilters, ending: str) -> bytes:
    """What matches the filters, newest first, with what the viewer may see; no cell can be taken for a formula. The
    trail keeps who took it out, so the caller commits."""
    if ending not in ENDINGS:
        raise DomainError(f"The audit trail is exported as {' or '.join(ENDINGS)}.")
    rows = list(every_entry(session, viewer, filters))
    write: Callable[[Iterable[Told]], bytes] = _csv if ending == ".csv" else _json_lines
    content = write(rows)
    told = {name: str(value) for name, value in _filters(filters).items()}
    record(session, actor, "audit.export", "audit", None, after={"entries": len(rows), "kind": ending, "filters": told})
    return content


def _filters(filters: AuditFilters) -> dict[str, Any]:
    """Which ones were in force; what was searched for may be a name, and is left out."""
    stated = {name: getattr(filters, name) for name in ("actor", "actions", "subject", "subject_id")}
    stated |= {"from_day": filters.from_day, "to_day": filters.to_day, "text": "given" if filters.text else None}
    return {name: value for name, value in stated.items() if value not in (None, ())}


def _csv(rows: Iterable[Told]) -> bytes:
    return to_csv(Table("Audit trail", COLUMNS, [[_cell(value) for value in _values(row)] for row in rows]))


def _json_lines(rows: Iterable[Told]) -> bytes:
    names = [name.split(" ")[0].lower() for name in COLUMNS]
    lines = (json.dumps(dict(zip(names, _values(row), strict=True)), sort_keys=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _values(row: Told) -> list[Any]:
    moment = row.at.isoformat()
    who: list[Any] = [row.id, moment, row.who, row.account_id, row.role, row.action, row.subject, row.subject_id]
    return [*who, row.name, row.before, row.after, row.reason, row.request_id, row.redacted, row.seal]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else None
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
