"""Uploading a sheet, and answering what the importer asks. An answer left undecided keeps its question open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict

from app.forms.people import read_numbers, read_text
from app.queries.import_lines import LineFilters, Show
from importers import Choices, GivenAnswer
from importers.records import Answer

LEVELS = (
    ("0", "0 None"),
    ("1", "1 Aware"),
    ("2", "2 Working"),
    ("3", "3 Proficient"),
    ("4", "4 Advanced"),
    ("5", "5 Expert"),
    ("goal", "Wants to learn"),
    ("", "Not a level, leave out"),
)
OPTIONS = {
    "date_order": (("day_first", "Day first: 31/12/2026"), ("month_first", "Month first: 12/31/2026")),
    "same_name": (("one", "One person"), ("two", "Two people of the same name")),
    "blank_names": (("same_as_above", "They belong to the person above"), ("leave_out", "Leave these rows out")),
    "rows_without_person": (("skills_only", "Take the skills alone"), ("leave_out", "Leave these rows out")),
    "edited_in_muster": (("keep", "Keep what stands in Muster"), ("take", "Take what the file says")),
}
"""Code of a question -> its answers; the other codes offer the values that the question names."""

LATER = ""
PROPOSED = "proposed"
OWN = "own"
ALL_PROPOSED = "all"


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    workbook = FileField("Skills sheet", [FileRequired("Choose the file to import.")])


class Kind(StrEnum):
    LEVELS = "levels"
    OPTIONS = "options"
    TEXT = "text"


class Mark(NamedTuple):
    """One value of a scale; `chosen` is a value of `LEVELS`."""

    value: str
    field: str
    chosen: str


class QuestionField(NamedTuple):
    """A question as a part of the form. `chosen`: the radio in force; `proposal`: the proposed levels in words."""

    name: str
    question: Mapping[str, Any]
    kind: Kind
    chosen: str
    proposal: str | None
    marks: Sequence[Mark]
    options: Sequence[tuple[str, str]]


def question_fields(questions: Iterable[Mapping[str, Any]]) -> list[QuestionField]:
    return [_question_field(f"q{n}", question) for n, question in enumerate(questions)]


def _question_field(name: str, question: Mapping[str, Any]) -> QuestionField:
    proposed, answer = question["proposed"], question["answer"]
    if isinstance(proposed, dict):
        levels = answer if isinstance(answer, dict) else proposed
        marks = [Mark(value, f"{name}-{n}", _level_text(levels.get(value))) for n, value in enumerate(proposed)]
        chosen = LATER if answer is None else PROPOSED if answer == proposed else OWN
        proposal = ", ".join(f"{value} is {_level_label(level)}" for value, level in proposed.items())
        return QuestionField(name, question, Kind.LEVELS, chosen, proposal, marks, ())
    options = _options(question)
    kind = Kind.OPTIONS if options else Kind.TEXT
    return QuestionField(name, question, kind, answer if isinstance(answer, str) else LATER, None, (), options)


def _options(question: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if question["code"] in OPTIONS:
        return OPTIONS[question["code"]]
    # "7: Anna Berg anna@example.org" and "E8: 3" name the answer before the colon.
    return tuple(
        (value.partition(":")[0], "Somebody new" if value == "create" else value) for value in question["values"]
    )


def _level_text(level: int | str | None) -> str:
    return "" if level is None else str(level)


def _level(text: str) -> int | str | None:
    return int(text) if text.isdecimal() else text or None


def _level_label(level: int | str | None) -> str:
    return dict(LEVELS)[_level_text(level)]


def read_answers(choices: Choices, questions: Iterable[Mapping[str, Any]], sent: MultiDict[str, str]) -> Choices:
    """The choices with the answers that were sent, in place of earlier ones to the same questions."""
    fields = question_fields(questions)
    if not any(field.name in sent for field in fields):
        return choices
    asked = {(field.question["code"], field.question["sheet"], field.question["subject"]) for field in fields}
    kept = tuple(given for given in choices.answers if (given.code, given.sheet, given.subject) not in asked)
    return replace(choices, answers=(*kept, *_given(fields, sent)))


def _given(fields: Iterable[QuestionField], sent: MultiDict[str, str]) -> Iterator[GivenAnswer]:
    for field in fields:
        question = field.question
        open_and_proposed = question["answer"] is None and question["proposed"] is not None
        if sent.get("take") == ALL_PROPOSED and open_and_proposed:
            answer: Answer | None = question["proposed"]
        else:
            answer = _sent_levels(field, sent) if field.kind is Kind.LEVELS else _sent_text(field, sent)
        if answer is not None:
            yield GivenAnswer(question["code"], answer, question["sheet"], question["subject"])


def _sent_levels(field: QuestionField, sent: MultiDict[str, str]) -> Answer | None:
    chosen = sent.get(field.name, LATER)
    known = {value for value, _ in LEVELS}
    levels: dict[str, int | str | None] = {}
    for mark in field.marks:
        typed = sent.get(mark.field, mark.chosen)
        levels[mark.value] = _level(typed if typed in known else mark.chosen)
    if chosen == PROPOSED:
        proposed: Answer = field.question["proposed"]
        return proposed
    # Whoever chose levels and forgot the button beside them meant what they chose.
    shown = {mark.value: _level(mark.chosen) for mark in field.marks}
    return levels if chosen == OWN or levels != shown else None


def _sent_text(field: QuestionField, sent: MultiDict[str, str]) -> Answer | None:
    typed = read_text(sent.get(field.name, LATER))
    if field.kind is Kind.OPTIONS and typed not in dict(field.options):
        return None
    return typed or None


def read_line_filters(args: MultiDict[str, str]) -> LineFilters:
    """The filters of a preview as they stand in its address; what cannot be meant is left out."""
    show = args.get("show", "")
    return LineFilters(
        Show(show) if show in set(Show) else Show.ALL,
        read_text(args.get("q", "")),
        read_page(args),
    )


def read_page(args: MultiDict[str, str]) -> int:
    return next(iter(read_numbers(args.getlist("page"))), 1)
