"""Where a person's values come from: the cell of the sheet, as written there, and the import that brought it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models import ImportBatch, ImportedValue


@dataclass(frozen=True, slots=True)
class Origin:
    """`about` names the row (a skill, a project); `field` is the column, empty where the import made the whole row."""

    about: str
    field: str
    sheet: str
    cell: str
    raw: str | None
    batch_id: int
    filename: str
    imported_on: date | None


def origins_of(
    session: Session, rows: Mapping[str, Mapping[int, str]], except_columns: Collection[str] = ()
) -> tuple[Origin, ...]:
    """What imports wrote into these rows, but for some columns, and nobody has undone. `rows`: table -> row id -> what
    the row is about."""
    found = session.execute(
        select(ImportedValue, ImportBatch.filename, ImportBatch.applied_at)
        .join(ImportBatch, ImportBatch.id == ImportedValue.batch_id)
        .where(
            ImportedValue.held_by_id.is_not(None),
            ImportedValue.field.not_in(except_columns),
            or_(
                *(
                    and_(ImportedValue.table_name == table, ImportedValue.row_id.in_(about))
                    for table, about in rows.items()
                )
            ),
        )
        .order_by(ImportedValue.id)
    )
    return tuple(
        Origin(
            about=rows[value.table_name][value.row_id],
            field=value.field.replace("_", " "),
            sheet=value.sheet,
            cell=value.cell,
            raw=value.raw,
            batch_id=value.batch_id,
            filename=filename,
            imported_on=applied_at.date() if applied_at else None,
        )
        for value, filename, applied_at in found
    )
