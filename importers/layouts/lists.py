"""List: one cell holds many skills, such as `Python (4), SQL` or a JSON array."""

import math
from collections.abc import Callable, Iterator
from functools import partial

from importers.cells.headings import Role, role_of
from importers.cells.values import as_text
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.wishes import take_goal_list, uses_of_goal_list
from importers.marks.level_words import NOT_AN_ANSWER, level_of_word
from importers.marks.scales import key_of
from importers.records import LayoutName
from importers.sheets.people import Sighting
from importers.sheets.tables import Column, Table, View, rows_weight
from importers.skills.catalogue import listed_skills, plausible_skill, split_list

FEWEST_SKILLS = 2
MOST_LEVELS = 8
HEADING_LISTS = (Role.SKILL, Role.SKILLS, Role.TECHNOLOGIES)


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        lists = list_columns(table, people)
        if not lists or table.column(Role.LEVEL) or table.column(Role.SHARE, Role.START):
            continue
        several = sum(column.share(partial(holds_several, view)) for column in lists) / len(lists)
        rows = len(table.sample_rows())
        if people is None and several < 0.3:
            continue
        score = (
            (people.weight if people else 1.0)
            + 2.0
            + 2.5 * several
            + min(1.5, 0.5 * math.log2(len(lists)))
            + 1.5 * table.quality
            + table.recognised
            + rows_weight(rows)
        )
        shown = " and ".join(f'"{column.heading}"' for column in lists)
        reasons = (people.reason if people else "no column names people", f"{shown} lists skills")
        uses = uses_of_person(table, people) | uses_of_goal_list(table)
        uses |= {column.index: Use(Role.SKILLS.value, "each cell lists skills") for column in lists}
        take = partial(extract, table, people, lists)
        yield Hypothesis(LayoutName.LIST, table, table.header_row, score, reasons, uses, take)


def list_columns(table: Table, people: PersonColumns | None) -> list[Column]:
    """Columns headed as lists of skills, or by two or more levels: "Expert", "Beginner"."""
    taken = {column.index for column in (*people.names, *people.external_ids)} if people else set()
    named = [c for c in table.columns if c.index not in taken and c.role in HEADING_LISTS and c.texts > 0.6]
    by_level = [c for c in table.columns if c.index not in taken and level_heading(c.heading) and c.texts > 0.6]
    return named or (by_level if len(by_level) >= 2 else [])


def holds_several(view: View, value: object) -> bool:
    text = as_text(value) if isinstance(value, str) else ""
    return text == "[]" or len(listed_skills(text, view.is_mark)) > 1


def extract(table: Table, people: PersonColumns | None, lists: list[Column]) -> Extract:
    found = Extract(one_row_each=True)
    own = {column.index: own_levels(column) for column in lists}
    for row in table.body():
        person = sighting(table, people, row) if people else None
        if person is not None:
            found.people.append(person)
            take_goal_list(table, row, person, found)
        elif people is not None:
            found.leave(row, why_nobody(table, people, row))
        for column in lists:
            if person is not None:
                take_list(table, row, column, own[column.index], person, found)
            elif isinstance(value := table.value(row, column), str):
                items = listed_skills(value, table.view.is_mark)
                found.unnamed += bool(items)
                found.skills += [(item.name, None, (row, column.index)) for item in items]
    return found


def take_list(table: Table, row: int, column: Column, own: frozenset[str], person: Sighting, found: Extract) -> None:
    """The skills of one cell with their levels; those under a heading such as "Expert" have that level."""
    value, place = table.value(row, column), (row, column.index)
    if not isinstance(value, str) or key_of(value) in NOT_AN_ANSWER:
        return
    for item in listed_skills(value, lambda text: table.view.is_mark(text) or key_of(text) in own):
        if plausible_skill(item.name):
            raw = column.heading if level_heading(column.heading) else item.raw
            found.marks.append(Mark(person, item.name, None, raw, place, listed=raw is None))


def level_heading(heading: str) -> bool:
    """ "Expert", "Expert in" or "Advanced skills": whether the heading says the level of what is listed below. One
    that only heads skills, as "Competențe" does, says none, though "competente" is a level of one person."""
    words = [
        word for word in heading.split() if word.casefold().strip(":") not in {"in", "at", "skills", "of", "level"}
    ]
    said = " ".join(words)
    return level_of_word(said) is not None and role_of(said) not in HEADING_LISTS


def own_levels(column: Column) -> frozenset[str]:
    """Words that stand behind several different skills of the column, as "native" behind languages."""
    tails: dict[str, set[str]] = {}

    def seen(name: str) -> Callable[[str], bool]:
        def ask(text: str) -> bool:
            tails.setdefault(key_of(text), set()).add(name)
            return False

        return ask

    for value in column.sample:
        for piece in split_list(value) if isinstance(value, str) else ():
            listed_skills(piece, seen(piece))
    common = {tail for tail, pieces in tails.items() if len(pieces) >= FEWEST_SKILLS and len(tail.split()) <= 2}
    return frozenset(common) if len(common) <= MOST_LEVELS else frozenset()
