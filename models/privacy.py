"""What people ask about their own record, and for how long the organisation keeps what it does not need for ever."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, now


class ErasureRequest(Base):
    """Somebody's wish to be erased, until an administrator does it or they take it back. One a person."""

    __tablename__ = "erasure_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"), unique=True)
    asked_at: Mapped[datetime] = mapped_column(default=now)


class RetentionKind(StrEnum):
    """What is kept for a while and then removed by itself."""

    SESSIONS = "sessions"
    LINKS = "links"
    TOKENS = "tokens"
    UNDECIDED_IMPORTS = "undecided_imports"
    IMPORT_FILES = "import_files"
    JOBS = "jobs"
    RUNS = "runs"
    ANSWERS = "answers"


class RetentionPeriod(Base):
    """For how many days a kind of data is kept; a kind without a row is kept for as long as is usual.

    `kind`: of `RetentionKind`; a new kind needs no change of the table.
    """

    __tablename__ = "retention_periods"
    __table_args__ = (CheckConstraint("days BETWEEN 1 AND 3650", name="days_range"),)

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    days: Mapped[int]
