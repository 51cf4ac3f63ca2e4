"""Which list of skills a file is, by its content: ESCO, O*NET, Stack Exchange tag synonyms, or a plain list."""

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from importers.files.delimited import decoded
from importers.files.opening import open_workbook
from importers.files.workbook import Sheet
from importers.refusals import Damaged, WrongChoices, WrongKind
from importers.taxonomies import esco, onet, plain, tags
from importers.taxonomies.entries import TITLES, Format, Taxonomy
from importers.taxonomies.rows import Rows

REMEDY = "send ESCO's skills, O*NET's Technology Skills, tag synonyms of Stack Exchange, or a sheet with a column Name."
HEADER_WITHIN = 10
"""Rows from the top in which a header is looked for."""


def read_taxonomy(content: bytes, filename: str, wanted: str | None = None) -> Taxonomy:
    """The list of skills in a file, its format told by its content. Raises a `Refusal` for any other file, and for one
    that is not in the `wanted` format (a value of `Format`)."""
    name = PurePath(filename).name
    found = _from_json(content, name) if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"} else None
    if found is None:
        if PurePath(name).suffix.lower() in {".yml", ".yaml"}:
            raise WrongKind("The file is YAML, which Muster does not read; save the list as .csv, or " + REMEDY)
        found = _from_sheets(content, name)
    if wanted is not None and found.format != wanted:
        raise WrongChoices(
            f"The file holds {found.title}, not {TITLES[Format(wanted)]}; name another file or leave the format out."
        )
    if not found.entries:
        raise WrongKind(f"The file is {found.title} without a single skill in it; " + REMEDY)
    return found


def _from_json(content: bytes, name: str) -> Taxonomy:
    try:
        document: Any = json.loads(decoded(content))
    except RecursionError as error:
        raise Damaged("The file is JSON nested too deep for a list of skills; " + REMEDY) from error
    except ValueError as error:
        raise Damaged(
            "The file starts like JSON but is not readable as JSON; download it again, or " + REMEDY
        ) from error
    concepts = document if isinstance(document, list) else None
    if not concepts or not all(isinstance(concept, dict) for concept in concepts):
        raise WrongKind("The file is JSON but no list of ESCO skills; " + REMEDY)
    entries, remarks = esco.from_concepts(concepts)
    return Taxonomy(name, Format.ESCO, entries, remarks)


def _from_sheets(content: bytes, name: str) -> Taxonomy:
    readers = ((esco.READERS, Format.ESCO), (onet.READERS, Format.ONET), (tags.READERS, Format.STACKEXCHANGE))
    sheets = open_workbook(content, name).sheets
    for sheet in sheets:
        for rows in _tables(sheet):
            for reader, title in readers:
                for headings, read in reader.items():
                    if headings <= rows.headings:
                        entries, remarks = read(rows)
                        return Taxonomy(name, title, entries, remarks)
    for sheet in sheets:
        for rows in _tables(sheet):
            if (listed := plain.read(rows)) is not None:
                return Taxonomy(name, Format.CSV, *listed)
    raise WrongKind("The file is no list of skills that Muster knows; " + REMEDY)


def _tables(sheet: Sheet) -> Sequence[Rows]:
    """The sheet's rows under each row that can be a header, the topmost first."""
    numbers = [number for number in sheet.row_numbers[:HEADER_WITHIN] if sum(1 for v in sheet.rows[number] if v) >= 1]
    return [Rows(sheet, number) for number in numbers]
