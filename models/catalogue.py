"""Reusable roles ("data engineer") and reusable sets of roles ("minimum viable ML team")."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Share, ShortText, level_check, share_check
from models.skills import Skill


class CatalogueRole(Base):
    __tablename__ = "catalogue_roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[ShortText] = mapped_column(unique=True)
    function: Mapped[ShortText]
    summary: Mapped[str]
    responsibilities: Mapped[str]
    """One responsibility a line."""

    needs: Mapped[list["CatalogueNeed"]] = relationship(
        order_by="CatalogueNeed.id", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class CatalogueNeed(Base):
    __tablename__ = "catalogue_needs"
    __table_args__ = (
        UniqueConstraint("catalogue_role_id", "skill_id"),
        level_check("level", low=1),
        CheckConstraint("weight > 0", name="weight_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    catalogue_role_id: Mapped[int] = mapped_column(ForeignKey("catalogue_roles.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    level: Mapped[int]
    must: Mapped[bool] = mapped_column(default=True)
    weight: Mapped[Decimal] = mapped_column(Numeric(6, 2), default=Decimal(1))

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class TeamTemplate(Base):
    __tablename__ = "team_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[ShortText] = mapped_column(unique=True)
    description: Mapped[str]
    when_to_use: Mapped[str]

    roles: Mapped[list["TeamTemplateRole"]] = relationship(
        order_by="TeamTemplateRole.position", cascade="all, delete-orphan", lazy="raise_on_sql"
    )


class TeamTemplateRole(Base):
    """One line of a template. `starts_at` and `ends_at` are fractions of the project's period.

    A project falls below the template when a `required` line has no matching role at this headcount and share.
    """

    __tablename__ = "team_template_roles"
    __table_args__ = (
        UniqueConstraint("team_template_id", "name"),
        share_check("fte"),
        CheckConstraint("headcount BETWEEN 1 AND 50", name="headcount_range"),
        CheckConstraint("starts_at >= 0 AND starts_at < ends_at AND ends_at <= 1", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_template_id: Mapped[int] = mapped_column(ForeignKey("team_templates.id", ondelete="CASCADE"))
    catalogue_role_id: Mapped[int] = mapped_column(ForeignKey("catalogue_roles.id"), index=True)
    name: Mapped[ShortText]
    position: Mapped[int]
    headcount: Mapped[int] = mapped_column(default=1)
    fte: Mapped[Share] = mapped_column(default=Decimal(1))
    starts_at: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=Decimal(0))
    ends_at: Mapped[Decimal] = mapped_column(Numeric(4, 3), default=Decimal(1))
    phase: Mapped[ShortText | None]
    subteam: Mapped[ShortText | None]
    required: Mapped[bool] = mapped_column(default=True)

    catalogue_role: Mapped[CatalogueRole] = relationship(lazy="raise_on_sql")
