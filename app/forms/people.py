"""The filters of the directory as they stand in its address.

An address may come from a bookmark, a colleague or a crawler: what cannot be meant is left out, never an error.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.exchange.request_values import LARGEST_ID
from app.queries.people.listing import Availability, Directory, Order, PeopleFilters
from app.queries.people.search import LONGEST_TEXT

MOST_CHOICES = 30
SHARES = (20, 50, 80, 100)
AVAILABILITY_LABELS = {
    Availability.NOW: "Available now",
    Availability.SOON: "Within 12 weeks",
    Availability.BOOKED: "Fully booked",
}
ORDER_LABELS = {Order.MATCH: "Best match", Order.NAME: "Name", Order.FREE: "Availability"}

Choice = TypeVar("Choice", bound=StrEnum)


class Chip(NamedTuple):
    """A filter in force; `query` is the address without it."""

    label: str
    query: str


def read_filters(args: MultiDict[str, str]) -> PeopleFilters:
    usual = PeopleFilters()
    return PeopleFilters(
        text=read_text(args.get("q", "")),
        skills=read_numbers(args.getlist("skill")),
        level=_one_of(args.get("level"), range(1, 6), usual.level),
        availability=_known(args.getlist("free"), Availability),
        at_least=_one_of(args.get("share"), SHARES, usual.at_least),
        locations=tuple(dict.fromkeys(filter(None, map(read_text, args.getlist("location")))))[:MOST_CHOICES],
        units=read_numbers(args.getlist("unit")),
        order=next(iter(_known(args.getlist("sort"), Order)), usual.order),
        page=read_number(args.get("page")) or 1,
    )


def read_text(typed: str) -> str:
    """One line of readable text in composed form, at most as long as the search box lets anybody type."""
    readable = "".join(letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", typed))
    return " ".join(readable.split())[:LONGEST_TEXT]


def write_filters(filters: PeopleFilters) -> list[tuple[str, str]]:
    """The names and values of an address with these filters; what is as usual is left out."""
    usual = PeopleFilters()
    single = [
        ("q", filters.text, usual.text),
        ("level", filters.level, usual.level),
        ("share", filters.at_least, usual.at_least),
        ("sort", filters.order, usual.order),
        ("page", filters.page, usual.page),
    ]
    several: list[tuple[str, Iterable[object]]] = [
        ("skill", filters.skills),
        ("free", filters.availability),
        ("location", filters.locations),
        ("unit", filters.units),
    ]
    return [(name, str(value)) for name, value, common in single if value != common] + [
        (name, str(value)) for name, values in several for value in values
    ]


def query_of(filters: PeopleFilters) -> str:
    return urlencode(write_filters(filters))


def chips_of(found: Directory) -> list[Chip]:
    """Every filter in force, each with the way to the same list without it. Its first page: the list gets longer."""
    filters = replace(found.filters, page=1)
    chips = [Chip(f"“{filters.text}”", query_of(replace(filters, text="")))] if filters.text else []
    for option in found.skills:
        if option.checked:
            kept = tuple(number for number in filters.skills if str(number) != option.value)
            chips.append(Chip(f"{option.label} {_least(filters.level)}", query_of(replace(filters, skills=kept))))
    for state in filters.availability:
        rest = tuple(one for one in filters.availability if one is not state)
        chips.append(Chip(AVAILABILITY_LABELS[state], query_of(replace(filters, availability=rest))))
    for place in filters.locations:
        others = tuple(one for one in filters.locations if one != place)
        chips.append(Chip(place, query_of(replace(filters, locations=others))))
    for option in found.units:
        if option.checked:
            kept = tuple(number for number in filters.units if str(number) != option.value)
            chips.append(Chip(option.label, query_of(replace(filters, units=kept))))
    return chips


def _least(level: int) -> str:
    return f"{level}+" if level < 5 else "5"


def read_numbers(values: Iterable[str]) -> tuple[int, ...]:
    numbers = (int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= 10)
    return tuple(dict.fromkeys(number for number in numbers if 0 < number <= LARGEST_ID))[:MOST_CHOICES]


def read_number(value: str | None) -> int | None:
    return next(iter(read_numbers([value or ""])), None)


def _one_of(value: str | None, allowed: Iterable[int], usual: int) -> int:
    return next((number for number in allowed if str(number) == value), usual)


def _known(values: Iterable[str], kind: type[Choice]) -> tuple[Choice, ...]:
    return tuple(dict.fromkeys(kind(value) for value in values if value in set(kind)))
