"""Kept lists of skills, and what a part of one would add to the catalogue."""

import hashlib
import json
import zlib
from dataclasses import dataclass

from sqlalchemy.orm import Session, undefer

from app.errors import NotFound
from app.queries.imports.directory import catalogue
from importers.taxonomies import Comparison, Part, Taxonomy, compare
from importers.wire import from_wire, to_wire
from models import TaxonomyFile


@dataclass(frozen=True, slots=True)
class KeptTaxonomy:
    file: TaxonomyFile
    taxonomy: Taxonomy


@dataclass(frozen=True, slots=True)
class TaxonomyPreview:
    """`digest` is the fingerprint that loading asks for."""

    id: int
    taxonomy: Taxonomy
    part: Part
    comparison: Comparison
    digest: str


def find_taxonomy(session: Session, taxonomy_id: int) -> KeptTaxonomy:
    file = session.get(TaxonomyFile, taxonomy_id, options=[undefer(TaxonomyFile.entries)])
    if file is None:
        raise NotFound("This list of skills is not kept any more. Send the file again.")
    return KeptTaxonomy(file, from_wire(Taxonomy, json.loads(zlib.decompress(file.entries))))


def preview_taxonomy(session: Session, taxonomy_id: int, part: Part) -> TaxonomyPreview:
    found = find_taxonomy(session, taxonomy_id)
    comparison = compare(found.taxonomy, catalogue(session), part)
    return TaxonomyPreview(taxonomy_id, found.taxonomy, part, comparison, fingerprint(comparison))


def fingerprint(comparison: Comparison) -> str:
    """The same for the same additions, whatever is left out."""
    told = json.dumps([to_wire(comparison.new), to_wire(comparison.added)], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()
