"""What an .xlsx says beside its cells: notes on them, and the words that a cell offers to choose from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from posixpath import join, normpath
from xml.etree.ElementTree import Element

from openpyxl.utils.cell import column_index_from_string

from importers.files.archive import Archive
from importers.files.inspection import REFERENCE, Entry, Findings, attribute, local, parse
from importers.files.marking import without_mark
from importers.files.workbook import Position, Sheet, Workbook
from importers.refusals import Damaged

MOST_COMMENTS = 2_000
LONGEST_COMMENT = 2_000
MOST_WORDS = 50
RANGE = re.compile(r"(?:(.+)!)?\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")


def with_notes(book: Workbook, archive: Archive, sheets: Sequence[tuple[Entry, Findings]]) -> Workbook:
    """The workbook with the notes on its cells and the words they offer."""
    named = {sheet.name: sheet for sheet in book.sheets}
    noted = dict(named)
    for entry, found in sheets:
        if (sheet := named.get(entry.name)) is not None:
            offered = (words_of_rule(rule, sheet, named) for rule in found.lists)
            lists = tuple(words for words in offered if len(words) > 1)
            noted[entry.name] = replace(sheet, comments=comments_of(archive, entry), lists=lists)
    return replace(book, sheets=tuple(noted[sheet.name] for sheet in book.sheets))


def words_of_rule(rule: str, own: Sheet, named: Mapping[str, Sheet]) -> tuple[str, ...]:
    """The words written in a rule itself, or in the range of one column that it names on any sheet."""
    if rule.startswith('"'):
        return tuple(word.strip() for word in rule.strip('"').split(",") if word.strip())
    if (where := RANGE.match(rule)) is None:
        return ()
    sheet = named.get(where[1].strip("'").replace("''", "'")) if where[1] else own
    left, right, top, bottom = where[2], where[4], int(where[3]), int(where[5])
    if sheet is None or left != right or bottom - top >= MOST_WORDS:
        return ()
    column = column_index_from_string(left)
    return tuple(text for row in range(top, bottom + 1) if (text := sheet.text(row, column)))


def comments_of(archive: Archive, entry: Entry) -> dict[Position, str]:
    """The notes on a sheet's cells; none where the part that holds them is broken, since the cells still count."""
    folder, _, name = entry.part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    found: dict[Position, str] = {}
    try:
        for relation in parse(archive, relations) if relations in archive.parts else ():
            target = attribute(relation, "Target")
            part = normpath(target.lstrip("/") if target.startswith("/") else join(folder, target))
            if attribute(relation, "Type").endswith("/comments") and part in archive.parts:
                found.update(comments_in(parse(archive, part)))
    except Damaged:
        return {}
    return found


def comments_in(root: Element) -> dict[Position, str]:
    found: dict[Position, str] = {}
    for comment in root.iter():
        if local(comment.tag) == "comment" and len(found) < MOST_COMMENTS and (place := placed(comment)):
            texts = (run.text or "" for run in comment.iter() if local(run.tag) == "t")
            if told := without_mark("".join(texts)):
                found[place] = told[:LONGEST_COMMENT]
    return found


def placed(element: Element) -> Position | None:
    match = REFERENCE.match(element.get("ref", ""))
    return (int(match[2]), column_index_from_string(match[1])) if match else None
