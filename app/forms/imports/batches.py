"""Uploading a sheet, and what stands in the addresses of an import's pages. What cannot be meant is left out."""

from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict

from app.forms.people import read_numbers, read_text
from app.queries.imports.lines import About, LineFilters, Show
from app.queries.imports.steps import SkillFilters, SkillView
from importers import Choices

FILTERS = ("show", "about", "view", "code", "sheet", "list", "q", "page")
"""What an address of these pages may say."""
LONGEST_NAME = 200

Kind = TypeVar("Kind", bound=StrEnum)


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    workbook = FileField("Skills sheet", [FileRequired("Choose the file to import.")])


def read_line_filters(args: MultiDict[str, str]) -> LineFilters:
    return LineFilters(
        read_kind(args.get("show"), Show) or Show.ALL,
        read_text(args.get("q", "")),
        read_page(args),
        read_kind(args.get("about"), About) or About.ALL,
    )


def read_skill_filters(args: MultiDict[str, str]) -> SkillFilters:
    return SkillFilters(read_kind(args.get("view"), SkillView), read_text(args.get("q", "")), read_page(args))


def read_page(args: MultiDict[str, str]) -> int:
    return next(iter(read_numbers(args.getlist("page"))), 1)


def read_kind(value: str | None, kind: type[Kind]) -> Kind | None:
    return kind(value) if value in set(kind) else None


def read_name(args: MultiDict[str, str], field: str) -> str | None:
    """A sheet's name or a code, as it is written: one that is not known leads nowhere."""
    return args.get(field, "")[:LONGEST_NAME] or None


def address_of(args: MultiDict[str, str], changed: dict[str, object]) -> dict[str, str]:
    """The names and values of the same address with some of them changed; the first page is not named."""
    wanted = {name: args.get(name, "") for name in FILTERS} | {
        name: "" if value is None else str(value) for name, value in changed.items()
    }
    return {name: value for name, value in wanted.items() if value and (name, value) != ("page", "1")}


def without(choices: Choices, part: str | None) -> Choices:
    """The choices without those about skills, or without any; as they are when no part is named."""
    if part == "skills":
        return replace(choices, skills={})
    return Choices(choices.sheets) if part == "everything" else choices
