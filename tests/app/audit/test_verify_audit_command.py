"""`muster verify-audit`: exit code 0 unbroken, 1 broken and where, 2 wrong usage."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.app.audit.test_audit import check, trail, unguarded
from tests.factories.commands import muster


class TestVerifyAudit:
    def test_says_that_the_trail_is_unbroken_and_its_newest_seal(
        self, session: Session, engine: Engine, database_url: str, tmp_path: Path
    ) -> None:
        trail(session)
        noted = check(engine).newest
        code, said, complaint = muster(tmp_path, "verify-audit", MUSTER_DATABASE_URL=database_url)
        assert (code, complaint) == (0, "")
        assert said == f"Checked 6 entries of the audit trail: unbroken.\nNewest seal: {noted}\n"

    def test_names_the_first_bad_entry(self, session: Session, engine: Engine, sqlite_url: str, tmp_path: Path) -> None:
        ids = trail(session)
        with unguarded(engine) as connection:
            connection.execute(text(f"UPDATE audit_entries SET actor = 'nobody' WHERE id >= {ids[3]}"))
        url = engine.url.render_as_string(hide_password=False)
        code, said, _ = muster(tmp_path, "verify-audit", "--json", MUSTER_DATABASE_URL=url)
        told = json.loads(said)
        assert (code, told["unbroken"], told["fault"]["entry"], told["entries"]) == (1, False, ids[3], 6)
        assert "seal does not fit" in told["fault"]["text"]

    def test_misses_the_seal_that_was_noted(
        self, session: Session, engine: Engine, database_url: str, tmp_path: Path
    ) -> None:
        ids = trail(session)
        noted = check(engine).newest or ""
        assert muster(tmp_path, "verify-audit", "--expect", noted, MUSTER_DATABASE_URL=database_url)[0] == 0
        with unguarded(engine) as connection:
            connection.execute(text(f"DELETE FROM audit_entries WHERE id > {ids[3]}"))
        assert muster(tmp_path, "verify-audit", MUSTER_DATABASE_URL=database_url)[0] == 0
        code, said, _ = muster(tmp_path, "verify-audit", "--expect", noted, MUSTER_DATABASE_URL=database_url)
        assert code == 1
        assert "The seal that was noted is not in the trail" in said

    @pytest.mark.parametrize("arguments", [["--expect", "abc"], ["--expect", "x" * 64], ["--everything"], ["more"]])
    def test_refuses_wrong_usage(self, sqlite_url: str, tmp_path: Path, arguments: list[str]) -> None:
        code, said, complaint = muster(tmp_path, "verify-audit", *arguments, MUSTER_DATABASE_URL=sqlite_url)
        assert (code, said, complaint.count("\n")) == (2, "", 1)
