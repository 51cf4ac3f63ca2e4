"""A whole database as text, with everything that is packed unpacked, and what of a person can be found in it."""

import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.names import normal_form
from models import Base
from staffing.packing import MAGIC


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    session.expire_all()
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
    }


def traces(session: Session, *texts: str) -> list[str]:
    """Places (table.column) where a text stands in any spelling: case, accents, order of its words, normal form."""
    forms = {form for text in texts for form in _forms(text)}
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            for name, value in row.items():
                if value is not None and any(form in text for text in _texts(value) for form in forms):
                    found.add(f"{table.name}.{name}")
    return sorted(found)


def bytes_in(folder: Path, *texts: str) -> list[str]:
    """Files under the folder whose bytes hold a text, or one of its words of six letters and more, as UTF-8."""
    needles = {word.encode() for text in texts for word in (text, *re.findall(r"\w{6,}", text))}
    needles |= {needle.lower() for needle in needles}
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found += [
                f"{path.name}: {needle!r}" for needle in needles if needle in content or needle in content.lower()
            ]
    return found


def _forms(text: str) -> Iterator[str]:
    yield normal_form(text)
    words = text.split()
    for n in range(1, len(words)):
        yield normal_form("".join([*words[n:], *words[:n]]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        yield from map(normal_form.__wrapped__, _unpacked(value))
    else:
        said = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
        yield normal_form.__wrapped__(unicodedata.normalize("NFC", said))


def _unpacked(content: bytes) -> Iterator[str]:
    content = content.removeprefix(MAGIC)
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield re.sub(r"<[^>]*>", " ", archive.read(name).decode("utf-8", "ignore"))
        return
    try:
        content = zlib.decompress(content)
    except zlib.error:
        yield content.decode("utf-8", "ignore")
        return
    text = content.decode("utf-8", "ignore")
    yield text
    # A frame within an archive may escape its letters.
    yield re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
