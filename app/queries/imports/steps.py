"""The steps of one import, a page at a time: what was understood, questions, new skills, the preview, what to know."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.queries.imports.batches import ImportView
from app.queries.imports.lines import About, LineFilters, Show, page_of_lines, show_of
from app.queries.imports.preview import Line
from app.queries.lists.paging import Page, page_of
from importers import SkillAction, SkillChoice, normal_form
from models import Practitioner, Unit

QUESTIONS_A_PAGE = 50
SKILLS_A_PAGE = 100
PROBLEMS_A_PAGE = 100
COLUMNS_A_PAGE = 40
PEOPLE_A_PAGE = 200

Told = Mapping[str, Any]


# The preview


class PreviewRow(NamedTuple):
    line: Line
    show: Show


class PreviewGroup(NamedTuple):
    """Lines about one person, or about nobody. `person_id` is None for somebody who is not in the directory yet;
    `continued`: the person's lines began on the page before."""

    person: str | None
    person_id: int | None
    continued: bool
    rows: Sequence[PreviewRow]


@dataclass(frozen=True)
class Preview:
    groups: Sequence[PreviewGroup]
    filters: LineFilters
    counts: Mapping[Show, int]
    subjects: Mapping[About, int]
    found: int
    pages: int


def preview(session: Session, found: ImportView, filters: LineFilters) -> Preview:
    people = found.document.get("people", ())
    names = [name for name, _ in people]
    page = page_of_lines(session, found.batch.id, names, filters, found.document.get("lines", ()))
    groups: list[PreviewGroup] = []
    for position, lines in groupby(page.lines, key=lambda line: line.person):
        name, person_id = people[position] if position is not None else (None, None)
        rows = [PreviewRow(line, show_of(line)) for line in lines]
        continued = not groups and position is not None and position == page.person_before
        groups.append(PreviewGroup(name, person_id, continued, rows))
    return Preview(groups, filters._replace(page=page.page), page.counts, page.subjects, page.found, page.pages)


def missing(found: ImportView, page: int) -> Page[Told]:
    """People whom the last import of this kind of sheet named and this one does not."""
    return page_of(found.missing, page, PEOPLE_A_PAGE)


# Questions


@dataclass(frozen=True)
class Questions:
    """`groups`: code -> how many questions it has, and how many of them are open."""

    page: Page[Told]
    code: str | None
    groups: Mapping[str, tuple[int, int]]


def questions(found: ImportView, code: str | None, page: int) -> Questions:
    """Those of one code, or all of them code by code. The order holds while answers are given page by page."""
    totals = Counter(question["code"] for question in found.questions)
    waiting = Counter(question["code"] for question in found.questions if question["answer"] is None)
    code = code if code in totals else None
    order = {name: place for place, name in enumerate(totals)}
    rows = [question for question in found.questions if code in {None, question["code"]}]
    rows.sort(key=lambda question: order[question["code"]])
    groups = {name: (total, waiting[name]) for name, total in totals.items()}
    return Questions(page_of(rows, page, QUESTIONS_A_PAGE), code, groups)


def where_they_work(session: Session, people: Sequence[int]) -> dict[str, str]:
    """Person -> home unit and location, to tell people of one name apart."""
    wanted = select(Practitioner.id, Unit.name, Practitioner.location).where(Practitioner.id.in_(people))
    rows = session.execute(wanted.join(Unit, Unit.id == Practitioner.home_unit_id, isouter=True)) if people else ()
    return {str(person): ", ".join(filter(None, place)) for person, *place in rows}


# New skills


class SkillView(StrEnum):
    LOOK = "look"
    """Those that seem to be another spelling, or several skills in one name, and wait for a decision."""
    ALL = "all"
    DECIDED = "decided"


class SkillFilters(NamedTuple):
    view: SkillView | None = None
    text: str = ""
    page: int = 1


