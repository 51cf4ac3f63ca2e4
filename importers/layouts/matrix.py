"""Matrix: people down, skills across. Transposed: the same table with rows and columns exchanged."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from importers.headings import TOKENS, Role, role_of, words_of
from importers.layouts.layout import Extract, Grid, Hypothesis, Mark, Use
from importers.layouts.lists import list_columns, own_levels, take_list
from importers.layouts.persons import (
    PersonColumns,
    Strength,
    by_content,
    heads_columns,
    known_skills,
    person_columns,
    sighting,
    uses_of_person,
    why_nobody,
)
from importers.layouts.skill_columns import Skills, skill_columns
from importers.layouts.wishes import goal_lists, take_goal_list, uses_of_goal_list
from importers.people import Sighting, looks_like_full_name
from importers.records import LayoutName, Severity
from importers.tables import Column, Table, View, is_header_again, rows_weight
from importers.values import as_text

WIDEST_FLIP = 2_000
MOSTLY = 0.6
CHOSEN_ROW = "you chose the row of the names"


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        if (people := person_columns(table)) and (found := judge(table, people, LayoutName.MATRIX)):
            yield found
    if max(view.sheet.last_row, view.sheet.width) <= WIDEST_FLIP:
        flipped = view.flipped()
        for table in flipped.tables:
            if (people := across(table)) and (found := judge(table, people, LayoutName.TRANSPOSED)):
                yield found


def across(table: Table) -> PersonColumns | None:
    """Who the columns of a flipped table are: names beside a corner cell that says "Skill", or "Name" in a row.

    "Name" in the corner speaks for people down the sheet as well, so it weighs less here.
    """
    if (row := table.view.mapping.header_row) is not None:
        names = next((column for column in table.columns if column.index == row), None)
        return PersonColumns((names,), table.column(Role.EMAIL), (), 3.0, CHOSEN_ROW, is_chosen=True) if names else None
    weights = {Role.SKILL: 3.0, Role.SKILLS: 3.0, Role.NAME: 1.5}
    for column in table.columns:
        if (
            column.role in weights
            and column.names >= 0.5
            and not heads_columns(column, most=0.6)
            and not known_skills(table, column)
        ):
            reason = f'names stand beside "{column.heading}"'
            strength = Strength.CONTENT if column.role is Role.NAME else Strength.STRONG
            return PersonColumns((column,), table.column(Role.EMAIL), (), weights[column.role], reason, strength)
    return by_content(table, ())


def judge(table: Table, people: PersonColumns, layout: LayoutName) -> Hypothesis | None:
    skills = skill_columns(table, people)
    seen = [person for row in table.sample_rows() if (person := sighting(table, people, row))]
    if not skills.columns:
        return register(table, people, len(seen)) if layout is LayoutName.MATRIX else None
    if not table.view.is_decided and not is_likely(table, people, skills, seen, layout):
        return None
    known = sum(table.view.knows_skill(column.heading) for column in skills.columns) / len(skills.columns)
    like_people = sum(looks_like_full_name(column.heading) for column in skills.columns) / len(skills.columns)
    score = (
        people.weight
        + 2.5 * skills.marks
        + min(1.5, 0.5 * math.log2(1 + len(skills.columns)))
        + rows_weight(len(seen))
        + known
        + 1.5 * table.quality
        + table.recognised
        + 2.0 * bool(listing(table, people))
        - 1.5 * (like_people > 0.5)
        - 3.0 * bool(table.column(Role.SKILL) and table.column(Role.LEVEL) and people.weight > 1)
        - 0.3 * (layout is LayoutName.TRANSPOSED)
        - 3.0 * (layout is LayoutName.TRANSPOSED and len(seen) == 1)
    )
    reasons = (
        people.reason,
        f"{len(skills.columns)} columns hold levels"
        if layout is LayoutName.MATRIX
        else f"{len(skills.columns)} rows hold levels",
    )
    header_row = people.first.index if layout is LayoutName.TRANSPOSED else table.header_row
    uses = uses_of_matrix(table, people, skills)
    return Hypothesis(layout, table, header_row, score, reasons, uses, partial(extract, table, people, skills, layout))


def uses_of_matrix(table: Table, people: PersonColumns, skills: Skills) -> dict[int, Use]:
    uses = uses_of_person(table, people) | uses_of_goal_list(table)
    uses |= {c.index: Use(Role.SKILLS.value, "each cell lists further skills") for c in listing(table, people)}
    uses |= {c.index: Use("skill", f"levels of {c.heading}", c.heading) for c in skills.columns}
    return uses


def is_likely(
    table: Table, people: PersonColumns, skills: Skills, seen: Sequence[Sighting], layout: LayoutName
) -> bool:
    """Whether nothing speaks against names beside levels: few or no marks, or the same names again and again."""
    if not skills.sampled and people.weight < 2.5:
        return False
    repeated = len({(person.name, person.email, person.external_ids) for person in seen}) * 2 < len(seen)
    if repeated or (layout is LayoutName.TRANSPOSED and skills.marks < 0.5):
        return False
    return is_about_skills(table, people, skills)


def is_about_skills(table: Table, people: PersonColumns, skills: Skills) -> bool:
    """Whether there is enough evidence that names beside small numbers are people beside levels.

    The less the headings say, the more the rest must: most spreadsheets with names and numbers are something else.
    """
    known = sum(table.view.knows_skill(column.heading) for column in skills.columns) / len(skills.columns)
    evidence = known >= 0.25 or bool(table.view.legend.entries) or table.speaks_of_skills
    if people.strength is Strength.NUMBERED:
        return evidence
    if people.is_chosen:
        return True
    if people.strength is Strength.STRONG:
        return evidence or (len(skills.columns) >= 2 and skills.marks >= 0.5) or not skills.sampled
    if people.strength is Strength.WEAK:
        return evidence or (len(skills.columns) >= 3 and skills.marks >= 0.8)
    evidence = known >= 0.25 or len(table.view.legend.entries) >= 3 or table.speaks_of_skills
    return evidence and len(skills.columns) >= 2 and (people.first.full_names >= 0.5 or known >= 0.5)


def register(table: Table, people: PersonColumns, rows: int) -> Hypothesis | None:
    """People with their profile and no skills at all."""
    profile = [
        c
        for c in table.columns
        if c.role in {Role.EMAIL, Role.UNIT, Role.TITLE, Role.OFFICE, Role.WORKING_SHARE, Role.LAST_NAME}
    ]
    title = set(words_of(table.sheet.name))
    if TOKENS["never_people"] & title or not rows or people.strength is Strength.CONTENT:
        return None
    about_people = bool(TOKENS["about_people"] & title)
    sure = about_people or bool(profile) or (rows > 2 and people.first.full_names > MOSTLY)
    sure = sure or bool(goal_lists(table))
    if not sure or (people.strength is Strength.WEAK and not ((about_people and profile) or goal_lists(table))):
        return None
    score = people.weight + 1.5 * table.quality + table.recognised + rows_weight(rows)
    none = Skills((), 0.0, 0)
    return Hypothesis(
        LayoutName.MATRIX,
        table,
        table.header_row,
        score,
        (people.reason, "no column holds levels"),
        uses_of_person(table, people) | uses_of_goal_list(table),
        partial(extract, table, people, none, LayoutName.MATRIX),
    )


def extract(table: Table, people: PersonColumns, skills: Skills, layout: LayoutName) -> Extract:
    found = Extract(one_row_each=True)
    take_table(table, people, skills, layout, found)
    return found


def take_table(table: Table, people: PersonColumns, skills: Skills, layout: LayoutName, found: Extract) -> None:
    """The rows of a table, up to another header row: then those of the table below it."""
    rows: list[tuple[int, Sighting]] = []
    kind = kind_of_row(table)
    lists = {column.index: (column, own_levels(column)) for column in listing(table, people)}
    below: Table | None = None
    beneath = rows_beneath(table, people, skills)
    found.rest.update(dict.fromkeys(beneath, "stands below the table"))
    for row in table.body():
        if is_header_again(table.sheet, row, people.first.index, people.first.role):
            below = table.view.table(row)
            break
        person = person_of_row(table, people, skills, row, found) if row not in beneath else None
        if person is not None and is_section(table, people, row):
            found.leave(row, "the heading of a section")
        elif person is not None and (wanted := is_wanted(table, kind, row)):
            found.leave(row, f"levels that are wanted: {wanted}")
        elif person is not None:
            rows.append((row, person))
        elif not any(problem.code == "levels_without_person" for problem in found.problems[-1:]):
            found.leave(row, why_nobody(table, people, row))
    bare = [row for row, _ in rows if is_bare(table, skills, row)]
    sections = set(bare) if len(bare) * 2 < len(rows) else set()
    for row, person in rows:
        if row in sections:
            text = f'"{person.name}" stands alone in its row and was not taken as a person.'
            remedy = "Give the row an e-mail or a level if it is a person."
            found.note(table.view, "row_left_out", (row, people.first.index), text, remedy)
        else:
            take_row(table, skills, lists, row, person, found)
    taken = tuple((row, person) for row, person in rows if row not in sections)
    found.grids.append(Grid(table.header_row, people.first.index, skills.columns, taken))
    if below is not None and (named := person_columns(below)) is not None:
        take_table(below, named, skill_columns(below, named), layout, found)


def rows_beneath(table: Table, people: PersonColumns, skills: Skills) -> frozenset[int]:
    """What follows the last level after a blank row, such as a key and signatures; not who has an address or number."""
    rows = list(table.body())
    rated = [row for row in rows if any(table.value(row, column) is not None for column in skills.columns)]
    after = [row for row in rows if rated and row > rated[-1]]
    start = next((row for before, row in pairwise([*rated[-1:], *after]) if row > before + 1), None)
    ids = [column for column in (people.email, *people.external_ids) if column is not None]
    return frozenset(
        row for row in after if start and row >= start and not any(is_key(table.text(row, c)) for c in ids)
    )


def is_key(text: str) -> bool:
    return "@" in text or any(map(str.isdecimal, text))


Listed = dict[int, tuple[Column, frozenset[str]]]


def listing(table: Table, people: PersonColumns) -> list[Column]:
    """Columns beside the levels in which each cell lists further skills."""
    return [column for column in list_columns(table, people) if column.role is Role.SKILLS]


def take_row(table: Table, skills: Skills, lists: Listed, row: int, person: Sighting, found: Extract) -> None:
    found.people.append(person)
    for column in skills.columns:
        value, place = table.value(row, column), (row, column.index)
        if value is not None:
            found.marks.append(Mark(person, column.heading, column.group, table.raw(row, column), place))
        elif place in table.sheet.formulas:
            text = f"The level for {column.heading} is a formula whose result is not stored in the file."
            remedy = "Open the file in a spreadsheet program, save it and import again."
            found.report(table.view, Severity.ERROR, "formula_without_value", place, text, remedy)
    take_goal_list(table, row, person, found)
    for column, own in lists.values():
        take_list(table, row, column, own, person, found)


def kind_of_row(table: Table) -> Column | None:
    """The column that says of each row whether it holds the levels a person has or those that are wanted."""
    for column in table.columns:
        kinds = {role_of(as_text(value)) for value in column.sample}
        if Role.LEVEL in kinds and Role.EXPECTED in kinds and kinds <= {Role.LEVEL, Role.EXPECTED, Role.INTEREST}:
            return column
    return None


def is_wanted(table: Table, kind: Column | None, row: int) -> str:
    """What the row says it holds when that are not the person's levels."""
    text = table.text(row, kind)
    return text if text and role_of(text) is not Role.LEVEL else ""


