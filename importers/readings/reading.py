"""`read`: everything one file says, in one process; nothing is looked up and nothing is stored."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from importers.cells.values import as_text
from importers.choices import Choices
from importers.files.marking import WHY_NO_REPORT, is_report
from importers.files.opening import open_workbook
from importers.files.workbook import Sheet, Workbook
from importers.layouts.layout import Extract, GoalMark, Mark, Stint
from importers.layouts.snapshots import snapshot_dates
from importers.marks.grading import Grader, grader, is_error
from importers.marks.legends import find_legend
from importers.marks.scales import TOP, Legend, key_of, number_of
from importers.readings.attendance import Attendance
from importers.readings.colouring import Explanation, colouring, legend_of_colours
from importers.readings.initials import written_out
from importers.readings.periods import Dates, dates_of
from importers.readings.recognition import Recognised, named_after_sheets, recognise
from importers.readings.remembering import recalled
from importers.readings.shapes import shape_of
from importers.records import (
    Allocation,
    Goal,
    LayoutName,
    MarkReading,
    PastProject,
    Problem,
    Question,
    Rating,
    Raw,
    Reading,
    Severity,
    SheetReading,
)
from importers.refusals import WrongChoices
from importers.sheets.numbering import Numbering, numbering_of
from importers.sheets.tables import View
from importers.skills.catalogue import Catalogue
from importers.skills.mentions import Mentions

MOST_REPORTED = 100


def read(
    content: bytes,
    filename: str,
    *,
    catalogue: Catalogue,
    choices: Choices | None = None,
    remembered: Mapping[str, Choices] | None = None,
) -> Reading:
    """The people, ratings, goals, projects, questions and problems of a file. Raises a `Refusal`.

    `remembered`: choices of earlier imports by the shape of their files; those of this file's shape hold where
    `choices` say nothing. Parses hostile bytes in this very process; a server uses `read_in_child`.
    """
    workbook = open_workbook(content, filename)
    assembly = Assembly(catalogue, choices or Choices(), remembered or {})
    assembly.take(workbook)
    return assembly.reading(filename, hashlib.sha256(content).hexdigest(), workbook.kind)


@dataclass
class Assembly:
    """A reading in the making: sheets are recognised, then people brought together, then marks graded."""

    catalogue: Catalogue
    choices: Choices
    remembered: Mapping[str, Choices]
    sheets: list[tuple[Sheet, Recognised]] = field(default_factory=list)
    told: list[SheetReading] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    history: list[PastProject] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    companions: tuple[str, ...] = ()
    numbering: Numbering = field(default_factory=Numbering)
    marks: dict[str, tuple[MarkReading, ...]] = field(default_factory=dict)
    colours: dict[str, Explanation] = field(default_factory=dict)

    def take(self, workbook: Workbook) -> None:
        check_sheets(workbook, self.choices)
        sheets = [sheet for sheet in workbook.sheets if not is_report(sheet)]
        in_full = dict(zip((sheet.name for sheet in sheets), written_out(sheets), strict=True))
        self.companions = tuple(sheet.name for sheet in sheets)
        self.numbering = numbering_of(sheets)
        legends = {sheet.name: find_legend(in_full[sheet.name]) for sheet in sheets}
        self.shape = shape_of(sheets, [legends[sheet.name] for sheet in sheets])
        earlier = self.remembered.get(self.shape)
        self.mentions = Mentions(self.catalogue, self.choices.skills, earlier.skills if earlier else {})
        self.choices = recalled(self.choices, earlier, [sheet.name for sheet in sheets])
        self.attendance = Attendance(self.choices)
        shared = next((legend for legend in legends.values() if legend.entries), Legend())
        for sheet in sheets:
            own = legends[sheet.name]
            legend = own if own.entries else shared.on_another_sheet(own.remarks)
            self.sheets.append((sheet, self.recognised(in_full[sheet.name], legend)))
        for name, day in snapshot_dates([(s.name, found.hypothesis) for s, found in self.sheets]).items():
            self.sheets = [(s, found.as_snapshot(day) if s.name == name else found) for s, found in self.sheets]
        self.sheets = named_after_sheets(self.sheets)
        reports = [sheet for sheet in workbook.sheets if is_report(sheet)]
        self.sheets += [(sheet, Recognised(None, Extract(), WHY_NO_REPORT)) for sheet in reports]
        self.attendance.take([found.extract for _, found in self.sheets])
        self.questions += self.attendance.questions
        for sheet, found in self.sheets:
            if not found.extract.grids:
                self.colours = {**legend_of_colours(sheet), **self.colours}
        # Told before the marks are taken, which are gone one by one: a large sheet's do not fit beside their ratings.
        self.told = [found.reading(sheet) for sheet, found in self.sheets]
        for _, found in self.sheets:
            if found.view is not None:
                self.take_extract(found.view, found.extract)
        self.problems += self.attendance.problems

    def recognised(self, sheet: Sheet, legend: Legend) -> Recognised:
        mapping = self.choices.mapping(sheet.name)
        wanted = (
            mapping.use if mapping.use is not None else not self.choices.sheets or sheet.name in self.choices.sheets
        )
        view = View(sheet, legend, self.catalogue, mapping, self.companions, self.numbering)
        if not wanted:
            return Recognised(None, Extract(), "Left out by choice.", tables=view.tables)
        self.problems += sheet_problems(sheet)
        return recognise(view)

    def take_extract(self, view: View, extract: Extract) -> None:
        self.problems += extract.problems
        for name, category, place in extract.skills:
            self.mentions.add(name, category, view.sheet, place)
        if extract.unnamed:
            self.ask_whose_rows(view, extract.unnamed)
        coloured = colouring(view, extract, self.colours, self.choices.mapping(view.sheet.name).marks)
        marks = [mark for mark in (*extract.marks, *coloured.marks) if self.attendance.key(mark.person)]
        extract.marks.clear()
        if carried := [mark for mark in marks if mark.carried]:
            taken = self.ask_about_blank_names(view, carried)
            marks = [mark for mark in marks if taken or not mark.carried]
        listed = sum(mark.listed for mark in marks)
        keys, spelled = counted(mark.raw for mark in marks if not mark.listed)
        lists = view.sheet.lists
        grades = grader(view.sheet.name, keys, listed, view.legend, self.choices, coloured.grades, lists)
        if listed:
            keys["listed"], spelled["listed"] = listed, "listed"
        self.marks[view.sheet.name] = (*grades.readings(spelled, keys), *coloured.readings)
        self.problems += coloured.problems
        dates = dates_of(view, written_dates(marks, extract.stints), self.choices)
        self.questions += grades.questions + dates.questions
        marks.reverse()
        while marks:
            self.take_mark(view, marks.pop(), grades, dates)
        for goal in (*extract.goals, *coloured.goals):
            self.take_goal(view, goal)
        for stint in extract.stints:
            self.take_stint(view, stint, dates)
        self.problems += dates.problems

    def ask_whose_rows(self, view: View, rows: int) -> None:
        proposed = "skills_only"
        given = self.choices.answer("rows_without_person", view.sheet.name, None)
        text = f"{rows} rows list skills, but no column says whose they are. Take the skills alone?"
        answer = proposed if given is True else given
        self.questions.append(Question("rows_without_person", view.sheet.name, None, text, (), proposed, answer))

    def ask_about_blank_names(self, view: View, carried: Sequence[Mark]) -> bool:
        """Whether rows without a name belong to the person above them."""
        proposed = "same_as_above"
        cells = tuple(view.sheet.cell_name(*mark.place) for mark in carried)
        given = self.choices.answer("blank_names", view.sheet.name, None)
        answer = proposed if given is True else given
        text = f"{len(carried)} rows with a skill name nobody: do they belong to the person above them?"
        self.questions.append(
            Question("blank_names", view.sheet.name, None, text, cells[:MOST_REPORTED], proposed, answer)
        )
        return answer == proposed

    def take_mark(self, view: View, mark: Mark, grades: Grader, dates: Dates) -> None:
        grade, wants_more = grades.verdict("listed" if mark.listed else mark.raw)
        person = self.attendance.key(mark.person)
        if grade.ignored or person is None:
            return
        cell = view.sheet.cell_name(*mark.place)
        if grade.refused:
            self.problems.append(not_a_level(view, mark, cell))
            return
        skill = self.mentions.add(mark.skill, mark.category, view.sheet, mark.place)
        if grade.is_goal or wants_more:
            self.goals.append(Goal(person, mark.skill, skill, mark.raw, grade.target, view.sheet.name, cell))
        if not grade.is_goal:
            on, last_used = dates.read(mark.on, mark.place), dates.read(mark.last_used, mark.place)
            level = 0 if mark.denied else grade.level
            self.ratings.append(
                Rating(person, mark.skill, skill, mark.raw, level, on, last_used, mark.note, view.sheet.name, cell)
            )

    def take_goal(self, view: View, goal: GoalMark) -> None:
        person = self.attendance.key(goal.person)
        if person is None:
            return
        skill = self.mentions.add(goal.skill, goal.category, view.sheet, goal.place)
        number = number_of(as_text(goal.target)) if isinstance(goal.target, (int, float, str)) else None
        target = int(number) if number is not None and number.is_integer() and 1 <= number <= TOP else None
        cell = view.sheet.cell_name(*goal.place)
        self.goals.append(Goal(person, goal.skill, skill, goal.raw, target, view.sheet.name, cell))

    def take_stint(self, view: View, stint: Stint, dates: Dates) -> None:
        person = self.attendance.key(stint.person)
        if person is None:
            return
        start, end = dates.read(stint.start, stint.place), dates.read(stint.end, stint.place)
        place = (view.sheet.name, view.sheet.cell_name(*stint.place))
        if stint.past:
            self.history.append(
                PastProject(
                    person,
                    stint.project,
                    stint.client,
                    stint.domain,
                    stint.role,
                    start,
                    end,
                    stint.share,
                    stint.outcome,
                    stint.score,
                    stint.technologies,
                    *place,
                )
            )
        else:
            self.allocations.append(
                Allocation(
                    person, stint.project, stint.client, stint.role, stint.share, start, end, stint.status, *place
                )
            )

    def reading(self, file: str, sha256: str, kind: str) -> Reading:
        decided = self.mentions.settle()
        return Reading(
            file=file,
            sha256=sha256,
            shape=self.shape,
            kind=kind,
            summary=self.summary(),
            sheets=tuple(replace(sheet, marks=self.marks.get(sheet.name, ())) for sheet in self.told),
            people=self.attendance.people(),
            ratings=tuple(self.ratings),
            goals=tuple(self.goals),
            history=tuple(self.history),
            allocations=tuple(self.allocations),
            skills=self.mentions.all(),
            questions=tuple(self.questions),
            problems=tuple(self.problems),
            choices=replace(self.choices, skills=decided),
        )

    def summary(self) -> str:
        count = len(self.attendance.register.people)
        if not count:
            return f"0 people found, because {why_nobody([found for _, found in self.sheets])}"
        parts = [f"{count} {'person' if count == 1 else 'people'}", f"{len(self.ratings)} ratings"]
        parts += [f"{len(self.history)} past projects"] * bool(self.history)
        parts += [f"{len(self.allocations)} allocations"] * bool(self.allocations)
        used = sum(sheet.used for sheet in self.told)
        return f"{', '.join(parts)} found on {used} of {len(self.told)} sheets."


def counted(raws: Iterable[Raw]) -> tuple[Counter[str], dict[str, str]]:
    """How often each mark is written, by key, and its first spelling."""
    keys, spelled = Counter[str](), dict[str, str]()
    for (_, raw), count in Counter((type(raw), raw) for raw in raws).items():
        key = key_of(raw)
        keys[key] += count
        spelled.setdefault(key, as_text(raw))
    return keys, spelled


def written_dates(marks: Iterable[Mark], stints: Iterable[Stint]) -> Iterator[object]:
    for mark in marks:
        if mark.on is not None or mark.last_used is not None:
            yield from (mark.on, mark.last_used)
    for stint in stints:
        yield from (stint.start, stint.end)


def check_sheets(workbook: Workbook, choices: Choices) -> None:
    known = {sheet.name for sheet in workbook.sheets}
    for name in (*choices.sheets, *choices.mappings, *(told.sheet for told in choices.answers if told.sheet)):
        if name not in known:
            raise WrongChoices(f'The file has no sheet "{name}"; its sheets are {", ".join(sorted(known))}.')


def sheet_problems(sheet: Sheet) -> list[Problem]:
    """What reading the cells themselves showed."""
    problems = []
    if sheet.left_out:
        text = f"Values from {sheet.left_out} on lie outside the part of a sheet that is read."
        remedy = "Move them nearer to the table, or delete them."
        problems.append(Problem(Severity.WARNING, "cells_too_far_away", sheet.name, None, text, remedy))
    if sheet.unread_colours:
        remedy = "Fill the cells themselves if their colours stand for levels or goals."
        problems.append(Problem(Severity.NOTE, "colours_not_read", sheet.name, None, sheet.unread_colours, remedy))
    for place, stored in list(sheet.unsound.items())[:MOST_REPORTED]:
        text = (
            f'The cell holds "{stored}", which is no number.' if stored else "The cell's text is missing from the file."
        )
        remedy = "Type the value again and save the file."
        problems.append(Problem(Severity.ERROR, "unreadable_value", sheet.name, sheet.cell_name(*place), text, remedy))
    hidden = {
        "The sheet is hidden": sheet.hidden and bool(sheet.rows),
        "The sheet has hidden rows": bool(sheet.hidden_rows & sheet.rows.keys()),
        "The sheet has hidden columns": any(column <= sheet.width for column in sheet.hidden_columns),
    }
    remedy = "Leave the sheet out if its hidden part should not be imported."
    problems += [
        Problem(Severity.NOTE, "hidden", sheet.name, None, f"{text}; it was read like the rest.", remedy)
        for text, is_hidden in hidden.items()
        if is_hidden
    ]
    return problems


def not_a_level(view: View, mark: Mark, cell: str) -> Problem:
    known = ", ".join(entry.key for entry in view.legend.entries) or "0 to 5"
    text = f'"{as_text(mark.raw)}" for {mark.skill} is not one of the levels of this sheet ({known}).'
    remedy = "Correct the cell and import again, or leave it out."
    if is_error(mark.raw):
        text = f'"{mark.raw}" for {mark.skill} is an error of the spreadsheet and no level.'
        remedy = "Repair the formula or type the level, and import again."
    return Problem(Severity.ERROR, "not_a_level", view.sheet.name, cell, text, remedy)


def why_nobody(sheets: Sequence[Recognised]) -> str:
    found = [sheet for sheet in sheets if sheet.hypothesis is not None]
    layouts = {sheet.hypothesis.layout for sheet in found if sheet.hypothesis is not None}
    if any(sheet.extract.unnamed for sheet in found):
        return "the rows list skills but no column says whose they are."
    if LayoutName.FRAMEWORK in layouts:
        return "the file describes skills or expected levels, and names nobody."
    if found and found[0].hypothesis is not None:
        return f"the table under row {found[0].hypothesis.header_row} has no rows filled in."
    if all(sheet.why == "The sheet is empty." for sheet in sheets):
        return "the workbook has no cells with values."
    return "no sheet has a column of people beside skills or projects."
