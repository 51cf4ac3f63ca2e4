"""A database that a newer Muster has changed: nothing of this one starts on it, and nothing touches it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.app.test_commands import muster


class TestANewerDatabase:
    @pytest.mark.parametrize("command", [("serve",), ("worker",), ("db", "upgrade"), ("verify-decisions",)])
    def test_is_refused(self, tmp_path: Path, engine: Engine, database_url: str, command: tuple[str, ...]) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        code, said, complaint = muster(tmp_path, *command, MUSTER_DATABASE_URL=database_url)
        assert (code, said) == (2, "")
        assert "The database has schema 9999, which is newer than this program. Install the newer Muster." in complaint
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
