"""For how long what is kept, and what is older than that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.queries.briefs import Difference
from models import (
    OPEN_STATES,
    Allocation,
    ApiToken,
    AuditEntry,
    Base,
    BatchState,
    Decision,
    FirstAnswer,
    ImportBatch,
    Job,
    OneTimeLink,
    Proposal,
    RetentionKind,
    RetentionPeriod,
    SignInSession,
    StaffingRun,
    TaxonomyFile,
)

RUN = "retention.run"
"""The action of the audit entry that every run leaves."""
EVERY = timedelta(days=1)


class Usual(NamedTuple):
    """`days` unless the organisation says otherwise; `label` and `hint` are for the form."""

    days: int
    label: str
    hint: str


USUAL: Mapping[RetentionKind, Usual] = {
    RetentionKind.SESSIONS: Usual(
        30, "Sign-ins that are over", "After that nobody sees when and with what somebody signed in."
    ),
    RetentionKind.LINKS: Usual(30, "Links that were used or are too old", "Invitations and links to reset a password."),
    RetentionKind.TOKENS: Usual(
        90, "API tokens that are revoked or too old", "Counted from the day they stopped working."
    ),
    RetentionKind.UNDECIDED_IMPORTS: Usual(
        30, "Uploaded files that nobody decided about", "The file and its preview go."
    ),
    RetentionKind.IMPORT_FILES: Usual(
        180,
        "Files and previews of imports that were applied",
        "The import can still be undone; its annotated copy is gone.",
    ),
    RetentionKind.JOBS: Usual(
        90, "Records of finished background work", "What was asked for, by whom, and how it ended."
    ),
    RetentionKind.RUNS: Usual(365, "Proposals that led to no decision", "Those that were decided about stay."),
    RetentionKind.ANSWERS: Usual(1, "Answers to forms that were sent", "So that a form sent twice happens once."),
}


def periods(session: Session) -> dict[RetentionKind, int]:
    """Days by kind."""
    stated = dict(session.execute(select(RetentionPeriod.kind, RetentionPeriod.days)).all())
    return {kind: stated.get(kind.value, usual.days) for kind, usual in USUAL.items()}


def periods_fingerprint(days: Mapping[RetentionKind, int]) -> str:
    """The same for the same periods: by it a form knows whether somebody else changed them in the meantime."""
    return "-".join(str(days[kind]) for kind in RetentionKind)


def period_differences(saved: Mapping[RetentionKind, int], yours: Mapping[RetentionKind, int]) -> list[Difference]:
    """Where both differ, in days."""
    return [Difference(kind.value, saved[kind], yours[kind]) for kind in RetentionKind if saved[kind] != yours[kind]]


def last_run(session: Session) -> datetime | None:
    """When the newest entry says that it was: a clock that was put back may have given an older one a later time."""
    newest = select(AuditEntry.at).where(AuditEntry.action == RUN).order_by(AuditEntry.id.desc()).limit(1)
    return session.scalar(newest)


def retention_due(session: Session, at: datetime) -> bool:
    """A run of days to come is one by a clock that went wrong."""
    last = last_run(session)
    return last is None or not -EVERY < at - last < EVERY


Expired = Mapping[RetentionKind, list[tuple[type[Base], ColumnElement[bool]]]]


def expired(session: Session, at: datetime) -> Expired:
    """By kind: tables, and which of their rows have been kept for long enough."""
    before = {kind: at - timedelta(days=days) for kind, days in periods(session).items()}
    return {kind: CONDITIONS[kind](moment) for kind, moment in before.items()}


def count_expired(session: Session, at: datetime) -> dict[str, int]:
    return {
        kind.value: sum(
            session.scalar(select(func.count()).select_from(table).where(condition)) or 0 for table, condition in found
        )
        for kind, found in expired(session, at).items()
    }


def _sessions(before: datetime) -> Any:
    over = or_(SignInSession.ended_at < before, SignInSession.last_seen_at < before)
    return [(SignInSession, over)]


def _links(before: datetime) -> Any:
    return [(OneTimeLink, or_(OneTimeLink.used_at < before, OneTimeLink.expires_at < before))]


def _tokens(before: datetime) -> Any:
    return [(ApiToken, or_(ApiToken.revoked_at < before, ApiToken.expires_at < before))]


def _undecided_imports(before: datetime) -> Any:
    waiting = ImportBatch.state.in_((BatchState.READING, BatchState.STAGED))
    return [
        (ImportBatch, and_(waiting, ImportBatch.uploaded_at < before)),
        (TaxonomyFile, TaxonomyFile.uploaded_at < before),
    ]


def _import_files(before: datetime) -> Any:
    decided = ImportBatch.state.in_((BatchState.APPLIED, BatchState.UNDONE))
    return [(ImportBatch, and_(decided, ImportBatch.applied_at < before, func.length(ImportBatch.content) > 0))]


def _jobs(before: datetime) -> Any:
    return [(Job, and_(Job.state.not_in(OPEN_STATES), Job.finished_at < before))]


def _runs(before: datetime) -> Any:
    decided = exists().where(Decision.run_id == StaffingRun.id)
    booked = exists().where(Proposal.run_id == StaffingRun.id, Allocation.proposal_id == Proposal.id)
    return [(StaffingRun, and_(StaffingRun.requested_at < before, ~decided, ~booked))]


def _answers(before: datetime) -> Any:
    return [(FirstAnswer, FirstAnswer.answered_at < before)]


CONDITIONS = {
    RetentionKind.SESSIONS: _sessions,
    RetentionKind.LINKS: _links,
    RetentionKind.TOKENS: _tokens,
    RetentionKind.UNDECIDED_IMPORTS: _undecided_imports,
    RetentionKind.IMPORT_FILES: _import_files,
    RetentionKind.JOBS: _jobs,
    RetentionKind.RUNS: _runs,
    RetentionKind.ANSWERS: _answers,
}
