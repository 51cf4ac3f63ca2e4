"""What is known of background work: one job for whoever asked for it, and those that wait for a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import DomainError, Forbidden, NotFound
from models import OPEN_STATES, Job, JobState

__all__ = ["JobState", "JobView", "OpenJob", "job_of", "open_jobs", "read_job", "show_job"]


class Asking(Protocol):
    @property
    def account_id(self) -> int: ...
    @property
    def administers(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class JobView:
    """`done` of `total` steps; total 0 means that the end is not known yet."""

    id: int
    kind: str
    subject: str
    subject_id: int
    state: JobState
    done: int
    total: int
    note: str | None
    error: str | None
    status: int | None
    details: Mapping[str, Any] | None
    asked_by_id: int | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    stopping: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def failure(self) -> DomainError | None:
        """The error that ended the job, with the status it had."""
        if self.error is None:
            return None
        failure = DomainError(self.error)
        failure.status, failure.details = self.status or DomainError.status, self.details
        return failure


class OpenJob(NamedTuple):
    id: int
    state: JobState
    attempts: int
    asked_at: datetime
    heartbeat_at: datetime | None


def read_job(session: Session, job_id: int) -> JobView:
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFound("There is no such work.")
    return _view(job)


def show_job(session: Session, job_id: int, asking: Asking) -> JobView:
    """The job, for whoever asked for it and for administrators; Forbidden for everybody else."""
    job = read_job(session, job_id)
    if not asking.administers and job.asked_by_id != asking.account_id:
        raise Forbidden("Only whoever started this work and administrators may see it.")
    return job


def job_of(session: Session, subject: str, subject_id: int) -> JobView | None:
    """The latest job on a row."""
    job = session.scalar(
        select(Job).where(Job.subject == subject, Job.subject_id == subject_id).order_by(Job.id.desc()).limit(1)
    )
    return None if job is None else _view(job)


def open_jobs(session: Session) -> Sequence[OpenJob]:
    """The jobs that wait or are worked on, oldest first."""
    columns = (Job.id, Job.state, Job.attempts, Job.asked_at, Job.heartbeat_at)
    return [
        OpenJob(*row) for row in session.execute(select(*columns).where(Job.state.in_(OPEN_STATES)).order_by(Job.id))
    ]


def _view(job: Job) -> JobView:
    return JobView(
        id=job.id,
        kind=job.kind,
        subject=job.subject,
        subject_id=job.subject_id,
        state=job.state,
        done=job.done,
        total=job.total,
        note=job.note,
        error=job.error,
        status=job.status,
        details=job.details,
        asked_by_id=job.asked_by_id,
        asked_at=job.asked_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
