"""${message}

Rules: old code must survive the new schema (add, backfill, switch, drop in separate releases); name every constraint;
no import from `models`, which moves on while a migration stays; a data migration has a test of its own.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
