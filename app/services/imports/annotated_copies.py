"""The annotated copy of an imported file."""

from pathlib import PurePath

from app.errors import DomainError
from app.queries.imports.notes import Annotation
from importers import Refusal, annotate_in_child


def annotated_copy(found: Annotation) -> tuple[str, bytes]:
    """The copy's name and content, made in a process of its own. It may take a while: hold no transaction that others
    wait for. Raises DomainError with a sentence where it cannot be made."""
    try:
        content = annotate_in_child(found.content, found.filename, found.notes, found.facts)
    except Refusal as refusal:
        raise DomainError(str(refusal)) from refusal
    return f"{PurePath(found.filename).stem} annotated.xlsx", content
