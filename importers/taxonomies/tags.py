"""Synonyms of tags, as the Stack Exchange Data Explorer gives them out. Only approved ones say the same."""

from collections.abc import Callable, Mapping

from importers.taxonomies.entries import TaxonomyEntry, tidied
from importers.taxonomies.rows import Rows

Found = tuple[tuple[TaxonomyEntry, ...], tuple[str, ...]]


def _synonyms(rows: Rows) -> Found:
    """Hyphens between words are how tags are written, not how skills are named."""
    aliases: dict[str, dict[str, None]] = {}
    proposed = 0
    for row in rows:
        source, target = tidied(row.get("sourcetagname")), tidied(row.get("targettagname"))
        if not tidied(row.get("approvaldate")):
            proposed += 1
        elif source and target:
            aliases.setdefault(_spaced(target), {})[_spaced(source)] = None
    told = f"{proposed} synonyms that are only proposed are left out."
    return tuple(TaxonomyEntry(n, aliases=tuple(o)) for n, o in aliases.items()), (told,) if proposed else ()


def _spaced(tag: str) -> str:
    return tag.replace("-", " ").strip() or tag


READERS: Mapping[frozenset[str], Callable[[Rows], Found]] = {
    frozenset({"sourcetagname", "targettagname", "approvaldate"}): _synonyms,
}
