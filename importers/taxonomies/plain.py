"""A plain list of skills: a sheet with a column of names, and others for category, aliases, description and parent."""

import re

from importers.names import normal_form
from importers.taxonomies.entries import TaxonomyEntry, tidied
from importers.taxonomies.rows import Rows
from importers.words import load

WORDS = load("taxonomies")
HEADINGS = {
    field: [normal_form(word) for word in WORDS[field]]
    for field in ("name", "category", "aliases", "description", "parent")
}
SEVERAL = re.compile(r"[;|\r\n]+")


def read(rows: Rows) -> tuple[tuple[TaxonomyEntry, ...], tuple[str, ...]] | None:
    """None when no column has names. Aliases stand on lines of one cell or between semicolons. A name that comes again
    adds its aliases."""
    columns = {
        field: next((word for word in words if word in rows.headings), None) for field, words in HEADINGS.items()
    }
    if columns["name"] is None or (len(rows.headings) > 1 and not any(columns[f] for f in columns if f != "name")):
        return None
    found: dict[str, TaxonomyEntry] = {}
    unnamed = 0
    for row in rows:
        told = {field: row.get(column) if column else None for field, column in columns.items()}
        name = tidied(told["name"])
        if not normal_form(name):
            unnamed += 1 if any(told.values()) else 0
            continue
        before = found.get(normal_form(name), TaxonomyEntry(name))
        aliases = [tidied(alias) for alias in SEVERAL.split(str(told["aliases"] or ""))]
        found[normal_form(name)] = TaxonomyEntry(
            before.name,
            before.category or tidied(told["category"]) or None,
            before.description or tidied(told["description"]),
            tuple(dict.fromkeys((*before.aliases, *filter(None, aliases)))),
            before.parent or tidied(told["parent"]) or None,
        )
    remark = f"{unnamed} rows without a name are left out."
    return tuple(found.values()), (remark,) if unnamed else ()
