"""What a person decided about a file: sheets to use, columns by hand, answers to questions.

Mapping file (`muster import --mapping FILE`), all keys of a sheet optional; `columns` names columns by letter and
gives each a role of `headings.Role`, "skill:NAME" or "skill_column" for a column of levels, "level:NAME" and
"interest:NAME" where a skill has several columns, or "ignore". A number names a row, to ignore it; where people run
across, rows have the roles, `header_row` is the row of the names, and "skill" the column that names the skills:

    {"format": "muster-mapping/1",
     "sheets": {"Sheet1": {"use": true, "layout": "matrix", "header_row": 7, "columns": {"B": "name", "D": "ignore"},
                           "marks": {"x": 3, "green fill": "goal", "FFC000": 2, "?": null}}}}

`marks` says what a mark as written, or a fill colour by its name or as RRGGBB, stands for: a level 0..5, "goal", or
null (leave it out). It outweighs legends and answers.

Answers file (`--answers FILE`); `sheet` and `subject` may be left out where one answer is for all:

    {"format": "muster-answers/1",
     "answers": [
       {"code": "symbols_without_legend", "sheet": "Sheet1", "answer": {"x": 3, "o": 0, "?": null, "*": "goal"}},
       {"code": "date_order", "answer": "day_first"},
       {"code": "edited_in_muster", "subject": "Anna Berg: Python", "answer": "keep"}],
     "skills": {
       "Lavarel": {"action": "merge", "into": ["Laravel"]},
       "RabbitMQ/ Kafka": {"action": "split", "into": ["RabbitMQ", "Apache Kafka"]},
       "Pottery": {"action": "ignore"},
       "Loom weaving": {"action": "create"}}}

The true answer is "as proposed". Otherwise each code has its own kind of answer:

    scale_unknown, numbers_not_levels, half_levels, symbols_without_legend, colours_without_legend, words_unknown,
    listed_without_level  each value as written -> a level 0..5, null (no level, leave it out) or "goal"; values that
                          are not named stay open. Skills listed without a level are the value "listed".
    date_order            "day_first" or "month_first"
    blank_names           "same_as_above" or "leave_out": rows with a skill under a row with a name
    rows_without_person   "skills_only" or "leave_out": rows with skills and no names at all
    same_name             "one" or "two": two rows of one name; subject: the name
    who_is_this           the name of the person whose sheet this is
    which_person          the number of the person in Muster as text, or "create"; subject: the name
    two_levels            the cell to believe, such as "C7"; subject: "NAME: SKILL"
    edited_in_muster      "keep" or "take"; subject: "NAME: WHAT", a skill, a field of the profile, or a project

A decision about a skill names it as the file writes it, in any capitals: "create" makes it a skill of its own, "merge"
another way to write the one skill of `into`, "ignore" leaves it out with its levels, "split" gives its levels to each
skill of `into`. Skills that nobody decides about are made as they stand.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from importers.refusals import WrongChoices
from importers.terms import Answer, LayoutName
from importers.wire import from_wire

ABOUT_LEVELS = frozenset(
    {
        "scale_unknown",
        "numbers_not_levels",
        "half_levels",
        "symbols_without_legend",
        "colours_without_legend",
        "words_unknown",
        "listed_without_level",
    }
)
"""Codes whose answer maps marks to levels."""

OPTIONS: Mapping[str, tuple[str, ...]] = {
    "date_order": ("day_first", "month_first"),
    "blank_names": ("same_as_above", "leave_out"),
    "rows_without_person": ("skills_only", "leave_out"),
    "same_name": ("one", "two"),
    "edited_in_muster": ("keep", "take"),
}
"""Code -> the texts that answer it."""

ABOUT_ONE = frozenset({"same_name", "who_is_this", "which_person", "two_levels", "edited_in_muster"})
"""Codes of questions about one person or cell of one file: their answers say nothing about the next file."""

CODES = ABOUT_LEVELS | OPTIONS.keys() | ABOUT_ONE


@dataclass(frozen=True)
class SheetMapping:
    use: bool | None = None
    layout: LayoutName | None = None
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, int | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class GivenAnswer:
    code: str
    answer: Answer
    sheet: str | None = None
    subject: str | None = None


class SkillAction(StrEnum):
    CREATE = "create"
    MERGE = "merge"
    IGNORE = "ignore"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """What becomes of a name in the file: a skill of its own, another way to write the one skill of `into` (its alias
    from then on), nothing, or the several skills of `into`."""

    action: SkillAction
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """`sheets` empty means every sheet; `skills` maps names as the file writes them. `remembered`: some of these come
    from an earlier import of the same shape."""

    sheets: tuple[str, ...] = ()
    mappings: Mapping[str, SheetMapping] = field(default_factory=dict)
    answers: tuple[GivenAnswer, ...] = ()
    skills: Mapping[str, SkillChoice] = field(default_factory=dict)
    remembered: bool = False

    def answer(self, code: str, sheet: str, subject: str | None) -> Answer | None:
        """The last answer that fits; one without a sheet or subject fits all."""
        for given in reversed(self.answers):
            if given.code == code and given.sheet in {None, sheet} and given.subject in {None, subject}:
                return given.answer
        return None

    def mapping(self, sheet: str) -> SheetMapping:
        return self.mappings.get(sheet, SheetMapping())


def load_choices(
    *, sheets: tuple[str, ...] = (), mapping: str | bytes | None = None, answers: str | bytes | None = None
) -> Choices:
    """Choices from the texts of a mapping and an answers file. Raises `WrongChoices` with what does not fit."""
    mapped = _document(mapping, "muster-mapping/1", "mapping", {"sheets"})
    answered = _document(answers, "muster-answers/1", "answers", {"answers", "skills"})
    given = _list(answered, "answers")
    for place, told in enumerate(given, 1):
        _check_keys(told, f"answer {place}", GivenAnswer)
    for name, told in _mapping(mapped, "sheets").items():
        _check_keys(told, f'sheet "{name}"', SheetMapping)
    for name, told in _mapping(answered, "skills").items():
        _check_keys(told, f'skill "{name}"', SkillChoice)
        if told.get("action") not in set(SkillAction):
            known = ", ".join(SkillAction)
            raise WrongChoices(f'The skill "{name}" has the action {told.get("action")!r}; known are {known}.')
    try:
        choices = Choices(
            sheets=sheets,
            mappings=from_wire(Mapping[str, SheetMapping], mapped.get("sheets", {})),  # type: ignore[type-abstract]
            answers=from_wire(tuple[GivenAnswer, ...], given),
            skills=from_wire(Mapping[str, SkillChoice], answered.get("skills", {})),  # type: ignore[type-abstract]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongChoices(f"The mapping or answers file does not fit its format: {error}.") from error
    for answer in choices.answers:
        check_answer(answer)
    return choices


def check_answer(given: GivenAnswer) -> None:
    """Raises `WrongChoices` for a code that no question has, and for an answer that is none to it."""
    code, answer = given.code, given.answer
    if code not in CODES:
        raise WrongChoices(f'"{code}" is the code of no question; known are {", ".join(sorted(CODES))}.')
    if answer is True:
        return
    if code in ABOUT_LEVELS:
        if not isinstance(answer, dict):
            raise WrongChoices(f'The answer to {code} must map each value to a level 0..5, null or "goal".')
    elif not isinstance(answer, str) or answer not in OPTIONS.get(code, (answer,)):
        wanted = " or ".join(f'"{option}"' for option in OPTIONS.get(code, ())) or "a text"
        raise WrongChoices(f"The answer to {code} must be {wanted}, not {json.dumps(answer, ensure_ascii=False)}.")


def _document(text: str | bytes | None, form: str, what: str, keys: Collection[str]) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        document = json.loads(text)
    except ValueError as error:
        raise WrongChoices(f"The {what} file is not JSON; see the format {form} in the importing guide.") from error
    if not isinstance(document, dict) or document.get("format") != form:
        raise WrongChoices(f'The {what} file must be a JSON object with "format": "{form}".')
    if unknown := sorted(document.keys() - keys - {"format"}):
        raise WrongChoices(f'The {what} file has the unknown key "{unknown[0]}"; known are {", ".join(sorted(keys))}.')
    return document


def _mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = document.get(key, {})
    if not isinstance(found, dict):
        raise WrongChoices(f'"{key}" must be a JSON object.')
    return found


def _list(document: Mapping[str, Any], key: str) -> list[Any]:
    found = document.get(key, [])
    if not isinstance(found, list):
        raise WrongChoices(f'"{key}" must be a JSON list.')
    return found


def _check_keys(told: Any, what: str, kind: type) -> None:
    known = [item.name for item in fields(kind)]
    if not isinstance(told, dict):
        raise WrongChoices(f"What stands for {what} must be a JSON object with {', '.join(known)}.")
    if unknown := sorted(told.keys() - set(known)):
        raise WrongChoices(f'The {what} has the unknown key "{unknown[0]}"; known are {", ".join(known)}.')
    needed = [item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING]
    if lacking := [name for name in needed if name not in told]:
        raise WrongChoices(f'The {what} lacks the key "{lacking[0]}"; known are {", ".join(known)}.')
