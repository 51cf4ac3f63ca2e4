"""The role of a viewer, the reach of a manager, and what the organisation decides about visibility and sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLES = ("admin", "manager", "practitioner", "viewer")
FIELDS = ("ratings", "goals", "availability", "absence_reasons", "cost", "outcomes", "contact")
AUDIENCES = ("self", "managers", "everyone")


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        if op.get_bind().dialect.name == "postgresql":
            accounts.drop_constraint(op.f("ck_accounts_role"), type_="check")
        # SQLite makes the table anew, and a check that is not named here is not in the copy.
        accounts.create_check_constraint(op.f("ck_accounts_role"), _one_of("role", ROLES))
        accounts.add_column(
            sa.Column(
                "reach", _choice("reach", ("organisation", "assigned")), server_default="organisation", nullable=False
            )
        )
        accounts.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "managed_units",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_managed_units_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_managed_units_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "unit_id", name=op.f("pk_managed_units")),
    )
    op.create_index(op.f("ix_managed_units_unit_id"), "managed_units", ["unit_id"])
    op.create_table(
        "role_policies",
        sa.Column("role", _choice("role", ROLES), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_role_policies")),
    )
    op.create_table(
        "visibility_policies",
        sa.Column("field", _choice("personal_field", FIELDS), nullable=False),
        sa.Column("usual", _choice("usual_audience", AUDIENCES), nullable=False),
        sa.Column("narrowest", _choice("narrowest_audience", AUDIENCES), nullable=False),
        sa.Column("widest", _choice("widest_audience", AUDIENCES), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("field", name=op.f("pk_visibility_policies")),
    )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
