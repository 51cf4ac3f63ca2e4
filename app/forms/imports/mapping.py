"""Correcting by hand what was understood of a sheet. Only what differs from what was recognised is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from app.forms.imports.batches import LONGEST_NAME
from app.forms.imports.questions import LEVELS
from app.forms.people import read_number, read_text
from importers import Choices, LayoutName, SheetMapping

AUTOMATIC = ""
LEAVE_OUT = "ignore"
OF_A_SKILL = "level-of"
NOT_DECIDED = "?"
SKILL = "skill:"

ROLE_GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("", ((LEAVE_OUT, "Leave out"),)),
    (
        "Person",
        (
            ("name", "Name"),
            ("first_name", "First name"),
            ("last_name", "Last name"),
            ("email", "E-mail"),
            ("external_id", "Employee number"),
            ("title", "Title"),
            ("unit", "Home unit"),
            ("office", "Location"),
            ("time_zone", "Time zone"),
            ("working_share", "Working share"),
            ("cost_band", "Cost band"),
        ),
    ),
    (
        "Skills",
        (
            (OF_A_SKILL, "Levels of one skill"),
            ("skill", "Names of skills"),
            ("skills", "Several skills in a cell"),
            ("skill_id", "Number of the skill"),
            ("category", "Category of the skill"),
            ("level", "Level"),
            ("level_id", "Number of the level"),
            ("has", "Has it, yes or no"),
            ("goals", "Wants to learn"),
            ("interest", "Interest"),
            ("expected", "Level that is wanted"),
            ("date", "Date of the level"),
            ("last_used", "Last used"),
            ("note", "Note"),
        ),
    ),
    (
        "Projects",
        (
            ("project", "Project"),
            ("project_id", "Number of the project"),
            ("client", "Client"),
            ("domain", "Domain"),
            ("role", "Role"),
            ("share", "Share"),
            ("start", "From"),
            ("end", "To"),
            ("status", "State"),
            ("outcome", "Outcome"),
            ("score", "Success score"),
            ("technologies", "Technologies"),
        ),
    ),
)
ROLES = {value: label for _, options in ROLE_GROUPS for value, label in options}
MEANINGS = ((NOT_DECIDED, "Not decided"), *LEVELS)
LEVEL_VALUES = frozenset(value for value, _ in LEVELS)


class ColumnField(NamedTuple):
    """`chosen` is a value of `ROLES`; `by_hand`: somebody said so."""

    told: Mapping[str, Any]
    chosen: str
    by_hand: bool


class MarkField(NamedTuple):
    """`chosen` is a value of `MEANINGS`."""

    told: Mapping[str, Any]
    name: str
    chosen: str
    by_hand: bool


def column_fields(columns: Iterable[Mapping[str, Any]], mapping: SheetMapping) -> list[ColumnField]:
    return [ColumnField(told, _role_of(told), told["place"] in mapping.columns) for told in columns]


def mark_fields(marks: Iterable[Mapping[str, Any]], mapping: SheetMapping) -> list[MarkField]:
    return [
        MarkField(told, f"mark-{n}", _meaning_of(told), told["mark"] in mapping.marks) for n, told in enumerate(marks)
    ]


def _role_of(told: Mapping[str, Any]) -> str:
    """Columns that are never taken, such as totals and telephone numbers, are left out like any other."""
    if told["skill"] is not None:
        return OF_A_SKILL
    return told["role"] if told["role"] in ROLES else LEAVE_OUT


def _meaning_of(told: Mapping[str, Any]) -> str:
    if told["is_goal"]:
        return "goal"
    if told["level"] is not None:
        return str(told["level"])
    return NOT_DECIDED if told["why"] == "open question" else ""


def read_mapping(choices: Choices, sheet: Mapping[str, Any], sent: MultiDict[str, str]) -> Choices:
    """The choices with the sheet's mapping as it was sent from its page; a page may send some of the columns."""
    name = sheet["name"]
    others = {other: mapping for other, mapping in choices.mappings.items() if other != name}
    if "automatic" in sent:
        return replace(choices, mappings=others)
    mapping = _read(choices.mapping(name), sheet, sent)
    return replace(choices, mappings=others if mapping == SheetMapping() else {**others, name: mapping})


def _read(before: SheetMapping, sheet: Mapping[str, Any], sent: MultiDict[str, str]) -> SheetMapping:
    used = "use" in sent
    mapping = replace(
        before,
        use=used if used != bool(sheet["used"]) else before.use,
        marks={**before.marks, **_marks(sheet, sent)},
    )
    if (reading := _reading(sheet, sent.get("reading", ""))) is not None:
        return replace(mapping, use=None if mapping.use else mapping.use, **reading, columns={})
    layout: str = sent.get("layout", mapping.layout or AUTOMATIC)
    row = read_number(sent.get("header_row"))
    changed = layout != (mapping.layout or AUTOMATIC)
    return replace(
        mapping,
        layout=LayoutName(layout) if layout in set(LayoutName) else None,
        header_row=row if row is not None and row != sheet["header_row"] else mapping.header_row,
        columns={} if changed else {**mapping.columns, **_columns(sheet, sent)},
    )


def _reading(sheet: Mapping[str, Any], chosen: str) -> dict[str, Any] | None:
    """Another way to read the sheet, as "matrix 3"."""
    for other in sheet["others"]:
        if f"{other['layout']} {other['header_row']}" == chosen:
            return {"layout": LayoutName(other["layout"]), "header_row": other["header_row"]}
    return None


def _columns(sheet: Mapping[str, Any], sent: MultiDict[str, str]) -> dict[str, str]:
    changed = {}
    for told in sheet["columns"]:
        place = told["place"]
        role = sent.get(f"column-{place}")
        skill = read_text(sent.get(f"skill-{place}", ""))[:LONGEST_NAME] or told["skill"] or told["heading"]
        if role not in ROLES or (role == _role_of(told) and (role != OF_A_SKILL or skill == told["skill"])):
            continue
        changed[place] = f"{SKILL}{skill}" if role == OF_A_SKILL else role
    return changed


def _marks(sheet: Mapping[str, Any], sent: MultiDict[str, str]) -> dict[str, int | str | None]:
    changed: dict[str, int | str | None] = {}
    for n, told in enumerate(sheet["marks"]):
        meaning = sent.get(f"mark-{n}")
        # The name of the mark is sent with it: the file may have been read otherwise meanwhile.
        if meaning not in LEVEL_VALUES or sent.get(f"mark-{n}-is") != told["mark"] or meaning == _meaning_of(told):
            continue
        changed[told["mark"]] = int(meaning) if meaning.isdecimal() else meaning or None
    return changed
