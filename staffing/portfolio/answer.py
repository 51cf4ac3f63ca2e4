"""What a portfolio's answer consists of: numbers and codes, never sentences."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import inf, nextafter
from typing import Any, Final

from staffing.conflicts import Conflict
from staffing.portfolio.competition import CapacityPrice, Competition
from staffing.proposal import Spent, Team
from staffing.terms import Status

FORMAT: Final = "muster-portfolio-solution/1"


class Staffing(StrEnum):
    """How a project came off."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    """Some seats are empty, maybe all of them."""
    INFEASIBLE = "infeasible"
    """No team keeps its rules, even with everybody to itself."""
    CROWDED_OUT = "crowded_out"
    """Without a team for the sake of others: its own rules leave it none of what these leave."""


ELSEWHERE: Final = "elsewhere"
"""Why a seat stays empty, besides `Vacancy`: everybody eligible is busy on other projects."""


@dataclass(frozen=True)
class ProjectAnswer:
    """One project of the answer."""

    id: str
    staffing: Staffing
    seats: tuple[tuple[str, int], ...]
    """All seats as (role, number)."""
    team: Team | None
    """`bound` and `proven` of it say nothing: they belong to the portfolio."""
    worth: Fraction
    """Its part of the total."""
    elsewhere: Collection[int] = ()
    """Seats, by place, that are empty because everybody eligible is busy on other projects."""
    alone: tuple[int, int] | None = None
    """Filled seats and units of the best team that was found with everybody to itself."""
    conflicts: tuple[Conflict, ...] = ()
    """Why it is infeasible."""
    rivals: tuple[str, ...] = ()
    """Who crowds it out."""

    @property
    def filled(self) -> int:
        return 0 if self.team is None else sum(person is not None for person in self.team.people)

    def to_json(self) -> dict[str, Any]:
        alone = None if self.alone is None else {"filled": self.alone[0], "units": self.alone[1]}
        return {
            "id": self.id,
            "status": self.staffing.value,
            **self._team_json(),
            "filled": self.filled,
            "seats": len(self.seats),
            "worth": _number(self.worth),
            "alone": alone,
            "conflicts": [conflict.to_json() for conflict in self.conflicts],
            "rivals": list(self.rivals),
        }

    def _team_json(self) -> dict[str, Any]:
        if self.team is None:
            empty = [{"role": role, "seat": seat, "person": None, "mentor": None} for role, seat in self.seats]
            return {"assignments": empty, "units": None, "score": None, "measures": None}
        team = self.team.to_json()
        for place in self.elsewhere:
            team["assignments"][place]["vacancy"] = ELSEWHERE
        return {key: team[key] for key in ("assignments", "units", "score", "measures")}


@dataclass(frozen=True)
class PortfolioResult:
    """The answer to a portfolio."""

    status: Status
    """`OPTIMAL` and `PARTIAL` are proven, `PARTIAL` with empty seats; `LIMIT` says how far off it may be by `bound`."""
    projects: tuple[ProjectAnswer, ...]
    """In the order of the portfolio."""
    total: Fraction
    """Sum over projects of priority x (1,000,000 x filled seats / seats + units)."""
    bound: Fraction
    """No answer is worth more that keeps everybody's locks and leaves no more projects without a team."""
    prices: tuple[CapacityPrice, ...]
    competition: tuple[Competition, ...]
    people: int
    work: Spent

    @property
    def proven(self) -> bool:
        return self.status in (Status.OPTIMAL, Status.PARTIAL)

    @property
    def gap(self) -> float:
        """The part of the bound that may be missing, in [0, 1]."""
        return float((self.bound - self.total) / self.bound) if self.bound else 0.0

    def to_json(self) -> dict[str, Any]:
        """The answer as `muster-portfolio-solution/1`; the same portfolio gives the same document everywhere."""
        return {
            "format": FORMAT,
            "status": self.status.value,
            "projects": [project.to_json() for project in self.projects],
            "total": _number(self.total),
            "bound": max(_number(self.total), _at_least(self.bound)),
            "gap": self.gap,
            "competition": [group.to_json() for group in self.competition],
            "prices": [price.to_json() for price in self.prices],
            "considered": {"people": self.people, "projects": len(self.projects)},
            "work": self.work.to_json(),
        }


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _at_least(value: Fraction) -> int | float:
    """The number, or the next one above it that can be written."""
    if value.denominator == 1:
        return int(value)
    return float(value) if Fraction(float(value)) >= value else nextafter(float(value), inf)
