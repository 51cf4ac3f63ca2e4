"""Zip containers (.xlsx, .xlsm, .xlsb, .ods) inflated under a budget, before any parser sees them.

No spreadsheet parser limits inflation: 1.2 MB of zip took openpyxl 2.5 GB. Sizes declared in a zip can lie, so real
bytes are counted. What a parser gets is a fresh, stored zip of the parts it needs: no macros, no pictures, no entry
twice. No part is ever written to a disk, so the names and links in a zip lead nowhere.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from importers.refusals import Damaged, Encrypted, Hostile, TooLarge

MIB = 1024 * 1024
MOST_IN_ALL = 100 * MIB
MOST_A_PART = 60 * MIB
MOST_PARTS = 2_000
LARGE_SHEETS = 200 * MIB
"""A worksheet of 100,000 x 30 levels takes 90 to 110 MiB. One that goes beyond the budgets above must have sent 1 byte
for each `LEAST_SENT` that it unpacks to (real ones send 1 for 8 to 14, made-up ones 1 for hundreds); all such
worksheets together have this budget."""
LEAST_SENT = 32
CHUNK = 256 * 1024
KEPT = 4 * MIB
"""Parts up to this size stay unpacked; a larger one is unpacked each time it is read."""
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The others are no part of these formats, and one read of them may unpack to any size."""
UNREAD = re.compile(r"\.(bin|png|jpe?g|gif|emf|wmf|vml|bmp|tiff?)$|/(media|embeddings|activeX)/", re.IGNORECASE)
"""Parts no reader of cell values opens; .bin holds the cells of .xlsb and is kept there."""
WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml\Z", re.IGNORECASE)
TOO_LARGE = (
    f"The file grows beyond {MOST_IN_ALL // MIB} MiB when unpacked; split it into smaller workbooks or save it as .csv."
)
DAMAGED = "The file is a damaged or cut-off workbook; open it in a spreadsheet program, save it again and send that."
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, KeyError)


@dataclass(frozen=True)
class Parts(Mapping[str, bytes]):
    """The parts by name, each unpacked when it is asked for: all together they may be larger than memory allows."""

    source: zipfile.ZipFile
    entries: Mapping[str, zipfile.ZipInfo]
    kept: dict[str, bytes] = field(default_factory=dict)

    def __getitem__(self, name: str) -> bytes:
        if name not in self.kept:
            part = b"".join(unpacked(self.source, self.entries[name]))
            if len(part) > KEPT:
                return part
            self.kept[name] = part
        return self.kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, name: object) -> bool:
        return name in self.entries


@dataclass(frozen=True)
class Archive:
    """`changed` parts go into the new zip in place of those sent."""

    parts: Mapping[str, bytes]
    changed: Mapping[str, bytes] = field(default_factory=dict)

    def with_parts(self, changed: Mapping[str, bytes]) -> "Archive":
        return replace(self, changed={**self.changed, **changed})

    def stored(self, *, binary: bool = False) -> io.BytesIO:
        """A new zip of the harmless parts, uncompressed; with `binary` the .bin parts of an .xlsb too."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
            for name in self.parts:
                if not UNREAD.search(name) or (binary and name.endswith(".bin") and "vba" not in name.lower()):
                    copy.writestr(zipfile.ZipInfo(name), self.changed.get(name) or self.parts[name])
        target.seek(0)
        return target


def inflate(content: bytes) -> Archive:
    """The zip's parts, known to be within the budgets and free of document types."""
    entries: dict[str, zipfile.ZipInfo] = {}
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
        if len(source.infolist()) > MOST_PARTS:
            raise TooLarge(
                f"The file holds {len(source.infolist())} parts, more than the {MOST_PARTS} any workbook needs; "
                "copy the cells into a new workbook and send that."
            )
        budget = _Budget(len(content))
        for entry in source.infolist():
            name = entry.filename.lstrip("/").replace("\\", "/")
            budget.take(source, entry, name)
            entries[name] = entry
    except UNREADABLE as error:
        raise Damaged(DAMAGED) from error
    return Archive(Parts(source, entries))


@dataclass
class _Budget:
    """What parts may still unpack to; `sent` is the size of the whole file."""

    sent: int
    left: int = MOST_IN_ALL
    left_for_large_sheets: int = LARGE_SHEETS

    def take(self, source: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
        """Check one part. Reading stops as soon as its real bytes pass the budget, whatever the zip declares."""
        if entry.flag_bits & 0x1:
            raise Encrypted("The file is protected with a password; save a copy without the password.")
        if entry.compress_type not in METHODS:
            raise Hostile(
                "The file is packed in a way that no spreadsheet program uses; "
                "open it in a spreadsheet program and save it again."
            )
        usual = most = min(self.left, MOST_A_PART)
        if WORKSHEET.match(name):
            most = max(usual, min(self.left_for_large_sheets, LEAST_SENT * min(entry.compress_size, self.sent)))
        prologue: Prologue | None = None
        size = 0
        for piece in unpacked(source, entry):
            if not size and looks_like_xml(piece):
                prologue = Prologue(name)
            if prologue is not None:
                prologue.take(piece)
            size += len(piece)
            if size > most:
                raise TooLarge(TOO_LARGE)
        if prologue is not None:
            prologue.end()
        if size > usual:
            self.left_for_large_sheets -= size
        else:
            self.left -= size


def unpacked(source: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    with source.open(entry) as stream:
        while piece := stream.read(CHUNK):
            yield piece


def looks_like_xml(part: bytes) -> bool:
    """By content, since a hostile part chooses its name: '<' first, after a byte order mark and in UTF-16 too."""
    return part[:64].lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n").startswith(b"<")


class _FirstElement(Exception):
    """The prologue is over; a document type can only stand before the first element."""


class Prologue:
    """Looks at an XML part, piece by piece, up to its first element. Raises Hostile for a document type or entities."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_over = False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.parser.StartElementHandler = self.stop

    def refuse(self, *_: object) -> None:
        raise Hostile(
            f"The part {self.name} declares a document type or entities, which no spreadsheet program writes; "
            "open the file in a spreadsheet program and save it again."
        )

    def stop(self, *_: object) -> None:
        raise _FirstElement

    def take(self, piece: bytes, *, last: bool = False) -> None:
        if self.is_over:
            return
        try:
            self.parser.Parse(piece, last)
        except _FirstElement:
            self.is_over = True
        except (expat.ExpatError, LookupError, ValueError):  # the last two: an encoding nobody knows
            self.is_over = True
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                self.refuse()

    def end(self) -> None:
        self.take(b"", last=True)
