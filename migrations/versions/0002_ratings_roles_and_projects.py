"""Ratings and goals, the role catalogue with team templates, projects and their roles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("responsibilities", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_roles")),
        sa.UniqueConstraint("code", name=op.f("uq_catalogue_roles_code")),
        sa.UniqueConstraint("name", name=op.f("uq_catalogue_roles_name")),
    )
    op.create_table(
        "team_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("when_to_use", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_templates")),
        sa.UniqueConstraint("code", name=op.f("uq_team_templates_code")),
        sa.UniqueConstraint("name", name=op.f("uq_team_templates_name")),
    )
    op.create_table(
        "team_template_roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_template_id", sa.Integer(), nullable=False),
        sa.Column("catalogue_role_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("fte", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("starts_at", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("ends_at", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("phase", sa.String(length=200), nullable=True),
        sa.Column("subteam", sa.String(length=200), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.CheckConstraint("fte > 0 AND fte <= 1", name=op.f("ck_team_template_roles_fte_range")),
        sa.CheckConstraint("headcount BETWEEN 1 AND 50", name=op.f("ck_team_template_roles_headcount_range")),
        sa.CheckConstraint(
            "starts_at >= 0 AND starts_at < ends_at AND ends_at <= 1", name=op.f("ck_team_template_roles_period")
        ),
        sa.ForeignKeyConstraint(
            ["catalogue_role_id"], ["catalogue_roles.id"], name=op.f("fk_team_template_roles_catalogue_role_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_template_id"],
            ["team_templates.id"],
            name=op.f("fk_team_template_roles_team_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_template_roles")),
        sa.UniqueConstraint("team_template_id", "name", name=op.f("uq_team_template_roles_team_template_id_name")),
    )
    op.create_index(
        op.f("ix_team_template_roles_catalogue_role_id"), "team_template_roles", ["catalogue_role_id"], unique=False
    )
    op.create_table(
        "catalogue_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catalogue_role_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_catalogue_needs_level_range")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_catalogue_needs_weight_range")),
        sa.ForeignKeyConstraint(
            ["catalogue_role_id"],
            ["catalogue_roles.id"],
            name=op.f("fk_catalogue_needs_catalogue_role_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_catalogue_needs_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_needs")),
        sa.UniqueConstraint(
            "catalogue_role_id", "skill_id", name=op.f("uq_catalogue_needs_catalogue_role_id_skill_id")
        ),
    )
    op.create_index(op.f("ix_catalogue_needs_skill_id"), "catalogue_needs", ["skill_id"], unique=False)
    op.create_table(
        "learning_goals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("target_level", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("priority BETWEEN 1 AND 3", name=op.f("ck_learning_goals_priority_range")),
        sa.CheckConstraint("target_level BETWEEN 1 AND 5", name=op.f("ck_learning_goals_target_level_range")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_learning_goals_practitioner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_learning_goals_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_goals")),
        sa.UniqueConstraint("practitioner_id", "skill_id", name=op.f("uq_learning_goals_practitioner_id_skill_id")),
    )
    op.create_index(op.f("ix_learning_goals_skill_id"), "learning_goals", ["skill_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("client", sa.String(length=200), nullable=True),
        sa.Column("domain", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "active",
                "finished",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("success", sa.Numeric(precision=4, scale=3), nullable=True),
        sa.Column("team_template_id", sa.Integer(), nullable=True),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("budget >= 0", name=op.f("ck_projects_budget_range")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_projects_period")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_projects_name_stated")),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name=op.f("ck_projects_priority_range")),
        sa.CheckConstraint("success BETWEEN 0 AND 1", name=op.f("ck_projects_success_range")),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["accounts.id"], name=op.f("fk_projects_manager_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["team_template_id"], ["team_templates.id"], name=op.f("fk_projects_team_template_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("name_key", name=op.f("uq_projects_name_key")),
    )
    op.create_index(op.f("ix_projects_manager_id"), "projects", ["manager_id"], unique=False)
    op.create_index(op.f("ix_projects_state"), "projects", ["state"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "self",
                "import",
                "manager",
                "assessment",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column("last_used", sa.Date(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(verified_by_id IS NULL) = (verified_at IS NULL)", name=op.f("ck_ratings_verification_whole")
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_ratings_level_range")),
        sa.ForeignKeyConstraint(
            ["practitioner_id"], ["practitioners.id"], name=op.f("fk_ratings_practitioner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_ratings_skill_id")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["accounts.id"], name=op.f("fk_ratings_verified_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("practitioner_id", "skill_id", name=op.f("uq_ratings_practitioner_id_skill_id")),
    )
    op.create_index("ix_ratings_skill_level", "ratings", ["skill_id", "level", "practitioner_id"], unique=False)
    op.create_table(
        "endorsements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rating_id", sa.Integer(), nullable=False),
        sa.Column("endorsed_by_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_endorsements_level_range")),
        sa.ForeignKeyConstraint(
            ["endorsed_by_id"], ["accounts.id"], name=op.f("fk_endorsements_endorsed_by_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["ratings.id"], name=op.f("fk_endorsements_rating_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsements")),
        sa.UniqueConstraint("rating_id", "endorsed_by_id", name=op.f("uq_endorsements_rating_id_endorsed_by_id")),
    )
    op.create_index(op.f("ix_endorsements_endorsed_by_id"), "endorsements", ["endorsed_by_id"], unique=False)
    op.create_table(
        "outcome_measures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("technical", "business", name="kind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("expected", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("actual", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_outcome_measures_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_measures")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_outcome_measures_project_id_name")),
    )
    op.create_table(
        "phases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_phases_period")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_phases_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phases")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_phases_project_id_name")),
    )
    op.create_table(
        "rating_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practitioner_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "self",
                "import",
                "manager",
                "assessment",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("import_batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("level BETWEEN 0 AND 5", name=op.f("ck_rating_changes_level_range")),
        sa.ForeignKeyConstraint(
            ["import_batch_id"], ["import_batches.id"], name=op.f("fk_rating_changes_import_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["practitioner_id"],
            ["practitioners.id"],
            name=op.f("fk_rating_changes_practitioner_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["accounts.id"], name=op.f("fk_rating_changes_recorded_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_rating_changes_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_changes")),
    )
    op.create_index(op.f("ix_rating_changes_import_batch_id"), "rating_changes", ["import_batch_id"], unique=False)
    op.create_index("ix_rating_changes_rating", "rating_changes", ["practitioner_id", "skill_id", "id"], unique=False)
    op.create_table(
        "subteams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("focus", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_subteams_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subteams")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_subteams_project_id_name")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=200), nullable=True),
        sa.Column("responsibilities", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("fte", sa.Numeric(precision=4, scale=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("phase_id", sa.Integer(), nullable=True),
        sa.Column("subteam_id", sa.Integer(), nullable=True),
        sa.Column("catalogue_role_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_roles_period")),
        sa.CheckConstraint("fte > 0 AND fte <= 1", name=op.f("ck_roles_fte_range")),
        sa.CheckConstraint("headcount BETWEEN 1 AND 50", name=op.f("ck_roles_headcount_range")),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_roles_name_stated")),
        sa.ForeignKeyConstraint(
            ["catalogue_role_id"], ["catalogue_roles.id"], name=op.f("fk_roles_catalogue_role_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["phase_id"], ["phases.id"], name=op.f("fk_roles_phase_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_roles_project_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["subteam_id"], ["subteams.id"], name=op.f("fk_roles_subteam_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_roles_project_id_name")),
    )
    op.create_index(op.f("ix_roles_catalogue_role_id"), "roles", ["catalogue_role_id"], unique=False)
    op.create_index(op.f("ix_roles_phase_id"), "roles", ["phase_id"], unique=False)
    op.create_index(op.f("ix_roles_subteam_id"), "roles", ["subteam_id"], unique=False)
    op.create_table(
        "role_communication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role_a_id", sa.Integer(), nullable=False),
        sa.Column("role_b_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_role_communication_amount_range")),
        sa.CheckConstraint("role_a_id <= role_b_id", name=op.f("ck_role_communication_pair_ordered")),
        sa.ForeignKeyConstraint(
            ["role_a_id"], ["roles.id"], name=op.f("fk_role_communication_role_a_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["role_b_id"], ["roles.id"], name=op.f("fk_role_communication_role_b_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_communication")),
        sa.UniqueConstraint("role_a_id", "role_b_id", name=op.f("uq_role_communication_role_a_id_role_b_id")),
    )
    op.create_index("ix_role_communication_role_b_id", "role_communication", ["role_b_id"], unique=False)
    op.create_table(
        "skill_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_skill_needs_level_range")),
        sa.CheckConstraint("weight > 0", name=op.f("ck_skill_needs_weight_range")),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_skill_needs_role_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["skill_id"], ["skills.id"], name=op.f("fk_skill_needs_skill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_needs")),
        sa.UniqueConstraint("role_id", "skill_id", name=op.f("uq_skill_needs_role_id_skill_id")),
    )
    op.create_index(op.f("ix_skill_needs_skill_id"), "skill_needs", ["skill_id"], unique=False)
