"""Background work: done once, seen while it runs, stopped without a trace, taken up when its worker dies."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from huey import MemoryHuey
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.cli.worker import Worker
from app.db import writing_session
from app.errors import DomainError
from app.jobs import Jobs, open_queue
from app.queries.jobs import JobView, read_job
from app.services import jobs
from app.services.imports import background, batches
from models import BatchState, ImportBatch, Job, JobState, Practitioner
from tests.app.conftest import Browser, settings_for
from tests.factories.imports import ANNA, IMPORTER, TOM, sheet, staged
from tests.workers import Beside

LATER = timedelta(hours=1)


@pytest.fixture
def work(engine: Engine) -> Jobs:
    return Jobs(engine, MemoryHuey(immediate=True, results=False))


@pytest.fixture
def to_apply(engine: Engine) -> int:
    """A job that waits: an import with five changes is to be applied."""
    with writing_session(engine) as session:
        batch = staged(session, sheet(ANNA, TOM))
        job_id = background.ask_apply(session, IMPORTER, batch.id, batch.plan_digest).id
        session.commit()
        return job_id


@pytest.fixture
def to_read(engine: Engine) -> int:
    with writing_session(engine) as session:
        batch = batches.receive(session, IMPORTER, content=sheet(ANNA), filename="skills.csv")
        job_id = background.ask_read(session, IMPORTER, batch.id).id
        session.commit()
        return job_id


def look(engine: Engine, job_id: int) -> JobView:
    with Session(engine) as session:
        return read_job(session, job_id)


def state_of_import(engine: Engine) -> BatchState:
    with Session(engine) as session:
        return session.scalars(select(ImportBatch.state)).one()


def people(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Practitioner)) or 0


def claim(engine: Engine, job_id: int) -> jobs.Claim:
    """As a worker does that then goes away."""
    with writing_session(engine) as session:
        taken = jobs.claim(session, job_id)
        session.commit()
    assert taken is not None
    return taken


@contextmanager
def when_values_are_written(engine: Engine, act: Callable[[], None]) -> Iterator[None]:
    """`act` when applying has written its rows, with its transaction open."""

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE import_batches"):
            act()

    event.listen(engine, "before_cursor_execute", listen)
    yield
    event.remove(engine, "before_cursor_execute", listen)


class TestAJob:
    def test_ends_with_its_work(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        job = work.begin(to_apply)
        assert (job.state, job.done, job.total, job.failure) == (JobState.DONE, 5, 5, None)
        assert state_of_import(engine) is BatchState.APPLIED
        assert job.finished_at is not None

    def test_is_done_once_however_often_it_is_delivered(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        work.begin(to_apply)
        work.run(to_apply)
        assert people(engine) == 2
        with Session(engine) as session:
            assert session.get_one(Job, to_apply).attempts == 1

    def test_waits_alone_on_its_import(self, engine: Engine, to_apply: int) -> None:
        with writing_session(engine) as session, pytest.raises(DomainError, match="under way already"):
            background.ask_read(session, IMPORTER, session.scalars(select(ImportBatch.id)).one())

    def test_can_be_looked_at_while_its_transaction_is_open(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        seen: list[JobView] = []
        with when_values_are_written(engine, lambda: seen.append(work.with_progress(look(engine, to_apply)))):
            work.begin(to_apply)
        assert (seen[0].state, seen[0].note) == (JobState.RUNNING, "Writing")

    def test_that_fails_tells_why_and_changes_nothing(self, engine: Engine, work: Jobs, to_read: int) -> None:
        with writing_session(engine) as session:
            session.scalars(select(ImportBatch)).one().content = b"\x89PNG\r\n\x1a\n" + bytes(300)
            session.commit()
        failure = work.begin(to_read).failure
        assert failure is not None
        assert (failure.status, "PNG picture" in failure.sentence) == (422, True)
        assert state_of_import(engine) is BatchState.REFUSED

    def test_that_meets_a_fault_of_ours_says_so(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        def break_off() -> None:
            raise RuntimeError("a fault")

        with when_values_are_written(engine, break_off):
            job = work.begin(to_apply)
        assert (job.state, "nothing was changed" in (job.error or "")) == (JobState.FAILED, True)
        assert (people(engine), state_of_import(engine)) == (0, BatchState.STAGED)


class TestStopping:
    def test_before_the_work_begins(self, engine: Engine, work: Jobs, to_read: int) -> None:
        work.stop(to_read)
        job = work.begin(to_read)
        assert (job.state, job.error) == (JobState.STOPPED, "The work was stopped, so nothing was changed.")
        assert state_of_import(engine) is BatchState.REFUSED

    def test_in_the_middle_leaves_nothing_behind(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        with when_values_are_written(engine, lambda: work.stop(to_apply)):
            job = work.begin(to_apply)
        assert job.state is JobState.STOPPED
        assert (people(engine), state_of_import(engine)) == (0, BatchState.STAGED)

    def test_what_is_done_stays(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        work.begin(to_apply)
        work.stop(to_apply)
        assert work.begin(to_apply).state is JobState.DONE
        assert people(engine) == 2


class TestADeadWorker:
    def test_is_replaced(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        claim(engine, to_apply)
        work.recover(datetime.now(UTC) + LATER)
        assert look(engine, to_apply).state is JobState.DONE
        assert people(engine) == 2

    def test_is_replaced_where_its_clock_went_ahead(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        claim(engine, to_apply)
        work.recover(datetime.now(UTC) - timedelta(days=400))
        assert look(engine, to_apply).state is JobState.DONE

    def test_is_not_one_that_was_just_heard_of(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        claim(engine, to_apply)
        work.recover()
        assert look(engine, to_apply).state is JobState.RUNNING

    def test_that_was_not_dead_after_all_writes_nothing(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        slow = claim(engine, to_apply)
        work.recover(datetime.now(UTC) + LATER)
        with writing_session(engine) as session, pytest.raises(jobs.Superseded):
            jobs.end(session, slow, JobState.DONE)

    def test_takes_no_fourth_one_with_it(self, engine: Engine, work: Jobs, to_read: int) -> None:
        for _ in range(jobs.MOST_ATTEMPTS):
            taken = claim(engine, to_read)
            if taken.attempt < jobs.MOST_ATTEMPTS:
                with writing_session(engine) as session:
                    assert jobs.take_back(session, to_read, taken.attempt)
                    session.commit()
        work.recover(datetime.now(UTC) + LATER)
        job = look(engine, to_read)
        assert (job.state, "3 times" in (job.error or "")) == (JobState.FAILED, True)
        assert state_of_import(engine) is BatchState.REFUSED

    def test_leaves_the_job_to_others_where_the_database_was_away(
        self, engine: Engine, work: Jobs, to_apply: int
    ) -> None:
        def away() -> None:
            raise OperationalError("INSERT", {}, Exception("database is locked"))

        with when_values_are_written(engine, away):
            assert work.begin(to_apply, seconds=0).state is JobState.RUNNING
        work.recover(datetime.now(UTC) + LATER)
        assert look(engine, to_apply).state is JobState.DONE

    def test_what_never_came_into_the_queue_is_found(self, engine: Engine, work: Jobs, to_apply: int) -> None:
        work.recover(datetime.now(UTC) + LATER)
        assert look(engine, to_apply).state is JobState.DONE


class TestTheWorker:
    def test_works_beside_the_server(self, engine: Engine, database_url: str, tmp_path: Path, to_apply: int) -> None:
        work = Jobs(engine, open_queue(settings_for(tmp_path, database_url)))
        worker = work.consumer(Beside)
        worker.start()
        try:
            assert work.begin(to_apply, seconds=60).state is JobState.DONE
        finally:
            worker.stop(graceful=True)
        assert (tmp_path / "queue.sqlite3").stat().st_mode & 0o077 == 0

    def test_of_the_server_is_a_process_and_comes_again_when_it_dies(
        self, engine: Engine, database_url: str, tmp_path: Path, to_apply: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MUSTER_DATABASE_URL", database_url)
        monkeypatch.setenv("MUSTER_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("MUSTER_SECRET_KEY", settings_for(tmp_path, database_url).secret_key)
        work = Jobs(engine, open_queue(settings_for(tmp_path, database_url)))
        worker = Worker()
        try:
            first = worker.pid
            os.kill(first, signal.SIGKILL)
            assert work.begin(to_apply, seconds=60).state is JobState.DONE
            assert worker.pid != first
        finally:
            worker.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(worker.pid, 0)


class TestThePage:
    @pytest.fixture
    def waiting(self, admin: Browser, engine: Engine) -> int:
        """A job that nobody works on, asked for by the administrator."""
        with writing_session(engine) as session:
            batch = batches.receive(session, IMPORTER, content=sheet(ANNA), filename="skills.csv")
            job = background.ask_read(session, IMPORTER, batch.id)
            session.commit()
            return job.id

    def test_counts_without_script(self, admin: Browser, waiting: int) -> None:
        for path in (f"/jobs/{waiting}", "/imports/1"):
            page = admin.get(path)
            assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
            assert "Waiting for a worker" in page
            assert f'action="/jobs/{waiting}/stop"' in page
        assert "Being read" in admin.get("/imports")

    def test_says_the_same_to_programs(self, admin: Browser, waiting: int) -> None:
        told = admin.client.get(f"/jobs/{waiting}", headers={"Accept": "application/json"}).get_json()
        assert (told["state"], told["kind"], told["address"]) == ("queued", "import.read", "/imports/1")

    def test_leads_to_the_result(self, admin: Browser, waiting: int) -> None:
        work: Jobs = admin.client.application.extensions["muster-jobs"]
        work.begin(waiting)
        answer = admin.client.get(f"/jobs/{waiting}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/imports/1")

    def test_stops(self, admin: Browser, waiting: int, engine: Engine) -> None:
        admin.post(f"/jobs/{waiting}/stop", page=f"/jobs/{waiting}")
        assert "Stopping" in admin.get(f"/jobs/{waiting}")
        work: Jobs = admin.client.application.extensions["muster-jobs"]
        work.begin(waiting)
        assert "The work was stopped" in admin.get("/imports/1")

    def test_stops_while_somebody_else_writes(self, admin: Browser, waiting: int, engine: Engine) -> None:
        with writing_session(engine) as session:
            session.scalars(select(Practitioner.id)).all()
            admin.post(f"/jobs/{waiting}/stop", page=f"/jobs/{waiting}")

    def test_is_for_whoever_asked_and_administrators(
        self, signed_in: Callable[..., Browser], waiting: int, engine: Engine
    ) -> None:
        manager = signed_in("manager")
        manager.get(f"/jobs/{waiting}", 404)
        manager.post(f"/jobs/{waiting}/stop", 404, page="/")
