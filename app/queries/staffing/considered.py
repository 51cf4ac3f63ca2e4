"""Staffing runs in which a person was looked at. A run keeps its problem as packed columns, with an id a person."""

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.queries.staffing.columns import person_id
from models import Decision, DecisionKind, Project, Proposal, ProposedSeat, StaffingRun
from staffing.packing import MAGIC, is_packed


@dataclass(frozen=True, slots=True)
class Considered:
    """`proposed`: on a seat, or as a mentor, of one of the teams. `chosen`: of the team that somebody decided for."""

    id: int
    project_id: int
    project: str
    requested_at: datetime
    proposed: bool
    chosen: bool


def runs_considering(session: Session, practitioner_id: int, latest: int | None = None) -> list[Considered]:
    """Latest first, of all runs or of so many latest ones."""
    mine = (Proposal.run_id == StaffingRun.id, ProposedSeat.practitioner_id == practitioner_id)
    proposed = exists().where(ProposedSeat.proposal_id == Proposal.id, *mine)
    chosen = exists().where(
        ProposedSeat.proposal_id == Proposal.id,
        Decision.proposal_id == Proposal.id,
        Decision.kind == DecisionKind.CHOSEN,
        *mine,
    )
    runs = session.execute(
        select(StaffingRun.id, StaffingRun.project_id, Project.name, StaffingRun.requested_at, proposed, chosen)
        .join(Project, Project.id == StaffingRun.project_id)
        .order_by(StaffingRun.id.desc())
        .limit(latest)
    ).all()
    found = (Considered(*row) for row in runs)
    return [run for run in found if run.proposed or looked_at(_inputs(session, run.id), practitioner_id)]


def looked_at(inputs: bytes, practitioner_id: int) -> bool:
    """Whether the problem holds the person. Its ids stand in the packed bytes as text of a fixed width."""
    content = zlib.decompress(inputs[len(MAGIC) :] if is_packed(inputs) else inputs)
    return f'"{person_id(practitioner_id)}"'.encode() in content


def _inputs(session: Session, run_id: int) -> bytes:
    return session.scalars(select(StaffingRun.inputs).where(StaffingRun.id == run_id)).one()
