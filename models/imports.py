"""Import batches: one uploaded file each, what it would change, what it changed, and where every value came from."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, ShortText, Versioned, choice, now


class BatchState(StrEnum):
    """A file is read, then staged until it is decided; one that cannot be read is refused and not kept."""

    READING = "reading"
    REFUSED = "refused"
    STAGED = "staged"
    APPLIED = "applied"
    DISCARDED = "discarded"
    UNDONE = "undone"


class ImportBatch(Versioned, Base):
    """`plan_digest` guards against the world having moved between preview and apply."""

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[ShortText]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[BatchState] = mapped_column(choice(BatchState, "state"), default=BatchState.STAGED)
    sample: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    choices: Mapped[dict[str, Any]]
    plan: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    plan_digest: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportLines(Base):
    """A thousand lines of an import's preview, in order, as compressed JSON: a large sheet has millions of them, and a
    page shows fifty. The counts tell which pieces hold the lines of a filter without opening any."""

    __tablename__ = "import_lines"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    left_out: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ImportedValue(Base):
    """One value an import wrote: which row and column of ours, from which sheet and cell, what stood there before.

    `before` and `after` hold the value in the file's words; a null `before` with field "" says that the batch created
    the row. `stored_before` and `stored_after` hold the row's columns as they were stored, those that `after` does not
    name already; those of a changed row stand with the first of its values, and {} with the others. `held_by_id` is the
    import whose undo reverses the value: the one that wrote it, or after that one's undo a later one that builds on it;
    null once the value is reversed, or nobody's but Muster's.
    """

    __tablename__ = "imported_values"
    __table_args__ = (
        Index("ix_imported_values_batch_id", "batch_id"),
        Index("ix_imported_values_held_by_id", "held_by_id"),
        Index("ix_imported_values_row", "table_name", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    table_name: Mapped[str] = mapped_column(String(60))
    row_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(60), default="")
    sheet: Mapped[ShortText]
    cell: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    stored_before: Mapped[dict[str, Any] | None]
    stored_after: Mapped[dict[str, Any] | None]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id", ondelete="SET NULL"))


class ImportMapping(Base):
    """Answers remembered for a file shape, so that next month's sheet imports without questions."""

    __tablename__ = "import_mappings"

    id: Mapped[int] = mapped_column(primary_key=True)
    shape: Mapped[str] = mapped_column(String(64), unique=True)
    choices: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
