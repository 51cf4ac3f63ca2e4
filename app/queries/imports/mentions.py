"""Whether an uploaded file mentions somebody, in whatever format it is, without reading it as a sheet."""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from app.queries.privacy.spellings import Spellings
from importers.files.encodings import LANGUAGES

TAG = re.compile(r"<[^>]*>")
LARGEST_PART = 256 * 1024 * 1024
OLD_ENCODINGS = (*LANGUAGES, "cp932")
"""Those in which the importer reads text that is no Unicode."""


def file_mentions(content: bytes, spellings: Spellings) -> bool:
    """Errs towards yes: also when the parts of the name stand apart, as given name and family name in two columns.
    A part that cannot be read is taken for a mention."""
    try:
        return any(_says(text, spellings) for part in _parts(content) for text in _texts(part))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError):
        return True


def _parts(content: bytes) -> Iterator[bytes]:
    """The members of a workbook, or the file itself."""
    if not content.startswith(b"PK"):
        yield content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            with archive.open(member) as opened:
                part = opened.read(LARGEST_PART + 1)
            if len(part) > LARGEST_PART:
                raise ValueError(member.filename)
            yield part


def _texts(part: bytes) -> Iterator[str]:
    for text in _decoded(part):
        yield html.unescape(TAG.sub(" ", text)) if "<" in text else text


def _decoded(part: bytes) -> Iterator[str]:
    """Every way to read the bytes in which letters beyond ASCII could make sense."""
    if b"\0" not in part:
        try:
            yield part.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield from (part.decode(encoding, errors="ignore") for encoding in ("utf-8", *OLD_ENCODINGS))
        return
    for encoding in ("utf-8", "utf-16-le", "utf-16-be", *OLD_ENCODINGS):
        yield part.decode(encoding, errors="ignore")
    # Old workbooks keep letters of two bytes anywhere.
    yield part[1:].decode("utf-16-le", errors="ignore")


def _says(text: str, spellings: Spellings) -> bool:
    return spellings.hinted(text) and (spellings.mentioned(text) or spellings.scattered(text))
