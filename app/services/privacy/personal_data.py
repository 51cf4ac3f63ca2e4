"""The file that a person gets of everything stored about them: for programs, for people, and in plain words."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.queries.privacy.personal_data import PersonalData, PersonalTable, data_of_account, data_of_person
from app.queries.privacy.personal_tables import LEFT_OUT, PARTS
from app.services.audit import Actor, record
from importers.exports.writing import Cell, Table, to_xlsx

LONGEST_SHEET_NAME = 31

README = """\
What Muster stores about {name}
{line}

Made on {day} (UTC).

personal-data.xlsx   one sheet a table, to read in a spreadsheet program
personal-data.json   the same for programs

Every table of Muster that refers to you is in it:

{tables}

"a colleague" stands where another person is meant: their data is theirs. Where a level is 0 somebody said "none";
where there is no rating nobody has said anything.

Not in it, and why:

{left_out}

What is wrong you can correct on your profile, or ask an administrator. You choose who sees what, and may ask to be
erased, under "Privacy" of your account.
"""


def export_of_person(session: Session, actor: Actor, practitioner_id: int, at: datetime) -> bytes:
    """A zip of personal-data.json, personal-data.xlsx and README.txt. The audit trail says who took it out, so the
    caller commits."""
    data = data_of_person(session, practitioner_id)
    record(session, actor, "person.export", "practitioner", practitioner_id, after=_counts(data))
    return packed(data, at)


def export_of_account(session: Session, actor: Actor, account_id: int, at: datetime) -> bytes:
    """The same for whoever is signed in, also when nobody of the directory stands behind the account."""
    data = data_of_account(session, account_id)
    subject = ("account", account_id) if data.practitioner_id is None else ("practitioner", data.practitioner_id)
    record(session, actor, "person.export", *subject, after=_counts(data))
    return packed(data, at)


def packed(data: PersonalData, at: datetime) -> bytes:
    document = json.dumps(data.to_json(at), ensure_ascii=False, indent=1).encode()
    book = to_xlsx([_sheet(table) for table in data.tables])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (
            ("README.txt", readme(data, at).encode()),
            ("personal-data.json", document),
            ("personal-data.xlsx", book),
        ):
            # Of a fixed time: the same data gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), part)
    return content.getvalue()


def readme(data: PersonalData, at: datetime) -> str:
    tables = [f"- {table.title}: {len(table.rows):,}" for table in data.tables]
    withheld = {
        f"{part.table}, {name}": why for part in PARTS for name, why in part.withheld.items() if why[-4:] != "You."
    }
    left_out = [f"- {what.replace('.', ', ')}: {why}" for what, why in {**LEFT_OUT, **withheld}.items()]
    title = f"What Muster stores about {data.name}"
    return README.format(
        name=data.name,
        line="=" * len(title),
        day=f"{at:%Y-%m-%d %H:%M}",
        tables="\n".join(tables),
        left_out="\n".join(left_out),
    )


def _counts(data: PersonalData) -> dict[str, int]:
    return {table.table: len(table.rows) for table in data.tables if table.rows}


def _sheet(table: PersonalTable) -> Table:
    headings = [name.replace("_", " ").capitalize() for name in table.columns]
    return Table(table.title[:LONGEST_SHEET_NAME], headings, [[_cell(value) for value in row] for row in table.rows])


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, str | int | float):
        return value
    assert isinstance(value, dict | Sequence)
    return json.dumps(value, ensure_ascii=False)
