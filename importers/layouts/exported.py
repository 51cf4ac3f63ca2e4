"""Sheets that Muster wrote: known by their headings alone, and every text on them is taken to the letter.

A name such as "=1+1" or a skill such as "Comments [5]" would be none anywhere else. Sheets that describe
what an import does not write (a project's roles and needs) are left out, and say so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain

from importers.cells.headings import Role
from importers.cells.values import as_share
from importers.exports.exported import ALLOCATIONS, GOAL, GOALS, MATRIX, MATRIX_TITLE, PARTS, PEOPLE, goal_words
from importers.exports.exported_projects import TOLD_ONLY
from importers.exports.writing import RECORD, Level
from importers.files.workbook import Scalar, Value
from importers.layouts.layout import Extract, GoalMark, Hypothesis, Mark, Stint, Use
from importers.marks.scales import Legend, LegendEntry, is_mark
from importers.records import LayoutName, Raw, Severity
from importers.sheets.people import Sighting
from importers.sheets.tables import View
from importers.skills.catalogue import listed_skills, split_list

CERTAIN = 100.0
"""The score of a sheet whose headings are Muster's own: no other reading comes near."""
WHY = "the headings are those that Muster writes"
FARTHEST_HEADINGS = 12
OWN_SCALE = Legend(
    tuple(LegendEntry(str(level.value), (level.name.capitalize(),), "Muster's own scale") for level in Level)
)
WORDS = {level.words: level.value for level in Level}
TARGETS = {goal_words(level): level.value for level in Level if level}
EVERYTHING = frozenset(chain(PEOPLE, PARTS, ALLOCATIONS, *TOLD_ONLY.values(), [RECORD]))
ROLES = {
    "Name": Role.NAME,
    "Title": Role.TITLE,
    "Working share": Role.WORKING_SHARE,
    "Skill": Role.SKILL,
    "Level": Role.LEVEL,
    "Category": Role.CATEGORY,
    "Rated on": Role.DATE,
    "Last used": Role.LAST_USED,
    GOAL: Role.GOALS,
    GOALS: Role.GOALS,
    "Cost band": Role.COST_BAND,
    "Employee number": Role.EXTERNAL_ID,
    "E-mail": Role.EMAIL,
    "Unit": Role.UNIT,
    "Time zone": Role.TIME_ZONE,
    "Office": Role.OFFICE,
    "Project": Role.PROJECT,
    "Role": Role.ROLE,
    "From": Role.START,
    "To": Role.END,
    "Share": Role.SHARE,
    "Project score": Role.SCORE,
    "Technologies": Role.TECHNOLOGIES,
    "Client": Role.CLIENT,
    "Domain": Role.DOMAIN,
    "Status": Role.STATUS,
}

Places = Mapping[str, int]
"""Heading -> its column."""
Take = Callable[[View, int, Places, Sighting, Extract], None]


def told_only(view: View) -> str | None:
    """Why nothing is taken from a sheet that Muster wrote for people to read; None for any other sheet."""
    first = headings_of(view, 1)
    for name, headings in TOLD_ONLY.items():
        if tuple(first) == headings:
            what = name.lower()
            return f"Muster wrote this sheet, and an import takes nothing from it: {what} are described in Muster."
    return None


def hypotheses(view: View) -> Iterator[Hypothesis]:
    if view.mapping.layout or view.mapping.header_row or view.mapping.columns:
        return
    own = replace(view, legend=OWN_SCALE)
    if (row := matrix_row(own)) is not None:
        yield from matrix(own, row)
        return
    places = headings_of(own, 1)
    known = set(places)
    if RECORD in places and "Name" in places and known <= EVERYTHING:
        layout = LayoutName.LONG if "Skill" in places else LayoutName.ALLOCATIONS
        yield certain(own, layout, 1, places, partial(extract_records, own, places))
    elif {"Name", "Skill", "Level", GOAL} <= known <= set(PEOPLE):
        yield certain(own, LayoutName.LONG, 1, places, partial(extract_rows, own, places, take_skill))
    elif {"Name", "Project", "Project score", "Technologies"} <= known <= set(PARTS):
        yield certain(own, LayoutName.ALLOCATIONS, 1, places, partial(extract_rows, own, places, take_part))
    elif tuple(places) == ALLOCATIONS:
        yield certain(own, LayoutName.ALLOCATIONS, 1, places, partial(extract_rows, own, places, take_allocation))


