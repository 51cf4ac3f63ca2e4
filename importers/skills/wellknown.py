"""Skills so common in staff lists that their names tell a row of skills from a row of people.

Evidence for the direction of a table only; the catalogue alone decides what a skill is called.
"""

from importers.names import normal_form
from importers.words import load

FORMS = frozenset(normal_form(name) for name in load("well_known_skills")["skills"])


def is_well_known(name: str) -> bool:
    return normal_form(name) in FORMS
