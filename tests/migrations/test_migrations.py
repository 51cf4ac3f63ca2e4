"""The schema: one line of migrations from empty to what the models say, on both databases."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.db import make_engine
from app.queries.audit.chain import verify_chain
from app.queries.imports.lines import LineFilters, Show, page_of_lines
from app.queries.schema import migration_config, schema_fault
from app.services import schema
from models import AuditEntry, Base

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class TestMigrations:
    def test_they_form_one_line_with_the_pinned_head(self, engine: Engine) -> None:
        scripts = ScriptDirectory.from_config(migration_config(engine))
        head = (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip()
        assert scripts.get_heads() == [head]
        line = [script.revision for script in scripts.walk_revisions()]
        assert line == [f"{number:04}" for number in range(int(head), 0, -1)]

    def test_from_empty_they_arrive_at_what_the_models_say(self, engine: Engine) -> None:
        assert schema.differences(engine) == []
        assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}

    def test_running_them_again_changes_nothing(self, engine: Engine) -> None:
        schema.upgrade(engine)
        assert schema_fault(engine) is None

    def test_an_empty_database_is_told_from_a_newer_one(self, engine: Engine, tmp_path: Path) -> None:
        empty = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        assert "empty" in (schema_fault(empty) or "")
        empty.dispose()
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert "newer" in (schema_fault(engine) or "")

    def test_a_difference_is_named(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE units ADD COLUMN surprise INTEGER"))
        assert any("surprise" in difference for difference in schema.differences(engine))


class TestAMigrationToCome:
    """What one that is not written yet can rely on: tried with made-up ones behind the real ones."""

    REBUILD = 'with op.batch_alter_table("practitioners") as table: table.alter_column("title", server_default="none")'
    FAIL = 'op.execute("SELECT nothing FROM nowhere")'

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))

    def upgrade(self, engine: Engine, folder: Path, *bodies: str) -> None:
        head = int((MIGRATIONS / "HEAD").read_text(encoding="ascii"))
        for number, body in enumerate(bodies, start=head + 1):
            told = f"from alembic import op\nrevision, down_revision = '{number:04}', '{number - 1:04}'\n"
            (folder / "versions" / f"{number:04}.py").write_text(
                f"{told}def upgrade():\n    {body}\n", encoding="utf-8"
            )
        config = migration_config(engine)
        config.set_main_option("script_location", str(folder))
        command.upgrade(config, "head")

    def test_changes_a_table_without_touching_the_rows_that_refer_to_it(self, engine: Engine, folder: Path) -> None:
        insert(engine, "practitioners", {"id": 901})
        insert(engine, "ratings", {})
        self.upgrade(engine, folder, self.REBUILD)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM ratings")) == 1
        with pytest.raises(IntegrityError):
            insert(engine, "ratings", {"practitioner_id": 902})

    def test_is_undone_with_those_before_it_when_it_fails(self, engine: Engine, folder: Path) -> None:
        with pytest.raises(DBAPIError):
            self.upgrade(engine, folder, self.REBUILD, self.FAIL)
        assert schema.differences(engine) == []

    def test_may_leave_no_row_that_refers_to_nothing(self, sqlite_url: str, folder: Path) -> None:
        engine = make_engine(sqlite_url)
        insert(engine, "practitioners", {"id": 901})
        insert(engine, "ratings", {})
        with pytest.raises(RuntimeError, match="a row of ratings that refers to nothing in practitioners"):
            self.upgrade(engine, folder, 'op.execute("DELETE FROM practitioners WHERE id = 901")')
        engine.dispose()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """A database without a schema, for those who want an older one."""
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    yield engine
    engine.dispose()


class TestTheLinesOfAnImport:
    def test_move_out_of_the_plan_into_pieces(self, empty: Engine) -> None:
        engine, config = empty, migration_config(empty)
        command.upgrade(config, "0003")
        lines = [["rating", ("create", "update", "conflict")[n % 3], 0, f"Skill {n}", None, 3] for n in range(1_200)]
        plan = json.dumps({"summary": "1 person", "lines": [[*line, "S", "A1", "3", None] for line in lines]})
        insert(engine, "import_batches", {"plan": plan})
        command.upgrade(config, "head")
        with Session(engine) as session:
            page = page_of_lines(session, 1, ["Anna Berg"], LineFilters(Show.LEFT_OUT, page=8))
            kept = session.scalar(text("SELECT plan FROM import_batches"))
        assert (page.counts[Show.NEW], page.counts[Show.ALL], page.lines[-1].subject) == (400, 1_200, "Skill 1199")
        assert json.loads(kept) == {"summary": "1 person"}


class TestWhoseUndoReversesAValue:
    def test_is_the_import_that_wrote_it_where_that_still_holds(self, empty: Engine) -> None:
        config = migration_config(empty)
        command.upgrade(config, "0004")
        for number, state in enumerate(("applied", "undone"), start=1):
            insert(empty, "import_batches", {"id": number, "state": state})
            insert(empty, "imported_values", {"batch_id": number, "row_id": number})
        command.upgrade(config, "head")
        with empty.connect() as connection:
            held = connection.execute(text("SELECT batch_id, held_by_id FROM imported_values ORDER BY id")).all()
        assert held == [(1, 1), (2, None)]


class TestTheAuditTrail:
    """Sealed anew on the way up, with pseudonyms, and its own record of that."""

    TOLD: ClassVar[list[tuple[int | None, str, dict[str, object] | None]]] = [
        (None, "command line", {"email": "ann@x.org", "name": "Åsa", "share": 0.5}),
        (7, "ann@x.org", None),
        (None, "bob@x.org", {"rows": [1, None, True]}),
        (None, "ann@x.org", None),
    ]

    def fill(self, engine: Engine) -> None:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO accounts (id, email, name, role, active, created_at, updated_at) "
                    "VALUES (7, 'ann@x.org', 'Ann', 'manager', true, '2026-01-01', '2026-01-01')"
                )
            )
            last = ""
            for number, (account, label, after) in enumerate(self.TOLD, start=1):
                at = f"2026-01-0{number}T10:00:00+00:00"
                told = [last, at, label, "account.create", "account", number, None, after, None]
                last = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
                sqlite = engine.dialect.name == "sqlite"
                row = {
                    "at": at.replace("T", " ").replace("+00:00", ".000000") if sqlite else at,
                    "account_id": account,
                    "actor": label,
                    "subject_id": number,
                    "after": None if after is None else json.dumps(after),
                    "seal": last,
                }
                connection.execute(
                    text(
                        "INSERT INTO audit_entries (at, account_id, actor, action, subject, subject_id, after, seal) "
                        "VALUES (:at, :account_id, :actor, 'account.create', 'account', :subject_id, :after, :seal)"
                    ),
                    row,
                )

    @pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
    def bare(self, request: pytest.FixtureRequest) -> Iterator[Engine]:
        """An empty database of either kind."""
        if request.param == "sqlite":
            yield request.getfixturevalue("empty")
            return
        engine = make_engine(request.getfixturevalue("postgres_url"))
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        yield engine
        engine.dispose()

    @pytest.mark.parametrize("tampered", [False, True])
    def test_is_sealed_anew(self, bare: Engine, tampered: bool) -> None:
        config = migration_config(bare)
        command.upgrade(config, "0012")
        self.fill(bare)
        if tampered:
            with bare.begin() as connection:
                connection.execute(text("UPDATE audit_entries SET actor = 'nobody' WHERE id = 3"))
        command.upgrade(config, "head")
        with Session(bare) as session:
            assert verify_chain(session).unbroken
            told = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        actors = ["command line", "account 7", "nobody" if tampered else "former account", "account 7", "command line"]
        assert [entry.actor for entry in told] == actors
        assert [entry.after for entry in told[:4]] == [after for _, _, after in self.TOLD]
        last = told[-1]
        assert last.action == "audit.reseal"
        assert last.after is not None
        assert (last.after["entries"], last.after["was_unbroken"]) == (4, not tampered)
        assert last.after.get("first_broken_entry") == (3 if tampered else None)


STAMPS = {"version": 1, "created_at": "2026-01-01", "updated_at": "2026-01-01"}
VALID: dict[str, dict[str, object]] = {
    "practitioners": {
        "name": "B", "name_key": "b", "working_share": 1, "working_days": "1111100", "active": True, **STAMPS
    },
    "ratings": {"practitioner_id": 901, "skill_id": 1, "level": 3, "source": "self", **STAMPS},
    "absences": {"practitioner_id": 901, "starts_on": "2026-05-01", "ends_on": "2026-05-02", "share": 1},
    "ties": {"person_a_id": 901, "person_b_id": 902, "strength": 0.5, "shared_projects": 1},
    "projects": {"name": "P", "name_key": "p", "state": "planned", "priority": 3, **STAMPS},
}  # fmt: skip


IMPORTED: dict[str, dict[str, object]] = {
    "import_batches": {
        "filename": "a.csv", "sha256": "0" * 64, "state": "staged", "sample": False, "content": b"a", "choices": "{}",
        "plan": "{}", "plan_digest": "0" * 64, "counts": "{}", "uploaded_at": "2026-01-01", "version": 1
    },
    "imported_values": {"table_name": "practitioners", "field": "", "sheet": "S", "cell": "A1"},
}  # fmt: skip
"""Rows that every version of these tables takes."""


def insert(engine: Engine, table: str, changes: dict[str, object]) -> None:
    row = (VALID | IMPORTED)[table] | changes
    columns, places = ", ".join(row), ", ".join(f":{column}" for column in row)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), row)


class TestConstraintsAgainstRawSql:
    """The database refuses what the code would never send."""

    @pytest.fixture(autouse=True)
    def _people(self, engine: Engine) -> None:
        insert(engine, "practitioners", {"id": 901, "email": "a@x.org"})
        insert(engine, "practitioners", {"id": 902})

    @pytest.mark.parametrize("table", VALID)
    def test_accepts_a_valid_row(self, engine: Engine, table: str) -> None:
        insert(engine, table, {})

    @pytest.mark.parametrize(
        ("table", "changes"),
        [
            pytest.param("practitioners", {"email": "a@x.org"}, id="an e-mail twice"),
            pytest.param("practitioners", {"email": "B@x.org"}, id="an e-mail in capitals"),
            pytest.param("practitioners", {"name": " "}, id="an empty name"),
            pytest.param("practitioners", {"working_share": 1.5}, id="more than full time"),
            pytest.param("practitioners", {"home_unit_id": 99}, id="a unit that is not there"),
            pytest.param("ratings", {"level": 6}, id="a level above 5"),
            pytest.param("ratings", {"level": -1}, id="a level below 0"),
            pytest.param("ratings", {"source": "gossip"}, id="an unknown source"),
            pytest.param("ratings", {"skill_id": 999999}, id="a rating of no skill"),
            pytest.param("ratings", {"verified_at": "2026-01-01"}, id="a verification by nobody"),
            pytest.param("absences", {"ends_on": "2026-04-30"}, id="a period that ends before it starts"),
            pytest.param("ties", {"person_a_id": 902}, id="a tie with oneself"),
            pytest.param("ties", {"strength": 1.2}, id="a tie stronger than 1"),
            pytest.param("projects", {"priority": 9}, id="a priority of 9"),
            pytest.param("projects", {"state": "dreaming"}, id="an unknown state"),
        ],
    )
    def test_refuses(self, engine: Engine, table: str, changes: dict[str, object]) -> None:
        with pytest.raises(IntegrityError):
            insert(engine, table, changes)
