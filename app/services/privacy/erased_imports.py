"""What imports keep of a person: uploaded files, previews, where their values came from."""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.queries.imports.mentions import file_mentions
from app.queries.privacy.spellings import Spellings
from importers.names import normal_form
from models import BatchState, ImportBatch, ImportedValue, ImportLines

UNDECIDED = (BatchState.READING, BatchState.STAGED)
Rows = Mapping[str, Collection[int]]
"""Table -> ids of the person's rows in it."""


def values_of(rows: Rows) -> Any:
    """The condition that an imported value was written into one of the person's rows."""
    return or_(
        *(
            and_(ImportedValue.table_name == table, ImportedValue.row_id.in_(list(ids)))
            for table, ids in sorted(rows.items())
            if ids
        )
    )


def batches_about(session: Session, practitioner_id: int, rows: Rows, spellings: Spellings) -> list[int]:
    """Imports that wrote something of the person, planned to, or whose file mentions them."""
    wrote = set(session.scalars(select(ImportedValue.batch_id).where(values_of(rows)).distinct()))
    found = []
    for batch_id in session.scalars(select(ImportBatch.id).order_by(ImportBatch.id)).all():
        plan = session.scalar(select(ImportBatch.plan).where(ImportBatch.id == batch_id)) or {}
        if batch_id in wrote or _positions(plan, practitioner_id, spellings) or spellings.replaced_in(plan) != plan:
            found.append(batch_id)
            continue
        content = session.scalar(select(ImportBatch.content).where(ImportBatch.id == batch_id))
        if content and file_mentions(content, spellings):
            found.append(batch_id)
    return found


def forget_in_imports(session: Session, practitioner_id: int, rows: Rows, spellings: Spellings) -> dict[str, int]:
    """Remove the files that mention the person, their lines in previews, and where their values came from. An import
    that is not decided is discarded as a whole: with its file gone it could not be applied."""
    batches = batches_about(session, practitioner_id, rows, spellings)
    gone = session.execute(delete(ImportedValue).where(values_of(rows)))
    counts = {"imported_values": gone.rowcount, "import_files": 0, "imports_discarded": 0}  # type: ignore[attr-defined]  # a delete's result has one
    for batch_id in batches:
        state, plan = session.execute(
            select(ImportBatch.state, ImportBatch.plan).where(ImportBatch.id == batch_id)
        ).one()
        new: dict[str, Any] = {"content": b"", "version": ImportBatch.version + 1}
        kept = session.scalar(select(func.length(ImportBatch.content)).where(ImportBatch.id == batch_id)) or 0
        counts["import_files"] += kept > 0
        if state in UNDECIDED:
            session.execute(delete(ImportLines).where(ImportLines.batch_id == batch_id))
            new |= {"state": BatchState.DISCARDED, "plan": {}, "choices": {}}
            counts["imports_discarded"] += 1
        elif positions := _positions(plan, practitioner_id, spellings):
            new["plan"] = _without(plan, positions, spellings.pseudonym)
            _blank_lines(session, batch_id, positions, spellings.pseudonym)
        changed = update(ImportBatch).where(ImportBatch.id == batch_id).values(new)
        session.execute(changed, execution_options={"synchronize_session": False})
    return counts


def _positions(plan: Mapping[str, Any], practitioner_id: int, spellings: Spellings) -> set[int]:
    """Where the person stands among the preview's people: by their row, or by name where no row is known."""
    return {
        position
        for position, (name, row_id) in enumerate(plan.get("people", ()))
        if row_id == practitioner_id
        or (row_id is None and spellings.ambiguous is None and normal_form(name or "") in spellings.keys)
    }


def _without(plan: Mapping[str, Any], positions: Collection[int], pseudonym: str) -> dict[str, Any]:
    """No row any more behind the positions, so that a later import of the shape does not miss the person."""
    people = [[pseudonym, None] if n in positions else person for n, person in enumerate(plan["people"])]
    return {**plan, "people": people}


def _blank_lines(session: Session, batch_id: int, positions: Collection[int], pseudonym: str) -> None:
    """Lines are counted by state and kind, so each stays as one, and says nothing more."""
    for number in session.scalars(select(ImportLines.number).where(ImportLines.batch_id == batch_id)).all():
        here = (ImportLines.batch_id == batch_id, ImportLines.number == number)
        content = session.scalars(select(ImportLines.content).where(*here)).one()
        lines = json.loads(zlib.decompress(content))
        changed = [_blank(line, pseudonym) if line[2] in positions else line for line in lines]
        if changed != lines:
            text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
            session.execute(update(ImportLines).where(*here).values(content=zlib.compress(text.encode())))


def _blank(line: Sequence[Any], pseudonym: str) -> list[Any]:
    kind, action, person, *_ = line
    return [kind, action, person, pseudonym, None, None, "", "", None, None]
