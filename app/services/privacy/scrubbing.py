"""A person's name and address in every text of the database: found by walking the tables, and taken out.

Rows of their own are gone by then; what is left stands in reasons, descriptions, notes, previews and stored answers.
"""

import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Enum,
    LargeBinary,
    RowMapping,
    String,
    Table,
    Text,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import JSON

from app.queries.privacy.spellings import Spellings
from app.queries.staffing.proposals import problem_in
from app.services.staffing.decisions import record_digest
from importers.names import normal_form
from models import Base
from staffing.packing import change_texts, is_packed

ROWS_A_TIME = 2_000
KEYS = {"name_key": "name", "alias_key": "alias"}
"""Columns that hold the normal form of another: worked out anew when that one changes."""
NAMES_OF_OTHERS = {
    ("practitioners", "name"),
    ("practitioners", "email"),
    ("practitioners", "external_id"),
    ("accounts", "name"),
    ("accounts", "email"),
    ("external_identities", "email"),
    ("external_identities", "subject"),
}
"""Whoever has a row has a name of their own in it, and nobody's erasure changes it."""
APPEND_ONLY = frozenset({"audit_entries"})
"""Redacted by a service of their own (`app.services.audit`)."""


@dataclass
class Scrubbed:
    """`changed`: rows by table. `left`: mentions by table and column that may mean somebody else."""

    changed: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


Change = Callable[[bytes, Spellings], bytes]


def _in_json(content: bytes, spellings: Spellings) -> bytes:
    text = zlib.decompress(content).decode()
    if not spellings.hinted(text):
        return content
    value = json.loads(text)
    changed = spellings.replaced_in(value)
    if changed == value:
        return content
    return zlib.compress(json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode())


def _in_problem(content: bytes, spellings: Spellings) -> bytes:
    return change_texts(content, spellings.replaced) if is_packed(content) else _in_json(content, spellings)


PACKED: Mapping[tuple[str, str], Change | None] = {
    ("import_lines", "content"): _in_json,
    ("staffing_runs", "inputs"): _in_problem,
    ("taxonomy_files", "entries"): _in_json,
    ("import_batches", "content"): None,
}
"""Columns of bytes -> how texts within are changed; None for uploaded files, which `erased_imports` removes as a whole.
A test fails for a column that is not named."""


def scrub(session: Session, spellings: Spellings) -> Scrubbed:
    """Put the pseudonym wherever the person is mentioned, and tell what was left for the sake of somebody else."""
    told = Scrubbed()
    for table in Base.metadata.sorted_tables:
        if table.name in APPEND_ONLY:
            continue
        for row in mentioning(session, table, spellings):
            _scrub_row(session, table, row, spellings, told)
    return told


def mentioning(session: Session, table: Table, spellings: Spellings) -> Iterator[RowMapping]:
    """Rows that may mention the person, with their keys and texts. They are found before the first is given, so that
    what is changed on the way does not disturb what is read."""
    columns, keys = text_columns(table), list(table.primary_key)
    if not columns:
        return
    wanted = select(*dict.fromkeys([*keys, *columns, *_beside(table)]))
    if any(isinstance(column.type, LargeBinary) for column in columns):
        # Large and few: one at a time.
        for key in session.execute(select(*keys)).all():
            here = [column == value for column, value in zip(keys, key, strict=True)]
            yield session.execute(wanted.where(*here)).mappings().one()
        return
    if spellings.hints:
        wanted = wanted.where(or_(*(_possible(session, cast(column, Text), spellings.hints) for column in columns)))
    rows = session.execute(wanted, execution_options={"yield_per": ROWS_A_TIME}).mappings()
    yield from [row for row in rows if any(_held(row[column.name], spellings) for column in columns)]


def _possible(session: Session, written: ColumnElement[str], hints: Sequence[str]) -> ColumnElement[bool]:
    """A text of plain letters holds a hint; of any other text, and of JSON that escapes them, only we can tell."""
    wanted = [f"%{_escaped(hint)}%" for hint in hints if hint.isascii()]
    if session.get_bind().dialect.name == "sqlite":
        # Its LIKE takes small and capital letters for the same.
        plain = [written.like(hint, escape="\\") for hint in wanted]
        beyond = func.length(cast(written, LargeBinary)) != func.length(written)
        return or_(*plain, func.instr(written, "\\u") > 0, beyond)
    plain = [written.ilike(hint, escape="\\") for hint in wanted]
    return or_(*plain, func.strpos(written, "\\u") > 0, func.octet_length(written) != func.char_length(written))


def _held(value: Any, spellings: Spellings) -> bool:
    return value is not None and (spellings.replaced_in(value) != value or _names_in(value, spellings))


def text_columns(table: Table) -> list[Column[Any]]:
    """Those that can hold a sentence about somebody: no choices among fixed words, no numbers, no normal forms."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, String | JSON | LargeBinary)
        and not isinstance(column.type, Enum)
        and PACKED.get((table.name, column.name), _in_json) is not None
        and not (column.name in KEYS and KEYS[column.name] in table.c)
    ]


def _beside(table: Table) -> list[Column[Any]]:
    return [table.c[name] for name in ("version", *KEYS) if name in table.c]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _scrub_row(session: Session, table: Table, row: RowMapping, spellings: Spellings, told: Scrubbed) -> None:
    new: dict[str, Any] = {}
    for column in text_columns(table):
        value = row[column.name]
        if value is None or (table.name, column.name) in NAMES_OF_OTHERS:
            continue
        changed = _changed(table, column, value, spellings)
        if changed != value:
            new[column.name] = changed
        if spellings.ambiguous and isinstance(value, str | list | dict) and _names_in(changed, spellings):
            told.left[f"{table.name}.{column.name}"] += 1
    if table.name == "staffing_runs" and "inputs" in new:
        new["inputs_digest"] = problem_in(new["inputs"]).digest()
    if table.name == "decisions" and "record" in new:
        new["record_digest"] = record_digest(new["record"])
    if new:
        _write(session, table, row, new)
        told.changed[table.name] += 1


def _changed(table: Table, column: Column[Any], value: Any, spellings: Spellings) -> Any:
    if isinstance(column.type, LargeBinary):
        change = PACKED[table.name, column.name]
        return value if change is None else change(value, spellings)
    changed = spellings.replaced_in(value)
    length = getattr(column.type, "length", None)
    return changed[:length] if isinstance(changed, str) and length else changed


def _names_in(value: Any, spellings: Spellings) -> bool:
    if isinstance(value, dict):
        return any(_names_in(part, spellings) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_names_in(part, spellings) for part in value)
    return isinstance(value, str) and spellings.named(value)


def _write(session: Session, table: Table, row: RowMapping, new: dict[str, Any]) -> None:
    """Where the pseudonym is taken (two skills that were called after the person), a number tells them apart."""
    here = [column == row[column.name] for column in table.primary_key]
    version = {"version": row["version"] + 1} if "version" in table.c else {}
    for number in range(1, 100):
        told = {name: _numbered(table.c[name], value, number) for name, value in new.items()}
        for key, source in KEYS.items():
            if key in table.c and source in told:
                told[key] = normal_form(told[source])[:200]
        try:
            with session.begin_nested():
                session.execute(update(table).where(*here).values(**told, **version))
        except IntegrityError:
            continue
        return
    raise AssertionError(f"no free name for a row of {table.name}")


def _numbered(column: Column[Any], value: Any, number: int) -> Any:
    if number == 1 or not isinstance(value, str):
        return value
    length = getattr(column.type, "length", None) or 200
    return f"{value[: length - 6]} ({number})"
