"""What somebody can do and wants to learn. "Not stated" is the absence of a rating, never level 0."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Timestamps, Versioned, choice, level_check, now
from models.skills import Skill


class RatingSource(StrEnum):
    SELF = "self"
    IMPORT = "import"
    MANAGER = "manager"
    ASSESSMENT = "assessment"


class Rating(Timestamps, Versioned, Base):
    """The level that holds now. Every value it ever had stands in `RatingChange`; nothing is silently overwritten."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "skill_id"),
        level_check("level"),
        CheckConstraint("(verified_by_id IS NULL) = (verified_at IS NULL)", name="verification_whole"),
        # Staffing asks "who has this skill, at which level": answered from this index alone.
        Index("ix_ratings_skill_level", "skill_id", "level", "practitioner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int]
    source: Mapped[RatingSource] = mapped_column(choice(RatingSource, "source"))
    rated_on: Mapped[date | None]
    last_used: Mapped[date | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    verified_at: Mapped[datetime | None]

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")


class RatingChange(Base):
    """One value a rating took, in the order recorded. `level` is null where the rating was withdrawn."""

    __tablename__ = "rating_changes"
    __table_args__ = (level_check("level"), Index("ix_rating_changes_rating", "practitioner_id", "skill_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int | None]
    source: Mapped[RatingSource] = mapped_column(choice(RatingSource, "source"))
    rated_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    import_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batches.id"), index=True)


class Endorsement(Base):
    """A colleague's or manager's confirmation of a rating at the level it had then."""

    __tablename__ = "endorsements"
    __table_args__ = (UniqueConstraint("rating_id", "endorsed_by_id"), level_check("level"))

    id: Mapped[int] = mapped_column(primary_key=True)
    rating_id: Mapped[int] = mapped_column(ForeignKey("ratings.id", ondelete="CASCADE"))
    endorsed_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    level: Mapped[int]
    note: Mapped[str | None]
    endorsed_at: Mapped[datetime] = mapped_column(default=now)


class LearningGoal(Timestamps, Base):
    """A skill a practitioner wants to reach. Priority 1 is the most wanted."""

    __tablename__ = "learning_goals"
    __table_args__ = (
        UniqueConstraint("practitioner_id", "skill_id"),
        level_check("target_level", low=1),
        CheckConstraint("priority BETWEEN 1 AND 3", name="priority_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practitioner_id: Mapped[int] = mapped_column(ForeignKey("practitioners.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), index=True)
    target_level: Mapped[int]
    priority: Mapped[int] = mapped_column(default=2)
    due_on: Mapped[date | None]

    skill: Mapped[Skill] = relationship(lazy="raise_on_sql")
