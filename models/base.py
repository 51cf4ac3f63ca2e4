"""What every table shares: constraint names, portable column types, versions and times.

Constraint names are part of the schema's contract: `app.errors` maps them to form fields, so they follow one convention
on every database.
"""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Enum, MetaData, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment on every database; a naive datetime is refused because its zone would be a guess."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Short text is bounded in the database too, so that no path around the forms can store a novel in a name.
ShortText = Annotated[str, mapped_column(String(200))]
Share = Annotated[Decimal, mapped_column(Numeric(4, 3))]
"""A fraction of full time, 0..1, to a thousandth."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy when the class is made
        str: Text(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Ids are given once: the audit trail, provenance, tokens and addresses go on to name rows that are gone."""
        super().__init_subclass__(**kwargs)
        table = cls.__dict__.get("__table__")
        if table is not None and [column.name for column in table.primary_key] == ["id"]:
            table.dialect_options["sqlite"]["autoincrement"] = True


def choice(kind: type[StrEnum], name: str) -> Enum:
    """A column of the enum's values as text, with a check constraint so that raw SQL obeys it too."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def level_check(column: str, low: int = 0) -> CheckConstraint:
    """Levels run from 0 (none) to 5 (expert); `low` is 1 where 0 would say nothing."""
    return CheckConstraint(f"{column} BETWEEN {low} AND 5", name=f"{column}_range")


def share_check(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} > 0 AND {column} <= 1", name=f"{column}_range")


def period_check() -> CheckConstraint:
    """Periods are whole days, both ends included."""
    return CheckConstraint("ends_on >= starts_on", name="period")


def now() -> datetime:
    return datetime.now(UTC)


class Timestamps:
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Versioned:
    """Counts a row's changes; a write based on an older version fails instead of overwriting somebody else's."""

    version: Mapped[int]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class to its own hook
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]
