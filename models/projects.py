"""Projects and what they need: phases, sub-teams, roles with skill needs, expected and actual outcomes."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Share, ShortText, Timestamps, Versioned, choice, level_check, period_check, share_check
from models.skills import Skill


class ProjectState(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Project(Timestamps, Versioned, Base):
    """`success` is how the finished project went over all its measures, 0..1; null while nobody has said."""

    __tablename__ = "projects"
    __table_args__ = (
        period_check(),
        CheckConstraint("priority BETWEEN 1 AND 5", name="priority_range"),
        CheckConstraint("budget >= 0", name="budget_range"),
        CheckConstraint("success BETWEEN 0 AND 1", name="success_range"),
        CheckConstraint("length(trim(name)) > 0", name="name_stated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText]
    name_key: Mapped[ShortText] = mapped_column(unique=True)
    client: Mapped[ShortText | None]
    domain: Mapped[ShortText | None]
    description: Mapped[str | None]
    state: Mapped[ProjectState] = mapped_column(choice(ProjectState, "state"), default=ProjectState.PLANNED, index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    priority: Mapped[int] = mapped_column(default=3)
    budget: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    success: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    team_template_id: Mapped[int | None] = mapped_column(ForeignKey("team_templates.id", ondelete="SET NULL"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"), index=True)

    roles: Mapped[list["Role"]] = relationship(
        back_populates="project", order_by="Role.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )
    phases: Mapped[list["Phase"]] = relationship(
        order_by="Phase.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )
    subteams: Mapped[list["Subteam"]] = relationship(
        order_by="Subteam.name", cascade="all, delete-orphan", lazy="raise_on_sql"
    )
    outcome_measures: Mapped[list["OutcomeMeasure"]] = relationship(
        order_by="OutcomeMeasure.id", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class Phase(Base):
    __tablename__ = "phases"
    __table_args__ = (UniqueConstraint("project_id", "name"), period_check())

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[ShortText]
    position: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Subteam(Base):
    """A workstream of a project with its own focus: data, model, user interface."""

    __tablename__ = "subteams"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[ShortText]
    focus: Mapped[str | None]


class Role(Base):
    """A named need of a project. Without dates of its own it runs as long as its phase, else as the project.

    A role of headcount n has the seats 1..n.
    """

    __tablename__ = "roles"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("headcount BETWEEN 1 AND 50", name="headcount_range"),
        CheckConstraint("length(trim(name)) > 0", name="name_stated"),
        share_check("fte"),
        period_check(),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[ShortText]
    function: Mapped[ShortText | None]
    responsibilities: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    headcount: Mapped[int] = mapped_column(default=1)
    fte: Mapped[Share] = mapped_column(default=Decimal(1))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phases.id", ondelete="SET NULL"), index=True)
    subteam_id: Mapped[int | None] = mapped_column(ForeignKey("subteams.id", ondelete="SET NULL"), index=True)
    catalogue_role_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_roles.id", ondelete="SET NULL"), index=True
    )

    project: Mapped[Project] = relationship(back_populates="roles", lazy="raise_on_sql")
    phase: Mapped[Phase | None] = relationship(lazy="raise_on_sql")
    subteam: Mapped[Subteam | None] = relationship(lazy="raise_on_sql")
    needs: Mapped[list["SkillNeed"]] = relationship(
        order_by="SkillNeed.id", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class SkillNeed(Base):
    __tablename__ = "skill_needs"
    __table_args__ = (
        UniqueConstraint("role_id", "skill_id"),
        level_check("level", low=1),
        CheckConstraint("weight > 0", name="weight_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]
    must: Mapped[bool] = mapped_column(default=True)
    weight: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class RoleCommunication(Base):
    """How much two roles talk; 1 unless stated.

    The pair is stored once, lower id first, and may be a role with itself.
    """

    __tablename__ = "role_communication"
    __table_args__ = (
        UniqueConstraint("role_a_id", "role_b_id"),
        CheckConstraint("role_a_id <= role_b_id", name="pair_ordered"),
        CheckConstraint("amount >= 0", name="amount_range"),
        Index("ix_role_communication_role_b_id", "role_b_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role_a_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    role_b_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"))
    amount: Mapped[Decimal] = mapped_column(Numeric(6, 2))


class MeasureKind(StrEnum):
    TECHNICAL = "technical"
    BUSINESS = "business"


class OutcomeMeasure(Base):
    """One agreed measure of success: what was expected, and at the end what came."""

    __tablename__ = "outcome_measures"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    name: Mapped[ShortText]
    kind: Mapped[MeasureKind] = mapped_column(choice(MeasureKind, "kind"))
    unit: Mapped[ShortText | None]
    expected: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    higher_is_better: Mapped[bool] = mapped_column(default=True)
