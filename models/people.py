"""Practitioners: somebody who can be staffed; may or may not have an account."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Share, ShortText, Timestamps, Versioned, choice, period_check, share_check


class Unit(Base):
    """The part of the organisation a practitioner belongs to between projects."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)


class CostBand(Base):
    """A day rate shared by many people, so that nobody's own salary is ever stored; null until somebody states it."""

    __tablename__ = "cost_bands"
    __table_args__ = (CheckConstraint("daily_cost >= 0", name="daily_cost_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText] = mapped_column(unique=True)
    daily_cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))


class Practitioner(Timestamps, Versioned, Base):
    """`name_key` is the name's normal form, by which an import and the search find it again.

    `time_zone` (IANA name) wins over `utc_offset_minutes`, which a sheet may give alone. `working_days` has one digit a
    weekday from Monday, 1 for a working day; `working_share` is the contract's share of full time. Of an erased person
    the row stays, for the history of projects, and says nothing about them.
    """

    __tablename__ = "practitioners"
    __table_args__ = (
        share_check("working_share"),
        CheckConstraint("utc_offset_minutes BETWEEN -840 AND 840", name="utc_offset_range"),
        CheckConstraint("length(working_days) = 7", name="working_days_length"),
        CheckConstraint("email = lower(email)", name="email_lower_case"),
        CheckConstraint("length(trim(name)) > 0", name="name_stated"),
        Index("ix_practitioners_active_name_key", "active", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText]
    name_key: Mapped[ShortText] = mapped_column(index=True)
    email: Mapped[ShortText | None] = mapped_column(unique=True)
    external_id: Mapped[ShortText | None] = mapped_column(unique=True)
    title: Mapped[ShortText | None]
    about: Mapped[str | None]
    home_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    location: Mapped[ShortText | None] = mapped_column(index=True)
    time_zone: Mapped[str | None] = mapped_column(String(64))
    utc_offset_minutes: Mapped[int | None]
    working_share: Mapped[Share] = mapped_column(default=Decimal(1))
    working_days: Mapped[str] = mapped_column(String(7), default="1111100")
    cost_band_id: Mapped[int | None] = mapped_column(ForeignKey("cost_bands.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None]

    home_unit: Mapped[Unit | None] = relationship(lazy="raise_on_sql")
    cost_band: Mapped[CostBand | None] = relationship(lazy="raise_on_sql")


class Absence(Base):
    """Time away. `share` is the part of the person's time that is away; the reason is for them and their manager."""

    __tablename__ = "absences"
    __table_args__ = (
        share_check("share"),
        period_check(),
        Index("ix_absences_person_period", "practitioner_id", "ends_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    share: Mapped[Share] = mapped_column(default=Decimal(1))
    reason: Mapped[str | None]


class Audience(StrEnum):
    """Who may see a part of somebody's record, from nobody else to everyone signed in."""

    SELF = "self"
    MANAGERS = "managers"
    EVERYONE = "everyone"


class PersonalField(StrEnum):
    RATINGS = "ratings"
    GOALS = "goals"
    AVAILABILITY = "availability"
    ABSENCE_REASONS = "absence_reasons"
    COST = "cost"
    OUTCOMES = "outcomes"
    CONTACT = "contact"


class Visibility(Base):
    """A practitioner's own choice for one part of the record; without a row the organisation's policy holds."""

    __tablename__ = "visibility"
    __table_args__ = (UniqueConstraint("practitioner_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    field: Mapped[PersonalField] = mapped_column(choice(PersonalField, "personal_field"))
    audience: Mapped[Audience] = mapped_column(choice(Audience, "audience"))


class VisibilityPolicy(Versioned, Base):
    """What the organisation lets its people choose for one part of the record: from `narrowest` to `widest`, and
    `usual` for those who chose nothing. Without a row the shipped policy holds."""

    __tablename__ = "visibility_policies"

    field: Mapped[PersonalField] = mapped_column(choice(PersonalField, "personal_field"), primary_key=True)
    usual: Mapped[Audience] = mapped_column(choice(Audience, "usual_audience"))
    narrowest: Mapped[Audience] = mapped_column(choice(Audience, "narrowest_audience"))
    widest: Mapped[Audience] = mapped_column(choice(Audience, "widest_audience"))
