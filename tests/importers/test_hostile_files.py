"""Files that are no workbook, or one made to do harm: each is refused with a sentence, or read without its harm."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pytest

from importers import (
    Catalogue,
    Damaged,
    EmptyFile,
    Encrypted,
    Hostile,
    Refusal,
    TookTooLong,
    TooLarge,
    WrongKind,
    read,
    read_in_child,
)
from importers.archive import inflate
from tests.importers.workbooks import delimited, levels, xlsx

ROWS = [["Name", "Python", "SQL"], ["Anna Nowak", 5, 2], ["Ben Okoro", 1, 4]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def refused(content: bytes, filename: str = "skills.xlsx") -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(content, filename, catalogue=Catalogue())
    return caught.value


def changed(part: str, change: Callable[[bytes], bytes], content: bytes | None = None) -> bytes:
    """A workbook with one part changed or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content or xlsx(ROWS))) as source, zipfile.ZipFile(target, "w") as copy:
        for name in {*source.namelist(), part}:
            old = source.read(name) if name in source.namelist() else b""
            copy.writestr(name, change(old) if name == part else old, zipfile.ZIP_DEFLATED)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BEN = b'<c r="A3" t="inlineStr"><is><t>Ben Okoro</t></is></c>'


class TestAFileThatIsNoWorkbook:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (PNG, "PNG picture"),
            (b"%PDF-1.7", "PDF"),
            (b"\x1f\x8b\x08\x00abc", "gzip"),
            (b"<html><body><table>", "web page"),
            ("<?xml version='1.0'?><a/>".encode("utf-16"), "XML"),
            (b"\x7fELF\x02\x01", "program"),
        ],
    )
    def test_is_named_for_what_it_is_whatever_its_name_says(self, content: bytes, words: str) -> None:
        refusal = refused(content)
        assert isinstance(refusal, WrongKind)
        assert words in str(refusal)

    def test_empty_is_said_to_be_empty(self) -> None:
        assert isinstance(refused(b""), EmptyFile)
        assert isinstance(refused(b"\r\n  \n"), EmptyFile)

    def test_binary_noise_is_no_text_table(self) -> None:
        assert isinstance(refused(bytes(range(256)), "skills.csv"), WrongKind)

    def test_another_office_document_is_named(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        assert "Word document" in str(refused(target.getvalue()))

    def test_a_picture_named_csv_is_a_picture(self) -> None:
        assert "PNG" in str(refused(PNG, "skills.csv"))


class TestABrokenWorkbook:
    @pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
    def test_cut_off_anywhere_is_damaged(self, share: float) -> None:
        content = xlsx(ROWS)
        assert isinstance(refused(content[: int(len(content) * share)]), Damaged)

    def test_without_its_workbook_part_is_damaged(self) -> None:
        assert isinstance(refused(changed("xl/workbook.xml", lambda _: b"<broken")), Damaged)

    def test_with_a_number_that_is_none_keeps_the_other_cells(self) -> None:
        content = changed(SHEET, lambda xml: xml.replace(b"<v>5</v>", b"<v>1_0</v>"))
        reading = read(content, "skills.xlsx", catalogue=Catalogue())
        assert ("Anna Nowak", "Python") not in levels(reading)
        assert [problem.cell for problem in reading.problems if problem.code == "unreadable_value"] == ["B2"]

    def test_with_a_text_that_points_nowhere_takes_no_other_text_for_it(self) -> None:
        strings = (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Eve Roe</t></si></sst>'
        )
        content = changed("xl/sharedStrings.xml", lambda _: strings)
        content = changed(SHEET, lambda xml: xml.replace(BEN, b'<c r="A3" t="s"><v>-1</v></c>'), content)
        reading = read(content, "skills.xlsx", catalogue=Catalogue())
        assert [person.name for person in reading.people] == ["Anna Nowak"]
        assert "unreadable_value" in {problem.code for problem in reading.problems}


class TestAnEncryptedWorkbook:
    def test_is_refused_with_what_to_do(self) -> None:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        refusal = refused(content)
        assert isinstance(refusal, Encrypted)
        assert "password" in str(refusal)


class TestAWorkbookThatInflatesTooFar:
    def test_is_refused_by_the_real_bytes_of_one_part(self) -> None:
        content = changed("xl/media/big.png", lambda _: bytes(61 * 1024 * 1024))
        assert len(content) < 1_000_000
        assert isinstance(refused(content), TooLarge)

    def test_is_refused_by_the_bytes_of_all_parts_together(self) -> None:
        content = changed("xl/a.xml", lambda _: b"<a>" + bytes(40 * 1024 * 1024))
        content = changed("xl/b.xml", lambda _: b"<a>" + bytes(40 * 1024 * 1024), content)
        content = changed("xl/c.xml", lambda _: b"<a>" + bytes(40 * 1024 * 1024), content)
        assert isinstance(refused(content), TooLarge)

    def test_is_measured_by_what_comes_out_not_by_what_the_zip_declares(self) -> None:
        content = xlsx(ROWS)
        lying = content.replace(zlib.crc32(b"").to_bytes(4, "little"), b"")
        assert isinstance(refused(lying[:-10]), Damaged)

    def test_is_refused_for_its_number_of_parts(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for number in range(2_001):
                archive.writestr(f"xl/{number}.xml", "<a/>")
        with pytest.raises(TooLarge):
            inflate(target.getvalue())


class TestAWorkbookWithEntities:
    DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]>'

    @pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "docProps/core.xml", "customXml/item1.xml", SHEET])
    def test_is_refused_wherever_they_stand(self, part: str) -> None:
        assert isinstance(
            refused(changed(part, lambda xml: self.DOCTYPE + (xml or b"<a/>").partition(b"?>")[2])), Hostile
        )

    def test_is_refused_in_any_encoding(self) -> None:
        hidden = self.DOCTYPE.replace(b'<?xml version="1.0"?>', b"").decode() + "<a/>"
        assert isinstance(refused(changed("customXml/item1.xml", lambda _: hidden.encode("utf-16"))), Hostile)


