"""The skill catalogue. `name_key` and `alias_key` are normal forms: no two entries differ by case or accents alone."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, ShortText, Timestamps


class SkillCategory(Base):
    __tablename__ = "skill_categories"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText] = mapped_column(unique=True)


class Skill(Timestamps, Base):
    __tablename__ = "skills"
    __table_args__ = (
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="parent_is_another"),
        CheckConstraint("length(trim(name)) > 0", name="name_stated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[ShortText]
    name_key: Mapped[ShortText] = mapped_column(unique=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("skill_categories.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id"), index=True)
    description: Mapped[str | None]

    category: Mapped[SkillCategory | None] = relationship(lazy="raise_on_sql")
    aliases: Mapped[list["SkillAlias"]] = relationship(
        back_populates="skill", cascade="all, delete-orphan", passive_deletes=True, lazy="raise_on_sql"
    )


class SkillAlias(Base):
    """Another way people write the skill: k8s for Kubernetes."""

    __tablename__ = "skill_aliases"

    id: Mapped[int] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id", ondelete="CASCADE"), index=True)
    alias: Mapped[ShortText]
    alias_key: Mapped[ShortText] = mapped_column(unique=True)

    skill: Mapped[Skill] = relationship(back_populates="aliases", lazy="raise_on_sql")
