"""Staffing decisions as they were frozen, with what became of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.errors import NotFound
from app.queries.sight.visibility import Viewer, listed_for
from app.queries.sight.withheld import counts_shown, withheld_people
from app.queries.staffing.allocations import AllocationView, Step, allocations_of_decision
from models import BOOKED, Account, Allocation, Decision, DecisionKind, Practitioner, Project, Proposal, StaffingRun


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    id: int
    run_id: int
    kind: DecisionKind
    decided_at: datetime
    decided_by: str | None
    reason: str
    team: str | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """`record` as it was frozen; `names` are those of today, by practitioner id. `withheld`: somebody, who is
    not named, does not show the viewer what the teams were worked out from: the record is shown without its teams."""

    id: int
    kind: DecisionKind
    decided_at: datetime
    decided_by: str | None
    reason: str
    run_id: int
    project_id: int
    project: str
    record: Mapping[str, Any]
    record_digest: str
    names: Mapping[int, str]
    role_names: Mapping[int, str]
    allocations: Sequence[AllocationView]
    withheld: bool

    @property
    def alternatives(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.record.get("alternatives", ())
        return found

    @property
    def hands(self) -> list[tuple[AllocationView, Step]]:
        """What was changed by hand after the decision, in the order in which it happened."""
        taken = [(one, step) for one in self.allocations for step in one.steps if step.at > self.decided_at]
        return sorted(taken, key=lambda pair: pair[1].at)

    def to_json(self) -> dict[str, Any]:
        """The whole account: what was frozen, the digest of it, and what was done since. People by id, as frozen."""
        return {
            "decision": self.id,
            "kind": self.kind.value,
            "decided_at": self.decided_at.isoformat(),
            "decided_by": self.decided_by,
            "reason": self.reason,
            "record": dict(self.record),
            "record_digest": self.record_digest,
            "withheld": self.withheld,
            "since": [
                {
                    "allocation": one.id,
                    "state": step.state.value,
                    "at": step.at.isoformat(),
                    "by": step.by,
                    "reason": step.reason,
                }
                for one, step in self.hands
            ],
        }


def decision_summaries(session: Session, project_id: int, run_id: int | None = None) -> list[DecisionSummary]:
    """Of a project, or of one of its runs; the latest first."""
    wanted = (
        select(
            Decision.id,
            Decision.run_id,
            Decision.kind,
            Decision.decided_at,
            Account.name,
            Decision.reason,
            Decision.record,
        )
        .join(StaffingRun, StaffingRun.id == Decision.run_id)
        .outerjoin(Account, Account.id == Decision.decided_by_id)
        .where(StaffingRun.project_id == project_id)
        .order_by(Decision.id.desc())
    )
    if run_id is not None:
        wanted = wanted.where(Decision.run_id == run_id)
    return [
        DecisionSummary(number, of_run, kind, at, by, reason, (record or {}).get("chosen"))
        for number, of_run, kind, at, by, reason, record in session.execute(wanted)
    ]


def holds_people(session: Session, run_id: int) -> bool:
    """Whether somebody is booked by a team of the run."""
    booked = (
        select(Allocation.id)
        .join(Proposal, Proposal.id == Allocation.proposal_id)
        .where(Proposal.run_id == run_id, Allocation.state.in_(BOOKED))
    )
    return bool(session.scalar(select(booked.exists())))


def stored_decision(session: Session, decision_id: int) -> Decision:
    """The bare decision with its run."""
    found = session.scalar(select(Decision).where(Decision.id == decision_id).options(joinedload(Decision.run)))
    if found is None:
        raise NotFound("There is no such decision.")
    return found


def show_decision(session: Session, viewer: Viewer, decision_id: int) -> DecisionView:
    decision = stored_decision(session, decision_id)
    run = decision.run
    project = session.execute(select(Project.id, Project.name).where(Project.id == run.project_id)).one()
    record = decision.record or {}
    names = _names(session, viewer, record)
    withheld = withheld_people(session, viewer, run, _seated(record))
    return DecisionView(
        id=decision.id,
        kind=decision.kind,
        decided_at=decision.decided_at,
        decided_by=session.scalar(select(Account.name).where(Account.id == decision.decided_by_id)),
        reason=decision.reason,
        run_id=run.id,
        project_id=project.id,
        project=project.name,
        record=_shown(record, counts_shown(session, viewer, run, withheld), withheld),
        record_digest=decision.record_digest or "",
        names=names,
        role_names={number: name for name, number in run.choices.get("roles", {}).items()},
        allocations=allocations_of_decision(session, viewer, decision),
        withheld=bool(withheld),
    )


def _shown(record: Mapping[str, Any], counts: Mapping[str, Any], withheld: Collection[int]) -> Mapping[str, Any]:
    """The record with the counts that the viewer may know, and without its teams where somebody's are kept back."""
    if not record:
        return record
    return {**record, "considered": counts, "alternatives": [] if withheld else record["alternatives"]}


def proposal_of(session: Session, run_id: int, position: int) -> int:
    """The id of a run's team. Raises NotFound."""
    found = session.scalar(select(Proposal.id).where(Proposal.run_id == run_id, Proposal.position == position))
    if found is None:
        raise NotFound("There is no such team.")
    return found


def _seated(record: Mapping[str, Any]) -> set[int]:
    """Everybody on a seat of one of the record's teams, or teaching on one."""
    return {
        number
        for team in record.get("alternatives", ())
        for seat in team["seats"]
        for number in (seat["practitioner"], seat["mentor"])
        if number is not None
    }


def _names(session: Session, viewer: Viewer, record: Mapping[str, Any]) -> dict[int, str]:
    """Of everybody who would have sat or taught, and of whom the choices name as far as the viewer may know of them:
    anybody can be excluded by a number."""
    choices = record.get("choices", {})
    chosen = {person for _, person in choices.get("locks", ())} | set(choices.get("exclude", ()))
    known = or_(
        Practitioner.id.in_(_seated(record)),
        and_(Practitioner.id.in_(chosen), listed_for(viewer)),
    )
    return dict(session.execute(select(Practitioner.id, Practitioner.name).where(known)).all())
