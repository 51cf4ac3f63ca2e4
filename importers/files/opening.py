"""From bytes to a workbook: what the file really is decides how it is read, never its name alone."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import PurePath
from xml.parsers import expat

from importers.files.archive import MIB, MOST_IN_ALL, Archive, inflate
from importers.files.calamine import read_with_calamine
from importers.files.delimited import read_delimited
from importers.files.excel import read_excel
from importers.files.inspection import is_strict
from importers.files.workbook import Workbook
from importers.refusals import Damaged, EmptyFile, Encrypted, TooLarge, WrongKind

FOREIGN = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID;P", "a SYLK file"),
    (b"TABLE\r\n0,1", "a DIF file"),
    (b"TABLE\n0,1", "a DIF file"),
    (b"\x00\x00\x02\x00", "a Lotus or Quattro Pro worksheet"),
    (b"\x00\x00\x1a\x00", "a Lotus worksheet"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
MARKUP = ("<!doctype", "<html", "<?xml", "<table", "<office")
REMEDY = "send the skills sheet itself, as .xlsx, .xls, .ods or .csv."


def open_workbook(content: bytes, filename: str) -> Workbook:
    """The workbook in `content`. Raises a `Refusal` for anything that is not one or is not safe to read."""
    if not content.strip(b"\x00 \t\r\n"):
        raise EmptyFile("The file is empty; " + REMEDY)
    if len(content) > MOST_IN_ALL:
        raise TooLarge(f"The file is larger than {MOST_IN_ALL // MIB} MiB; split it into smaller files.")
    if content.startswith(b"PK"):
        return open_container(inflate(content))
    if content.startswith(OLE):
        return open_compound(content)
    if content.startswith(BIFF):
        return read_with_calamine(BytesIO(content), "old Excel workbook (.xls)")
    for start, what in FOREIGN:
        if content.startswith(start):
            raise WrongKind(f"The file is {what}, not a spreadsheet, whatever its name says; " + REMEDY)
    opening = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lower()
    if opening.startswith(tuple(start.encode() for start in MARKUP)):
        raise WrongKind(
            "The file is a web page or XML, not a spreadsheet; open it in a spreadsheet program and " + REMEDY
        )
    return read_delimited(content, PurePath(filename).stem or "Sheet1")


def open_container(archive: Archive) -> Workbook:
    names = archive.parts.keys()
    if "xl/workbook.bin" in names:
        return read_with_calamine(archive.stored(binary=True), "binary Excel workbook (.xlsb)")
    if archive.parts.get("mimetype", b"").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        if b"encryption-data" in archive.parts.get("META-INF/manifest.xml", b""):
            raise Encrypted("The file is protected with a password; save a copy without the password.")
        check_xml(archive, ("content.xml", "META-INF/manifest.xml"))
        return read_with_calamine(archive.stored(), "OpenDocument spreadsheet (.ods)")
    if "[Content_Types].xml" in names and any(name.lower().startswith("xl/") for name in names):
        return open_excel(archive)
    what = "a Word document" if "word/document.xml" in names else "a zip archive"
    if "ppt/presentation.xml" in names:
        what = "a presentation"
    if any(name.startswith("Index/") for name in names):
        what = "an Apple Numbers document"
    raise WrongKind(f"The file is {what}, not a spreadsheet; " + REMEDY)


def check_xml(archive: Archive, parts: Iterable[str]) -> None:
    """calamine waits for good for the end of an element that a broken part does not have."""
    for part in parts:
        try:
            expat.ParserCreate().Parse(archive.parts.get(part, b"<none/>"), True)
        except (expat.ExpatError, LookupError, ValueError) as error:  # an encoding that nobody knows is no ExpatError
            raise Damaged(
                f"The file's part {part} is broken; open it in a spreadsheet program and save it again."
            ) from error


def open_excel(archive: Archive) -> Workbook:
    """calamine for Strict OOXML, which openpyxl opens as a workbook without sheets."""
    if is_strict(archive):
        return read_with_calamine(archive.stored(), "Strict Open XML workbook")
    return read_excel(archive)


def open_compound(content: bytes) -> Workbook:
    """An OLE container: an old .xls, an encrypted .xlsx, or another Office document."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Encrypted("The workbook is encrypted with a password; save a copy without the password and send that.")
    if not any(stream.encode("utf-16-le") in content for stream in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        raise WrongKind("The file is another kind of Office document, not a spreadsheet; " + REMEDY)
    return read_with_calamine(BytesIO(content), "old Excel workbook (.xls)")
