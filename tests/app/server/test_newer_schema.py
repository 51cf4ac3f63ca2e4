"""A database that a newer Muster has changed: nothing of this one starts on it, and nothing touches it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.factories.commands import Told, muster, muster_process


class TestANewerDatabase:
    @pytest.mark.parametrize(
        ("start", "command"),
        [
            (muster_process, ("serve",)),
            (muster_process, ("worker",)),
            (muster, ("db", "upgrade")),
            (muster, ("verify-decisions",)),
        ],
    )
    def test_is_refused(
        self,
        tmp_path: Path,
        engine: Engine,
        database_url: str,
        start: Callable[..., Told],
        command: tuple[str, ...],
    ) -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        code, said, complaint = start(tmp_path, *command, MUSTER_DATABASE_URL=database_url)
        assert (code, said) == (2, "")
        assert "The database has schema 9999, which is newer than this program. Install the newer Muster." in complaint
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
