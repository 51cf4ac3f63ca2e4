"""What every layout module offers: hypotheses about a sheet, each with a score, reasons and a way to read its rows."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from importers.records import LayoutName, Problem, Raw, Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, View

ACCEPTED = 4.5
"""Score from which a hypothesis may be used; the best ones of real sheets reach 7 to 11."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A level as written, before its scale is known; dates stand as written too.

    `listed`: a skill named without a level. `denied`: the cell beside it says "no". `carried`: its row names nobody
    and follows the person's. `place` is row and column in the sheet the layout looked at.
    """

    person: Sighting
    skill: str
    category: str | None
    raw: Raw
    place: tuple[int, int]
    on: object = None
    last_used: object = None
    note: str | None = None
    listed: bool = False
    denied: bool = False
    carried: bool = False


@dataclass(frozen=True, slots=True)
class GoalMark:
    person: Sighting
    skill: str
    category: str | None
    raw: Raw
    target: Raw
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stint:
    """A person's time on a project, past or present; dates as written are read later, once their order is known."""

    person: Sighting
    project: str
    past: bool
    place: tuple[int, int]
    client: str | None = None
    domain: str | None = None
    role: str | None = None
    share: float | None = None
    start: object = None
    end: object = None
    status: str | None = None
    outcome: str | None = None
    score: float | None = None
    technologies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """Where the levels of a table stand, rows of people and columns of skills: there colours may say something."""

    header_row: int
    name_column: int
    columns: tuple[Column, ...]
    rows: tuple[tuple[int, Sighting], ...]


@dataclass
class Extract:
    """Everything a layout took from a sheet. `one_row_each` says that two rows of one name may be two people;
    `skills` names skills seen without a person, `unnamed` counts rows that nobody is named in, `rest` tells by its
    number why a row was left out."""

    people: list[Sighting] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    goals: list[GoalMark] = field(default_factory=list)
    stints: list[Stint] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skills: list[tuple[str, str | None, tuple[int, int]]] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    one_row_each: bool = False
    unnamed: int = 0
    rest: dict[int, str] = field(default_factory=dict)

    def leave(self, row: int, why: str) -> None:
        """A row of the table that was not taken, and a phrase why."""
        self.rest.setdefault(row, why)

    def add(self, other: "Extract") -> None:
        """The rows of another table of the same sheet."""
        for mine, more in (
            (self.people, other.people),
            (self.marks, other.marks),
            (self.goals, other.goals),
            (self.stints, other.stints),
            (self.problems, other.problems),
            (self.skills, other.skills),
            (self.grids, other.grids),
        ):
            mine += more  # type: ignore[operator]
        self.one_row_each |= other.one_row_each
        self.unnamed += other.unnamed

    def about(self, name: str) -> "Extract":
        """The same with this name for whoever has none."""
        known = {id(person): replace(person, name=name) for person in self.people if person.name is None}
        return replace(
            self,
            people=[known.get(id(person), person) for person in self.people],
            marks=[replace(mark, person=known.get(id(mark.person), mark.person)) for mark in self.marks],
            goals=[replace(goal, person=known.get(id(goal.person), goal.person)) for goal in self.goals],
        )

    def unflipped(self) -> "Extract":
        """The same with every place as in the sheet before rows and columns were exchanged."""
        return replace(
            self,
            marks=[replace(mark, place=turned(mark.place)) for mark in self.marks],
            goals=[replace(goal, place=turned(goal.place)) for goal in self.goals],
            stints=[replace(stint, place=turned(stint.place)) for stint in self.stints],
            skills=[(name, category, turned(place)) for name, category, place in self.skills],
            grids=[],
        )

    def note(
        self, view: View, code: str, place: tuple[int, int] | None, text: str, remedy: str = "Nothing to do."
    ) -> None:
        self.report(view, Severity.NOTE, code, place, text, remedy)

    def report(
        self, view: View, severity: Severity, code: str, place: tuple[int, int] | None, text: str, remedy: str
    ) -> None:
        cell = view.sheet.cell_name(*place) if place else None
        self.problems.append(Problem(severity, code, view.sheet.name, cell, text, remedy))


def turned(place: tuple[int, int]) -> tuple[int, int]:
    return place[1], place[0]


@dataclass(frozen=True, slots=True)
class Use:
    """What a layout takes a column for: a role of the headings, or "skill" for the levels of one skill."""

    role: str
    why: str
    skill: str | None = None


@dataclass(frozen=True)
class Hypothesis:
    """`header_row` is the row of the headings, or of the names where people run across; `reasons` are phrases for the
    preview's sentence; `uses` tells by its number what each column taken is taken for; `is_own` is a sheet that Muster
    wrote."""

    layout: LayoutName
    table: Table
    header_row: int
    score: float
    reasons: tuple[str, ...]
    uses: Mapping[int, Use]
    extract: Callable[[], Extract]
    is_own: bool = False

    @property
    def view(self) -> View:
        return self.table.view


class Layout(Protocol):
    def __call__(self, view: View) -> Iterator[Hypothesis]: ...