def is_bare(table: Table, skills: Skills, row: int) -> bool:
    """One value in the row, and no colours that differ from level to level."""
    if sum(value is not None for value in table.sheet.rows[row]) != 1:
        return False
    colours = {table.sheet.fills.get((row, column.index)) for column in skills.columns}
    return len(colours) <= 1


def is_section(table: Table, people: PersonColumns, row: int) -> bool:
    """A text merged across the table heads a group of people and names nobody."""
    span = table.sheet.span(row, people.first.index)
    return span is not None and span.right - span.left >= 2


def person_of_row(table: Table, people: PersonColumns, skills: Skills, row: int, found: Extract) -> Sighting | None:
    """The row's person; levels typed in a row that names nobody are reported, computed ones are totals."""
    person = sighting(table, people, row)
    if person is not None and not table.sheet.formulas:
        return person
    places = [(row, column.index) for column in skills.columns if table.value(row, column) is not None]
    filled = [place for place in places if place not in table.sheet.formulas]
    if person is not None and len(places) > 1 and not filled:
        return None
    if person is not None or not filled:
        return person
    texts = [value for value in table.sheet.rows[row] if isinstance(value, str) and not table.view.is_mark(value)]
    if not texts:
        found.report(
            table.view,
            Severity.WARNING,
            "levels_without_person",
            (row, people.first.index),
            f"Row {row} holds {len(filled)} levels but names nobody.",
            "Write the person's name in the row and import again, or leave it if the row is no person.",
        )
    return None
