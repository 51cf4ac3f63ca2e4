"""The record of background work: asked for, taken by a worker, ended once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.services.flushing import flush
from models import OPEN_STATES, Actor, Job, JobState

MOST_ATTEMPTS = 3
"""Work that took its worker with it this often would take the next one too."""


class Progress(Protocol):
    """How far the work is. Raises `Stopped` when somebody stopped it, until the last moment before the commit."""

    def __call__(self, done: int, total: int, note: str | None = None) -> None: ...
    def stopped(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker: its `attempt`-th."""

    id: int
    kind: str
    subject_id: int
    request: Mapping[str, Any]
    actor: Actor
    attempt: int


class Superseded(Conflict):
    """Another worker took the job over because this one was thought dead."""


def ask(
    session: Session, actor: Actor, kind: str, subject: str, subject_id: int, request: Mapping[str, Any] | None = None
) -> Job:
    """A job to be queued once the transaction is committed. Raises DomainError while the subject has an open one."""
    same = (Job.subject == subject, Job.subject_id == subject_id)
    if session.scalar(select(Job.id).where(*same, Job.state.in_(OPEN_STATES)).limit(1)):
        raise Conflict("Work on this is under way already. Wait for it or stop it.")
    job = Job(
        kind=kind,
        subject=subject,
        subject_id=subject_id,
        request=dict(request or {}),
        asked_by_id=actor.account_id,
        actor=actor.label,
    )
    session.add(job)
    flush(session)
    return job


def claim(session: Session, job_id: int) -> Claim | None:
    """The job, if it still waits for a worker: a queue may deliver twice."""
    now = datetime.now(UTC)
    taken = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(state=JobState.RUNNING, attempts=Job.attempts + 1, started_at=now, heartbeat_at=now)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]  # an update's result has one
        return None
    job = session.scalars(select(Job).where(Job.id == job_id).execution_options(populate_existing=True)).one()
    return Claim(job.id, job.kind, job.subject_id, job.request, Actor(job.actor, job.asked_by_id), job.attempts)


def beat(session: Session, claim: Claim) -> None:
    """Note that the worker lives."""
    session.execute(_ours(claim).values(heartbeat_at=datetime.now(UTC)))


def end(
    session: Session,
    claim: Claim,
    state: JobState,
    *,
    done: int = 0,
    total: int = 0,
    error: str | None = None,
    status: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down how the job ended, in the transaction of its work. Raises `Superseded` when it is another worker's by
    now; the caller rolls back, so that work is never done twice."""
    ended = session.execute(
        _ours(claim).values(
            state=state,
            finished_at=datetime.now(UTC),
            done=done,
            total=total,
            error=error,
            status=status,
            details=None if details is None else dict(details),
        )
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # an update's result has one
        raise Superseded("Another worker has taken this work over.")


def take_back(session: Session, job_id: int, attempt: int) -> bool:
    """Let the job of a dead worker wait for another; false when it is somebody else's or ended meanwhile."""
    freed = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.RUNNING, Job.attempts == attempt)
        .values(state=JobState.QUEUED)
    )
    return bool(freed.rowcount)  # type: ignore[attr-defined]  # an update's result has one


def _ours(claim: Claim) -> Any:
    return update(Job).where(Job.id == claim.id, Job.state == JobState.RUNNING, Job.attempts == claim.attempt)