def certain(
    view: View,
    layout: LayoutName,
    row: int,
    places: Places,
    take: Callable[[], Extract],
    uses: Mapping[int, Use] | None = None,
) -> Hypothesis:
    taken = {place: Use(ROLES[heading].value, WHY) for heading, place in places.items() if heading in ROLES}
    return Hypothesis(layout, view.table(row), row, CERTAIN, (WHY,), {**taken, **(uses or {})}, take, is_own=True)


def headings_of(view: View, row: int) -> dict[str, int]:
    """Heading -> column of a row of different texts without a gap; empty for any other row."""
    cells = view.sheet.rows.get(row, ())
    found = {value: column for column, value in enumerate(cells, 1) if isinstance(value, str)}
    return found if len(found) == len(cells) else {}


# Lists: one row a skill, a part in a project, or an allocation


def extract_records(view: View, places: Places) -> Extract:
    """Rows of several tables in one, each named in its last column; the tables that are only told are counted."""
    takes: dict[str, Take] = {"People": take_skill, "Past projects": take_part, "Allocations": take_allocation}
    found, told = Extract(), 0
    for row in rows_below(view, 1):
        record = text_at(view, row, places, RECORD)
        if record in takes:
            take_row(view, row, places, takes[record], found)
        elif record in TOLD_ONLY:
            told += 1
        else:
            text = f'Row {row} is of no kind that Muster writes: "{record or ""}".'
            remedy = f"Write one of {', '.join(takes)} under {RECORD}."
            found.report(view, Severity.ERROR, "unknown_record", (row, places[RECORD]), text, remedy)
    if told:
        text = f"{told} rows describe projects and their roles, which an import does not write."
        found.note(view, "only_told", None, text, "Describe projects in Muster itself.")
    return found


def extract_rows(view: View, places: Places, take: Take) -> Extract:
    found = Extract()
    for row in rows_below(view, 1):
        take_row(view, row, places, take, found)
    return found


def rows_below(view: View, header_row: int) -> Iterator[int]:
    return (row for row in view.sheet.row_numbers if row > header_row)


def take_row(view: View, row: int, places: Places, take: Take, found: Extract) -> None:
    person = person_at(view, row, places)
    if person is None:
        report_nobody(view, row, places, found)
        return
    found.people.append(person)
    take(view, row, places, person, found)


def report_nobody(view: View, row: int, places: Places, found: Extract) -> None:
    remedy = "Write the person's name in the row, or leave it if the row is no person."
    found.report(view, Severity.ERROR, "row_without_name", (row, places["Name"]), f"Row {row} names nobody.", remedy)


def person_at(view: View, row: int, places: Places) -> Sighting | None:
    name, email = text_at(view, row, places, "Name"), text_at(view, row, places, "E-mail")
    number = text_at(view, row, places, "Employee number")
    if name is None:
        return None
    return Sighting(
        name=name,
        sheet=view.sheet.name,
        cell=view.sheet.cell_name(row, places["Name"]),
        email=email.lower() if email else None,
        external_ids=(number,) if number else (),
        title=text_at(view, row, places, "Title"),
        unit=text_at(view, row, places, "Unit"),
        office=text_at(view, row, places, "Office"),
        time_zone=text_at(view, row, places, "Time zone"),
        working_share=as_share(value_at(view, row, places, "Working share")),
        cost_band=text_at(view, row, places, "Cost band"),
    )


def take_skill(view: View, row: int, places: Places, person: Sighting, found: Extract) -> None:
    skill, category = text_at(view, row, places, "Skill"), text_at(view, row, places, "Category")
    if skill is None:
        return
    level, target = value_at(view, row, places, "Level"), value_at(view, row, places, GOAL)
    if level is not None:
        rated, used = value_at(view, row, places, "Rated on"), value_at(view, row, places, "Last used")
        place = (row, places["Level"])
        found.marks.append(Mark(person, skill, category, raw_level(level), place, on=rated, last_used=used))
    if target is not None:
        found.goals.append(GoalMark(person, skill, category, raw_level(target), raw_level(target), (row, places[GOAL])))
    if level is None and target is None:
        text, remedy = f'"{skill}" has neither a level nor a learning goal.', "Write one of them, 0 to 5."
        found.report(view, Severity.ERROR, "skill_without_level", (row, places["Skill"]), text, remedy)


def take_part(view: View, row: int, places: Places, person: Sighting, found: Extract) -> None:
    take_stint(
        view,
        row,
        places,
        found,
        Stint(
            person=person,
            project="",
            past=True,
            place=(row, places["Project"]),
            domain=text_at(view, row, places, "Domain"),
            score=as_share(value_at(view, row, places, "Project score")),
            technologies=technologies_in(text_at(view, row, places, "Technologies")),
        ),
    )


