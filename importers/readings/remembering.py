"""Choices that outlive their file: what of them answers for every file of the shape, and how they meet the next one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from importers.choices import ABOUT_ONE, Choices, GivenAnswer, SheetMapping
from importers.readings.shapes import sheet_form
from importers.records import Reading
from importers.skills.mentions import form_of


def lasting(reading: Reading, earlier: Choices | None = None) -> Choices:
    """Of the choices in force for a file, those to keep for the next file of its shape: mappings, decisions about
    skills, and answers in full, not about one person or cell. Of the `earlier` ones, what this file does not speak of.
    """
    choices = reading.choices
    settled = [
        GivenAnswer(question.code, question.answer, question.sheet, question.subject)
        for question in reading.questions
        if question.answer is not None
    ]
    kept: dict[tuple[str, str | None, str | None], GivenAnswer] = {}
    for given in (*choices.answers, *settled):
        if given.code in ABOUT_ONE or given.answer is True:
            continue
        key = given.code, given.sheet, given.subject
        before = kept[key].answer if key in kept else None
        if isinstance(before, dict) and isinstance(given.answer, dict):
            given = replace(given, answer={**before, **given.answer})
        kept[key] = given
    mappings = dict(choices.mappings)
    for sheet in reading.sheets:
        if choices.sheets and sheet.name not in choices.sheets and choices.mapping(sheet.name).use is None:
            mappings[sheet.name] = replace(choices.mapping(sheet.name), use=False)
    named = {form_of(mention.name) for mention in reading.skills}
    unnamed = {name: choice for name, choice in (earlier or Choices()).skills.items() if form_of(name) not in named}
    return Choices(mappings=mappings, answers=tuple(kept.values()), skills={**unnamed, **choices.skills})


def recalled(given: Choices, remembered: Choices | None, sheets: Sequence[str]) -> Choices:
    """The given choices over the remembered ones, brought to the sheets of this file; without those about skills,
    which only a whole reading can tell to fit."""
    if remembered is None or not (remembered.mappings or remembered.answers or remembered.skills):
        return given
    known = dict.fromkeys((*remembered.mappings, *(told.sheet for told in remembered.answers if told.sheet)))
    mappings = dict(given.mappings)
    answers = [told for told in remembered.answers if told.sheet is None]
    for sheet in sheets:
        earlier = counterpart(sheet, [*known], len(sheets))
        if earlier is not None:
            mapping = remembered.mapping(earlier)
            if given.sheets:
                mapping = replace(mapping, use=None)
            mappings[sheet] = over(given.mapping(sheet), mapping)
            answers += [replace(told, sheet=sheet) for told in remembered.answers if told.sheet == earlier]
    return replace(given, mappings=mappings, answers=(*answers, *given.answers), remembered=True)


def counterpart(sheet: str, known: Sequence[str], among: int) -> str | None:
    """The remembered sheet that this one follows: of the same name, else the last one called alike but for dates."""
    if sheet in known:
        return sheet
    alike = [name for name in known if sheet_form(name) == sheet_form(sheet)]
    if among == 1 and len(known) == 1:
        alike = [*known]
    return alike[-1] if alike else None


def over(given: SheetMapping, remembered: SheetMapping) -> SheetMapping:
    """Column by column and mark by mark, what was given holds."""
    told = {name: value for name in ("use", "layout", "header_row") if (value := getattr(given, name)) is not None}
    columns: Mapping[str, str] = {**remembered.columns, **given.columns}
    return replace(remembered, **told, columns=columns, marks={**remembered.marks, **given.marks})
