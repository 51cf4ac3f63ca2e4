"""Which layout a sheet has: every layout states its hypotheses, the best score wins, and the reasons are kept."""

from dataclasses import dataclass, replace
from datetime import date

from importers.layouts import allocations, framework, lists, long, matrix, pairs, profile
from importers.layouts.layout import ACCEPTED, Extract, Hypothesis, Layout
from importers.layouts.snapshots import dated
from importers.records import LayoutName, SheetReading
from importers.tables import View

LAYOUTS: tuple[Layout, ...] = (
    matrix.hypotheses,
    long.hypotheses,
    pairs.hypotheses,
    lists.hypotheses,
    allocations.hypotheses,
    profile.hypotheses,
    framework.hypotheses,
)


@dataclass(frozen=True)
class Recognised:
    """The winning hypothesis with what it took, or why nothing was recognised."""

    hypothesis: Hypothesis | None
    extract: Extract
    why: str

    def as_snapshot(self, day: date) -> "Recognised":
        assert self.hypothesis is not None
        why = f"{self.why} The sheet's name dates its levels {day}."
        return Recognised(replace(self.hypothesis, layout=LayoutName.SNAPSHOTS), dated(self.extract, day), why)

    def reading(self, name: str) -> SheetReading:
        if self.hypothesis is None:
            return SheetReading(name, LayoutName.NONE, None, used=False, why=self.why)
        taken = self.extract
        used = bool(taken.people or taken.marks or taken.stints)
        return SheetReading(name, self.hypothesis.layout, self.hypothesis.header_row, used, self.why)


def recognise(view: View) -> Recognised:
    if not view.sheet.rows:
        return Recognised(None, Extract(), "The sheet is empty.")
    ranked = sorted((h for layout in LAYOUTS for h in layout(view)), key=lambda h: -h.score)
    if view.mapping.layout is not None:
        ranked = [hypothesis for hypothesis in ranked if hypothesis.layout is view.mapping.layout]
    elif ranked and ranked[0].score < ACCEPTED:
        ranked = []
    if not ranked:
        return Recognised(None, Extract(), why_not(view))
    best = ranked[0]
    what = "The names are" if best.layout is LayoutName.TRANSPOSED else "The header is"
    return Recognised(best, best.extract(), f"{what} in row {best.header_row}: {'; '.join(best.reasons)}.")


def why_not(view: View) -> str:
    if view.legend.entries and all((r, c) in view.legend.cells for r, c, _ in view.sheet.cells()):
        return "The sheet only lists what the marks mean."
    return "No column names people beside their skills, and no column lists a person's skills or projects."