def technologies_in(text: str | None) -> tuple[str, ...]:
    """Taken apart only where putting them together gives the same text."""
    if text is None:
        return ()
    listed = tuple(split_list(text))
    return listed if ", ".join(listed) == text else (text,)


def take_allocation(view: View, row: int, places: Places, person: Sighting, found: Extract) -> None:
    status = text_at(view, row, places, "Status")
    take_stint(view, row, places, found, Stint(person, "", past=False, place=(row, places["Project"]), status=status))


def take_stint(view: View, row: int, places: Places, found: Extract, stint: Stint) -> None:
    project = text_at(view, row, places, "Project")
    if project is None:
        text, remedy = f"Row {row} names no project.", "Write the project's name, or delete the row."
        found.report(view, Severity.ERROR, "row_without_project", stint.place, text, remedy)
        return
    found.stints.append(
        replace(
            stint,
            project=project,
            client=text_at(view, row, places, "Client"),
            role=text_at(view, row, places, "Role"),
            share=as_share(value_at(view, row, places, "Share")),
            start=value_at(view, row, places, "From"),
            end=value_at(view, row, places, "To"),
        )
    )


# The matrix: people down, skills across


def matrix_row(view: View) -> int | None:
    """The row of a matrix's headings: below Muster's title, or the first one of a text file, with a column of goals."""
    sheet = view.sheet
    if starts_with(view, 1, (*MATRIX, GOALS)):
        return 1
    if sheet.text(1, 1) != MATRIX_TITLE:
        return None
    near = (row for row in sheet.row_numbers if 1 < row <= FARTHEST_HEADINGS)
    return next((row for row in near if starts_with(view, row, MATRIX)), None)


def starts_with(view: View, row: int, headings: tuple[str, ...]) -> bool:
    return view.sheet.rows.get(row, ())[: len(headings)] == headings


def matrix(view: View, row: int) -> Iterator[Hypothesis]:
    identity = MATRIX if row > 1 else (*MATRIX, GOALS)
    places = {heading: column for column, heading in enumerate(identity, 1)}
    skills = {
        column: skill
        for column, value in enumerate(view.sheet.rows[row], 1)
        if column > len(identity) and (skill := letters(value)) is not None
    }
    uses = {column: Use("skill", WHY, skill) for column, skill in skills.items()}
    take = partial(extract_matrix, view, row, places, skills)
    yield certain(view, LayoutName.MATRIX, row, places, take, uses)


def extract_matrix(view: View, header_row: int, places: Places, skills: Mapping[int, str]) -> Extract:
    found, sheet = Extract(), view.sheet
    colours = {
        colour: TARGETS[text]
        for (row, column), colour in sheet.fills.items()
        if row < header_row and (text := sheet.text(row, column)) in TARGETS
    }
    groups = {
        column: group
        for column in skills
        if header_row > 1 and (group := span_text(view, header_row - 1, column)) is not None
    }
    for row in rows_below(view, header_row):
        person = person_at(view, row, places)
        if person is None:
            report_nobody(view, row, places, found)
            continue
        found.people.append(person)
        for item in listed_skills(text_at(view, row, places, GOALS) or "", is_mark) if GOALS in places else ():
            place = (row, places[GOALS])
            found.goals.append(GoalMark(person, item.name, None, f"{item.name}: {item.raw}", item.raw, place))
        for column, skill in skills.items():
            value, target = sheet.value(row, column), colours.get(sheet.fills.get((row, column), ""))
            category, place = groups.get(column), (row, column)
            if value is not None:
                found.marks.append(Mark(person, skill, category, raw_level(value), place))
            if target is not None:
                found.goals.append(GoalMark(person, skill, category, goal_words(target), target, place))
    return found


def span_text(view: View, row: int, column: int) -> str | None:
    span = view.sheet.span(row, column)
    return letters(view.sheet.value(span.top, span.left) if span else view.sheet.value(row, column))


# Cells


def value_at(view: View, row: int, places: Places, heading: str) -> Value:
    return view.sheet.value(row, places[heading]) if heading in places else None


def text_at(view: View, row: int, places: Places, heading: str) -> str | None:
    return letters(value_at(view, row, places, heading))


def letters(value: Value) -> str | None:
    """The text as it stands, without blanks around it."""
    return None if value is None else str(value).strip() or None


def raw_level(value: Scalar) -> Raw:
    """The number in front of the level's own word; anything else as written."""
    if isinstance(value, str):
        return WORDS.get(value.strip(), value)
    return value if isinstance(value, (int, float)) else str(value)
