"""Who a table's rows are about: the columns that identify a person, and the sighting each row gives."""

from dataclasses import dataclass
from enum import Enum

from importers.cells.headings import TOKENS, Role, is_agent, is_heading, role_of, words_of
from importers.cells.values import as_email, as_share, as_text
from importers.files.workbook import Scalar
from importers.layouts.layout import Use
from importers.sheets.people import Sighting, apart, display_name, plausible_name, starts_like_junk
from importers.sheets.tables import Column, Table, is_header_again

MOSTLY = 0.6
FIRST_ROWS = 100
CHOSEN = "you chose the column of the names"


class Strength(Enum):
    """How sure it is that the rows are people, before looking at anything else."""

    STRONG = "a heading that names people and nothing else"
    WEAK = "a heading that may name anything, such as Name"
    NUMBERED = "numbers of people"
    CONTENT = "texts that look like names"


@dataclass(frozen=True)
class PersonColumns:
    """`weight` is the evidence, 0..3, that rows are people; `reason` says it in words."""

    names: tuple[Column, ...]
    email: Column | None
    external_ids: tuple[Column, ...]
    weight: float
    reason: str
    strength: Strength = Strength.STRONG
    is_chosen: bool = False

    @property
    def first(self) -> Column:
        if self.names:
            return self.names[0]
        return self.email or self.external_ids[0]


def person_columns(table: Table) -> PersonColumns | None:
    """By heading: name, first and last name, e-mail, id; else a column of names without a telling heading."""
    email = table.column(Role.EMAIL) or next((c for c in table.columns if c.role is None and c.emails > MOSTLY), None)
    ids = tuple(table.all_of(Role.EXTERNAL_ID))
    if chosen := [column for column in table.all_of(Role.NAME) if column.is_chosen]:
        return PersonColumns((chosen[0],), email, ids, 3.0, CHOSEN, is_chosen=True)
    if first_names := table.column(Role.FIRST_NAME):
        last_names = table.all_of(Role.LAST_NAME) or table.all_of(Role.NAME)[:1]
        if last_names:
            names = (first_names, *middle_names(table), *last_names)
            return PersonColumns(names, email, ids, 3.0, "people have a first and a last name")
    if named := [column for column in table.all_of(Role.NAME) if not column.sample or names_people(table, column)]:
        if (last := table.column(Role.LAST_NAME)) is not None and named[0].full_names < MOSTLY:
            return PersonColumns((named[0], last), email, ids, 3.0, "people have a first and a last name")
        named.sort(key=lambda column: column.full_names < MOSTLY)
        ids = (*ids, *(column for column in named[1:] if column.full_names < MOSTLY and is_login(column)))
        weight = 0.5 if known_skills(table, named[0]) else 3.0
        strong = email is not None or TOKENS["strong_names"].intersection(words_of(named[0].heading))
        strength = Strength.STRONG if strong else Strength.WEAK
        reason = f'people are named in the column "{named[0].heading}"'
        return PersonColumns((named[0],), email, ids, weight, reason, strength)
    if (single := table.column(Role.FIRST_NAME, Role.LAST_NAME)) and not names_run_across(table, single):
        reason = f'people are named in the column "{single.heading}"'
        return PersonColumns((single,), email, ids, 2.5, reason, Strength.STRONG if email else Strength.WEAK)
    if email:
        return PersonColumns((), email, ids, 2.5, "people are given by e-mail address")
    if numbered := [column for column in table.all_of(Role.NAME) if column.share(is_id_number) > MOSTLY]:
        return PersonColumns((), None, (numbered[0], *ids), 2.0, f'people are numbered in "{numbered[0].heading}"')
    generic = bool(ids) and " ".join(words_of(ids[0].heading)) in TOKENS["any_numbers"]
    if ids and not generic and ids[0].share(has_digit) > MOSTLY:
        return PersonColumns((), None, ids, 2.0, f'people are numbered in "{ids[0].heading}"', Strength.NUMBERED)
    return by_content(table, ids)


def names_run_across(table: Table, column: Column) -> bool:
    """Whether "Last name" and "First name" stand one under the other: then they head rows."""
    beside = (table.sheet.text(table.header_row + step, column.index) for step in (-1, 1))
    return any(role_of(text) in {Role.FIRST_NAME, Role.LAST_NAME} - {column.role} for text in beside)


