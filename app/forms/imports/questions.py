"""Answering what the importer asks. An answer left undecided keeps its question open."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from app.forms.people import read_text
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

WHICH_PERSON = "which_person"
LATER = ""
PROPOSED = "proposed"
OWN = "own"
ALL_PROPOSED = "all"


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


def question_fields(
    questions: Iterable[Mapping[str, Any]], notes: Mapping[str, str] | None = None
) -> list[QuestionField]:
    """`notes`: what to say of the people to choose from, by their answer."""
    return [_question_field(question, notes or {}) for question in questions]


def field_name(question: Mapping[str, Any]) -> str:
    """The same for a question on whatever page it stands, and after the file was read again."""
    told = "\x1f".join((question["code"], question["sheet"], question["subject"] or ""))
    return f"q-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _question_field(question: Mapping[str, Any], notes: Mapping[str, str]) -> QuestionField:
    name, proposed, answer = field_name(question), question["proposed"], question["answer"]
    if isinstance(proposed, dict):
        levels = answer if isinstance(answer, dict) else proposed
        marks = [Mark(value, f"{name}-{n}", _level_text(levels.get(value))) for n, value in enumerate(proposed)]
        chosen = LATER if answer is None else PROPOSED if answer == proposed else OWN
        proposal = ", ".join(f"{value} is {_level_label(level)}" for value, level in proposed.items())
        return QuestionField(name, question, Kind.LEVELS, chosen, proposal, marks, ())
    options = _options(question, notes)
    kind = Kind.OPTIONS if options else Kind.TEXT
    return QuestionField(name, question, kind, answer if isinstance(answer, str) else LATER, None, (), options)


def _options(question: Mapping[str, Any], notes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if question["code"] in OPTIONS:
        return OPTIONS[question["code"]]
    return tuple(_named_option(question, value, notes) for value in question["values"])


def _named_option(question: Mapping[str, Any], value: str, notes: Mapping[str, str]) -> tuple[str, str]:
    """ "7: Anna Berg anna@example.org" and "E8: 3" name the answer before the colon."""
    answer, _, text = value.partition(":")
    if question["code"] != WHICH_PERSON:
        return answer, value
    # A number of ours says nothing to anybody.
    return answer, ", ".join(filter(None, (text.strip() or "Somebody new", notes.get(answer))))


def candidates(questions: Iterable[Mapping[str, Any]]) -> list[int]:
    """The people in Muster among whom some questions ask to choose."""
    answers = (v.partition(":")[0] for q in questions if q["code"] == WHICH_PERSON for v in q["values"])
    return [int(answer) for answer in answers if answer.isdecimal()]


def _level_text(level: int | str | None) -> str:
    return "" if level is None else str(level)


def _level(text: str) -> int | str | None:
    return int(text) if text.isdecimal() else text or None


def _level_label(level: int | str | None) -> str:
    return dict(LEVELS)[_level_text(level)]


def read_answers(choices: Choices, questions: Iterable[Mapping[str, Any]], sent: MultiDict[str, str]) -> Choices:
    """The choices with the answers that were sent; what was sent as it was shown stays as it is.

    `questions` are all of the import, with the answers in force; a page sends some of them. An answer for all questions
    of a code goes before the single ones sent with it, and those given later.
    """
    known = list(questions)
    codes = dict.fromkeys(question["code"] for question in known)
    for_all = {code: answer for code in codes if (answer := _for_all(code, sent)) is not None}
    fields = question_fields(question for question in known if field_name(question) in sent)
    answers = ((field.question, _answer_of(field, sent)) for field in fields)
    changed = {_place(question): answer for question, answer in answers if answer != question["answer"]}
    kept = [told for told in choices.answers if told.code not in for_all and _place(told.__dict__) not in changed]
    general = [GivenAnswer(code, answer) for code, answer in for_all.items()]
    if sent.get("take") == ALL_PROPOSED:
        waiting = dict.fromkeys(q["code"] for q in known if q["answer"] is None and q["proposed"] is not None)
        general += [GivenAnswer(code, True) for code in waiting if code not in for_all]
    single = [
        GivenAnswer(code, answer, sheet, subject)
        for (code, sheet, subject), answer in changed.items()
        if answer is not None
    ]
    # The general ones first: the last answer that fits is the one in force.
    return replace(choices, answers=(*general, *kept, *single))


def _place(question: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    return question["code"], question["sheet"], question["subject"]


def _for_all(code: str, sent: MultiDict[str, str]) -> str | None:
    """The answer chosen for every question of the code."""
    answer = sent.get(f"all-{code}", "")
    return answer if answer in dict(OPTIONS.get(code, ())) else None


def _answer_of(field: QuestionField, sent: MultiDict[str, str]) -> Answer | None:
    return _sent_levels(field, sent) if field.kind is Kind.LEVELS else _sent_text(field, sent)


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
