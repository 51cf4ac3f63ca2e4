"""Which layout a sheet has: every layout states its hypotheses, the best score wins, and the reasons are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from importers.cells.headings import Role
from importers.choices import SheetMapping
from importers.files.workbook import Sheet
from importers.layouts import (
    allocations,
    bookings,
    exported,
    framework,
    holders,
    lists,
    long,
    matrix,
    outline,
    pairs,
    profile,
    slots,
    ticked,
)
from importers.layouts.layout import ACCEPTED, Extract, Hypothesis, Layout
from importers.layouts.snapshots import DATED, dated
from importers.readings.columns import columns_of, head_of, report_rest
from importers.records import LayoutName, OtherReading, SheetReading
from importers.sheets.mapped import check, misfit
from importers.sheets.people import display_name, plausible_name
from importers.sheets.regions import parts
from importers.sheets.tables import Table, View

MOST_OTHERS = 4
FEWEST_NAMED = 2
LAYOUTS: tuple[Layout, ...] = (
    exported.hypotheses,
    matrix.hypotheses,
    long.hypotheses,
    pairs.hypotheses,
    slots.hypotheses,
    lists.hypotheses,
    allocations.hypotheses,
    bookings.hypotheses,
    outline.hypotheses,
    profile.hypotheses,
    ticked.hypotheses,
    holders.hypotheses,
    framework.hypotheses,
)


@dataclass(frozen=True)
class Recognised:
    """The winning hypothesis with what it took, or why nothing was recognised."""

    hypothesis: Hypothesis | None
    extract: Extract
    why: str
    others: tuple[Hypothesis, ...] = ()
    tables: tuple[Table, ...] = ()
    parts: tuple[Hypothesis, ...] = ()

    def as_snapshot(self, day: date) -> "Recognised":
        assert self.hypothesis is not None
        why = f"{self.why} The sheet's name dates its levels {day}."
        dressed = replace(self.hypothesis, layout=LayoutName.SNAPSHOTS)
        return replace(self, hypothesis=dressed, extract=dated(self.extract, day), why=why)

    def about(self, name: str) -> "Recognised":
        """The same about a person of this name, which is the sheet's."""
        why = self.why.replace("one person who is not named", f"{name}, as its name says")
        return replace(self, extract=self.extract.about(name), why=why)

    @property
    def view(self) -> View | None:
        """The sheet in which the places of the extract are to be looked up."""
        if self.hypothesis is None or not self.parts:
            return self.hypothesis.view if self.hypothesis else None
        return self.hypothesis.view.upright()

    @property
    def taken(self) -> int:
        return len(self.extract.people) + len(self.extract.marks) + len(self.extract.stints)

    @property
    def names_people(self) -> bool:
        return any(person.name is not None for person in self.extract.people)

    @property
    def used(self) -> bool:
        return bool(self.extract.people or self.extract.marks or self.extract.stints)

    def reading(self, sheet: Sheet) -> SheetReading:
        others = tuple(other_reading(hypothesis) for hypothesis in self.others)
        best = self.hypothesis
        head = head_of(sheet, [part.table for part in self.parts or (best,)] if best is not None else self.tables)
        if best is None:
            return SheetReading(sheet.name, LayoutName.NONE, None, used=False, why=self.why, head=head, others=others)
        return SheetReading(
            sheet.name,
            best.layout,
            best.header_row,
            used=self.used,
            why=self.why,
            score=round(best.score, 2),
            columns=columns_of(self.parts or (best,)),
            head=head,
            others=others,
        )


def recognise(view: View) -> Recognised:
    """The best reading of a sheet as one table, or as several where each of them names people."""
    check(view.sheet, view.mapping)
    if view.mapping.layout is LayoutName.NONE:
        return Recognised(None, Extract(), "Left out by choice.", tables=view.tables)
    whole = as_one_table(view)
    if view.mapping.header_row is not None or view.mapping.layout is not None:
        return whole
    found = [part for part in map(as_one_table, parts(view)) if part.names_people]
    if len(found) < 2 or 2 * sum(part.taken for part in found) < whole.taken:
        return whole
    return joined(found, whole)


