"""Profile: the sheet of one person, skills down the rows, the name in a "Name:" cell or nowhere."""

from collections.abc import Iterator
from functools import partial

from importers.cells.headings import Role, role_of
from importers.cells.values import as_email, as_text
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import person_columns
from importers.layouts.wishes import take_listed_goals
from importers.records import LayoutName
from importers.sheets.people import Sighting, display_name, looks_like_full_name, plausible_name
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill

MOSTLY = 0.8
KEYS = {Role.NAME: "name", Role.EMAIL: "email", Role.TITLE: "title", Role.UNIT: "unit", Role.OFFICE: "office"}


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        if not view.is_decided and person_columns(table) and table.column(Role.NAME, Role.EMAIL, Role.EXTERNAL_ID):
            continue
        name, place = named_person(table)
        level = table.column(Role.LEVEL) or (own_scores(table) if name else None)
        texts = [c for c in (*table.all_of(Role.SKILL), *table.all_of(Role.SKILLS)) if c.texts > 0.5]
        if level is None or not texts:
            continue
        if not view.is_decided and (level.share(view.is_mark) < 0.5 or has_rivals(table)):
            continue
        skill = max(texts, key=lambda column: len(column.sample))
        if name is None and not view.is_decided and is_of_nobody(table, skill, level):
            continue
        score = (
            1.5
            + 2.0
            + 3.0 * level.share(view.is_mark)
            + 1.5 * table.quality
            + table.recognised
            + rows_weight(len(level.sample))
        )
        who = f"the sheet is about {name.name}" if name else "the sheet is about one person who is not named"
        reasons = (who, f'"{skill.heading}" holds skills, "{level.heading}" their levels')
        yield Hypothesis(
            LayoutName.PROFILE,
            table,
            table.header_row,
            score,
            reasons,
            uses(table, skill, level),
            partial(extract, table, skill, level, name or place),
        )


def is_of_nobody(table: Table, skill: Column, level: Column) -> bool:
    """Whether skills with levels are a catalogue, steps of a framework, or several people's whose names stand above."""
    again = len(set(skill.sample)) * 10 < 9 * len(skill.sample)
    several = sum(column.role is Role.LEVEL and column.group != level.group for column in table.columns)
    return table.speaks_of_things or again or several > 0


def uses(table: Table, skill: Column, level: Column) -> dict[int, Use]:
    beside = {Role.CATEGORY: "the skills' category", Role.NOTE: "a note on the rating"}
    found = {column.index: Use(role.value, why) for role, why in beside.items() if (column := table.column(role))}
    return found | {
        skill.index: Use(Role.SKILL.value, "the skills"),
        level.index: Use(Role.LEVEL.value, "the levels"),
    }


def own_scores(table: Table) -> Column | None:
    """Levels under "Employee", beside those under "Manager"."""
    return next(
        (c for c in table.all_of(Role.NAME) if c.numbers > MOSTLY and c.share(table.view.is_mark) > MOSTLY), None
    )


def has_rivals(table: Table) -> bool:
    """Several more columns of levels, each perhaps a person's, make the sheet a matrix; so does "Self" twice."""
    marked = [
        c for c in table.columns if c.role is None and c.heading and c.sample and c.share(table.view.is_mark) > 0.6
    ]
    headings = [column.heading for column in table.all_of(Role.LEVEL)]
    return len(marked) >= 2 or len(set(headings)) < len(headings)


def named_person(table: Table) -> tuple[Sighting | None, Sighting]:
    """The person in "Name: Anna Kowalska" cells above the table, else the sheet's own name; and a nameless stand-in."""
    sheet = table.sheet
    told: dict[str, str] = {}
    cell = sheet.cell_name(table.header_row, 1)
    for row in (row for row in sheet.row_numbers if row < table.header_row):
        for column in range(1, len(sheet.rows[row]) + 1):
            key, _, behind = sheet.text(row, column).partition(":")
            value = behind.strip() or sheet.text(row, column + 1)
            role = Role.NAME if is_full_name_after(key, value) else role_of(key) or Role.OTHER
            field = KEYS.get(role)
            if field and value and field not in told:
                told[field] = value
                cell = sheet.cell_name(row, column) if field == "name" else cell
    email = as_email(told.get("email"))
    name = display_name(told["name"]) if plausible_name(told.get("name", "")) else None
    unnamed = Sighting(None, sheet.name, cell)
    if name is None and email is None and looks_like_full_name(sheet.name):
        name = display_name(sheet.name)
    if name is None and email is None:
        return None, unnamed
    return Sighting(
        name or email, sheet.name, cell, email, (), told.get("title"), told.get("unit"), told.get("office")
    ), unnamed


def is_full_name_after(key: str, value: str) -> bool:
    """Whether "Nombre" or "Jméno", which may head first names, stands before a full one."""
    return role_of(key) is Role.FIRST_NAME and looks_like_full_name(value)


def extract(table: Table, skill: Column, level: Column, person: Sighting) -> Extract:
    found = Extract(people=[person])
    groups = [c for c in table.all_of(Role.SKILL) if c is not skill]
    category, note = table.column(Role.CATEGORY) or next(iter(groups), None), table.column(Role.NOTE)
    aimed = dict(goal_cells(table))
    for row, places in aimed.items():
        for place in places:
            take_listed_goals(table, place, person, found)
        if row > table.header_row and not places:
            found.leave(row, "the heading of a section")
    for row in (row for row in table.body() if row not in aimed):
        name, value = table.text(row, skill), table.value(row, level)
        if value is None or not plausible_skill(name):
            found.leave(row, "no skill with a level stands there")
            continue
        raw = value if isinstance(value, (str, int, float)) else as_text(value)
        group = table.sheet.merged_text(row, category.index) if category else ""
        found.marks.append(
            Mark(person, name, group or None, raw, (row, level.index), note=table.text(row, note) or None)
        )
    return found


def goal_cells(table: Table) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Rows about wishes to learn: "Goals: Rust, Go" with the cells that list them, or a heading and the rows below."""
    aiming = False
    for row in (row for row in table.sheet.row_numbers if row != table.header_row):
        cells = [(row, column) for column, value in enumerate(table.sheet.rows[row], 1) if isinstance(value, str)]
        if not cells:
            aiming = False
            continue
        key = table.sheet.text(*cells[0]).rstrip(":")
        if role_of(key) is Role.GOALS:
            aiming = len(cells) == 1
            yield row, cells[1:]
        elif aiming and len(cells) == 1 and role_of(key) is None:
            yield row, cells
        else:
            aiming = False
