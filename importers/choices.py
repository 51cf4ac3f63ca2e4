"""What a person decided about a file: sheets to use, columns by hand, answers to questions.

Mapping file (`muster import --mapping FILE`), all keys of a sheet optional; `columns` names columns by letter and
gives each a role of `headings.Role`, "skill:NAME" for a skill column or "ignore":

    {"format": "muster-mapping/1",
     "sheets": {"Sheet1": {"use": true, "layout": "matrix", "header_row": 7, "columns": {"B": "name", "D": "ignore"},
                           "marks": {"x": 3, "green fill": "goal", "FFC000": 2, "?": null}}}}

`marks` says what a mark as written, or a fill colour by its name or as RRGGBB, stands for: a level 0..5, "goal", or
null (leave it out). It outweighs legends and answers.

Answers file (`--answers FILE`); `subject` only where the question has one:

    {"format": "muster-answers/1", "answers": [
      {"code": "symbols_without_legend", "sheet": "Sheet1", "answer": {"x": 3, "o": 0}},
      {"code": "date_order", "sheet": "Sheet1", "answer": "day_first"}]}

An answer about levels maps each value as written to a level 0..5, to null (not a level, leave it out) or to "goal".
A single text answers the other codes; each question's `proposed` shows the shape. true means "as proposed".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from importers.refusals import WrongChoices
from importers.terms import Answer, LayoutName
from importers.wire import from_wire


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
    mapped = _document(mapping, "muster-mapping/1", "mapping")
    answered = _document(answers, "muster-answers/1", "answers")
    try:
        return Choices(
            sheets=sheets,
            mappings=from_wire(Mapping[str, SheetMapping], mapped.get("sheets", {})),  # type: ignore[type-abstract]
            answers=from_wire(tuple[GivenAnswer, ...], answered.get("answers", [])),
            skills=from_wire(Mapping[str, SkillChoice], answered.get("skills", {})),  # type: ignore[type-abstract]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongChoices(f"The mapping or answers file does not fit its format: {error}.") from error


def _document(text: str | bytes | None, form: str, what: str) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        document = json.loads(text)
    except ValueError as error:
        raise WrongChoices(f"The {what} file is not JSON; see the format {form} in the importing guide.") from error
    if not isinstance(document, dict) or document.get("format") != form:
        raise WrongChoices(f'The {what} file must be a JSON object with "format": "{form}".')
    return document
