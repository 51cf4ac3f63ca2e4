"""How well two people are known to work together, from the time they spent on the same projects.

strength = (1 - 2^(-weeks / 26)) x 2^(-years since / 3): half a year together makes half a tie, and a tie halves when
three years pass without another project.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, groupby

WEEKS_FOR_HALF = 26.0
YEARS_TO_HALVE = 3.0
DAYS_A_WEEK = 7
DAYS_A_YEAR = 365.25
UNKNOWN_WEEKS = 8.0
"""Time together on a project whose dates nobody knows."""


@dataclass(frozen=True, order=True)
class Part:
    """Somebody's part in a project; both days included, None where unknown."""

    project: int
    person: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Tie:
    """`first` < `second`."""

    first: int
    second: int
    strength: float
    """In (0, 1], to a thousandth."""
    projects: int
    last_together: date | None


def ties_between(parts: Iterable[Part], today: date) -> Iterator[Tie]:
    """A tie for every pair of people who were on a project at the same time, in ascending order of the pair."""
    weeks: dict[tuple[int, int], float] = {}
    projects: dict[tuple[int, int], int] = {}
    last: dict[tuple[int, int], date | None] = {}
    by_project = sorted(parts, key=lambda part: (part.project, part.person))
    for _, members in groupby(by_project, key=lambda part: part.project):
        met: set[tuple[int, int]] = set()
        for one, other in combinations(members, 2):
            together = _together(one, other, today)
            if one.person == other.person or together is None:
                continue
            pair, (shared, until) = (one.person, other.person), together
            weeks[pair] = weeks.get(pair, 0.0) + shared
            projects[pair] = projects.get(pair, 0) + (pair not in met)
            last[pair] = max((day for day in (last.get(pair), until) if day is not None), default=None)
            met.add(pair)
    for pair in sorted(weeks):
        strength = tie_strength(weeks[pair], last[pair], today)
        if strength > 0:
            yield Tie(*pair, strength, projects[pair], last[pair])


def tie_strength(weeks: float, last_together: date | None, today: date) -> float:
    years = max(0, (today - last_together).days) / DAYS_A_YEAR if last_together else YEARS_TO_HALVE
    return round((1 - 2 ** (-weeks / WEEKS_FOR_HALF)) * 2 ** (-years / YEARS_TO_HALVE), 3)


def _together(one: Part, other: Part, today: date) -> tuple[float, date | None] | None:
    """Weeks at the same time up to today, and the last day; None when they did not meet."""
    if not (one.starts_on and other.starts_on):
        return UNKNOWN_WEEKS, None
    start = max(one.starts_on, other.starts_on)
    end = min(one.ends_on or today, other.ends_on or today, today)
    return None if end < start else (((end - start).days + 1) / DAYS_A_WEEK, end)
