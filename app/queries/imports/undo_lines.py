"""An undo told line by line: what goes back, what stays and what cannot go back, each with why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.queries.imports import undo_values as read
from app.queries.imports.undo_values import HeldValue, Reference, RowKey
from app.queries.lists.paging import Page, page_of

WHAT = {
    "practitioners": "person",
    "ratings": "rating",
    "learning_goals": "goal",
    "engagements": "history",
    "allocations": "allocation",
    "skills": "skill",
    "skill_aliases": "alias",
    "skill_categories": "category",
    "projects": "project",
    "units": "unit",
    "cost_bands": "cost_band",
    "accounts": "account",
}
LINES_A_PAGE = 200
FIELD = "field"
"""The kind of a line about one column of a person."""

LABELS = {"home_unit_id": "home unit", "cost_band_id": "cost band", "utc_offset_minutes": "UTC offset"}
NAMED = {"home_unit_id": "units", "cost_band_id": "cost_bands", "practitioner_id": "practitioners"}
SHOWN = {"ratings": "level", "learning_goals": "target_level", "skill_aliases": "alias"}
"""Table -> the column that says what a row of it is worth."""

USERS = {
    "absences": ("absence", "absences"),
    "accounts": ("account", "accounts"),
    "allocations": ("allocation", "allocations"),
    "catalogue_needs": ("role of the catalogue", "roles of the catalogue"),
    "endorsements": ("endorsement", "endorsements"),
    "engagements": ("past project part", "past project parts"),
    "learning_goals": ("learning goal", "learning goals"),
    "outcome_measures": ("outcome measure", "outcome measures"),
    "phases": ("phase", "phases"),
    "practitioners": ("person", "people"),
    "proposed_seats": ("seat of a proposal", "seats of proposals"),
    "rating_changes": ("step of a rating's history", "steps of ratings' history"),
    "ratings": ("rating", "ratings"),
    "roles": ("role", "roles"),
    "skill_aliases": ("alias", "aliases"),
    "skill_needs": ("skill need of a role", "skill needs of roles"),
    "skills": ("skill", "skills"),
    "staffing_runs": ("staffing run", "staffing runs"),
    "subteams": ("sub-team", "sub-teams"),
    "units": ("unit", "units"),
    "visibility": ("choice of visibility", "choices of visibility"),
}

Value = str | int | float | None


class UndoLine(NamedTuple):
    """`what`: person, field, rating, goal, history, allocation, skill, alias, category, project, unit, cost_band or
    account. `before` stands there now, `after` once the import is undone; None where nothing does. `why` it stays."""

    what: str
    person: str | None
    subject: str
    before: Value
    after: Value
    why: str | None = None


@dataclass(slots=True)
class Undone:
    reversed: list[UndoLine] = field(default_factory=list)
    kept: list[UndoLine] = field(default_factory=list)
    impossible: list[UndoLine] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {
            "reversed": len(self.reversed),
            "kept": len(self.kept),
            "impossible": len(self.impossible),
        }

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        return {
            name: [line._asdict() for line in lines]
            for name, lines in (("reversed", self.reversed), ("kept", self.kept), ("impossible", self.impossible))
        }


class Stayed(NamedTuple):
    """What an undo left, as it is kept with its import."""

    kept: Sequence[UndoLine]
    impossible: Sequence[UndoLine]


def read_stayed(document: Mapping[str, Any]) -> Stayed:
    told = document.get("undone", {})
    return Stayed(*([UndoLine(*line) for line in told.get(name, ())] for name in Stayed._fields))


def undo_pages(told: Undone | Stayed, name: str | None, page: int) -> dict[str, Page[UndoLine]]:
    """By list: the wanted page of the one of that name, or without one the first page of each that holds anything."""
    lists: dict[str, Sequence[UndoLine]] = {
        "kept": told.kept,
        "impossible": told.impossible,
        "reversed": told.reversed if isinstance(told, Undone) else (),
    }
    wanted = [name] if name in lists else list(lists)
    return {each: page_of(lists[each], page if name in lists else 1, LINES_A_PAGE) for each in wanted if lists[each]}


class Words:
    """Writes the lines of one undo. `steps`: id of a step of a rating's history that the import wrote -> whose."""

    def __init__(
        self,
        session: Session,
        batch_id: int,
        rows: Mapping[RowKey, Sequence[HeldValue]],
        now: Mapping[str, Mapping[int, Mapping[str, Any]]],
    ) -> None:
        self.told = Undone()
        self.steps = read.steps_of(session, batch_id)
        self._rows, self._now = rows, now
        tables = ("practitioners", "skills", "projects", "units", "cost_bands")
        self._names = {table: read.names_of(session, table) for table in tables}
        self._names["accounts"] = read.names_of(session, "accounts", "email")
        self._put_back: dict[tuple[RowKey, tuple[str, ...]], UndoLine] = {}

    def removed(self, row: RowKey) -> None:
        person, subject = self._about(row)
        self.told.reversed.append(UndoLine(WHAT[row[0]], person, subject, self._worth(row), None))

    def put_back(self, row: RowKey, columns: Sequence[str], before: Mapping[str, Any]) -> None:
        now = self._now[row[0]][row[1]]
        self._put_back[row, tuple(columns)] = self._line(row, columns, now, before)

    def not_put_back(self, row: RowKey, columns: Sequence[str], why: str) -> None:
        """What was to be put back stays after all."""
        for key in [key for key in self._put_back if key[0] == row and not set(key[1]).isdisjoint(columns)]:
            line = self._put_back.pop(key)
            self.told.kept.append(line._replace(after=line.before, why=why))

    def kept(self, row: RowKey, why: str, columns: Sequence[str] = ()) -> None:
        self.told.kept.append(self._staying(row, why, columns))

    def impossible(self, row: RowKey, why: str) -> None:
        self.told.impossible.append(self._staying(row, why))

    def used(self, references: Iterable[Reference]) -> str:
        """The sentence for rows that others refer to."""
        counts = Counter(reference.table for reference in references)
        users = [
            f"{count} {USERS.get(table, (table, table))[0 if count == 1 else 1]}"
            for table, count in sorted(counts.items())
        ]
        listed = users[0] if len(users) == 1 else f"{', '.join(users[:-1])} and {users[-1]}"
        return f"Used by {listed} that this import did not bring or that stay."

    def close(self) -> None:
        self.told.reversed += self._put_back.values()

    def _staying(self, row: RowKey, why: str, columns: Sequence[str] = ()) -> UndoLine:
        now = self._now[row[0]].get(row[1])
        if columns and now is not None and row[0] == "practitioners":
            line = self._line(row, columns, now, now)
            return line._replace(why=why)
        person, subject = self._about(row)
        worth = self._worth(row) if now is not None else None
        return UndoLine(WHAT[row[0]], person, subject, worth, worth, why)

    def _line(self, row: RowKey, columns: Sequence[str], now: Mapping[str, Any], before: Mapping[str, Any]) -> UndoLine:
        person, subject = self._about(row)
        if row[0] == "practitioners":
            label = ", ".join(LABELS.get(name, name.replace("_", " ")) for name in columns if name != "name_key")
            return UndoLine(FIELD, person, label, self._said(columns, now), self._said(columns, before))
        shown = [SHOWN[row[0]]] if row[0] in SHOWN else columns
        return UndoLine(WHAT[row[0]], person, subject, self._said(shown, now), self._said(shown, before))

    def _said(self, columns: Sequence[str], row: Mapping[str, Any]) -> Value:
        values = [self._value(name, row.get(name)) for name in columns if name != "name_key"]
        if len(values) == 1:
            return values[0]
        return ", ".join(str(value) for value in values if value is not None) or None

    def _value(self, column: str, value: Any) -> Value:
        if column in NAMED and value is not None:
            return self._names[NAMED[column]].get(value, "")
        found: Value = value
        return found

    def _worth(self, row: RowKey) -> Value:
        stated = self._stated(row)
        if row[0] in SHOWN:
            return self._value(SHOWN[row[0]], stated.get(SHOWN[row[0]]))
        if row[0] in {"allocations", "engagements"}:
            return self._said(("share", "starts_on", "ends_on", "state"), stated)
        return self._about(row)[1]

    def _stated(self, row: RowKey) -> dict[str, Any]:
        """The row as it is, and where it is gone as the import made it."""
        made = next((value.columns_after for value in self._rows[row] if value.made), None)
        return {**(made or {}), **self._now[row[0]].get(row[1], {})}

    def _about(self, row: RowKey) -> tuple[str | None, str]:
        stated = self._stated(row)
        person = self._names["practitioners"].get(stated.get("practitioner_id", 0))
        if row[0] == "practitioners":
            name = str(stated.get("name", ""))
            return name, name
        if "skill_id" in stated:
            return person, self._names["skills"].get(stated["skill_id"], "")
        if "project_id" in stated:
            project, role = self._names["projects"].get(stated["project_id"], ""), stated.get("role_name")
            return person, f"{project}, {role}" if role else project
        return person, str(stated.get("name") or stated.get("email") or "")
