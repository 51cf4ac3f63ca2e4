"""Zip containers (.xlsx, .xlsm, .xlsb, .ods) inflated under a budget, before any parser sees them.

No spreadsheet parser limits inflation: 1.2 MB of zip took openpyxl 2.5 GB. Sizes declared in a zip can lie, so real
bytes are counted. What leaves this module is a fresh, stored zip of the parts a reader needs: no macros, no pictures,
no entry twice.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from importers.refusals import Damaged, Encrypted, Hostile, TooLarge

MIB = 1024 * 1024
MOST_IN_ALL = 100 * MIB
MOST_A_PART = 60 * MIB
MOST_PARTS = 2_000
CHUNK = 256 * 1024
UNREAD = re.compile(r"\.(bin|png|jpe?g|gif|emf|wmf|vml|bmp|tiff?)$|/(media|embeddings|activeX)/", re.IGNORECASE)
"""Parts no reader of cell values opens; .bin holds the cells of .xlsb and is kept there."""


@dataclass(frozen=True)
class Archive:
    parts: Mapping[str, bytes]

    def stored(self, *, binary: bool = False) -> bytes:
        """A new zip of the harmless parts, uncompressed; with `binary` the .bin parts of an .xlsb too."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
            for name, content in self.parts.items():
                if not UNREAD.search(name) or (binary and name.endswith(".bin") and "vba" not in name.lower()):
                    copy.writestr(zipfile.ZipInfo(name), content)
        return target.getvalue()


def inflate(content: bytes) -> Archive:
    """Every part of the zip, inflated within the budgets and free of document types."""
    parts: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            entries = source.infolist()
            if len(entries) > MOST_PARTS:
                raise TooLarge(
                    f"The file holds {len(entries)} parts, more than the {MOST_PARTS} any workbook needs; "
                    "copy the cells into a new workbook and send that."
                )
            for entry in entries:
                if entry.flag_bits & 0x1:
                    raise Encrypted("The file is protected with a password; save a copy without the password.")
                part = inflate_part(source, entry, MOST_IN_ALL - total)
                total += len(part)
                parts[entry.filename.lstrip("/").replace("\\", "/")] = part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise Damaged(
            "The file is a damaged or cut-off workbook; open it in a spreadsheet program, save it again and send that."
        ) from error
    for name, part in parts.items():
        if looks_like_xml(part):
            refuse_document_type(name, part)
    return Archive(parts)


def inflate_part(source: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """One part; reading stops as soon as the real bytes pass the budget, whatever the zip declares."""
    limit = min(left, MOST_A_PART)
    pieces: list[bytes] = []
    size = 0
    with source.open(entry) as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            if size > limit:
                raise TooLarge(
                    f"The file grows beyond {MOST_IN_ALL // MIB} MiB when unpacked; "
                    "split it into smaller workbooks or save it as .csv."
                )
            pieces.append(piece)
    return b"".join(pieces)


def looks_like_xml(part: bytes) -> bool:
    """By content, since a hostile part chooses its name: '<' first, after a byte order mark and in UTF-16 too."""
    return part[:64].lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n").startswith(b"<")


class _FirstElement(Exception):
    """The prologue is over; a document type can only stand before the first element."""


def refuse_document_type(name: str, part: bytes) -> None:
    def on_document_type(*_: object) -> None:
        raise Hostile(
            f"The part {name} declares a document type or entities, which no spreadsheet program writes; "
            "open the file in a spreadsheet program and save it again."
        )

    def on_element(*_: object) -> None:
        raise _FirstElement

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = on_document_type
    parser.EntityDeclHandler = on_document_type
    parser.StartElementHandler = on_element
    try:
        parser.Parse(part, True)
    except _FirstElement:
        return
    except expat.ExpatError:
        if b"<!DOCTYPE" in part[:CHUNK] or b"<!ENTITY" in part[:CHUNK]:
            on_document_type()
