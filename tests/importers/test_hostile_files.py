"""Files that are no workbook, or one made to do harm: each is refused with a sentence, or read without its harm."""

import io
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from importers import (
    Busy,
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
from importers.files import archive
from importers.files.archive import inflate
from importers.process import sandbox
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

    @pytest.mark.parametrize(
        "table", [b"<table><table-row><table-cell/></table-row></tab", b'<?xml version="1.0" encoding="rId1"?><table/>']
    )
    def test_of_open_document_that_is_no_xml_is_damaged_at_once(self, table: bytes) -> None:
        parts = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": table}
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        assert "content.xml is broken" in str(refused(target.getvalue(), "skills.ods"))

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

    @pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/core.xml"])
    def test_in_an_encoding_nobody_knows_is_read_or_damaged(self, part: str) -> None:
        content = changed(part, lambda xml: b'<?xml version="1.0" encoding="General"?>' + xml.partition(b"?>")[2])
        if part in {SHEET, "xl/workbook.xml"}:
            assert isinstance(refused(content), Damaged)
        else:
            assert len(read(content, "skills.xlsx", catalogue=Catalogue()).ratings) == 4


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
        content = changed("xl/media/big.png", lambda _: bytes(61 * 1024 * 1024))
        lying = content.replace((61 * 1024 * 1024).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
        assert isinstance(refused(lying), Damaged)

    def test_is_not_one_that_is_honest_and_shrinks_169_times(self) -> None:
        blanks = b"<row>" + b'<c s="0"/>' * 1_000 + b"</row>"
        content = changed(SHEET, lambda xml: xml.replace(b"</sheetData>", blanks * 2_000 + b"</sheetData>"))
        assert 169 * len(content) < 20_000_000
        assert len(read(content, "skills.xlsx", catalogue=Catalogue()).ratings) == 4

    def test_is_not_a_large_sheet_that_sends_as_much_as_real_ones_do(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archive, "MOST_A_PART", 1024 * 1024)
        people = [[f"Anna Nr{n}", *(n * k % 6 for k in range(1, 30))] for n in range(2_000)]
        large = xlsx([["Name", *(f"Skill {k}" for k in range(1, 30))], *people])
        assert len(inflate(large).parts[SHEET]) > 1024 * 1024
        blanks = b"<row>" + b'<c s="0"/>' * 1_000 + b"</row>"
        made_up = changed(SHEET, lambda xml: xml.replace(b"</sheetData>", blanks * 200 + b"</sheetData>"))
        assert isinstance(refused(made_up), TooLarge)

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_is_refused_when_packed_by_a_method_whose_reading_cannot_be_stopped(self, method: int) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("xl/workbook.xml", bytes(50_000_000), method)
        assert isinstance(refused(target.getvalue()), Hostile)

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
        assert b"AutoOpen" not in inflate(content).stored().getvalue()
        assert b"AutoOpen" not in inflate(content).stored(binary=True).getvalue()


class TestAZipWithHostileNames:
    def test_is_read_like_any_other_and_leaves_nothing_behind(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        target = io.BytesIO(xlsx(ROWS))
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(target, "a") as copy:
            for name in ("../../outside.xml", "/rooted.xml", "C:\\drive.xml", "xl/nul\x00.xml", "xl/" + "n" * 5_000):
                copy.writestr(name, "<a/>")
            copy.writestr(link, "/etc/passwd")
            copy.writestr("xl/inner.zip", xlsx([["Name", "Go"], ["Eve Roe", 3]]))
        reading = read(target.getvalue(), "../../skills.xlsx", catalogue=Catalogue())
        assert [person.name for person in reading.people] == ["Anna Nowak", "Ben Okoro"]
        assert not list(tmp_path.iterdir())


class TestAWorkbookThatPointsElsewhere:
    def test_has_nothing_fetched(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as canary:
            canary.setblocking(False)
            address = f"http://127.0.0.1:{canary.getsockname()[1]}/x"
            link = (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
                'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
                f'Target="{address}" TargetMode="External"/></Relationships>'
            )
            content = changed("xl/worksheets/_rels/sheet1.xml.rels", lambda _: link.format(kind="hyperlink").encode())
            content = changed(
                "xl/externalLinks/_rels/externalLink1.xml.rels",
                lambda _: link.format(kind="externalLinkPath").encode(),
                content,
            )
            content = changed(
                SHEET, lambda xml: xml.replace(b"<v>5</v>", f"<f>WEBSERVICE({address})</f><v>5</v>".encode()), content
            )
            assert len(read(content, "skills.xlsx", catalogue=Catalogue()).ratings) == 4
            with pytest.raises(BlockingIOError):
                canary.accept()

    def test_is_never_read_without_the_guard_against_entities(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", "import importers"],
            env={**os.environ, "OPENPYXL_DEFUSEDXML": "False"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "defusedxml is missing" in done.stderr


class TestAStrictWorkbook:
    def test_is_read_although_openpyxl_sees_no_sheets_in_it(self) -> None:
        def strict(xml: bytes) -> bytes:
            return xml.replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ).replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )

        content = xlsx(ROWS)
        for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", SHEET, "xl/styles.xml"):
            content = changed(part, strict, content)
        assert len(read(content, "skills.xlsx", catalogue=Catalogue()).ratings) == 4


class TestACellThatIsNotWhatItSeems:
    def test_true_is_not_level_1(self) -> None:
        assert (
            1
            not in levels(
                read(xlsx([["Name", "Go"], ["Eve Roe", True], ["Ann Lee", 5]]), "s.xlsx", catalogue=Catalogue())
            ).values()
        )

    @pytest.mark.parametrize("stored", [b"NaN", b"INF", b"1e999", b"0x10", "٣".encode()])
    def test_what_is_no_number_loses_its_own_cell_only(self, stored: bytes) -> None:
        content = changed(SHEET, lambda xml: xml.replace(b"<v>5</v>", b"<v>" + stored + b"</v>"))
        reading = read(content, "s.xlsx", catalogue=Catalogue())
        assert ("Anna Nowak", "Python") not in {key for key, level in levels(reading).items() if level is not None}
        assert len(reading.ratings) >= 3

    def test_an_error_value_is_no_level(self) -> None:
        error = b'<c r="B2" t="e"><v>#N/A</v></c>'
        content = changed(SHEET, lambda xml: re.sub(rb'<c r="B2"[^>]*><v>5</v></c>', error, xml))
        assert levels(read(content, "s.xlsx", catalogue=Catalogue())).get(("Anna Nowak", "Python")) is None


class TestTheChild:
    @pytest.mark.parametrize(
        "deed",
        [
            "import socket; socket.socket()",
            "import subprocess; subprocess.run(['true'])",
            "import os; os.fork()",
            "import os; os.system('true')",
            "open('written', 'w')",
            "import os; os.open('written', os.O_CREAT | os.O_WRONLY)",
        ],
    )
    def test_starts_no_process_writes_no_file_and_talks_to_nobody(self, deed: str, tmp_path: Path) -> None:
        script = f"import sys; from importers.process import child; child.confine(2**28, 5)\n{deed}"
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(sandbox.ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert "RuntimeError: Reading a file must not do this" in done.stderr
        assert not list(tmp_path.iterdir())

    def test_sees_no_secret_of_the_server(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """Under an interpreter that answers with its environment."""
        spy = tmp_path / "python"
        spy.write_text(f"#!{sys.executable}\nimport os, json\nprint(json.dumps(dict(os.environ)))\n")
        spy.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(spy))
        monkeypatch.setenv("MUSTER_SECRET_KEY", "never tell")
        assert b"never tell" not in sandbox.run_child({}, b"", 20)

    def test_tells_a_fault_of_its_own_from_a_fault_of_the_file(self) -> None:
        request = {"filename": "s.csv", "catalogue": 3, "choices": {}, "memory": 2**28, "seconds": 5}
        assert b"Traceback" in sandbox.run_child(request, b"Name,Go", 20)

    def test_may_take_the_more_the_more_is_sent(self) -> None:
        assert sandbox.memory_for(b"") < 256 * 1024 * 1024
        assert sandbox.memory_for(bytes(10_000_000)) > 1024 * 1024 * 1024
        assert sandbox.memory_for(bytes(30_000_000)) == sandbox.MOST_MEMORY
        assert sandbox.processor_time_for(bytes(1_000)) < 10

    def test_waits_for_its_turn_and_says_so_when_it_does_not_come(self) -> None:
        with sandbox.place(), sandbox.place(), pytest.raises(Busy, match="in a minute"), sandbox.place(0.01):
            pass
        with sandbox.place(0.01):
            pass


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
        with pytest.raises(TooLarge, match="memory"):
            read_in_child(b"a,b\n" * 2_000_000, "skills.csv", catalogue=Catalogue(), memory=30 * 1024 * 1024)
