"""Who worked on what, and what follows from it: project history and ties."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Share, ShortText, period_check, share_check
from models.projects import Project


class Engagement(Base):
    """One practitioner's part in a project. `success` is the outcome of this role where it is known apart, 0..1."""

    __tablename__ = "engagements"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "project_id", "role_name"),
        period_check(),
        share_check("share"),
        CheckConstraint("success BETWEEN 0 AND 1", name="success_range"),
        Index("ix_engagements_project_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    role_name: Mapped[ShortText] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    share: Mapped[Share | None]
    success: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    technologies: Mapped[str | None]

    project: Mapped[Project] = relationship(lazy="raise_on_sql")


class Tie(Base):
    """How well two practitioners are known to work together, from shared projects; derived, stored once a pair."""

    __tablename__ = "ties"
    __table_args__ = (
        CheckConstraint("person_a_id < person_b_id", name="pair_ordered"),
        CheckConstraint("strength BETWEEN 0 AND 1", name="strength_range"),
        Index("ix_ties_person_b_id", "person_b_id"),
    )

    person_a_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"), primary_key=True)
    person_b_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"), primary_key=True)
    strength: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    shared_projects: Mapped[int]
    last_together: Mapped[date | None]