class NewSkill(NamedTuple):
    """`choice` is what was decided by now."""

    told: Told
    choice: SkillChoice | None

    @property
    def name(self) -> str:
        name: str = self.told["name"]
        return name

    @property
    def proposal(self) -> SkillChoice:
        """What seems likeliest; new as it stands where nothing speaks for anything else."""
        if self.told["suggestions"]:
            return SkillChoice(SkillAction.MERGE, (self.told["suggestions"][0],))
        if self.told["parts"]:
            return SkillChoice(SkillAction.SPLIT, tuple(self.told["parts"]))
        return SkillChoice(SkillAction.CREATE)

    @property
    def wants_a_look(self) -> bool:
        return self.choice is None and self.proposal.action is not SkillAction.CREATE


@dataclass(frozen=True)
class NewSkills:
    """Every skill of an import that a person may decide about."""

    rows: Sequence[NewSkill]

    @cached_property
    def counts(self) -> Mapping[SkillView, int]:
        return {view: sum(map(FITS[view], self.rows)) for view in SkillView}

    @property
    def undecided(self) -> int:
        return self.counts[SkillView.ALL] - self.counts[SkillView.DECIDED]


FITS: Mapping[SkillView, Callable[[NewSkill], bool]] = {
    SkillView.LOOK: lambda row: row.wants_a_look,
    SkillView.ALL: lambda row: True,
    SkillView.DECIDED: lambda row: row.choice is not None,
}


def new_skills(found: ImportView) -> NewSkills:
    decided = {normal_form(name) or name: choice for name, choice in found.choices.skills.items()}
    rows = [
        NewSkill(told, decided.get(normal_form(told["name"]) or told["name"]))
        for told in found.document.get("new_skills", ())
    ]
    return NewSkills(rows)


def skills_page(skills: NewSkills, filters: SkillFilters) -> tuple[SkillView, Page[NewSkill]]:
    """Without a view those that want a look, or all of them when none does."""
    view = filters.view or (SkillView.LOOK if skills.counts[SkillView.LOOK] else SkillView.ALL)
    text = normal_form(filters.text)
    rows = [row for row in skills.rows if FITS[view](row) and text in normal_form(row.name)]
    return view, page_of(rows, filters.page, SKILLS_A_PAGE)


# What was understood


class Understood(NamedTuple):
    """`sheet` is the one looked at, with a page of its `columns`; None for a file without any."""

    sheet: Told | None
    columns: Page[Told]


def understood(found: ImportView, name: str | None, page: int) -> Understood:
    """The sheet of that name, else the first one in use. Columns of people before columns of skills."""
    sheets = sorted(found.sheets, key=lambda told: (told["name"] != name, not told["used"]))
    if not sheets:
        return Understood(None, page_of((), page, COLUMNS_A_PAGE))
    columns = sorted(sheets[0]["columns"], key=lambda column: column["skill"] is not None)
    return Understood(sheets[0], page_of(columns, page, COLUMNS_A_PAGE))


def sheet_named(found: ImportView, name: str | None) -> Told:
    sheet = understood(found, name, 1).sheet
    if sheet is None or name not in {None, sheet["name"]}:
        raise NotFound("The file has no such sheet.")
    return sheet


# What there is to know about the file


class ProblemGroup(NamedTuple):
    code: str
    severity: str
    times: int


class Problems(NamedTuple):
    groups: Sequence[ProblemGroup]
    code: str | None
    page: Page[Told]


SEVERITIES = ("error", "warning", "note")


def problem_groups(found: ImportView) -> Sequence[ProblemGroup]:
    """What was not taken first, then what a person should look at."""
    counts = Counter((problem["code"], problem["severity"]) for problem in found.problems)
    groups = (ProblemGroup(code, severity, count) for (code, severity), count in counts.items())
    return sorted(groups, key=lambda group: SEVERITIES.index(group.severity))


def problems(found: ImportView, code: str | None, page: int) -> Problems:
    """Those of one code, or all of them in the order of their groups."""
    groups = problem_groups(found)
    known = list(dict.fromkeys(group.code for group in groups))
    code = code if code in known else None
    rows = [problem for problem in found.problems if code in {None, problem["code"]}]
    rows.sort(key=lambda problem: (SEVERITIES.index(problem["severity"]), known.index(problem["code"])))
    return Problems(groups, code, page_of(rows, page, PROBLEMS_A_PAGE))
