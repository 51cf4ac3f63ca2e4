"""What reading a file yields: people, ratings and the rest as values, each with the sheet and cell it came from."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from importers.choices import Choices, SkillChoice
from importers.terms import Answer as Answer
from importers.terms import LayoutName as LayoutName

Raw = str | int | float | bool | None
"""A cell as written; None for a skill that is only listed."""


class Severity(StrEnum):
    ERROR = "error"
    """Something written in the file was not taken."""
    WARNING = "warning"
    """Taken, but a person should look."""
    NOTE = "note"
    """Left out on purpose."""


@dataclass(frozen=True, slots=True)
class MarkReading:
    """What one mark of a sheet was taken for. `mark` as first written, or a colour such as "green fill"; `count` its
    cells; `level` 0..5 or None; `why` a phrase: "legend in I1:M4", "your answer", "open question"."""

    mark: str
    is_colour: bool
    count: int
    level: int | None
    is_goal: bool
    why: str


@dataclass(frozen=True)
class ColumnReading:
    """What one column was taken for. `place` is its letter, or the row's number where people run across. `role` is a
    value of `headings.Role`, "skill" with `skill` set for a column of levels, or "ignore"; `why` a phrase."""

    place: str
    heading: str
    role: str
    skill: str | None
    samples: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class HeadRow:
    """One of the first rows of a sheet that hold values, each cell cut short."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class OtherReading:
    """Another way in which the sheet could be read, for a person to choose."""

    layout: LayoutName
    header_row: int
    score: float
    why: str


@dataclass(frozen=True)
class SheetReading:
    """`header_row` is the row (for `transposed` the row of the names); `why` a sentence for the preview. `score` is the
    evidence for this reading, `others` hold less, best first; `marks` are in the order of
    their levels, those without one last."""

    name: str
    layout: LayoutName
    header_row: int | None
    used: bool
    why: str
    score: float = 0.0
    columns: tuple[ColumnReading, ...] = ()
    head: tuple[HeadRow, ...] = ()
    others: tuple[OtherReading, ...] = ()
    marks: tuple[MarkReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is good within one reading. `name` is None while it is an open question. `working_share` is 0..1."""

    key: str
    name: str | None
    email: str | None
    external_id: str | None
    title: str | None
    unit: str | None
    office: str | None
    time_zone: str | None
    working_share: float | None
    cost_band: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Rating:
    """`level` is 0..5, or None while its scale is an open question. `note` is what stood beside the level."""

    person: str
    skill: str
    catalogue_skill: str | None
    raw: Raw
    level: int | None
    on: date | None
    last_used: date | None
    note: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Goal:
    """`target` is the level a person wants to reach, when the file says so."""

    person: str
    skill: str
    catalogue_skill: str | None
    raw: Raw
    target: int | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class PastProject:
    """A person's part in a finished project. `score` is a share 0..1, `technologies` as written."""

    person: str
    project: str
    client: str | None
    domain: str | None
    role: str | None
    start: date | None
    end: date | None
    share: float | None
    outcome: str | None
    score: float | None
    technologies: tuple[str, ...]
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """`share` is 0..1 of full time; `status` as written."""

    person: str
    project: str
    client: str | None
    role: str | None
    share: float | None
    start: date | None
    end: date | None
    status: str | None
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class SkillMention:
    """A skill as the file writes it. `match` is exact, alias, normal_form or new.

    For a person to judge, never applied: `suggestions` are names of the catalogue, or of another new skill of the file,
    that are spelled nearly alike; `parts` the skills that a compound such as "RabbitMQ/ Kafka" seems to hold, () for
    most. `choice` is what a person decided, its `into` in the words of the catalogue.
    """

    name: str
    catalogue_skill: str | None
    match: str
    category: str | None
    mentions: int
    suggestions: tuple[str, ...]
    sheet: str
    cell: str
    parts: tuple[str, ...] = ()
    choice: SkillChoice | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`subject` tells apart two questions of the same code on one sheet. `proposed` is the answer that taking the
    likeliest reading would give; `answer` is what was given, or None while open."""

    code: str
    sheet: str
    subject: str | None
    text: str
    values: tuple[str, ...]
    proposed: Answer | None
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Problem:
    severity: Severity
    code: str
    sheet: str
    cell: str | None
    text: str
    remedy: str


@dataclass(frozen=True)
class Reading:
    """Everything one file says. `summary` is one sentence, such as "0 people found, because ...".

    `shape` is equal for files of the same sheets and headings, whatever was chosen: answers given for one fit the next.
    `choices` are those in force: the given ones, and the remembered ones that fit this file; `plan` goes by them.
    """

    file: str
    sha256: str
    shape: str
    kind: str
    summary: str
    sheets: tuple[SheetReading, ...] = ()
    people: tuple[Person, ...] = ()
    ratings: tuple[Rating, ...] = ()
    goals: tuple[Goal, ...] = ()
    history: tuple[PastProject, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    skills: tuple[SkillMention, ...] = ()
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    choices: Choices = field(default_factory=Choices)

    @property
    def remembered(self) -> bool:
        """Whether choices of an earlier import of this shape are in force."""
        return self.choices.remembered

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.answer is None)