class TestAWorkbookWithAFarAwayCell:
    def test_is_read_without_it_and_says_so(self) -> None:
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        reading = read(changed(SHEET, lambda xml: xml.replace(b"</sheetData>", far)), "s.xlsx", catalogue=Catalogue())
        assert len(reading.ratings) == 4
        assert [problem.code for problem in reading.problems] == ["cells_too_far_away"]

    def test_with_too_many_merges_is_refused(self) -> None:
        merges = b"".join(b'<mergeCell ref="A%d:B%d"/>' % (n, n) for n in range(1, 20_003))
        wrapped = b"</sheetData><mergeCells>" + merges + b"</mergeCells>"
        assert isinstance(refused(changed(SHEET, lambda xml: xml.replace(b"</sheetData>", wrapped))), TooLarge)


class TestAWorkbookWithMacros:
    def test_is_read_and_its_macros_are_not_even_kept(self) -> None:
        content = changed("xl/vbaProject.bin", lambda _: b"Sub AutoOpen()")
        assert len(read(content, "skills.xlsm", catalogue=Catalogue()).ratings) == 4
        assert b"AutoOpen" not in inflate(content).stored()
        assert b"AutoOpen" not in inflate(content).stored(binary=True)


class TestReadingInAChild:
    def test_gives_what_reading_here_gives(self) -> None:
        content = delimited([*ROWS, ["Carla Díaz", "ask", 3]])
        assert read_in_child(content, "s.csv", catalogue=Catalogue()) == read(content, "s.csv", catalogue=Catalogue())

    def test_passes_a_refusal_on(self) -> None:
        with pytest.raises(WrongKind, match="PNG"):
            read_in_child(PNG, "skills.xlsx", catalogue=Catalogue())

    def test_ends_at_its_deadline(self) -> None:
        with pytest.raises(TookTooLong, match="longer than"):
            read_in_child(xlsx(ROWS), "skills.xlsx", catalogue=Catalogue(), seconds=0.01)

    def test_ends_at_its_memory_limit(self) -> None:
        content = changed("xl/media/big.png", lambda _: bytes(59 * 1024 * 1024))
        with pytest.raises((TooLarge, TookTooLong), match="memory"):
            read_in_child(content, "skills.xlsx", catalogue=Catalogue(), memory=80 * 1024 * 1024)
