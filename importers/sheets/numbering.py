"""Skills, projects and levels that one sheet knows by number and another one names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from importers.cells.headings import TOKENS, Role, role_of, words_of
from importers.cells.values import as_text
from importers.files.workbook import Sheet
from importers.marks.level_words import level_of_word

FARTHEST_HEADINGS = 10
SUBJECTS = {
    Role.SKILL_ID: (frozenset({Role.SKILL, Role.NAME}), "about_skills"),
    Role.PROJECT_ID: (frozenset({Role.PROJECT, Role.NAME}), "about_projects"),
    Role.LEVEL_ID: (frozenset({Role.LEVEL, Role.NAME}), "legend_titles"),
}

Names = Mapping[str, str]


@dataclass(frozen=True)
class Numbering:
    """Names by number, as text."""

    skills: Names = field(default_factory=dict)
    projects: Names = field(default_factory=dict)
    levels: Names = field(default_factory=dict)


def numbering_of(sheets: Iterable[Sheet]) -> Numbering:
    """From every sheet of a workbook that lists numbers beside names of skills, projects or levels, and no people."""
    found: dict[Role, dict[str, str]] = {role: {} for role in SUBJECTS}
    for sheet in sheets:
        for subject, names in found.items():
            for number, name in listed(sheet, subject):
                names.setdefault(number, name)
    return Numbering(found[Role.SKILL_ID], found[Role.PROJECT_ID], found[Role.LEVEL_ID])


def listed(sheet: Sheet, subject: Role) -> Iterable[tuple[str, str]]:
    names, about = SUBJECTS[subject]
    is_named_so = bool(TOKENS[about].intersection(words_of(sheet.name)))
    numbers = {subject, Role.EXTERNAL_ID} if is_named_so else {subject}
    others = {Role.EMAIL, Role.FIRST_NAME, Role.LEVEL} - names
    for row in sheet.row_numbers[:FARTHEST_HEADINGS]:
        roles = [role_of(as_text(value)) if isinstance(value, str) else None for value in sheet.rows[row]]
        number = next((place for place, role in enumerate(roles, 1) if role in numbers), None)
        wanted = names if is_named_so else names - {Role.NAME}
        name = next((place for place, role in enumerate(roles, 1) if role in wanted), None)
        if number is None or name is None or others.intersection(roles):
            continue
        cells = ((as_text(sheet.value(r, number)), as_text(sheet.value(r, name))) for r in sheet.row_numbers if r > row)
        found = [(key, text) for key, text in cells if key and text]
        return found if are_levels(found) is (subject is Role.LEVEL_ID) else []
    return []


def are_levels(listed: Iterable[tuple[str, str]]) -> bool:
    """Whether most of the names are words for levels, and no skills: "Beginner", "Expert"."""
    told = [level_of_word(name) is not None for _, name in listed]
    return sum(told) * 2 > len(told)
