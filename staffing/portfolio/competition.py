"""Which projects want the same people, and what one more of these would be worth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from staffing.portfolio.capacity import Ledger
from staffing.portfolio.pool import Column
from staffing.portfolio.prices import Prices
from staffing.problem import People


@dataclass(frozen=True)
class CapacityPrice:
    """What another person just like this one would be worth: no more than about that."""

    person: str
    worth: int
    """In units of the total."""
    projects: tuple[str, ...]
    """Those that want the person, in the order of the portfolio."""

    def to_json(self) -> dict[str, Any]:
        return {"person": self.person, "worth": self.worth, "projects": list(self.projects)}


@dataclass(frozen=True)
class Competition:
    """Projects that want the same people, directly or by way of others in the group."""

    projects: tuple[str, ...]
    people: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"projects": list(self.projects), "people": list(self.people)}


def capacity_prices(
    prices: Prices, wanted: Iterable[Column], ids: Sequence[str], people: People, reserved: Ledger
) -> tuple[CapacityPrice, ...]:
    """Dearest first. `wanted` are the teams that make a project want somebody, `ids` the projects they number."""
    by_person: dict[int, set[int]] = {}
    for column in wanted:
        for who in column.load.people.tolist():
            by_person.setdefault(who, set()).add(column.project)
    found = []
    for n, who in enumerate(prices.people.tolist()):
        one = slice(n, n + 1)
        alone = Prices(prices.people[one], prices.weekly[one], prices.grain, prices.share_scale)
        worth = floor(alone.worth(reserved.left(people, np.array([who]))) + Fraction(1, 2))
        if worth > 0:
            projects = tuple(ids[project] for project in sorted(by_person.get(who, ())))
            found.append(CapacityPrice(people.ids[who], worth, projects))
    return tuple(sorted(found, key=lambda price: (-price.worth, price.person)))


def competitions(prices: Iterable[CapacityPrice]) -> tuple[Competition, ...]:
    """The groups of projects with somebody in common who has a price, largest first."""
    groups: list[tuple[set[str], set[str]]] = []
    for price in prices:
        if len(price.projects) < 2:
            continue
        projects, people = set(price.projects), {price.person}
        apart = []
        for group in groups:
            if group[0] & projects:
                projects |= group[0]
                people |= group[1]
            else:
                apart.append(group)
        groups = [*apart, (projects, people)]
    named = (Competition(tuple(sorted(projects)), tuple(sorted(people))) for projects, people in groups)
    return tuple(sorted(named, key=lambda group: (-len(group.projects), group.projects)))
