"""What a person's mapping of one sheet says about its columns and rows, and whether it fits the sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from importers.cells.headings import Role
from importers.choices import SheetMapping
from importers.files.workbook import Sheet
from importers.refusals import WrongChoices

IGNORE = "ignore"
LEVELS = "skill_column"


@dataclass(frozen=True)
class Told:
    """What a person said about one column: its role, or None for a column of levels; `skill` where they named one."""

    role: Role | None
    skill: str | None = None
    is_ignored: bool = False


def columns_told(mapping: SheetMapping, *, flipped: bool) -> dict[int, Told]:
    """By the column's number; where rows and columns are exchanged, what the mapping says about rows."""
    return {place: told(role) for place, role in places(mapping, are_rows=flipped).items()}


def rows_left_out(mapping: SheetMapping, *, flipped: bool) -> frozenset[int]:
    """Rows to leave out; where rows and columns are exchanged, the columns that the mapping names by letter."""
    return frozenset(place for place, role in places(mapping, are_rows=not flipped).items() if role == IGNORE)


def skills_down(mapping: SheetMapping) -> int | None:
    """The column that names the skills of a sheet on which people run across, when the mapping says so."""
    return next((place for place, role in places(mapping, are_rows=False).items() if role == Role.SKILL.value), None)


def places(mapping: SheetMapping, *, are_rows: bool) -> dict[int, str]:
    try:
        return {
            int(place) if are_rows else column_index_from_string(place.strip().upper()): role.strip()
            for place, role in mapping.columns.items()
            if place.strip().isdecimal() is are_rows
        }
    except ValueError as error:
        raise WrongChoices(
            f"The mapping names columns by letter, such as B, or rows by number, such as 12: {error}."
        ) from error


def told(text: str) -> Told:
    """ "ignore", "skill:NAME", "skill_column", a role, or "ROLE:SKILL" for what stands beside a skill's level."""
    if text == IGNORE:
        return Told(Role.OTHER, is_ignored=True)
    if text == LEVELS:
        return Told(None)
    role, _, skill = text.partition(":")
    if role == Role.SKILL.value and skill.strip():
        return Told(None, skill.strip())
    try:
        return Told(Role(role), skill.strip() or None)
    except ValueError as error:
        roles = ", ".join(known.value for known in Role)
        raise WrongChoices(
            f'The mapping gives a column the unknown role "{text}"; known are {roles}, "skill:NAME" and "ignore".'
        ) from error


def check(sheet: Sheet, mapping: SheetMapping) -> None:
    """Raises `WrongChoices` for a row or column that the sheet does not have, or a role that nobody knows."""
    if not sheet.rows:
        return
    if mapping.header_row is not None and not 1 <= mapping.header_row <= sheet.last_row:
        raise WrongChoices(
            f'The mapping puts the header of "{sheet.name}" in row {mapping.header_row}, but its values stand in rows '
            f"1 to {sheet.last_row}."
        )
    for column in places(mapping, are_rows=False):
        if column > sheet.width:
            raise WrongChoices(
                f'The mapping names column {get_column_letter(column)} of "{sheet.name}", whose last one is '
                f"{get_column_letter(max(1, sheet.width))}."
            )
    for row in places(mapping, are_rows=True):
        if not 1 <= row <= sheet.last_row:
            raise WrongChoices(f'The mapping names row {row} of "{sheet.name}", whose last one is {sheet.last_row}.')
    for text in mapping.columns.values():
        told(text)


NEEDS: Mapping[str, str] = {
    "matrix": "a column of people and columns of levels",
    "transposed": "a row of people's names and a column of skills",
    "long": "a column of people, one of skills and one of levels",
    "pairs": "a column of people, and for each skill a column of levels with another beside it",
    "profile": "a column of skills and one of levels, and nobody else's levels beside it",
    "list": "a column of people and one that lists skills",
    "allocations": "a column of people and one of projects, with shares or dates",
    "framework": "a column of skills with expected levels or texts",
}


def misfit(sheet: Sheet, mapping: SheetMapping) -> WrongChoices:
    layout = mapping.layout.value if mapping.layout else "matrix"
    row = f" with its header in row {mapping.header_row}" if mapping.header_row is not None else ""
    return WrongChoices(
        f'"{sheet.name}" cannot be read as {layout}{row}: that needs {NEEDS.get(layout, NEEDS["matrix"])}. '
        "Say what its columns are, or choose another layout."
    )
