"""Project history and ties, staffing runs with their proposals and decisions, allocations."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ties",
        sa.Column("person_a_id", sa.Integer(), nullable=False),
        sa.Column("person_b_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("shared_projects", sa.Integer(), nullable=False),
        sa.Column("last_together", sa.Date(), nullable=True),
        sa.CheckConstraint("person_a_id < person_b_id", name=op.f("ck_ties_pair_ordered")),
        sa.CheckConstraint("strength BETWEEN 0 AND 1", name=op.f("ck_ties_strength_range")),
        sa.ForeignKeyConstraint(
            ["person_a_id"], ["practitioners.id"], name=op.f("fk_ties_person_a_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_b_id"], ["practitioners.id"], name=op.f("fk_ties_person_b_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_a_id", "person_b_id", name=op.f("pk_ties")),
    )
    op.create_index("ix_ties_person_b_id", "ties", ["person_b_id"], unique=False)
    op.create_table(
        "engagements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("role_name", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("share", sa.Numeric(precision=4, scale=3), nullable=True),
        sa.Column("success", sa.Numeric(precision=4, scale=3), nullable=True),
        sa.Column("technologies", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_engagements_period")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_engagements_share_range")),
        sa.CheckConstraint("success BETWEEN 0 AND 1", name=op.f("ck_engagements_success_range")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_engagements_practitioner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_engagements_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
        sa.UniqueConstraint(
            "practitioner_id",
            "project_id",
            "role_name",
            name=op.f("uq_engagements_practitioner_id_project_id_role_name"),
        ),
    )
    op.create_index("ix_engagements_project_id", "engagements", ["project_id"], unique=False)
    op.create_table(
        "staffing_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("engine_version", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("choices", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("inputs_digest", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_staffing_runs_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["accounts.id"], name=op.f("fk_staffing_runs_requested_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_runs")),
    )
    op.create_index(op.f("ix_staffing_runs_project_id"), "staffing_runs", ["project_id"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.Column("measures", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("NOT proven OR bound = units", name=op.f("ck_proposals_proof_whole")),
        sa.CheckConstraint("bound >= units", name=op.f("ck_proposals_bound_holds")),
        sa.ForeignKeyConstraint(["run_id"], ["staffing_runs.id"], name=op.f("fk_proposals_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("run_id", "position", name=op.f("uq_proposals_run_id_position")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("role_name", sa.String(length=200), nullable=True),
        sa.Column("share", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "held",
                "confirmed",
                "declined",
                "released",
                "completed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_allocations_period")),
        sa.CheckConstraint(
            "seat IS NULL OR (role_id IS NOT NULL AND seat >= 1)", name=op.f("ck_allocations_seat_of_a_role")
        ),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_allocations_share_range")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_allocations_practitioner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_allocations_project_id")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_allocations_proposal_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_allocations_role_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
    )
    op.create_index("ix_allocations_person_period", "allocations", ["practitioner_id", "ends_on"], unique=False)
    op.create_index("ix_allocations_project_id", "allocations", ["project_id"], unique=False)
    op.create_index(op.f("ix_allocations_proposal_id"), "allocations", ["proposal_id"], unique=False)
    op.create_index("ix_allocations_role_id", "allocations", ["role_id"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("chosen", "set_aside", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_decisions_decided_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_decisions_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["staffing_runs.id"], name=op.f("fk_decisions_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_proposal_id"), "decisions", ["proposal_id"], unique=False)
    op.create_index(op.f("ix_decisions_run_id"), "decisions", ["run_id"], unique=False)
    op.create_table(
        "proposed_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("points", sa.JSON(none_as_null=True), nullable=False),
        sa.CheckConstraint("seat >= 1", name=op.f("ck_proposed_seats_seat_range")),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["practitioners.id"], name=op.f("fk_proposed_seats_mentor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_proposed_seats_practitioner_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposals.id"], name=op.f("fk_proposed_seats_proposal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_proposed_seats_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_seats")),
        sa.UniqueConstraint("proposal_id", "role_id", "seat", name=op.f("uq_proposed_seats_proposal_id_role_id_seat")),
    )
    op.create_index(op.f("ix_proposed_seats_practitioner_id"), "proposed_seats", ["practitioner_id"], unique=False)
    op.create_index(op.f("ix_proposed_seats_role_id"), "proposed_seats", ["role_id"], unique=False)
    op.create_table(
        "allocation_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "held",
                "confirmed",
                "declined",
                "released",
                "completed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocations.id"], name=op.f("fk_allocation_changes_allocation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["accounts.id"], name=op.f("fk_allocation_changes_changed_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_changes")),
    )
    op.create_index(op.f("ix_allocation_changes_allocation_id"), "allocation_changes", ["allocation_id"], unique=False)
