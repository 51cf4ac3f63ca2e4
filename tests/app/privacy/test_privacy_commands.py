"""`muster personal-data`, `muster erase` and `muster retention` as somebody types them, and what is left in files."""

import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.cli import main, muster
from app.db import writing_session
from app.jobs import open_queue
from app.services.audit import COMMAND_LINE
from app.services.sample import load_sample
from models import ImportBatch, Practitioner
from tests.app.conftest import settings_for
from tests.factories.people import person
from tests.factories.record import EMAIL, NAME, known_person
from tests.traces import bytes_in, traces

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bare(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    database_url: str,
    engine: Engine,
    tmp_path: Path,
) -> Run:
    """A command on a database in which nobody is known, whose data folder is the test's own."""
    monkeypatch.setenv("MUSTER_SECRET_KEY", "a key for tests that nobody else will ever use")
    monkeypatch.setenv("MUSTER_DATABASE_URL", database_url)
    monkeypatch.setenv("MUSTER_DATA_DIR", str(tmp_path))
    assert engine

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main(list(arguments))
        told = capfd.readouterr()
        return int(stop.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def command(bare: Run, engine: Engine) -> Run:
    """The same where somebody is known."""
    with writing_session(engine) as session:
        known_person(session)
        session.commit()
    return bare


class TestPersonalData:
    def test_is_written_as_a_zip(self, command: Run, tmp_path: Path) -> None:
        code, out, err = command("personal-data", EMAIL, str(tmp_path / "me.zip"))
        assert (code, err) == (0, "")
        assert out == f"Wrote the personal data of person 1 to {tmp_path / 'me.zip'}.\n"
        with zipfile.ZipFile(tmp_path / "me.zip") as archive:
            assert archive.testzip() is None
            assert set(archive.namelist()) == {"README.txt", "personal-data.json", "personal-data.xlsx"}
            assert json.loads(archive.read("personal-data.json"))["about"] == NAME

    @pytest.mark.parametrize(
        ("named", "file", "sentence"),
        [
            ("Nobody Known", "me.zip", "There is no person 'Nobody Known'"),
            (EMAIL, "me.txt", "must end in .zip"),
            (EMAIL, "nowhere/me.zip", "does not exist"),
        ],
    )
    def test_is_refused_with_one_sentence(
        self, command: Run, tmp_path: Path, named: str, file: str, sentence: str
    ) -> None:
        code, out, err = command("personal-data", named, str(tmp_path / file))
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert sentence in err
        assert not (tmp_path / file).exists()

    def test_replaces_a_file_only_when_told_to(self, command: Run, tmp_path: Path) -> None:
        there = tmp_path / "me.zip"
        there.write_bytes(b"somebody else's")
        code, out, err = command("personal-data", EMAIL, str(there))
        assert (code, out) == (2, "")
        assert err == f"muster: {there} exists already. Name another file, or add --force to replace it.\n"
        assert there.read_bytes() == b"somebody else's"
        assert command("personal-data", EMAIL, str(there), "--force")[0] == 0
        assert zipfile.is_zipfile(there)


class TestErase:
    def test_leaves_no_trace_in_the_database_nor_in_any_file(
        self, command: Run, session: Session, tmp_path: Path, database_url: str
    ) -> None:
        open_queue(settings_for(tmp_path, database_url))
        code, out, err = command("erase", EMAIL, "--yes", "--json")
        document = json.loads(out)
        assert (code, err, document["format"], document["pseudonym"]) == (0, "", "muster-erasure/1", "Erased person 1")
        assert document["free_space_wiped"] is True
        assert (document["left"], document["counts"]["import_files"]) == ({}, 1)
        assert traces(session, NAME, EMAIL) == []
        session.rollback()
        assert bytes_in(tmp_path, NAME, EMAIL.partition("@")[0]) == []

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_would_have_left_bytes_without_the_last_step(
        self, command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.cli.privacy.wipe_free_space", lambda _engine: False)
        _, out, _ = command("erase", EMAIL, "--yes")
        assert "old bytes may still stand" in out
        assert bytes_in(tmp_path, NAME) != []
        monkeypatch.undo()

    def test_asks_first_and_takes_no_for_an_answer(
        self, command: Run, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        result = CliRunner().invoke(muster, ["erase", EMAIL], input="n\n", standalone_mode=False)
        assert result.return_value == 1
        assert f"This goes, with the profile of {NAME}:" in result.output
        assert "3 ratings" in result.output
        assert session.scalars(select(Practitioner.name).where(Practitioner.email == EMAIL)).one() == NAME

    def test_refuses_two_people_of_one_name(self, command: Run, engine: Engine) -> None:
        with writing_session(engine) as session:
            person(session, NAME)
            session.commit()
        code, out, err = command("erase", NAME, "--yes")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "2 people are meant" in err

    def test_says_what_is_left_of_a_namesake(self, command: Run, engine: Engine) -> None:
        with writing_session(engine) as session:
            person(session, NAME)
            session.commit()
        code, out, _ = command("erase", EMAIL, "--yes")
        assert code == 0
        assert "Left, because somebody else has the same name: 1 in decisions.reason" in out


class TestTheSampleOrganisation:
    def test_forgets_anybody(self, bare: Run, engine: Engine, session: Session, tmp_path: Path) -> None:
        with writing_session(engine) as writing:
            load_sample(writing, COMMAND_LINE, date(2026, 12, 1))
            writing.commit()
        known = session.scalars(select(Practitioner).order_by(Practitioner.id.desc()).limit(1)).one()
        name, email, number = known.name, known.email or known.name, known.id
        assert traces(session, name, email) != []
        session.rollback()
        code, _, err = bare("erase", str(number), "--yes")
        assert (code, err) == (0, "")
        assert traces(session, name, email) == []
        session.rollback()
        assert bytes_in(tmp_path, *({name} if len(name) > 6 else ())) == []
        session.expire_all()
        assert not [batch.content for batch in session.scalars(select(ImportBatch)) if batch.content]


class TestRetention:
    def test_counts_without_removing_and_removes(self, command: Run) -> None:
        code, out, _ = command("retention", "--dry-run", "--json")
        counts = json.loads(out)
        assert (code, counts["dry_run"], counts["removed"]["jobs"]) == (0, True, 1)
        code, out, _ = command("retention", "--json")
        assert json.loads(out)["removed"] == counts["removed"]
        code, out, _ = command("retention")
        assert (code, out) == (0, "Removed:\n  nothing\n")
