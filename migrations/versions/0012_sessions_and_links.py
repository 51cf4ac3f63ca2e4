"""A session knows how and when its owner proved to be it; a link knows what replaced it, and may change an address."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PURPOSES = ("first_run", "invitation", "reset", "email")
WAYS = ("password", "link", "single_sign_on", "second_factor")


def upgrade() -> None:
    with op.batch_alter_table("sign_in_sessions") as sessions:
        sessions.add_column(sa.Column("authenticated_at", sa.DateTime(timezone=True), nullable=True))
        sessions.add_column(
            sa.Column(
                "how",
                sa.Enum(*WAYS, name="how", native_enum=False, create_constraint=True, length=40),
                server_default="password",
                nullable=False,
            )
        )
    with op.batch_alter_table("one_time_links") as links:
        if op.get_bind().dialect.name == "postgresql":
            links.drop_constraint(op.f("ck_one_time_links_purpose"), type_="check")
        # SQLite makes the table anew, and a check that is not named here is not in the copy.
        links.create_check_constraint(
            op.f("ck_one_time_links_purpose"), f"purpose IN ({', '.join(repr(value) for value in PURPOSES)})"
        )
        links.add_column(sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
        links.add_column(sa.Column("email", sa.String(length=200), nullable=True))
