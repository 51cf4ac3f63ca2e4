"""What a staffing decision was based on is frozen with it, and no decision is without a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE decisions SET reason = 'Not stated' WHERE length(trim(reason)) = 0")
    with op.batch_alter_table("decisions") as decisions:
        decisions.add_column(sa.Column("record", sa.JSON(none_as_null=True), nullable=True))
        decisions.add_column(sa.Column("record_digest", sa.String(length=64), nullable=True))
        decisions.create_check_constraint(op.f("ck_decisions_reason_stated"), "length(trim(reason)) > 0")
