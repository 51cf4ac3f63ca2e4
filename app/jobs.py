"""Background work: queue, workers, progress.

The record of a job is a row of our database (`app.services.jobs`), committed with what it belongs to; the queue holds
its number and nothing else, so it may be lost: whoever consumes it looks for rows that wait and are not in it.

What a running job tells meanwhile (how far it is, that its worker lives) and what it is told (stop) goes through the
queue's own store and not through our tables. On SQLite the work itself holds the one lock for writing until it commits,
so a row could neither be written while it runs nor be seen before it ends; the store is a file of its own, or Redis.
"""

import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import Huey, SqliteHuey
from huey.constants import EmptyData
from huey.consumer import Consumer, Scheduler
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.config import Settings
from app.db import impatient_session, reading_session, writing_session
from app.errors import DomainError, Stopped
from app.free_space import wipe_file, wipe_free_space
from app.queries.jobs import JobState, JobView, OpenJob, open_jobs, read_job
from app.queries.privacy.retention import retention_due
from app.services import jobs
from app.services.audit import COMMAND_LINE
from app.services.imports.background import KINDS
from app.services.privacy import retention

PULSE_SECONDS = 1.0
TELL_SECONDS = 0.2
LOOK_SECONDS = 0.04
RECOVER_SECONDS = 3.0
TIDY_SECONDS = 900.0
LOST_AFTER = timedelta(seconds=10)
"""A worker that was not heard of for so long is thought dead; a mistake costs its work, never its result."""
SLOWEST_DEQUEUE = 0.1
SMALL_WORK_SECONDS = 1.5
"""What takes no longer is shown at once, without a page that counts."""

BROKEN = "Something went wrong, and nothing was changed. Try it again; the log of the server says what it was."
BROKE_OFF = (
    "The work broke off {} times, each time with its worker, and nothing was changed. Try it with a smaller file."
)
STALE = "Somebody else changed this meanwhile, so nothing was changed. Open it again and repeat it."

log = logging.getLogger("app.jobs")
logging.getLogger("huey").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Live:
    """What a worker said last. `beat` is in seconds since 1970."""

    beat: float
    done: int = 0
    total: int = 0
    note: str | None = None


class Board:
    """What workers and pages tell each other, by job."""

    def __init__(self, queue: Huey) -> None:
        self._store = queue.storage

    def tell(self, job_id: int, live: Live) -> None:
        told = {"beat": live.beat, "done": live.done, "total": live.total, "note": live.note}
        self._store.put_data(f"live-{job_id}", json.dumps(told).encode())

    def live(self, job_id: int) -> Live | None:
        told = self._store.peek_data(f"live-{job_id}")
        return None if told is EmptyData else Live(**json.loads(bytes(told)))

    def stop(self, job_id: int) -> None:
        self._store.put_data(f"stop-{job_id}", b"1")

    def stopping(self, job_id: int) -> bool:
        return self._store.peek_data(f"stop-{job_id}") is not EmptyData

    def clear(self, job_id: int) -> None:
        self._store.delete_data(f"live-{job_id}")
        self._store.delete_data(f"stop-{job_id}")


class Telling:
    """The progress of one job, and its heart."""

    def __init__(self, board: Board, engine: Engine, claim: jobs.Claim) -> None:
        self.done = self.total = 0
        self._note: str | None = None
        self._board, self._engine, self._claim = board, engine, claim
        self._told = self._looked = 0.0
        self._stopped = False

    def __call__(self, done: int, total: int, note: str | None = None) -> None:
        changed = note is not None and note != self._note
        self.done, self.total, self._note = done, total, note or self._note
        if self.stopped():
            raise Stopped
        if changed or time.monotonic() - self._told >= TELL_SECONDS:
            self.tell()

    def check(self) -> None:
        """The last look before the work begins, or is committed."""
        self._looked = 0.0
        if self.stopped():
            raise Stopped

    def stopped(self) -> bool:
        now = time.monotonic()
        if now - self._looked >= TELL_SECONDS and not self._stopped:
            self._looked = now
            self._stopped = self._board.stopping(self._claim.id)
        return self._stopped

    def tell(self) -> None:
        self._told = time.monotonic()
        self._board.tell(self._claim.id, Live(time.time(), self.done, self.total, self._note))

    @contextmanager
    def beating(self) -> Iterator[None]:
        """A heart beats beside the work, also while that waits for a process or a statement."""
        ended = threading.Event()
        heart = threading.Thread(target=self._beat_until, args=(ended,), name=f"job-{self._claim.id}", daemon=True)
        self.tell()
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()

    def _beat_until(self, ended: threading.Event) -> None:
        while not ended.wait(PULSE_SECONDS):
            self.tell()
            # For workers that share the database and not the store. On SQLite these are of one machine and share both,
            # and nothing is lost where the work holds the lock.
            with suppress(OperationalError), impatient_session(self._engine) as session:
                jobs.beat(session, self._claim)
                session.commit()


