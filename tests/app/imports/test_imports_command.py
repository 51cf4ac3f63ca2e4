"""`muster import` as somebody types it: exit codes, one sentence on an error, one document with --json."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.cli import main
from models import ImportBatch, Practitioner, Rating
from tests.factories.imports import ANNA, TOM, sheet

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT.parent / "shared" / "data" / "skills_sheets"
MARKS = sheet(("Anna Berg", "x", "o"), ("Tom Rahman", "o", "x"), header=("Name", "Python", "SQL"))


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Muster = Callable[..., Ended]


@pytest.fixture
def muster(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Muster:
    """The command in an installation of its own, without any database until a test names one."""
    monkeypatch.setenv("MUSTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MUSTER_SECRET_KEY", "a key for tests that nobody else will ever use")
    monkeypatch.delenv("MUSTER_DATABASE_URL", raising=False)

    def run(*arguments: object) -> Ended:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        told = capfd.readouterr()
        return Ended(int(stop.value.code or 0), told.out, told.err)

    return run


@pytest.fixture
def on_database(muster: Muster, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Muster:
    monkeypatch.setenv("MUSTER_DATABASE_URL", database_url)
    return muster


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


Write = Callable[[str, bytes], Path]


def people(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Practitioner)) or 0


class TestADryRun:
    def test_works_before_there_is_any_database_and_makes_none(
        self, muster: Muster, write: Write, tmp_path: Path
    ) -> None:
        path = write("skills.csv", sheet(ANNA, TOM))
        ended = muster("import", path, "--dry-run", "--json")
        assert (ended.code, ended.err) == (0, "")
        assert ended.document["format"] == "muster-import/1"
        assert ended.document["batch"] is None
        assert {rating["catalogue_skill"] for rating in ended.document["ratings"]} == {"Python", "SQL"}
        assert list(tmp_path.iterdir()) == [path]

    def test_only_reads_a_database(self, on_database: Muster, engine: Engine, write: Write) -> None:
        ended = on_database("import", write("skills.csv", sheet(ANNA, TOM)), "--dry-run")
        assert ended.code == 0
        assert "People: 2 create" in ended.out
        assert "nothing was written" in ended.out
        assert people(engine) == 0

    def test_ends_with_1_when_the_file_has_errors(self, muster: Muster, write: Write) -> None:
        rows = [(f"Anna {letter}erg", 5, 4) for letter in "BCDFGHKLM"]
        path = write("skills.csv", sheet(*rows, ("Tom Rahman", "see my file", 3), header=("Name", "Python", "SQL")))
        ended = muster("import", path, "--dry-run")
        assert ended.code == 1
        assert "B11" in ended.out

    def test_says_why_nobody_was_found_and_ends_with_0(self, muster: Muster, write: Write) -> None:
        ended = muster("import", write("notes.csv", b"Agenda,Minutes\nhello,world\n"), "--dry-run")
        assert ended.code == 0
        assert "0 people found, because" in ended.out

    def test_cannot_be_steered_by_control_characters(self, muster: Muster, write: Write) -> None:
        path = write("skills.csv", sheet(ANNA, header=("Name", "Email", "Title", "Python", "SQL \x1b[2J")))
        assert "\x1b" not in muster("import", path, "--dry-run").out


class TestImporting:
    def test_applies_and_a_second_time_has_nothing_to_do(
        self, on_database: Muster, engine: Engine, write: Write
    ) -> None:
        path = write("skills.csv", sheet(ANNA, TOM))
        first = on_database("import", path)
        assert first.code == 0
        assert "Applied as import 1: 5 changes." in first.out
        again = on_database("import", path)
        assert (again.code, people(engine)) == (0, 2)
        assert "Nothing to change" in again.out
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(ImportBatch)) == 1

    def test_takes_what_is_certain_and_the_rest_with_the_answers(
        self, on_database: Muster, engine: Engine, write: Write
    ) -> None:
        path = write("marks.csv", MARKS)
        first = on_database("import", path)
        assert "1 question is open" in first.out
        answers = {
            "format": "muster-answers/1",
            "answers": [{"code": "symbols_without_legend", "answer": {"x": 3, "o": 0}}],
        }
        file = write("answers.json", json.dumps(answers).encode())
        second = on_database("import", path, "--answers", file, "--json")
        assert second.document["counts"]["ratings_create"] == 4
        with Session(engine) as session:
            assert sorted(session.scalars(select(Rating.level))) == [0, 0, 3, 3]


class TestAnswersAndMappings:
    @pytest.mark.parametrize(
        ("option", "document", "told"),
        [
            (
                "--answers",
                {"format": "muster-answers/1", "answers": [{"code": "moon", "answer": "full"}]},
                "no question",
            ),
            ("--answers", {"format": "muster-answers/1", "anwsers": []}, 'unknown key "anwsers"'),
            (
                "--answers",
                {
                    "format": "muster-answers/1",
                    "answers": [{"code": "date_order", "sheet": "S9", "answer": "day_first"}],
                },
                'no sheet "S9"',
            ),
            (
                "--answers",
                {"format": "muster-answers/1", "skills": {"Moon": {"action": "ignore"}}},
                'the skill "Moon", which the file does not name',
            ),
            (
                "--answers",
                {"format": "muster-answers/1", "skills": {"Python": {"action": "merge", "into": ["Moonwalk"]}}},
                "neither the catalogue nor the file has that skill",
            ),
            ("--mapping", {"format": "muster-mapping/1", "sheets": {"S9": {"use": True}}}, 'no sheet "S9"'),
            ("--mapping", {"format": "muster-mapping/1", "sheets": {"marks": {"usage": True}}}, 'unknown key "usage"'),
        ],
    )
    def test_that_do_not_fit_end_with_2_and_one_sentence(
        self, muster: Muster, write: Write, option: str, document: dict[str, Any], told: str
    ) -> None:
        file = write("choices.json", json.dumps(document).encode())
        ended = muster("import", write("marks.csv", MARKS), "--dry-run", option, file)
        assert (ended.code, ended.out) == (2, "")
        assert told in ended.err
        assert ended.err.count("\n") == 1

    def test_are_remembered_and_given_ones_win(self, on_database: Muster, engine: Engine, write: Write) -> None:
        def answers(x: int) -> Path:
            given = [{"code": "symbols_without_legend", "answer": {"x": x, "o": 0}}]
            return write("answers.json", json.dumps({"format": "muster-answers/1", "answers": given}).encode())

        on_database("import", write("june.csv", MARKS), "--answers", answers(3))
        july = write("july.csv", MARKS.replace(b"Tom Rahman", b"Eva Lind"))
        second = on_database("import", july, "--json").document
        assert (second["remembered"], second["counts"]["questions_open"]) == (True, 0)
        assert [person["name"] for person in second["missing"]] == ["Tom Rahman"]
        on_database("import", july, "--answers", answers(5))
        with Session(engine) as session:
            assert sorted(session.scalars(select(Rating.level))) == [0, 0, 0, 3, 5, 5]

    def test_decide_about_skills(self, on_database: Muster, engine: Engine, write: Write) -> None:
        decided = {"Pythn": {"action": "merge", "into": ["Python"]}, "Pottery": {"action": "ignore"}}
        file = write("answers.json", json.dumps({"format": "muster-answers/1", "skills": decided}).encode())
        content = sheet(("Anna Berg", 4, 5, 1), header=("Name", "Pythn", "SQL", "Pottery"))
        planned = on_database("import", write("skills.csv", content), "--answers", file, "--json").document
        assert [(rating["planned_skill"], rating["action"]) for rating in planned["ratings"]] == [
            ("Python", "create"),
            ("SQL", "create"),
            ("Pottery", "skipped"),
        ]
        with Session(engine) as session:
            assert sorted(session.scalars(select(Rating.level))) == [4, 5]


class TestAFileThatCannotBeRead:
    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG picture"),
            ("empty.xlsx", b"", "empty"),
        ],
    )
    def test_ends_with_2_and_one_sentence(
        self, muster: Muster, write: Write, name: str, content: bytes, told: str
    ) -> None:
        ended = muster("import", write(name, content), "--dry-run")
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
        assert told in ended.err

    def test_may_be_missing_or_a_folder(self, muster: Muster, tmp_path: Path) -> None:
        missing, folder = muster("import", tmp_path / "no.xlsx"), muster("import", tmp_path)
        assert (missing.code, folder.code) == (2, 2)
        assert "cannot be read" in missing.err
        assert "is a folder" in folder.err

    def test_may_be_the_answers(self, muster: Muster, write: Write) -> None:
        path, answers = write("skills.csv", sheet(ANNA)), write("answers.json", b"yes please")
        ended = muster("import", path, "--dry-run", "--answers", answers)
        assert (ended.code, ended.err.count("\n")) == (2, 1)

    def test_needs_a_database_to_be_written(self, muster: Muster, write: Write) -> None:
        ended = muster("import", write("skills.csv", sheet(ANNA)))
        assert ended.code == 2
        assert "muster db upgrade" in ended.err


class TestTheSampleWorkbook:
    def test_imports_completely_and_asks_nothing(self, muster: Muster) -> None:
        wanted = json.loads((ROOT / "sample" / "expected.json").read_text(encoding="utf-8"))["counts"]
        found = muster("import", ROOT / "sample" / "legacy_skills_sheet.xlsx", "--dry-run", "--json").document
        counts = found["counts"]
        assert {name: counts[name] for name in ("people", "skills", "ratings", "goals", "history", "allocations")} == {
            name: wanted[name] for name in ("people", "skills", "ratings", "goals", "history", "allocations")
        }
        assert found["questions"] == []
        assert all(skill["action"] == "unchanged" for skill in found["skills"])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared real sheets are not beside this repository")
class TestRealSheets:
    @pytest.mark.parametrize(("number", "ratings", "found"), [("01", 32, 5), ("07", 102, 6), ("09", 12, 4)])
    def test_give_exactly_what_they_say(self, muster: Muster, number: str, ratings: int, found: int) -> None:
        (path,) = (file for file in SHARED.glob(f"{number}*") if file.suffix in {".xlsx", ".csv"})
        document = muster("import", path, "--dry-run", "--json").document
        assert (len(document["ratings"]), len(document["people"])) == (ratings, found)
