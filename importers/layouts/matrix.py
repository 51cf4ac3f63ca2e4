"""Matrix: people down, skills across. Transposed: the same table with rows and columns exchanged."""

import math
from collections.abc import Iterator, Sequence
from functools import partial

from importers.cells.headings import TOKENS, Role, is_agent, words_of
from importers.layouts.attributes import without_attributes
from importers.layouts.footing import alike
from importers.layouts.layout import Extract, Grid, Hypothesis, Use
from importers.layouts.lists import own_levels, take_list
from importers.layouts.matrix_rows import is_bare, listing, marks_of_row, named_rows
from importers.layouts.moments import moment_column
from importers.layouts.persons import (
    PersonColumns,
    Strength,
    by_content,
    heads_columns,
    holds_jobs,
    known_skills,
    person_columns,
    sighting,
    uses_of_person,
)
from importers.layouts.skill_columns import Skills, skill_columns
from importers.layouts.wishes import goal_lists, take_goal_list, uses_of_goal_list
from importers.marks.level_words import grades_anything, level_of_word
from importers.marks.scales import key_of, number_of
from importers.records import LayoutName
from importers.sheets.people import Sighting, looks_like_full_name
from importers.sheets.tables import Table, View, rows_weight

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
    first_names, last_names = table.column(Role.FIRST_NAME), table.column(Role.LAST_NAME)
    if first_names and last_names and min(first_names.names, last_names.names) > MOSTLY:
        both = (first_names, last_names)
        return PersonColumns(both, table.column(Role.EMAIL), (), 3.0, "people have a first and a last name")
    weights = {Role.SKILL: 3.0, Role.SKILLS: 3.0, Role.NAME: 1.5}
    for column in table.columns:
        if (
            column.role in weights
            and column.names >= 0.5
            and not heads_columns(column, most=0.6)
            and not holds_jobs(column)
            and not known_skills(table, column)
        ):
            reason = f'names stand beside "{column.heading}"'
            strength = Strength.CONTENT if column.role is Role.NAME else Strength.STRONG
            return PersonColumns((column,), table.column(Role.EMAIL), (), weights[column.role], reason, strength)
    return by_content(table, ())


def judge(table: Table, people: PersonColumns, layout: LayoutName) -> Hypothesis | None:
    skills = without_attributes(table, skill_columns(table, people), listing(table, people))
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
    if (repeated and moment_column(table, people) is None) or (layout is LayoutName.TRANSPOSED and skills.marks < 0.5):
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
        sure = len(skills.columns) >= 3 or (len(skills.columns) == 2 and speak_of_ability(table, skills))
        return evidence or (sure and skills.marks >= 0.8)
    telling = skills.marks >= MOSTLY and (is_agent(people.first.heading) or speak_of_ability(table, skills))
    evidence = known >= 0.25 or len(table.view.legend.entries) >= 3 or table.speaks_of_skills
    evidence = evidence or (len(skills.columns) >= 3 and telling)
    return evidence and len(skills.columns) >= 2 and (people.first.full_names >= 0.5 or known >= 0.5)


def speak_of_ability(table: Table, skills: Skills) -> bool:
    """Whether most marks are words or signs that only levels are: "expert", "beginner", a sign of the legend."""
    sample = [key_of(value) for c in skills.columns for value in c.sample if isinstance(value, (str, int, float))]
    told = [key for key in sample if number_of(key) is None]
    levels = [key for key in told if level_of_word(key) is not None or key in table.view.legend_keys]
    return len(levels) * 2 > len(sample) and any(not grades_anything(key) for key in levels)


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
    found = Extract(one_row_each=moment_column(table, people) is None)
    take_table(table, people, skills, layout, found)
    return found


def take_table(table: Table, people: PersonColumns, skills: Skills, layout: LayoutName, found: Extract) -> None:
    """The rows of a table, up to another header row: then those of the table below it."""
    moment = moment_column(table, people)
    rows, carried, below = named_rows(table, people, skills, moment, found)
    bare = [row for row, _ in rows if is_bare(table, skills, row)]
    sections = set(bare) if len(bare) * 2 < len(rows) else set()
    for row, person in rows:
        if row in sections:
            text = f'"{person.name}" stands alone in its row and was not taken as a person.'
            remedy = "Give the row an e-mail or a level if it is a person."
            found.note(table.view, "row_left_out", (row, people.first.index), text, remedy)
    rows = [each for each in rows if each[0] not in sections]
    rows = alike(table, skills.columns, rows, people.first, found)
    lists = {column.index: (column, own_levels(column)) for column in listing(table, people)}
    for row, person in rows:
        found.people.append(person)
        found.marks += marks_of_row(table, skills, row, person, moment, found, carried=row in carried)
        take_goal_list(table, row, person, found)
        for column, own in lists.values():
            take_list(table, row, column, own, person, found)
    found.grids.append(Grid(table.header_row, people.first.index, skills.columns, tuple(rows)))
    if below is not None and (named := person_columns(below)) is not None:
        take_table(below, named, skill_columns(below, named), layout, found)
