"""Bringing the database to this code's schema, and checking that it is there."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from app.errors import DomainError
from app.queries.schema import migration_config, missing_guards, schema_fault
from models import Base


def upgrade(engine: Engine) -> None:
    """Run every migration that is missing, all in one transaction. A newer schema is refused, not touched."""
    fault = schema_fault(engine)
    if fault and "newer" in fault:
        raise DomainError(fault)
    command.upgrade(migration_config(engine), "head")


def differences(engine: Engine) -> list[str]:
    """Where the database differs from the models; empty when it is clean."""
    if fault := schema_fault(engine):
        return [fault]
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = [str(difference) for difference in compare_metadata(context, Base.metadata)]
        return found + [
            f"The trigger {name} is missing or switched off: the audit trail is not guarded."
            for name in missing_guards(connection)
        ]