def is_login(column: Column) -> bool:
    """Whether the values are single words that differ, as the names of accounts are."""
    single = column.share(lambda value: isinstance(value, str) and " " not in value.strip())
    return single > MOSTLY and len(set(column.sample)) == len(column.sample)


def has_digit(value: Scalar) -> bool:
    return any(letter.isdecimal() for letter in as_text(value))


def is_id_number(value: Scalar) -> bool:
    return as_text(value).isdecimal() and len(as_text(value)) >= 2


def middle_names(table: Table) -> list[Column]:
    return [column for column in table.columns if TOKENS["middle_names"].intersection(words_of(column.heading))]


def names_people(table: Table, column: Column) -> bool:
    """Whether names stand below: not the keys of a form, "Name", "Job title", and the heading is no value itself."""
    keys = {Role.TITLE, Role.UNIT, Role.EMAIL, Role.EXTERNAL_ID, Role.OFFICE, Role.DATE, Role.SKILL, Role.LAST_NAME}
    is_form = bool(column.sample) and role_of(as_text(column.sample[0])) in keys
    return holds_names(column) and not is_form and not is_value(table, column)


def is_value(table: Table, column: Column) -> bool:
    """Whether the heading also stands in a row of data, as "Driver" does in a column of titles."""
    sheet = table.sheet
    again = (row for row in sheet.row_numbers[:FIRST_ROWS] if sheet.text(row, column.index) == column.heading)
    data = (value for row in again if row != table.header_row for value in sheet.rows[row])
    return column.heading in column.sample or any(not isinstance(value, (str, type(None))) for value in data)


def holds_names(column: Column) -> bool:
    """Under a heading for names, a few are enough: totals and guide text below may be more than the people."""
    return column.names >= 0.3 or (column.names > 0 and column.texts > 0.5)


def by_content(table: Table, ids: tuple[Column, ...]) -> PersonColumns | None:
    texts = [
        column
        for column in table.columns
        if column.role is None
        and column.names >= MOSTLY
        and len(column.sample) > 1
        and len(set(column.sample)) * 2 > len(column.sample)
    ]
    texts = [
        column for column in texts if not column.heading or not table.sheet.text(table.header_row - 1, column.index)
    ]
    texts = [column for column in texts if not known_skills(table, column) and not heads_columns(column)]
    texts = [column for column in texts if not stands_above_names(column) and not lists_people(column)]
    if not texts:
        return None
    best = max(texts[:3], key=lambda column: (column.full_names > MOSTLY, -column.index))
    leading = not any(column.index < best.index for column in table.columns if column.texts > MOSTLY)
    weight = 1.0 + 1.5 * best.full_names if leading else 1.5 * best.full_names
    shown = f'"{best.heading}"' if best.heading else f"column {table.sheet.cell_name(1, best.index).rstrip('1')}"
    return PersonColumns((best,), None, ids, weight, f"{shown} holds names", Strength.CONTENT)


def stands_above_names(column: Column) -> bool:
    """Whether a heading of names stands among the first values, so that the header is that row."""
    return any(role_of(as_text(value)) in {Role.NAME, Role.EXTERNAL_ID} for value in column.sample[:4])


def lists_people(column: Column) -> bool:
    """Whether cells hold several people each: "Anna Nowak, Ben Okoro"."""

    def several(value: Scalar) -> bool:
        pieces = as_text(value).split(",")
        return len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces)

    return column.share(several) > 0.4


def heads_columns(column: Column, most: float = 0.4) -> bool:
    """Whether more than this part of the values are headings themselves, so that no names stand here."""
    return column.share(lambda value: role_of(as_text(value)) is not None) > most


def holds_jobs(column: Column) -> bool:
    """Whether the values are words for somebody who does something and one of them heads columns of people."""
    headed = column.share(lambda value: role_of(as_text(value)) is not None)
    return headed > 0 and column.share(lambda value: is_agent(as_text(value))) > MOSTLY


def known_skills(table: Table, column: Column) -> bool:
    texts = [value for value in column.sample if isinstance(value, str)]
    return bool(texts) and sum(map(table.view.knows_skill, texts)) * 2 >= len(texts)


