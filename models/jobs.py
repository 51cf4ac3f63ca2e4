"""Background work: one row a job, written in the transaction of what it belongs to, so that neither is lost alone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, ShortText, choice, now


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)
IS_OPEN = text("state IN ('queued', 'running')")


class Job(Base):
    """`kind` names the work and `subject`, `subject_id` the row it is done on; a row has one open job at a time.

    `attempts` counts the workers that took it: whoever finishes says which one they were, so that of two only one
    does. `done` of `total` steps is what stood at the end; while the job runs, the queue's own store knows more.
    `error` is one sentence, `status` the HTTP status that goes with it, `details` what its kind keeps beside it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index(
            "uq_jobs_open_subject",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index("ix_jobs_subject", "subject", "subject_id"),
        Index("ix_jobs_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    request: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    note: Mapped[ShortText | None]
    error: Mapped[str | None]
    status: Mapped[int | None]
    details: Mapped[dict[str, Any] | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
