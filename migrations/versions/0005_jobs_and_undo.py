"""Background work; imports that are being read or were refused; what undoing an import needs to know."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('reading', 'refused', 'staged', 'applied', 'discarded', 'undone')"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.JSON(none_as_null=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "stopped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_jobs_asked_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    still_open = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "uq_jobs_open_subject",
        "jobs",
        ["subject", "subject_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_index("ix_jobs_subject", "jobs", ["subject", "subject_id"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_index(op.f("ix_jobs_asked_by_id"), "jobs", ["asked_by_id"])

    with op.batch_alter_table("import_batches") as batches:
        if op.get_bind().dialect.name == "postgresql":
            batches.drop_constraint(op.f("ck_import_batches_state"), type_="check")
        # SQLite makes the table anew, and a check that is not named here is not in the copy.
        batches.create_check_constraint(op.f("ck_import_batches_state"), STATES)

    with op.batch_alter_table("imported_values") as values:
        values.add_column(sa.Column("stored_before", sa.JSON(none_as_null=True), nullable=True))
        values.add_column(sa.Column("stored_after", sa.JSON(none_as_null=True), nullable=True))
        values.add_column(sa.Column("held_by_id", sa.Integer(), nullable=True))
        values.create_foreign_key(
            op.f("fk_imported_values_held_by_id"), "import_batches", ["held_by_id"], ["id"], ondelete="SET NULL"
        )
        values.create_index("ix_imported_values_held_by_id", ["held_by_id"])
    op.execute(
        "UPDATE imported_values SET held_by_id = batch_id"
        " WHERE batch_id IN (SELECT id FROM import_batches WHERE state = 'applied')"
    )
