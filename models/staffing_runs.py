"""Staffing runs and what they proposed.

A run keeps its inputs, weights, engine version and result, so that any decision can be explained and reproduced later.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, choice, now
from models.people import Practitioner
from models.projects import Project


class StaffingRun(Base):
    """`inputs`: the whole problem as `staffing.packing` packs it; `result`: the answer, `muster-solution/1`."""

    __tablename__ = "staffing_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    requested_at: Mapped[datetime] = mapped_column(default=now)
    engine_version: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    choices: Mapped[dict[str, Any]]
    inputs_digest: Mapped[str] = mapped_column(String(64))
    inputs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    result: Mapped[dict[str, Any]]

    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    proposals: Mapped[list["Proposal"]] = relationship(
        back_populates="run", order_by="Proposal.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class Proposal(Base):
    """One complete team. `units` are millionths of the full score; `bound` what no team can exceed.

    `facts`: the counts behind the measures (`staffing.facts.TeamFacts`), kept so that a reason always fits its number.
    """

    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        CheckConstraint("bound >= units", name="bound_holds"),
        CheckConstraint("NOT proven OR bound = units", name="proof_whole"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("staffing_runs.id", ondelete="CASCADE"))
    position: Mapped[int]
    units: Mapped[int]
    bound: Mapped[int]
    proven: Mapped[bool]
    measures: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]

    run: Mapped[StaffingRun] = relationship(back_populates="proposals", lazy="raise_on_sql")
    seats: Mapped[list["ProposedSeat"]] = relationship(
        order_by="ProposedSeat.id", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class ProposedSeat(Base):
    """Who would sit where; without a practitioner the seat stays empty.

    `points` holds the seat's points by measure and need.
    """

    __tablename__ = "proposed_seats"
    __table_args__ = (
        UniqueConstraint("proposal_id", "role_id", "seat"),
        CheckConstraint("seat >= 1", name="seat_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    seat: Mapped[int]
    practitioner_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id", ondelete="SET NULL"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("practitioners.id", ondelete="SET NULL"))
    points: Mapped[dict[str, Any]]

    practitioner: Mapped[Practitioner | None] = relationship(foreign_keys=practitioner_id, lazy="raise_on_sql")


class DecisionKind(StrEnum):
    CHOSEN = "chosen"
    SET_ASIDE = "set_aside"


class Decision(Base):
    """Who decided what about a run, and why. A staffing decision is always a person's.

    `record` is frozen with the decision: what was asked, every team that was shown and what became of the chosen one.
    `record_digest` is its SHA-256, which the audit trail holds too. It names people by id, so that erasing somebody
    changes no record. Decisions made before records were kept have none.
    """

    __tablename__ = "decisions"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason_stated"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("staffing_runs.id", ondelete="CASCADE"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DecisionKind] = mapped_column(choice(DecisionKind, "kind"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str]
    record: Mapped[dict[str, Any] | None]
    record_digest: Mapped[str | None] = mapped_column(String(64))

    run: Mapped[StaffingRun] = relationship(lazy="raise_on_sql")