def sighting(table: Table, columns: PersonColumns, row: int) -> Sighting | None:
    """The person a row is about, or None when what stands there names nobody."""
    email = as_email(table.value(row, columns.email))
    written = " ".join(filter(None, (table.text_down(row, column) for column in columns.names)))
    if email is None and (address := as_email(written)):
        email, written = address, name_before_email(written)
    written, number = apart(written)
    ids = tuple(filter(None, (*(table.text(row, column) for column in columns.external_ids), number)))
    is_name = plausible_name(written) or (columns.is_chosen and names_somebody(written))
    name = in_order(columns, written) if is_name else None
    if written and name is None:
        return None
    if name is None and not columns.names:
        name = name_from_email(email) or (ids[0] if ids and not columns.email else None)
    if name is None and email is None and (not ids or columns.names):
        return None
    return Sighting(
        name=name,
        sheet=table.sheet.name,
        cell=table.sheet.cell_name(row, columns.first.index),
        email=email,
        external_ids=ids,
        title=profile_text(table, row, Role.TITLE),
        unit=profile_text(table, row, Role.UNIT),
        office=profile_text(table, row, Role.OFFICE),
        time_zone=profile_text(table, row, Role.TIME_ZONE),
        working_share=as_share(table.value(row, table.column(Role.WORKING_SHARE))),
        cost_band=profile_text(table, row, Role.COST_BAND),
    )


def names_somebody(written: str) -> bool:
    """Whether a text in a column that a person chose for the names is more than a total or a remark."""
    return any(map(str.isalnum, written)) and not is_heading(written) and not starts_like_junk(written)


def in_order(columns: PersonColumns, written: str) -> str:
    """The name as shown; two words under a heading such as "Cognome e nome" change places."""
    words = written.split()
    if (
        len(words) == 2
        and "," not in written
        and " ".join(words_of(columns.first.heading)) in TOKENS["last_name_first"]
    ):
        return display_name(f"{words[0]}, {words[1]}")
    return display_name(written)


def name_before_email(written: str) -> str:
    """What stands before the address in "Anna Nowak <anna@firm.example>"."""
    return written.partition("<")[0].strip().strip('"') if "<" in written else ""


def profile_text(table: Table, row: int, role: Role) -> str | None:
    column = table.column(role)
    text = as_text(table.value(row, column)) if column else ""
    return text or None


def name_from_email(email: str | None) -> str | None:
    """`anna.kowalska@firm` names Anna Kowalska; `ak12@firm` names nobody."""
    parts = email.partition("@")[0].split(".") if email else []
    return " ".join(part.capitalize() for part in parts) if len(parts) >= 2 and all(map(str.isalpha, parts)) else email


PROFILE = {
    Role.TITLE: "the person's title",
    Role.UNIT: "the person's team or unit",
    Role.OFFICE: "where the person works",
    Role.TIME_ZONE: "the person's time zone",
    Role.WORKING_SHARE: "the person's working share",
    Role.COST_BAND: "the person's cost band",
}


def uses_of_person(table: Table, columns: PersonColumns | None) -> dict[int, Use]:
    """The columns that say who a row is about, and those of the person's profile."""
    if columns is None:
        return {}
    uses = {
        column.index: Use(role.value, why)
        for role, why in PROFILE.items()
        if (column := table.column(role)) is not None and column.sample
    }
    uses |= {column.index: Use((column.role or Role.NAME).value, columns.reason) for column in columns.names}
    if columns.email is not None:
        uses[columns.email.index] = Use(Role.EMAIL.value, "the person's e-mail address")
    uses |= {column.index: Use(Role.EXTERNAL_ID.value, "the person's number") for column in columns.external_ids}
    return uses


def why_nobody(table: Table, columns: PersonColumns, row: int) -> str:
    """A phrase: what the row holds instead of a person."""
    values = [(row, column) for column, value in enumerate(table.sheet.rows[row], 1) if value is not None]
    if len(values) == 1:
        is_text = isinstance(table.sheet.value(*values[0]), str)
        return "text beside no levels" if is_text else "nobody is named there"
    text = table.text(row, columns.first)
    if starts_like_junk(text) or any(place in table.sheet.formulas for place in values):
        return "totals or requirements, not a person"
    if is_header_again(table.sheet, row, columns.first.index, columns.first.role):
        return "the headings again"
    return f'"{text}" names no person' if text else "nobody is named there"
