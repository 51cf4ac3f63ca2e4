"""ESCO, the European classification: skills with preferred and other labels. Its occupations are no skills."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from importers.refusals import WrongKind
from importers.taxonomies.entries import TaxonomyEntry, tidied
from importers.taxonomies.rows import Rows
from importers.words import load

Found = tuple[tuple[TaxonomyEntry, ...], tuple[str, ...]]
FIELDS: Mapping[str, str] = load("taxonomies")["fields"]
FIELD = re.compile(r"/isced-f/(\d\d)")
OTHERS = {"knowledge": "Knowledge (ESCO)"}
CATEGORY = "Skills (ESCO)"
LINES = re.compile(r"[\r\n|]+")
OCCUPATIONS = (
    "The file lists ESCO's occupations, which are jobs and not skills; download ESCO's skills (skills_en.csv)."
)
RUN_TOGETHER = (
    "The file holds each ESCO skill's name, its other names and its description run together in one text, so that no "
    "name can be told from the next; download ESCO's skills (skills_en.csv), where they stand apart."
)


def from_concepts(concepts: Iterable[Mapping[str, Any]]) -> Found:
    """ESCO as JSON: objects with label or preferredLabel, altLabel(s), description and skillType."""
    entries = []
    for concept in concepts:
        kind = str(concept.get("conceptType") or concept.get("className") or concept.get("uri") or "")
        if "ccupation" in kind:
            raise WrongKind(OCCUPATIONS)
        label = concept.get("preferredLabel") or concept.get("label") or concept.get("title")
        if not isinstance(label, str):
            raise WrongKind("The file is JSON but no list of ESCO skills: its objects have no label; download ESCO's.")
        others = concept.get("altLabels") or concept.get("altLabel") or ()
        aliases = LINES.split(others) if isinstance(others, str) else [str(other) for other in others]
        description = tidied(concept.get("description"))
        entries.append(_entry(label, aliases, description, concept.get("category"), concept.get("skillType")))
    return tuple(entries), ()


def _of_download(rows: Rows) -> Found:
    """skills_en.csv, as ESCO's portal gives it out: other labels on lines of one cell."""
    entries, retired = [], 0
    for row in rows:
        if tidied(row.get("concepttype")) == "Occupation" or "/occupation/" in tidied(row.get("concepturi")):
            raise WrongKind(OCCUPATIONS)
        if tidied(row.get("status")) in {"obsolete", "deprecated"}:
            retired += 1
            continue
        aliases = LINES.split(f"{row.get('altlabels') or ''}\n{row.get('hiddenlabels') or ''}")
        description = tidied(row.get("description") or row.get("definition"))
        entries.append(_entry(tidied(row.get("preferredlabel")), aliases, description, None, row.get("skilltype")))
    told = f"{retired} skills that ESCO has retired are left out."
    return tuple(entry for entry in entries if entry.name), (told,) if retired else ()


def _of_labels(rows: Rows) -> Found:
    """One line for each label: uri, label, altLabel, skillType, category."""
    labels: dict[str, list[str]] = {}
    about: dict[str, tuple[str, object, object]] = {}
    for row in rows:
        uri = tidied(row.get("uri"))
        if "/occupation/" in uri:
            raise WrongKind(OCCUPATIONS)
        about.setdefault(uri, (tidied(row.get("label")), row.get("category"), row.get("skilltype")))
        labels.setdefault(uri, []).append(tidied(row.get("altlabel")))
    entries = [_entry(name, labels[uri], "", field, kind) for uri, (name, field, kind) in about.items() if name]
    return tuple(entries), ()


def _of_run_together(rows: Rows) -> Found:
    for row in rows:
        if "data.europa.eu/esco" in tidied(row.get("id")):
            raise WrongKind(RUN_TOGETHER)
    raise WrongKind("The file has no column with names of skills; send a sheet with a column Name.")


READERS: Mapping[frozenset[str], Callable[[Rows], Found]] = {
    frozenset({"concepturi", "preferredlabel"}): _of_download,
    frozenset({"uri", "label", "altlabel"}): _of_labels,
    frozenset({"id", "description"}): _of_run_together,
}


def _entry(name: str, aliases: Iterable[str], description: str, field: object, kind: object) -> TaxonomyEntry:
    found = FIELD.search(str(field or ""))
    category = FIELDS.get(found[1]) if found else None
    others = dict.fromkeys(tidied(alias) for alias in aliases)
    return TaxonomyEntry(
        tidied(name),
        category or OTHERS.get(tidied(kind).rpartition("/")[2], CATEGORY),
        description,
        tuple(alias for alias in others if alias and alias != tidied(name)),
    )
