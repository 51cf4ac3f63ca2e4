"""Holders: a row per skill, and in its cells the names of those who have it, under a heading for each level."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

from importers.cells.headings import Role
from importers.cells.values import as_text
from importers.files.workbook import Scalar
from importers.layouts.layout import Extract, GoalMark, Hypothesis, Mark, Use
from importers.layouts.lists import level_heading
from importers.records import LayoutName
from importers.sheets.people import Sighting, apart, display_name, looks_like_full_name, plausible_name
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import plausible_skill, split_list

FEWEST_HOLDERS = 2
BETWEEN = re.compile(r"\s*/\s*|\s+(?:&|\+|and|und|et|y|e|en|i|og|och|ja|a|és|si|ve|dan|și|и|та|και)\s+")
"""What stands between two names of one cell besides the signs of a list."""
MOSTLY = 0.8
WISHES = frozenset({Role.GOALS, Role.INTEREST})
SKILL_ROLES = frozenset({Role.SKILL, Role.SKILLS, Role.TECHNOLOGIES})
HOLDING = frozenset({None, Role.NAME, Role.LEVEL, Role.HAS, *WISHES})


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        holders = [column for column in table.columns if column.role in HOLDING and column.share(names) > MOSTLY]
        skill = skill_column(table, holders)
        if skill is None or len(holders) < FEWEST_HOLDERS:
            continue
        levels = sum(level_heading(c.heading) or c.role in WISHES for c in holders)
        several = any(column.share(lambda value: len(named(value)) > 1) > 0.2 for column in holders)
        if not levels and not (several and skill.role in SKILL_ROLES):
            continue
        rows = len(table.sample_rows())
        score = 5.5 + 1.0 * bool(levels) + 1.0 * several + 1.5 * table.quality + table.recognised + rows_weight(rows)
        shown = " and ".join(f'"{column.heading}"' for column in holders)
        reasons = (f'"{skill.heading}" holds skills', f"{shown} name those who have them")
        uses = {c.index: Use(Role.NAME.value, f'who has the skill: "{c.heading}"') for c in holders}
        uses[skill.index] = Use(Role.SKILL.value, "the skills")
        take = partial(extract, table, skill, holders)
        yield Hypothesis(LayoutName.LIST, table, table.header_row, score, reasons, uses, take)


def skill_column(table: Table, holders: Sequence[Column]) -> Column | None:
    """The column of different texts left of the names, by its heading or the first that names nobody."""
    taken = {column.index for column in holders}
    left = [
        c for c in table.columns if c.index not in taken and c.texts > MOSTLY and holders and c.role is not Role.NOTE
    ]
    left = [c for c in left if c.index < holders[0].index and len(set(c.sample)) == len(c.sample)]
    by_heading = [column for column in left if column.role in SKILL_ROLES]
    unknown = [column for column in left if column.role is None and column.share(names) < 0.5]
    return next(iter(by_heading or unknown), None)


def named(value: Scalar) -> list[str]:
    """The people of one cell; "Weiss, Jo" is one."""
    text = as_text(value) if isinstance(value, str) else ""
    pieces = [piece for part in split_list(text) for piece in BETWEEN.split(part)]
    return [text] if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces) else pieces


def names(value: Scalar) -> bool:
    people = named(value) if isinstance(value, str) else []
    return bool(people) and all(looks_like_full_name(name) and plausible_name(apart(name)[0]) for name in people)


def extract(table: Table, skill: Column, holders: Sequence[Column]) -> Extract:
    found = Extract()
    for row in table.body():
        name = table.text(row, skill)
        if not plausible_skill(name):
            found.leave(row, "no skill is named there")
            continue
        for column in holders:
            value, place = table.value(row, column), (row, column.index)
            for text in named(value) if value is not None else ():
                written, number = apart(text)
                if not plausible_name(written):
                    continue
                cell = table.sheet.cell_name(*place)
                person = Sighting(display_name(written), table.sheet.name, cell, None, (number,) if number else ())
                found.people.append(person)
                if column.role in WISHES:
                    found.goals.append(GoalMark(person, name, None, column.heading, None, place))
                else:
                    level = column.heading if column.role is not Role.NAME or level_heading(column.heading) else None
                    found.marks.append(Mark(person, name, None, level, place, listed=level is None))
    return found