class Jobs:
    """The background work of one database."""

    def __init__(self, engine: Engine, queue: Huey) -> None:
        self._engine, self._queue, self._board = engine, queue, Board(queue)
        self._task = queue.task(name="job")(self.run)

    def begin(self, job_id: int, seconds: float = SMALL_WORK_SECONDS) -> JobView:
        """Queue the job, once its row is committed, and see what has become of it after so many seconds at most."""
        self._task(job_id)
        deadline = time.monotonic() + seconds
        while (job := self._read(job_id)).is_open and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        return self.with_progress(job)

    def with_progress(self, job: JobView) -> JobView:
        """The job with what its worker says now."""
        if not job.is_open:
            return job
        live, stopping = self._board.live(job.id), self._board.stopping(job.id)
        if live is None:
            return replace(job, stopping=stopping)
        return replace(job, done=live.done, total=live.total, note=live.note, stopping=stopping)

    def stop(self, job_id: int) -> None:
        """Ask the worker to stop. What is committed by then stays."""
        self._board.stop(job_id)

    def run(self, job_id: int) -> None:
        """Do the work, in the worker. Its result is committed with the job's end, so it happens once or not at all."""
        with writing_session(self._engine) as session:
            claim = jobs.claim(session, job_id)
            session.commit()
        if claim is None:
            return
        telling = Telling(self._board, self._engine, claim)
        try:
            with telling.beating():
                self._work(claim, telling)
        except jobs.Superseded:
            log.warning("job %s: another worker has taken it over", job_id)
        except (OperationalError, InterfaceError) as error:
            # The row stays as it is: once the database can be written again, the job is taken back and tried again.
            log.warning("job %s: %s", job_id, error.orig)
            return
        self._board.clear(job_id)

    def recover(self, now: datetime | None = None) -> None:
        """Queue what waits and is not in the queue, and what a dead worker has left."""
        now = now or datetime.now(UTC)
        with reading_session(self._engine) as session:
            found = open_jobs(session)
        queued = {task.args[0] for task in self._queue.pending()} if found else set()
        for job in found:
            # A sign from a time to come was given before the clock was put back, and tells nothing.
            if job.id in queued or abs(now - self._last_sign(job)) < LOST_AFTER:
                continue
            if job.state is JobState.RUNNING and not self._take_back(job):
                continue
            log.warning("job %s: queued again", job.id)
            self._task(job.id)

    def tidy(self, now: datetime | None = None) -> Mapping[str, int] | None:
        """Remove what was kept for long enough, once a day whoever asks; None when it is not time yet."""
        now = now or datetime.now(UTC)
        with reading_session(self._engine) as session:
            if not retention_due(session, now):
                return None
        with writing_session(self._engine) as session:
            counts = retention.run_if_due(session, COMMAND_LINE, now)
            session.commit()
        if counts is not None:
            self.wipe()
        return counts

    def wipe(self) -> bool:
        """Overwrite the bytes of what was deleted (`app.free_space`); false when somebody kept it from being done."""
        file = getattr(self._queue.storage, "filename", None)
        queue_wiped = file is None or wipe_file(Path(file))
        return wipe_free_space(self._engine) and queue_wiped

    def consumer(self, consumer: type[Consumer] = Consumer) -> Consumer:
        """One worker's threads, not started yet: one that works, and one that looks for what was left."""
        keeper, tidy = self.recover, self.tidy

        class Keeper(Scheduler):  # type: ignore[misc]  # huey ships no types
            tidied = -TIDY_SECONDS

            def loop(self, now: datetime | None = None) -> None:
                try:
                    keeper()
                    if time.monotonic() - self.tidied >= TIDY_SECONDS:
                        self.tidied = time.monotonic()
                        tidy()
                except (OperationalError, InterfaceError) as error:
                    log.warning("looking for jobs: %s", error.orig)
                self.stop_flag.wait(RECOVER_SECONDS)

        kind = type("Consumer", (consumer,), {"scheduler_class": Keeper})
        made: Consumer = kind(self._queue, workers=1, periodic=False, max_delay=SLOWEST_DEQUEUE)
        return made

    def _work(self, claim: jobs.Claim, telling: Telling) -> None:
        kind = KINDS[claim.kind]
        try:
            telling.check()
            with writing_session(self._engine) as session:
                details = kind.work(session, claim, telling)
                telling.check()
                jobs.end(session, claim, JobState.DONE, done=telling.done, total=telling.total, details=details)
                session.commit()
        except Stopped as error:
            self._give_up(claim, JobState.STOPPED, error)
        except (jobs.Superseded, OperationalError, InterfaceError):
            raise
        except DomainError as error:
            self._give_up(claim, JobState.FAILED, error)
        except StaleDataError:
            self._give_up(claim, JobState.FAILED, DomainError(STALE))
        except Exception:
            # As for a page: whatever it was, the server goes on, and whoever asked is told.
            log.exception("job %s (%s) failed", claim.id, claim.kind)
            self._give_up(claim, JobState.FAILED, DomainError(BROKEN))

    def _give_up(self, claim: jobs.Claim, state: JobState, error: DomainError) -> None:
        with writing_session(self._engine) as session:
            KINDS[claim.kind].give_up(session, claim)
            jobs.end(session, claim, state, error=error.sentence, status=error.status, details=error.details)
            session.commit()

    def _take_back(self, job: OpenJob) -> bool:
        """Whether the job waits again. What broke off too often is given up instead."""
        with writing_session(self._engine) as session:
            taken = jobs.take_back(session, job.id, job.attempts)
            session.commit()
        if not taken or job.attempts < jobs.MOST_ATTEMPTS:
            return taken
        with writing_session(self._engine) as session:
            claim = jobs.claim(session, job.id)
            session.commit()
        if claim is not None:
            self._give_up(claim, JobState.FAILED, DomainError(BROKE_OFF.format(job.attempts)))
        return False

    def _last_sign(self, job: OpenJob) -> datetime:
        live = self._board.live(job.id)
        told = datetime.fromtimestamp(live.beat, UTC) if live else job.asked_at
        return max(told, job.heartbeat_at or job.asked_at)

    def _read(self, job_id: int) -> JobView:
        with reading_session(self._engine) as session:
            return read_job(session, job_id)


def open_queue(settings: Settings) -> Huey:
    """The queue in the data folder; like the secret key it is nobody else's to read or write."""
    path = queue_file(settings)
    path.touch(mode=0o600)
    return SqliteHuey("muster", filename=str(path), results=False)


def queue_file(settings: Settings) -> Path:
    return settings.data_dir / "queue.sqlite3"


def init_app(app: Flask, engine: Engine, queue: Huey) -> None:
    app.extensions["muster-jobs"] = Jobs(engine, queue)


def jobs_of(app: Flask) -> Jobs:
    found: Jobs = app.extensions["muster-jobs"]
    return found


def current_jobs() -> Jobs:
    return jobs_of(current_app)


def as_json(job: JobView, address: str) -> Mapping[str, Any]:
    """`address`: where the result is."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "done": job.done,
        "total": job.total,
        "note": job.note,
        "error": job.error,
        "status": job.status,
        "stopping": job.stopping,
        "asked_at": job.asked_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "address": address,
    }
