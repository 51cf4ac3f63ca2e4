"""Commands that cannot do what they are asked: one sentence, exit code 2, nothing changed."""

import socket
from pathlib import Path

import pytest

from app.cli import COMMANDS
from tests.factories.commands import muster, muster_process

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[3]


class TestServe:
    def test_names_a_port_that_is_taken(self, tmp_path: Path, sqlite_url: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            told = muster_process(tmp_path, "serve", "--port", str(port), MUSTER_DATABASE_URL=sqlite_url)
        taken = f"Port {port} on 127.0.0.1 cannot be used: Address already in use."
        assert told == (2, "", f"muster: {taken} Stop the other program or use --port.\n")

    def test_refuses_a_database_without_the_schema(self, tmp_path: Path) -> None:
        code, said, complaint = muster_process(tmp_path, "serve")
        assert (code, said, complaint.count("\n")) == (2, "", 1)
        assert "muster db upgrade" in complaint


class TestArguments:
    def test_in_another_encoding_are_refused_with_a_sentence(self, tmp_path: Path, sqlite_url: str) -> None:
        typed = ("user", "create", "zoe@example.org", "--role", "viewer", "--name", "Zo\udceb")
        refused = muster(tmp_path, *typed, MUSTER_DATABASE_URL=sqlite_url)
        assert refused[:2] == (2, "")
        assert refused[2].startswith("muster: Muster cannot read these letters. Set LC_ALL to C.UTF-8")
        assert "zoe@" not in muster(tmp_path, "user", "list", MUSTER_DATABASE_URL=sqlite_url)[1]

    def test_name_no_file_in_another_encoding(self, tmp_path: Path, sqlite_url: str) -> None:
        sheet = tmp_path / "caf\udce9.csv"
        sheet.write_bytes(b"Name,SQL\nAnna Berg,4\n")
        refused = muster(tmp_path, "import", str(sheet), MUSTER_DATABASE_URL=sqlite_url)
        assert refused[0] == 2
        assert refused[2].count("\n") == 1


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            (
                "MUSTER_DATABASE_URL",
                "sqlite:///missing/muster.sqlite3",
                "The database folder missing does not exist. Create it or change MUSTER_DATABASE_URL.",
            ),
            (
                "MUSTER_DATA_DIR",
                "missing/data",
                "The folder missing does not exist. Create it or change MUSTER_DATA_DIR.",
            ),
            (
                "MUSTER_SECRET_KEY",
                "short",
                "MUSTER_SECRET_KEY holds a weak secret. Use at least 32 random characters.",
            ),
            (
                "MUSTER_SECRET_KEY",
                "a" * 64,
                "MUSTER_SECRET_KEY holds a weak secret. Use at least 32 random characters.",
            ),
            (
                "MUSTER_SECRET_KEY_FILE",
                "missing",
                "The secret key cannot be read from missing: No such file or directory.",
            ),
            ("MUSTER_LOG", "loud", "MUSTER_LOG is 'LOUD'. Use DEBUG, INFO, WARNING or ERROR."),
            (
                "MUSTER_BASE_URL",
                "muster.example",
                "MUSTER_BASE_URL is 'muster.example'. It starts with http:// or https://.",
            ),
            ("MUSTER_DATABASE_URL", "mysql://x", "MUSTER_DATABASE_URL must start with sqlite:/// or postgresql://."),
        ],
    )
    def test_that_cannot_work_are_named(self, tmp_path: Path, name: str, value: str, sentence: str) -> None:
        assert muster(tmp_path, "serve", **{name: value}) == (2, "", f"muster: {sentence}\n")

    def test_that_name_a_file_of_bytes_for_the_secret_say_that_it_takes_text(self, tmp_path: Path) -> None:
        key = tmp_path / "key"
        key.write_bytes(bytes(range(128, 192)))
        told = muster(tmp_path, "serve", MUSTER_SECRET_KEY_FILE=str(key))
        assert told == (2, "", f"muster: {key} does not hold text. Write at least 32 random characters to it.\n")


class TestUsage:
    @pytest.mark.parametrize("arguments", [("fly",), ("serve", "--fast"), ("export", "people"), ("user", "create")])
    def test_that_is_wrong_is_told_in_one_sentence(self, tmp_path: Path, arguments: tuple[str, ...]) -> None:
        code, said, complaint = muster(tmp_path, *arguments)
        assert (code, said, complaint.count("\n")) == (2, "", 1)
        assert complaint.startswith("muster: ")

    def test_of_every_command_is_explained(self, tmp_path: Path) -> None:
        code, said, _ = muster_process(tmp_path, "--help")
        assert code == 0
        assert all(f"  {command} " in said for command in COMMANDS)
