"""The whole directory as values that can be compared: what an import may touch, without the numbers of rows."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Base

TABLES = (
    "units",
    "cost_bands",
    "practitioners",
    "skill_categories",
    "skills",
    "skill_aliases",
    "ratings",
    "rating_changes",
    "learning_goals",
    "projects",
    "engagements",
    "allocations",
    "allocation_changes",
    "accounts",
)
"""Those that others refer to first."""

BESIDE = {"id", "version", "created_at", "updated_at", "recorded_at", "changed_at", "import_batch_id"}


def snapshot(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Table -> rows in order; a row that refers to another names it by what that says."""
    session.flush()
    said: dict[tuple[str, int], tuple[Any, ...]] = {}
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name in TABLES:
        table = Base.metadata.tables[name]
        rows = []
        for row in session.execute(select(table)).mappings():
            told = []
            for column in table.c:
                if column.name in BESIDE:
                    continue
                target = next((key.column.table.name for key in column.foreign_keys), None)
                value = row[column.name]
                told.append((column.name, said.get((target, value), value) if target else value))
            said[name, row["id"]] = tuple(told)
            rows.append(tuple(told))
        found[name] = sorted(rows, key=repr)
    return found
