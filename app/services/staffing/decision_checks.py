"""Whether a decision can still be accounted for: the record is as it was frozen, and its inputs give its answer."""

from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import reading_session
from app.queries.staffing.decisions import stored_decision
from app.queries.staffing.proposals import stored_problem
from app.services.staffing.decisions import alternatives_of, record_digest
from models import AuditEntry, Decision, StaffingRun
from staffing import ENGINE_VERSION, propose


@dataclass(frozen=True, slots=True)
class DecisionCheck:
    """`kept`: there is a record at all. `alternatives`: the stored teams are still those of the record."""

    decision_id: int
    kept: bool
    record: bool
    audited: bool
    inputs: bool
    answer: bool
    alternatives: bool
    engine_then: str
    engine_now: str

    @property
    def holds(self) -> bool:
        return self.kept and self.record and self.audited and self.inputs and self.answer and self.alternatives

    @property
    def same_engine(self) -> bool:
        return self.engine_then == self.engine_now


def check_decision(engine: Engine, decision_id: int) -> DecisionCheck:
    """Reads in a transaction of its own, which is over before the teams are worked out again."""
    with reading_session(engine) as session:
        decision = stored_decision(session, decision_id)
        run, kept = decision.run, decision.record or {}
        problem = stored_problem(run)
        result, stored_digest = run.result, run.inputs_digest
        record = bool(kept) and record_digest(kept) == decision.record_digest
        audited = _audited(session, decision)
        alternatives = bool(kept) and _numbers(kept["alternatives"]) == _numbers(alternatives_of(session, run))
    return DecisionCheck(
        decision_id=decision_id,
        kept=bool(kept),
        record=record,
        audited=audited,
        inputs=problem.digest() == stored_digest == kept.get("inputs_digest"),
        answer=propose(problem).to_json() == result,
        alternatives=alternatives,
        engine_then=kept.get("engine_version", ""),
        engine_now=ENGINE_VERSION,
    )


def decisions_to_check(session: Session) -> list[int]:
    return list(session.scalars(select(Decision.id).order_by(Decision.id)))


def _audited(session: Session, decision: Decision) -> bool:
    """The sealed trail says the same digest."""
    entries = session.scalars(
        select(AuditEntry.after)
        .join(StaffingRun, StaffingRun.project_id == AuditEntry.subject_id)
        .where(
            AuditEntry.subject == "project",
            AuditEntry.action.in_(("staffing.choose", "staffing.set_aside")),
            StaffingRun.id == decision.run_id,
        )
    )
    return any(
        after and after.get("decision") == decision.id and after.get("record") == decision.record_digest
        for after in entries
    )


def _numbers(alternatives: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """Scores. Who would have sat where may be gone from the stored teams: people and roles can be removed."""
    return [(team["team"], team["units"], team["bound"], team["proven"]) for team in alternatives]
