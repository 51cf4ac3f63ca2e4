"""Lists of skills that others keep, taken into the catalogue: new skills and other names, nothing overwritten."""

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.errors import Conflict, DomainError
from app.queries.imports.directory import catalogue
from app.queries.imports.taxonomies import find_taxonomy, fingerprint
from app.services.audit import Actor, record
from app.services.flushing import flush
from importers import Refusal, normal_form
from importers.process.sandbox import read_taxonomy_in_child
from importers.taxonomies import Comparison, Part, Taxonomy, TaxonomyEntry, compare
from importers.wire import to_wire
from models import Skill, SkillAlias, SkillCategory, TaxonomyFile

LONGEST_CATEGORY = 200


def read_file(content: bytes, filename: str, wanted: str | None = None) -> Taxonomy:
    """The list of skills in a file, read in a process of its own. Raises DomainError with the sentence of a file that
    is none."""
    try:
        return read_taxonomy_in_child(content, filename, wanted)
    except Refusal as refusal:
        raise DomainError(str(refusal), "file") from refusal


def receive(session: Session, actor: Actor, content: bytes, taxonomy: Taxonomy) -> TaxonomyFile:
    """Keep what was read until it is decided which part to take. What the same person sent before is given up."""
    session.execute(delete(TaxonomyFile).where(TaxonomyFile.uploaded_by_id == actor.account_id))
    file = TaxonomyFile(
        filename=taxonomy.file[:200],
        sha256=hashlib.sha256(content).hexdigest(),
        entries=zlib.compress(json.dumps(to_wire(taxonomy), ensure_ascii=False).encode()),
        uploaded_by_id=actor.account_id,
        uploaded_at=datetime.now(UTC),
    )
    session.add(file)
    session.flush()
    return file


def discard(session: Session, actor: Actor, taxonomy_id: int) -> None:
    file = find_taxonomy(session, taxonomy_id).file
    session.delete(file)
    session.flush()
    record(session, actor, "taxonomy.discard", "taxonomy", taxonomy_id, before={"file": file.filename})


def load_kept(session: Session, actor: Actor, taxonomy_id: int, part: Part, seen: str) -> Comparison:
    """Load the part of a kept file that was shown. `seen` is the fingerprint of what was shown; Conflict if the
    catalogue has moved since."""
    found = find_taxonomy(session, taxonomy_id)
    if fingerprint(compare(found.taxonomy, catalogue(session), part)) != seen:
        raise Conflict("The catalogue has changed since this was shown. Look at what would change now, then load it.")
    loaded = load(session, actor, [found.taxonomy], part)
    session.delete(found.file)
    session.flush()
    return loaded[0]


def load(session: Session, actor: Actor, taxonomies: Sequence[Taxonomy], part: Part) -> list[Comparison]:
    """Add what the part of each list adds to the catalogue, one list after the other, and what the audit says of it.

    Nothing that the catalogue has is changed: a known skill gains aliases, and keeps its name, description, category
    and parent.
    """
    done = []
    for taxonomy in taxonomies:
        comparison = compare(taxonomy, catalogue(session), part)
        if not comparison.is_empty:
            _write(session, comparison)
            record(session, actor, "taxonomy.load", "taxonomy", None, after=_told(taxonomy, part, comparison))
        done.append(comparison)
    return done


def _write(session: Session, comparison: Comparison) -> None:
    skills = _new_skills(session, comparison.new)
    known = {name: key for key, name in session.execute(select(Skill.id, Skill.name))}
    for skill, entry in zip(skills, comparison.new, strict=True):
        if entry.parent is not None:
            skill.parent_id = known[entry.parent]
    gained = [(known[entry.name], alias) for entry in comparison.new for alias in entry.aliases]
    gained += [(known[added.skill], alias) for added in comparison.added for alias in added.aliases]
    if gained:
        rows = [{"skill_id": key, "alias": alias, "alias_key": normal_form(alias)} for key, alias in gained]
        session.execute(insert(SkillAlias), rows)
    flush(session)


def _new_skills(session: Session, entries: Sequence[TaxonomyEntry]) -> list[Skill]:
    shelves = {normal_form(shelf.name): shelf for shelf in session.scalars(select(SkillCategory))}
    skills = []
    for entry in entries:
        title = (entry.category or "")[:LONGEST_CATEGORY]
        shelf = shelves.setdefault(normal_form(title), SkillCategory(name=title)) if normal_form(title) else None
        description = entry.description or None
        skills.append(Skill(name=entry.name, name_key=normal_form(entry.name), category=shelf, description=description))
    session.add_all(skills)
    flush(session)
    return skills


def _told(taxonomy: Taxonomy, part: Part, comparison: Comparison) -> dict[str, object]:
    return {
        "file": taxonomy.file,
        "format": taxonomy.format,
        "part": to_wire(replace(part)),
        "new_skills": len(comparison.new),
        "new_aliases": comparison.alias_count,
        "left_out": len(comparison.left_out),
    }