def joined(found: Sequence[Recognised], whole: Recognised) -> Recognised:
    """The tables of one sheet as one: their rows together, the reading of the largest shown first."""
    extract = Extract()
    for part in found:
        assert part.hypothesis is not None
        extract.add(part.extract.unflipped() if part.hypothesis.table.sheet.is_flipped else part.extract)
    tables = tuple(part.hypothesis for part in found if part.hypothesis is not None)
    largest = max(found, key=lambda part: part.taken).hypothesis
    why = f"{len(found)} tables stand on this sheet. {' '.join(part.why for part in found)}"
    return Recognised(largest, extract, why, whole.others, (), tables)


def as_one_table(view: View) -> Recognised:
    if not view.sheet.rows:
        return Recognised(None, Extract(), "The sheet is empty.")
    if (told := exported.told_only(view)) is not None:
        return Recognised(None, Extract(), told)
    ranked = ranked_hypotheses(view)
    fitting = [hypothesis for hypothesis in ranked if fits(hypothesis, view.mapping)]
    if not fitting and view.mapping.layout is not None:
        raise misfit(view.sheet, view.mapping)
    if not fitting:
        return Recognised(None, Extract(), why_not(view), others(None, ranked), view.tables)
    best = fitting[0]
    extract = best.extract()
    if not best.is_own:
        report_rest(best, extract)
    return Recognised(best, extract, why(best), others(best, ranked))


def fits(hypothesis: Hypothesis, mapping: SheetMapping) -> bool:
    """Whether a reading is what a person chose, or has evidence enough where nobody chose anything."""
    if mapping.layout is LayoutName.SNAPSHOTS:
        return hypothesis.layout in DATED
    if mapping.layout is not None:
        return hypothesis.layout is mapping.layout
    return hypothesis.score >= ACCEPTED or mapping.header_row is not None or bool(mapping.columns)


def ranked_hypotheses(view: View) -> list[Hypothesis]:
    """Every way to read the sheet, the best supported first."""
    return sorted((h for layout in LAYOUTS for h in layout(view)), key=lambda h: -h.score)


def likeliest(view: View) -> Hypothesis | None:
    """How the sheet reads, without reading its rows."""
    best = next(iter(ranked_hypotheses(view)), None)
    return best if best is not None and best.score >= ACCEPTED else None


def named_after_sheets(sheets: Sequence[tuple[Sheet, Recognised]]) -> list[tuple[Sheet, Recognised]]:
    """Of two or more sheets that are each about one unnamed person, those whose own name can be the person's."""

    def is_named(sheet: Sheet, found: Recognised) -> bool:
        unnamed = [person for person in found.extract.people if person.name is None and person.email is None]
        return bool(unnamed) and plausible_name(sheet.name) and not any(map(str.isdecimal, sheet.name))

    if sum(is_named(sheet, found) for sheet, found in sheets) < FEWEST_NAMED:
        return list(sheets)
    return [
        (sheet, found.about(display_name(sheet.name)) if is_named(sheet, found) else found) for sheet, found in sheets
    ]


def others(best: Hypothesis | None, ranked: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """The best of the other readings, one for each layout and header row."""
    kept: dict[tuple[LayoutName, int], Hypothesis] = {}
    for hypothesis in ranked:
        kept.setdefault((hypothesis.layout, hypothesis.header_row), hypothesis)
    if best is not None:
        del kept[best.layout, best.header_row]
    return tuple(kept.values())[:MOST_OTHERS]


def other_reading(hypothesis: Hypothesis) -> OtherReading:
    return OtherReading(hypothesis.layout, hypothesis.header_row, round(hypothesis.score, 2), why(hypothesis))


def why(found: Hypothesis) -> str:
    what = "The names are" if found.layout is LayoutName.TRANSPOSED else "The header is"
    return f"{what} in row {found.header_row}: {'; '.join(found.reasons)}."


def why_not(view: View) -> str:
    if view.legend.entries and all((r, c) in view.legend.cells for r, c, _ in view.sheet.cells()):
        return "The sheet only lists what the marks mean."
    for table in view.tables:
        numbers = table.column(Role.SKILL_ID)
        if numbers and table.column(Role.LEVEL) and not table.column(Role.SKILL, Role.SKILLS):
            return (
                f'The skills are given by number only, in "{numbers.heading}", and no sheet of the file says which '
                "skill a number is: put the list of skills into the same workbook."
            )
    return "No column names people beside their skills, and no column lists a person's skills or projects."
