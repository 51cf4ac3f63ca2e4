"""The filters of the project list as they stand in its address. What cannot be meant is left out, never an error."""

from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.forms.people import read_number, read_text
from app.forms.staffing.projects import STATES
from app.queries.projects.listing import ProjectFilters, Shown, Sort

SHOWN_LABELS = (
    {Shown.OPEN: "Open"} | {Shown(state.value): label for state, label in STATES.items()} | {Shown.ALL: "All"}
)
SORT_LABELS = {Sort.START: "Latest start", Sort.NAME: "Name", Sort.PRIORITY: "Priority"}

Choice = TypeVar("Choice", bound=StrEnum)


def read_filters(args: MultiDict[str, str]) -> ProjectFilters:
    usual = ProjectFilters()
    return ProjectFilters(
        text=read_text(args.get("q", "")),
        shown=_known(args.get("state"), usual.shown),
        sort=_known(args.get("sort"), usual.sort),
        page=read_number(args.get("page")) or 1,
    )


def query_of(filters: ProjectFilters) -> dict[str, str]:
    """The names and values of an address with these filters; what is as usual is left out."""
    usual = ProjectFilters()
    every: list[tuple[str, Any, Any]] = [
        ("q", filters.text, usual.text),
        ("state", filters.shown, usual.shown),
        ("sort", filters.sort, usual.sort),
        ("page", filters.page, usual.page),
    ]
    return {name: str(value) for name, value, common in every if value != common}


def address(path: str, filters: ProjectFilters) -> str:
    query = urlencode(query_of(filters))
    return f"{path}?{query}" if query else path


def _known(value: str | None, usual: Choice) -> Choice:
    kind = type(usual)
    return kind(value) if value in {choice.value for choice in kind} else usual
