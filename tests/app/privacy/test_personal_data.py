"""The export of everything that is stored about somebody: complete, theirs alone, without secrets."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.privacy.erasure import find_anybody
from app.queries.privacy.personal_data import COLLEAGUE, YOU, data_of_account, data_of_person
from app.queries.privacy.personal_tables import LEFT_OUT, PARTS, references
from app.services.audit import COMMAND_LINE
from app.services.privacy.personal_data import export_of_person
from models import AccountRole, AuditEntry, Base, Practitioner
from tests.factories.people import person
from tests.factories.record import EMAIL, NAME, Known, account, known_person

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
EMPTY_FOR_A_MANAGER = {"taxonomy_files"}


@pytest.fixture
def known(session: Session) -> Known:
    return known_person(session)


@pytest.fixture
def files(session: Session, known: Known) -> dict[str, bytes]:
    content = export_of_person(session, COMMAND_LINE, known.person.id, NOW)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def tables(files: dict[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    document = json.loads(files["personal-data.json"])
    found: dict[str, list[dict[str, Any]]] = document["tables"]
    return found


class TestWhatRefersToAPerson:
    def test_every_reference_is_followed_or_left_out_for_a_reason(self) -> None:
        followed = {f"{part.table}.{name}" for part in PARTS for name in part.by if name != "id"}
        assert {*references()} == followed | set(LEFT_OUT)
        assert followed.isdisjoint(LEFT_OUT)

    @pytest.mark.parametrize("part", PARTS, ids=lambda part: part.table)
    def test_every_column_of_an_exported_table_is_shown_or_withheld_for_a_reason(self, part: Any) -> None:
        assert {*part.shown} | {*part.withheld} == {*Base.metadata.tables[part.table].c.keys()}
        assert set(part.shown).isdisjoint(part.withheld)

    def test_a_table_made_tomorrow_would_be_missed(self) -> None:
        from sqlalchemy import Column, ForeignKey, Integer, Table

        table = Table(
            "love_letters",
            Base.metadata,
            Column("id", Integer, primary_key=True),
            Column("reader_id", ForeignKey("practitioners.id", ondelete="CASCADE")),
        )
        child = Table("stamps", Base.metadata, Column("letter_id", ForeignKey("love_letters.id"), primary_key=True))
        try:
            assert {"love_letters.reader_id", "stamps.letter_id"} <= {*references()}
        finally:
            for made in (child, table):
                Base.metadata.remove(made)


class TestTheExport:
    def test_has_rows_of_every_table_that_refers_to_the_person(self, tables: dict[str, list[Any]]) -> None:
        empty = {name for name, rows in tables.items() if not rows}
        # They asked for no proposal, decided nothing, manage no project and imported no file.
        assert empty == {"projects", "staffing_runs", "decisions", "import_batches"}

    def test_says_what_the_tables_say(self, tables: dict[str, list[dict[str, Any]]], known: Known) -> None:
        (profile,) = tables["practitioners"]
        assert (profile["name"], profile["email"], profile["external_id"]) == (NAME, EMAIL, "E-4711")
        assert {row["skill"]: row["level"] for row in tables["ratings"]} == {"Python": 4, "SQL": 5, "Kubernetes": 3}
        assert {row["project"] for row in tables["engagements"]} == {"Old mill"}
        assert [row["note"] for row in tables["endorsements"]] == [f"{NAME} knows it well", "A good beginner"]
        assert [row["rating"] is None for row in tables["endorsements"]] == [False, True]
        assert [row["reason"] for row in tables["allocation_changes"]] == [f"Only {NAME} knows the mill"]
        assert {row["raw"] for row in tables["imported_values"]} >= {NAME, "4", "5"}
        (seen,) = tables["staffing_runs_considering_you"]
        assert (seen["project"], seen["proposed"], seen["chosen"]) == ("Claims triage", True, True)
        assert tables["proposed_seats"][0]["points"]["needs"]

    def test_holds_nobody_elses_data(self, files: dict[str, bytes], tables: dict[str, list[dict[str, Any]]]) -> None:
        text = files["personal-data.json"].decode()
        for other in ("Tom Rahman", "tom@example.org", "Ines Boss", "boss@example.org", "a secret of the project"):
            assert other not in text
        assert {row["endorsed_by"] for row in tables["endorsements"]} == {YOU, COLLEAGUE}
        assert {tables["ties"][0]["person_a"], tables["ties"][0]["person_b"]} == {YOU, COLLEAGUE}
        assert len(tables["accounts"]) == len(tables["practitioners"]) == 1

    def test_holds_no_secret(self, session: Session, files: dict[str, bytes], known: Known) -> None:
        stored = [
            str(value)
            for table in Base.metadata.sorted_tables
            for column in table.c
            if column.name.endswith("_hash") or column.name == "salt"
            for value in session.scalars(select(column)).all()
            if value
        ]
        assert len(stored) >= 5
        assert not [value for value in stored if value in files["personal-data.json"].decode()]

    def test_tells_deeds_but_not_what_they_changed_for_others(self, tables: dict[str, list[dict[str, Any]]]) -> None:
        deeds = {(row["action"], row["account"]): row for row in tables["audit_entries"]}
        assert deeds["project.edit", YOU]["after"] is None
        assert deeds["person.edit", COLLEAGUE]["after"] == {"title": "Engineer"}

    def test_is_a_workbook_with_a_sheet_a_table_in_which_nothing_acts(
        self, session: Session, known: Known, tables: dict[str, list[Any]]
    ) -> None:
        known.person.about = '=HYPERLINK("http://example.org")'
        session.flush()
        content = export_of_person(session, COMMAND_LINE, known.person.id, NOW)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = load_workbook(io.BytesIO(archive.read("personal-data.xlsx")))
        assert len(book.sheetnames) == len(tables)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(cell.value == known.person.about for cell in cells)
        assert not [cell for cell in cells if cell.data_type == "f"]
        assert book["Ratings"].max_row == 1 + len(tables["ratings"])

    def test_explains_itself_in_plain_words(self, files: dict[str, bytes]) -> None:
        readme = files["README.txt"].decode()
        assert readme.startswith(f"What Muster stores about {NAME}\n")
        assert "- Ratings: 3\n" in readme
        assert "password hash" in readme or "password_hash" in readme

    def test_is_in_the_audit_trail(self, session: Session, files: dict[str, bytes], known: Known) -> None:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (entry.action, entry.subject, entry.subject_id) == ("person.export", "practitioner", known.person.id)
        assert entry.after is not None
        assert entry.after["ratings"] == 3

    def test_of_an_account_without_a_person_is_what_the_account_holds(self, session: Session) -> None:
        alone = account(session, "clerk@example.org", "Cleo Clerk", AccountRole.ADMIN)
        data = data_of_account(session, alone.id)
        rows = {table.table: table.rows for table in data.tables}
        assert (data.name, len(rows["accounts"]), len(rows["practitioners"])) == ("Cleo Clerk", 1, 0)

    def test_of_nobody_is_refused(self, session: Session) -> None:
        with pytest.raises(NotFound):
            data_of_person(session, 999_999)


class TestNamingSomebody:
    @pytest.mark.parametrize("named", ["E-4711", EMAIL, EMAIL.upper(), NAME, "lucia bergstrom", "Lucía  BERGSTRÖM"])
    def test_works_by_number_address_employee_number_and_name(self, session: Session, known: Known, named: str) -> None:
        assert find_anybody(session, named) == known.person.id
        assert find_anybody(session, str(known.person.id)) == known.person.id

    def test_reaches_those_who_left(self, session: Session, known: Known) -> None:
        known.person.active = False
        session.flush()
        assert find_anybody(session, NAME) == known.person.id

    def test_is_refused_when_it_means_nobody_or_two(self, session: Session, known: Known) -> None:
        person(session, NAME)
        with pytest.raises(NotFound, match="2 people are meant"):
            find_anybody(session, NAME)
        with pytest.raises(NotFound, match="There is no person"):
            find_anybody(session, "Nobody Known")

    def test_prefers_nobody_when_a_number_is_an_employee_number_too(self, session: Session, known: Known) -> None:
        person(session, "Somebody Else", external_id=str(known.person.id))
        with pytest.raises(NotFound, match="2 people are meant"):
            find_anybody(session, str(known.person.id))
        assert session.get(Practitioner, known.person.id) is not None
