"""The lines of an import's preview move out of its plan into pieces of a table of their own."""

import json
import zlib
from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LINES_A_PIECE = 1_000
SHOWN_AS = {"create": "new", "update": "changed", "unchanged": "unchanged"}
BATCHES = sa.table("import_batches", sa.column("id", sa.Integer), sa.column("plan", sa.JSON(none_as_null=True)))


def upgrade() -> None:
    pieces = op.create_table(
        "import_lines",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_lines_batch_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_import_lines")),
    )
    connection = op.get_bind()
    for batch_id in connection.scalars(sa.select(BATCHES.c.id)).all():
        plan = connection.scalar(sa.select(BATCHES.c.plan).where(BATCHES.c.id == batch_id))
        lines = plan.pop("lines", [])
        for number, start in enumerate(range(0, len(lines), LINES_A_PIECE)):
            part = lines[start : start + LINES_A_PIECE]
            counts = Counter(SHOWN_AS.get(line[1], "left_out") for line in part)
            content = zlib.compress(json.dumps(part, ensure_ascii=False).encode(), 1)
            row = {"batch_id": batch_id, "number": number, "content": content}
            row |= {name: counts[name] for name in ("new", "changed", "unchanged", "left_out")}
            connection.execute(sa.insert(pieces).values(row))
        connection.execute(sa.update(BATCHES).where(BATCHES.c.id == batch_id).values(plan=plan))
