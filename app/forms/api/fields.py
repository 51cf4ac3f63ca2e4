"""Fields that take exactly their own kind of value and say in a sentence what they do not take."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields

from app.exchange.request_values import LARGEST_ID
from app.forms.fields import EARLIEST, LATEST
from app.forms.kept_text import kept_text
from app.queries.people.search import LONGEST_TEXT

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = re.compile(r"-?[0-9]{1,18}")
MOST_ITEMS = 200
MESSAGES: dict[str, Any] = {
    "required": "This is missing.",
    "null": "This may not be null. Leave it out or give a value.",
    "validator_failed": "This value cannot be taken.",
}
OBJECT_MESSAGES: dict[str, Any] = {
    "type": "Send an object here.",
    "unknown": "There is no such field, or it cannot be set.",
}

Member = TypeVar("Member", bound=StrEnum)


class Shape(Schema):
    """An object of the API; a field that it does not have is refused."""

    error_messages = OBJECT_MESSAGES

    class Meta:
        unknown = RAISE


class Whole(fields.Integer):
    """A whole number from `low` to `high`: digits in an address, a number in JSON, nothing that could become one."""

    def __init__(self, low: int, high: int, *, in_address: bool = False, **known: Any) -> None:
        self.low, self.high, self.in_address = low, high, in_address
        known["metadata"] = {"minimum": low, "maximum": high} | known.get("metadata", {})
        super().__init__(error_messages=MESSAGES, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any) -> int:
        if self.in_address and isinstance(value, str) and DIGITS.fullmatch(value):
            value = int(value)
        if type(value) is not int or not self.low <= value <= self.high:
            raise ValidationError(f"Write a whole number from {self.low} to {self.high}.")
        return value


class Id(Whole):
    """The id of a row."""

    def __init__(self, **known: Any) -> None:
        super().__init__(1, LARGEST_ID, **known)


class Flag(fields.Boolean):
    def __init__(self, *, in_address: bool = False, **known: Any) -> None:
        self.in_address = in_address
        super().__init__(error_messages=MESSAGES, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any) -> bool:
        if self.in_address and value in ("true", "false"):
            return bool(value == "true")
        if type(value) is not bool:
            raise ValidationError("Write true or false.")
        return value


class Words(fields.String):
    """Text of at most `longest` characters, kept as that of a page is; `lines`: it may have several lines."""

    def __init__(self, longest: int = LONGEST_TEXT, *, shortest: int = 0, lines: bool = False, **known: Any) -> None:
        self.longest, self.shortest, self.lines = longest, shortest, lines
        known["metadata"] = {"minLength": shortest, "maxLength": longest} | known.get("metadata", {})
        super().__init__(error_messages=MESSAGES, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Write a text.")
        try:
            text = kept_text(value, lines=self.lines)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if len(text) > self.longest:
            raise ValidationError(f"Use at most {self.longest:,} characters.")
        tidy = text.strip() if self.lines or self.longest > LONGEST_TEXT else " ".join(text.split())
        if len(tidy) < self.shortest:
            raise ValidationError("Write at least one character that is no blank.")
        return tidy


class Day(fields.Date):
    """A day as 2027-01-31, without time and zone, between 2000 and 2100."""

    def __init__(self, **known: Any) -> None:
        super().__init__(error_messages=MESSAGES, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and DAY.fullmatch(value) else None
        except ValueError:
            day = None
        if day is None:
            raise ValidationError("Write an existing day like 2027-01-31.")
        if not EARLIEST <= day <= LATEST:
            raise ValidationError(f"Choose a day between {EARLIEST.year} and {LATEST.year}.")
        return day


class Amount(fields.Float):
    """A number from 0 to `high` with at most two decimals."""

    def __init__(self, high: int, **known: Any) -> None:
        self.high = high
        known["metadata"] = {"minimum": 0, "maximum": high} | known.get("metadata", {})
        super().__init__(error_messages=MESSAGES, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_kwargs: Any) -> Any:
        if type(value) not in (int, float) or not 0 <= value <= self.high:
            raise ValidationError(f"Write a number from 0 to {self.high:,}.")
        return round(Decimal(str(value)), 2)


class Choice(fields.Enum[Member]):
    """One of a few words."""

    def __init__(self, kind: type[Member], **known: Any) -> None:
        words = ", ".join(member.value for member in kind)
        told = MESSAGES | {"unknown": f"Write one of: {words}."}
        super().__init__(kind, by_value=fields.String(error_messages=told | {"invalid": told["unknown"]}), **known)
        self.error_messages |= told


class Several(fields.List[Any]):
    """At most `most` values; in an address, the name as often as there are values."""

    def __init__(self, inner: fields.Field[Any], most: int = MOST_ITEMS, **known: Any) -> None:
        self.most = most
        known["metadata"] = {"maxItems": most} | known.get("metadata", {})
        super().__init__(inner, error_messages=MESSAGES | {"invalid": "Send a list."}, **known)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(f"Send at most {self.most} values.")
        return super()._deserialize(value, attr, data, **kwargs)


def part(shape: type[Schema], **known: Any) -> fields.Nested:
    return fields.Nested(shape, error_messages=MESSAGES | OBJECT_MESSAGES, **known)


def parts(shape: type[Schema], **known: Any) -> "fields.List[Any]":
    """A list of objects, in an answer."""
    return fields.List(fields.Nested(shape), **known)
