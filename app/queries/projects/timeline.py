"""A project's phases and roles laid along its period, for a drawing."""

from dataclasses import dataclass
from datetime import date

from app.queries.projects.pages import ProjectView

MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """`start` and `end` are percentages of the period, both inside 0..100."""

    label: str
    start: float
    end: float
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Tick:
    day: date
    at: float


@dataclass(frozen=True, slots=True)
class Timeline:
    ticks: tuple[Tick, ...]
    phases: tuple[Bar, ...]
    roles: tuple[Bar, ...]


def timeline(project: ProjectView) -> Timeline | None:
    """None for a project without a period. What lies outside the period is cut off."""
    if project.period is None:
        return None
    first, last = project.period
    whole = (last - first).days + 1

    def at(day: date, *, evening: bool = False) -> float:
        return round(100 * min(max((day - first).days + evening, 0), whole) / whole, 2)

    def bar(label: str, starts_on: date | None, ends_on: date | None) -> Bar:
        starts_on, ends_on = starts_on or first, ends_on or last
        return Bar(label, at(starts_on), at(ends_on, evening=True), starts_on, ends_on)

    return Timeline(
        ticks=tuple(Tick(day, at(day)) for day in _month_starts(first, last)),
        phases=tuple(bar(phase.name, phase.starts_on, phase.ends_on) for phase in project.phases),
        roles=tuple(bar(role.name, role.starts_on, role.ends_on) for role in project.roles),
    )


def _month_starts(first: date, last: date) -> list[date]:
    """The first days of months within the period; of every second, third ... month where there are many."""
    numbers = range(first.year * 12 + first.month, last.year * 12 + last.month)
    step = -(-len(numbers) // MOST_TICKS) or 1
    return [date(number // 12, number % 12 + 1, 1) for number in numbers[::step]]
