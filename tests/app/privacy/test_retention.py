"""What was kept for long enough goes by itself; the rest stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from huey import MemoryHuey
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.jobs import Jobs
from app.queries.imports.notes import annotation
from app.queries.privacy.retention import USUAL, count_expired, periods
from app.services.audit import COMMAND_LINE
from app.services.imports.undoing import undo
from app.services.privacy.retention import run, set_periods
from models import (
    Account,
    AccountRole,
    ApiToken,
    AuditEntry,
    Base,
    BatchState,
    Decision,
    DecisionKind,
    FirstAnswer,
    ImportLines,
    Job,
    JobState,
    LinkPurpose,
    OneTimeLink,
    RetentionKind,
    SignInSession,
    StaffingRun,
    TaxonomyFile,
)
from tests.factories.imports import ANNA, TOM, applied, sheet, staged
from tests.factories.record import account
from tests.factories.staffing import project_to_staff, role, staff

NOW = datetime(2027, 6, 1, 12, tzinfo=UTC)
Made = Callable[[datetime], type[Base]]


def aged(session: Session, kind: RetentionKind, since: datetime) -> type[Base]:
    """A row of the kind that is over since then, and its table."""
    return MAKERS[kind](session, session.scalars(select(Account)).one(), since)


def _session(session: Session, owner: Account, since: datetime) -> type[Base]:
    session.add(SignInSession(token_hash=f"s{since}", account_id=owner.id, ended_at=since, last_seen_at=since))
    return SignInSession


def _link(session: Session, owner: Account, since: datetime) -> type[Base]:
    link = OneTimeLink(token_hash=f"l{since}", account_id=owner.id, purpose=LinkPurpose.RESET, expires_at=since)
    session.add(link)
    return OneTimeLink


def _token(session: Session, owner: Account, since: datetime) -> type[Base]:
    token = ApiToken(
        account_id=owner.id,
        name="Old",
        token_hash=f"t{since}",
        prefix="m",
        scopes=[],
        created_at=since - timedelta(days=1),
        expires_at=since,
    )
    session.add(token)
    return ApiToken


def _list(session: Session, owner: Account, since: datetime) -> type[Base]:
    file = TaxonomyFile(filename="a.csv", sha256="0", entries=b"", uploaded_by_id=owner.id, uploaded_at=since)
    session.add(file)
    return TaxonomyFile


def _job(session: Session, owner: Account, since: datetime) -> type[Base]:
    session.add(Job(kind="k", subject="x", subject_id=1, request={}, state=JobState.DONE, actor="a", finished_at=since))
    return Job


def _run(session: Session, owner: Account, since: datetime) -> type[Base]:
    project = project_to_staff(session, f"Since {since}")
    role(session, project, "Engineer", {"SQL": 4})
    staff(session, project.id).requested_at = since
    return StaffingRun


def _answer(session: Session, owner: Account, since: datetime) -> type[Base]:
    session.add(
        FirstAnswer(account_id=owner.id, key_digest=f"{since}", request_digest="r", answered_at=since, status=303)
    )
    return FirstAnswer


MAKERS = {
    RetentionKind.SESSIONS: _session,
    RetentionKind.LINKS: _link,
    RetentionKind.TOKENS: _token,
    RetentionKind.UNDECIDED_IMPORTS: _list,
    RetentionKind.JOBS: _job,
    RetentionKind.RUNS: _run,
    RetentionKind.ANSWERS: _answer,
}


@pytest.fixture(autouse=True)
def owner(session: Session) -> Account:
    return account(session, "owner@example.org", "Olga Owner", AccountRole.MANAGER)


def counted(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


class TestARun:
    @pytest.mark.parametrize("kind", MAKERS)
    def test_removes_what_is_older_than_its_period_and_nothing_younger(
        self, session: Session, kind: RetentionKind
    ) -> None:
        period = timedelta(days=USUAL[kind].days)
        table = aged(session, kind, NOW - period - timedelta(minutes=1))
        aged(session, kind, NOW - period + timedelta(minutes=1))
        session.flush()
        assert counted(session, table) == 2
        assert count_expired(session, NOW)[kind] == 1
        assert run(session, COMMAND_LINE, NOW)[kind] == 1
        assert counted(session, table) == 1
        assert run(session, COMMAND_LINE, NOW)[kind] == 0

    def test_discards_imports_that_nobody_decided_about(self, session: Session) -> None:
        batch = staged(session, sheet(ANNA))
        batch.uploaded_at = NOW - timedelta(days=31)
        session.flush()
        run(session, COMMAND_LINE, NOW)
        session.refresh(batch)
        assert (batch.state, batch.content, batch.plan) == (BatchState.DISCARDED, b"", {})
        assert counted(session, ImportLines) == 0

    def test_empties_imports_that_were_applied_long_ago_and_leaves_their_undo(self, session: Session) -> None:
        batch = applied(session, sheet(ANNA, TOM)).batch
        assert batch.applied_at is not None
        assert run(session, COMMAND_LINE, batch.applied_at + timedelta(days=179))[RetentionKind.IMPORT_FILES] == 0
        assert run(session, COMMAND_LINE, batch.applied_at + timedelta(days=181))[RetentionKind.IMPORT_FILES] == 1
        session.refresh(batch)
        assert (batch.state, batch.content) == (BatchState.APPLIED, b"")
        assert counted(session, ImportLines) == 0
        with pytest.raises(Conflict, match="no longer kept"):
            annotation(session, batch.id)
        assert len(undo(session, COMMAND_LINE, batch.id).reversed) > 0

    def test_keeps_runs_that_were_decided_about(self, session: Session) -> None:
        _run(session, session.scalars(select(Account)).one(), NOW - timedelta(days=1000))
        session.flush()
        stored = session.scalars(select(StaffingRun)).one()
        session.add(Decision(run_id=stored.id, kind=DecisionKind.SET_ASIDE, reason="No budget"))
        session.flush()
        assert run(session, COMMAND_LINE, NOW)[RetentionKind.RUNS] == 0
        assert counted(session, StaffingRun) == 1

    def test_keeps_work_that_is_not_done(self, session: Session) -> None:
        session.add(Job(kind="k", subject="x", subject_id=1, request={}, actor="a", asked_at=NOW - timedelta(days=999)))
        session.flush()
        assert run(session, COMMAND_LINE, NOW)[RetentionKind.JOBS] == 0

    def test_is_in_the_audit_trail_with_its_counts(self, session: Session) -> None:
        aged(session, RetentionKind.LINKS, NOW - timedelta(days=40))
        session.flush()
        counts = run(session, COMMAND_LINE, NOW)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.run")).one()
        assert entry.after == counts
        assert entry.after["links"] == 1


class TestPeriods:
    def test_are_as_is_usual_until_somebody_says_otherwise(self, session: Session) -> None:
        assert periods(session) == {kind: usual.days for kind, usual in USUAL.items()}
        set_periods(session, COMMAND_LINE, {RetentionKind.LINKS: 5})
        set_periods(session, COMMAND_LINE, {RetentionKind.LINKS: 7, RetentionKind.JOBS: 90})
        assert periods(session)[RetentionKind.LINKS] == 7
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "retention.change")).all()
        assert [(entry.before, entry.after) for entry in told] == [
            ({"links": 30}, {"links": 5}),
            ({"links": 5}, {"links": 7}),
        ]

    def test_decide_what_goes(self, session: Session) -> None:
        aged(session, RetentionKind.LINKS, NOW - timedelta(days=6))
        set_periods(session, COMMAND_LINE, {RetentionKind.LINKS: 5})
        assert run(session, COMMAND_LINE, NOW)[RetentionKind.LINKS] == 1

    @pytest.mark.parametrize("days", [0, -1, 3651])
    def test_outside_of_ten_years_are_refused(self, session: Session, days: int) -> None:
        with pytest.raises(DomainError) as refused:
            set_periods(session, COMMAND_LINE, {RetentionKind.LINKS: days})
        assert refused.value.field == "links"
        assert periods(session)[RetentionKind.LINKS] == 30


class TestTheWorker:
    def test_tidies_up_once_a_day(self, engine: Engine, session: Session) -> None:
        aged(session, RetentionKind.LINKS, datetime.now(UTC) - timedelta(days=40))
        session.commit()
        jobs = Jobs(engine, MemoryHuey(immediate=True, results=False))
        counts = jobs.tidy()
        assert counts is not None
        assert counts["links"] == 1
        assert jobs.tidy() is None
        assert jobs.tidy(datetime.now(UTC) + timedelta(hours=23)) is None
        assert jobs.tidy(datetime.now(UTC) + timedelta(hours=25)) is not None

    def test_goes_on_after_a_clock_that_went_ahead_was_put_right(self, engine: Engine, session: Session) -> None:
        session.commit()
        jobs, now = Jobs(engine, MemoryHuey(immediate=True, results=False)), datetime.now(UTC)
        assert jobs.tidy(now) is not None
        assert jobs.tidy(now - timedelta(days=4000)) is not None
        assert jobs.tidy(now) is None
