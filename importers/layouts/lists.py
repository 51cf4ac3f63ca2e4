"""List: one cell holds many skills, such as `Python (4), SQL` or a JSON array."""

from collections.abc import Iterator
from functools import partial

from importers.headings import Role
from importers.layouts.layout import Extract, Hypothesis, Mark, Use
from importers.layouts.persons import PersonColumns, person_columns, sighting, uses_of_person, why_nobody
from importers.layouts.wishes import take_goal_list, uses_of_goal_list
from importers.level_words import level_of_word
from importers.records import LayoutName
from importers.skills import ListedSkill, listed_skills
from importers.tables import Column, Table, View, rows_weight
from importers.values import as_text


def hypotheses(view: View) -> Iterator[Hypothesis]:
    for table in view.tables:
        people = person_columns(table)
        lists = list_columns(table, people)
        if not lists or table.column(Role.LEVEL) or table.column(Role.PROJECT):
            continue
        several = sum(column.share(partial(holds_several, view)) for column in lists) / len(lists)
        rows = len(table.sample_rows())
        if people is None and several < 0.3:
            continue
        score = (
            (people.weight if people else 1.0)
            + 2.0
            + 2.5 * several
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
    wanted = (Role.SKILL, Role.SKILLS, Role.TECHNOLOGIES)
    named = [c for c in table.columns if c.index not in taken and c.role in wanted and c.texts > 0.6]
    by_level = [
        c for c in table.columns if c.index not in taken and level_of_word(c.heading) is not None and c.texts > 0.6
    ]
    return named or (by_level if len(by_level) >= 2 else [])


def holds_several(view: View, value: object) -> bool:
    text = as_text(value) if isinstance(value, str) else ""
    return text == "[]" or len(listed_skills(text, view.is_mark)) > 1


def extract(table: Table, people: PersonColumns | None, lists: list[Column]) -> Extract:
    found = Extract(one_row_each=True)
    for row in table.body():
        person = sighting(table, people, row) if people else None
        if person is not None:
            found.people.append(person)
            take_goal_list(table, row, person, found)
        elif people is not None:
            found.leave(row, why_nobody(table, people, row))
        for column in lists:
            value = table.value(row, column)
            items = listed_skills(value, table.view.is_mark) if isinstance(value, str) else []
            if level_of_word(column.heading) is not None:
                items = [ListedSkill(item.name, column.heading) for item in items]
            if person is None:
                found.unnamed += bool(items)
                found.skills += [(item.name, None, (row, column.index)) for item in items]
                continue
            found.marks += [
                Mark(person, item.name, None, item.raw, (row, column.index), listed=item.raw is None) for item in items
            ]
    return found
