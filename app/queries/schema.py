"""Which schema the database has, against the one this code needs."""

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.config import ROOT


def migration_config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    return config


def schema_fault(engine: Engine) -> str | None:
    """One sentence when the schema is not this code's; None when it is."""
    scripts = ScriptDirectory.from_config(migration_config(engine))
    head = scripts.get_current_head()
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == head:
        return None
    if current is None:
        return "The database is empty. Run `muster db upgrade`."
    if current not in {script.revision for script in scripts.walk_revisions()}:
        return f"The database has schema {current}, which is newer than this program. Install the newer Muster."
    return f"The database has schema {current}, this program needs {head}. Run `muster db upgrade`."


GUARDS = {
    "sqlite": ("audit_entries_no_delete", "audit_entries_no_replace", "audit_entries_no_update"),
    "postgresql": ("audit_entries_no_delete", "audit_entries_no_truncate", "audit_entries_no_update"),
}
"""Triggers that keep the audit trail append-only."""
FOUND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_entries'::regclass AND tgenabled IN ('O', 'A')",
}


def missing_guards(connection: Connection) -> list[str]:
    """Triggers that are not there, or that somebody has switched off."""
    kind = connection.dialect.name
    found = set(connection.scalars(text(FOUND[kind])))
    return [name for name in GUARDS[kind] if name not in found]
