"""Allocations: a practitioner on a seat of a role from a day to a day at a share of full time."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Share, ShortText, Timestamps, Versioned, choice, now, period_check, share_check
from models.people import Practitioner
from models.projects import Project, Role


class AllocationState(StrEnum):
    PROPOSED = "proposed"
    HELD = "held"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RELEASED = "released"
    COMPLETED = "completed"


BOOKED = (AllocationState.HELD, AllocationState.CONFIRMED)
"""The states that take somebody's time."""

STEPS: Mapping[AllocationState, frozenset[AllocationState]] = {
    AllocationState.PROPOSED: frozenset({AllocationState.HELD, AllocationState.DECLINED, AllocationState.RELEASED}),
    AllocationState.HELD: frozenset({AllocationState.CONFIRMED, AllocationState.DECLINED, AllocationState.RELEASED}),
    AllocationState.CONFIRMED: frozenset({AllocationState.RELEASED, AllocationState.COMPLETED}),
    AllocationState.DECLINED: frozenset(),
    AllocationState.RELEASED: frozenset(),
    AllocationState.COMPLETED: frozenset(),
}
"""What may follow on what. Whoever declined or was released is asked anew: with a new allocation."""


class Allocation(Timestamps, Versioned, Base):
    """`role_name` is what the source called the part when it is no role of ours.

    No end day means: until further notice.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        period_check(),
        share_check("share"),
        CheckConstraint("seat IS NULL OR (role_id IS NOT NULL AND seat >= 1)", name="seat_of_a_role"),
        Index("ix_allocations_person_period", "practitioner_id", "ends_on"),
        Index("ix_allocations_project_id", "project_id"),
        Index("ix_allocations_role_id", "role_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id", ondelete="SET NULL"))
    seat: Mapped[int | None]
    role_name: Mapped[ShortText | None]
    share: Mapped[Share]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    state: Mapped[AllocationState] = mapped_column(choice(AllocationState, "state"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id", ondelete="SET NULL"), index=True)

    practitioner: Mapped[Practitioner] = relationship(lazy="raise_on_sql")
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    role: Mapped[Role | None] = relationship(lazy="raise_on_sql")


class AllocationChange(Base):
    """One step of an allocation from state to state, with who took it and why."""

    __tablename__ = "allocation_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocations.id", ondelete="CASCADE"), index=True)
    state: Mapped[AllocationState] = mapped_column(choice(AllocationState, "state"))
    changed_at: Mapped[datetime] = mapped_column(default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    reason: Mapped[str | None]
