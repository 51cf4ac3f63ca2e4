"""Deciding about proposed teams: choosing one, which holds its people, or setting all of them aside.

A decision is a person's and has a reason. What it was based on is frozen with it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.errors import Conflict, DomainError, NotFound
from app.queries.sight.visibility import AccountViewer, Viewer
from app.queries.staffing.decisions import holds_people
from app.queries.staffing.holding import (
    Hindrance,
    Holding,
    SeatToHold,
    holding,
    letter,
    people_of,
    proposed_team,
    role_names,
)
from app.services.audit import Actor, record
from app.services.staffing.projects import lock_project
from models import (
    Allocation,
    AllocationChange,
    AllocationState,
    Decision,
    DecisionKind,
    Practitioner,
    Proposal,
    StaffingRun,
)

FORMAT = "muster-decision/1"
NO_REASON = "Say why: a decision is kept with its reason."
NOBODY = "A staffing decision is a person's: sign in to make it."


class WorldMoved(Conflict):
    """The team cannot be held as it was proposed: `hindrances` say what is in the way."""

    def __init__(self, run_id: int, project_id: int, team: str, hindrances: Sequence[Hindrance]) -> None:
        super().__init__("The team cannot be held any more as it was proposed. Propose again.")
        self.run_id = run_id
        self.project_id = project_id
        self.team = team
        self.hindrances = tuple(hindrances)
        self.details = {"hindrances": [_plain(one) for one in hindrances]}


def choose_team(session: Session, actor: Actor, proposal_id: int, reason: str, at: datetime) -> Decision:
    """Hold everybody on the team, all or nobody, and keep the decision. Whoever has their seat already keeps it.

    Raises WorldMoved when the team would no longer be a right answer, DomainError without a reason or a person.
    """
    told, viewer = _decided_by(session, actor, reason)
    proposal = proposed_team(session, proposal_id)
    run = proposal.run
    lock_project(session, run.project_id)
    lock_people(session, people_of(proposal))
    held = holding(session, viewer, proposal, at.date())
    if not held.hindrances and all(seat.kept for seat in held.seats):
        raise Conflict(f"Everybody on team {letter(proposal)} has their seat already. There is nothing to decide.")
    if held.hindrances:
        raise WorldMoved(run.id, run.project_id, letter(proposal), held.hindrances)
    allocations = [_hold(session, actor, held, seat, told, at) for seat in held.seats if seat.kept is None]
    session.flush()
    after = {
        "held": [_held(allocation) for allocation in allocations],
        "kept": [seat.kept for seat in held.seats if seat.kept is not None],
    }
    decision = _decide(session, actor, run, told, at, DecisionKind.CHOSEN, proposal, after)
    for allocation in allocations:
        record(
            session,
            actor,
            "allocation.held",
            "allocation",
            allocation.id,
            after={
                "state": allocation.state.value,
                "decision": decision.id,
                "practitioner": allocation.practitioner_id,
            },
            reason=told,
        )
    return decision


def set_aside(session: Session, actor: Actor, run_id: int, reason: str, at: datetime) -> Decision:
    """Take none of the teams. Raises Conflict while people are booked by one of them, or when it was done before."""
    told, _ = _decided_by(session, actor, reason)
    run = session.get(StaffingRun, run_id)
    if run is None:
        raise NotFound("There is no such proposal.")
    lock_project(session, run.project_id)
    last = session.scalars(
        select(Decision.kind).where(Decision.run_id == run_id).order_by(Decision.id.desc()).limit(1)
    ).one_or_none()
    if last is DecisionKind.SET_ASIDE:
        raise Conflict("This proposal was set aside already.")
    if holds_people(session, run_id):
        raise Conflict("A team of this proposal was chosen and its people are booked. Release them first.")
    return _decide(session, actor, run, told, at, DecisionKind.SET_ASIDE, None, {"held": [], "kept": []})


def lock_people(session: Session, numbers: Iterable[int]) -> None:
    """Keep everybody who books these people waiting until the transaction ends; always in the same order."""
    wanted = select(Practitioner.id).where(Practitioner.id.in_(list(numbers))).order_by(Practitioner.id)
    # Rows that refer to a person may still come and go: only bookings need the whole person.
    session.execute(wanted.with_for_update(key_share=True)).all()


def record_digest(kept: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _decided_by(session: Session, actor: Actor, reason: str) -> tuple[str, Viewer]:
    """The reason as it is kept, and the account as the one who looks."""
    if actor.account_id is None:
        raise DomainError(NOBODY)
    if not (told := reason.strip()):
        raise DomainError(NO_REASON, "reason")
    return told, AccountViewer.of(session, actor.account_id)


def _hold(session: Session, actor: Actor, held: Holding, seat: SeatToHold, reason: str, at: datetime) -> Allocation:
    allocation = Allocation(
        practitioner_id=seat.person_id,
        project_id=held.run.project_id,
        role_id=seat.role_id,
        seat=seat.seat,
        role_name=seat.role,
        share=seat.share,
        starts_on=seat.starts_on,
        ends_on=seat.ends_on,
        state=AllocationState.HELD,
        proposal_id=held.proposal.id,
    )
    session.add(allocation)
    session.flush()
    session.add(
        AllocationChange(
            allocation_id=allocation.id,
            state=allocation.state,
            changed_at=at,
            changed_by_id=actor.account_id,
            reason=reason,
        )
    )
    return allocation


def _held(allocation: Allocation) -> dict[str, Any]:
    assert allocation.ends_on is not None
    return {
        "allocation": allocation.id,
        "practitioner": allocation.practitioner_id,
        "role": allocation.role_name,
        "seat": allocation.seat,
        "share": float(allocation.share),
        "starts_on": allocation.starts_on.isoformat(),
        "ends_on": allocation.ends_on.isoformat(),
    }


def _decide(
    session: Session,
    actor: Actor,
    run: StaffingRun,
    reason: str,
    at: datetime,
    kind: DecisionKind,
    chosen: Proposal | None,
    after: Mapping[str, Any],
) -> Decision:
    kept = {
        "format": FORMAT,
        "decision": kind.value,
        "decided_by": actor.account_id,
        "decided_at": at.isoformat(),
        "project": run.project_id,
        "run": run.id,
        "asked_by": run.requested_by_id,
        "asked_at": run.requested_at.isoformat(),
        "engine_version": run.engine_version,
        "inputs_digest": run.inputs_digest,
        "status": run.status,
        "considered": run.result["considered"],
        "choices": run.choices,
        "alternatives": alternatives_of(session, run),
        "chosen": letter(chosen) if chosen else None,
        **after,
    }
    decision = Decision(
        run_id=run.id,
        proposal_id=chosen.id if chosen else None,
        kind=kind,
        decided_by_id=actor.account_id,
        decided_at=at,
        reason=reason,
        record=kept,
        record_digest=record_digest(kept),
    )
    session.add(decision)
    session.flush()
    record(
        session,
        actor,
        "staffing.choose" if chosen else "staffing.set_aside",
        "project",
        run.project_id,
        after={"decision": decision.id, "run": run.id, "team": kept["chosen"], "record": decision.record_digest},
        reason=reason,
    )
    return decision


def alternatives_of(session: Session, run: StaffingRun) -> list[dict[str, Any]]:
    """Every team that was shown, as the record keeps it: scores, and who would have sat where, by id."""
    names = role_names(session, run.project_id)
    teams = session.scalars(
        select(Proposal)
        .where(Proposal.run_id == run.id)
        .order_by(Proposal.position)
        .options(selectinload(Proposal.seats))
    )
    return [
        {
            "team": letter(team),
            "proposal": team.id,
            "units": team.units,
            "bound": team.bound,
            "proven": team.proven,
            "measures": team.measures,
            "seats": [
                {
                    "role": names.get(seat.role_id),
                    "seat": seat.seat,
                    "practitioner": seat.practitioner_id,
                    "mentor": seat.mentor_id,
                    "measures": seat.points["measures"],
                }
                for seat in team.seats
            ],
        }
        for team in teams
    ]


def _plain(one: Hindrance) -> dict[str, Any]:
    return {name: value.isoformat() if name == "week" and value else value for name, value in asdict(one).items()}
