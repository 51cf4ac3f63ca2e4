"""Skills and projects that one sheet knows by number and another one names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from importers.headings import TOKENS, Role, role_of, words_of
from importers.values import as_text
from importers.workbook import Sheet

FARTHEST_HEADINGS = 10
SUBJECTS = {
    Role.SKILL_ID: (frozenset({Role.SKILL, Role.NAME}), "about_skills"),
    Role.PROJECT_ID: (frozenset({Role.PROJECT, Role.NAME}), "about_projects"),
}


@dataclass(frozen=True)
class Numbering:
    """Names by number, as text."""

    skills: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)


def numbering_of(sheets: Iterable[Sheet]) -> Numbering:
    """From every sheet of a workbook that lists numbers beside names of skills or projects, and no people."""
    found: dict[Role, dict[str, str]] = {role: {} for role in SUBJECTS}
    for sheet in sheets:
        for subject, names in found.items():
            for number, name in listed(sheet, subject):
                names.setdefault(number, name)
    return Numbering(found[Role.SKILL_ID], found[Role.PROJECT_ID])


def listed(sheet: Sheet, subject: Role) -> Iterable[tuple[str, str]]:
    names, about = SUBJECTS[subject]
    is_named_so = bool(TOKENS[about].intersection(words_of(sheet.name)))
    numbers = {subject, Role.EXTERNAL_ID} if is_named_so else {subject}
    for row in sheet.row_numbers[:FARTHEST_HEADINGS]:
        roles = [role_of(as_text(value)) if isinstance(value, str) else None for value in sheet.rows[row]]
        number = next((place for place, role in enumerate(roles, 1) if role in numbers), None)
        wanted = names if is_named_so else names - {Role.NAME}
        name = next((place for place, role in enumerate(roles, 1) if role in wanted), None)
        if number is None or name is None or Role.LEVEL in roles or Role.EMAIL in roles:
            continue
        cells = ((as_text(sheet.value(r, number)), as_text(sheet.value(r, name))) for r in sheet.row_numbers if r > row)
        return [(key, text) for key, text in cells if key and text]
    return []
