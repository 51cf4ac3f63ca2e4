"""From a legacy skills sheet to a plan: `read` (or `read_in_child`) what a file says, `plan` what it would change.

Pure: no web, no database. Nothing in a file is executed or fetched, and nothing uncertain is decided here: it becomes a
`Question`, and the plan writes only what needs no answer.
"""

from importers.cell_notes import Note, Outcome
from importers.choices import Choices, GivenAnswer, SheetMapping, SkillAction, SkillChoice, load_choices
from importers.exports.annotating import annotate
from importers.names import normal_form
from importers.plans.existing import (
    Existing,
    ExistingGoal,
    ExistingPerson,
    ExistingProject,
    ExistingRating,
    ExistingStint,
)
from importers.plans.planning import plan
from importers.plans.plans import (
    Action,
    FieldChange,
    MissingPerson,
    Plan,
    PlannedGoal,
    PlannedPerson,
    PlannedProject,
    PlannedRating,
    PlannedSkill,
    PlannedStint,
)
from importers.process.sandbox import annotate_in_child, read_in_child
from importers.readings.reading import read
from importers.records import (
    Allocation,
    ColumnReading,
    Goal,
    HeadRow,
    MarkReading,
    OtherReading,
    PastProject,
    Person,
    Problem,
    Question,
    Rating,
    Reading,
    Severity,
    SheetReading,
    SkillMention,
)
from importers.refusals import (
    Abandoned,
    Busy,
    Damaged,
    EmptyFile,
    Encrypted,
    Failed,
    Hostile,
    Refusal,
    TookTooLong,
    TooLarge,
    WrongChoices,
    WrongKind,
)
from importers.skills.catalogue import Catalogue, CatalogueSkill, SkillMatch
from importers.terms import LayoutName

__all__ = [
    "Abandoned",
    "Action",
    "Allocation",
    "Busy",
    "Catalogue",
    "CatalogueSkill",
    "Choices",
    "ColumnReading",
    "Damaged",
    "EmptyFile",
    "Encrypted",
    "Existing",
    "ExistingGoal",
    "ExistingPerson",
    "ExistingProject",
    "ExistingRating",
    "ExistingStint",
    "Failed",
    "FieldChange",
    "GivenAnswer",
    "Goal",
    "HeadRow",
    "Hostile",
    "LayoutName",
    "MarkReading",
    "MissingPerson",
    "Note",
    "OtherReading",
    "Outcome",
    "PastProject",
    "Person",
    "Plan",
    "PlannedGoal",
    "PlannedPerson",
    "PlannedProject",
    "PlannedRating",
    "PlannedSkill",
    "PlannedStint",
    "Problem",
    "Question",
    "Rating",
    "Reading",
    "Refusal",
    "Severity",
    "SheetMapping",
    "SheetReading",
    "SkillAction",
    "SkillChoice",
    "SkillMatch",
    "SkillMention",
    "TooLarge",
    "TookTooLong",
    "WrongChoices",
    "WrongKind",
    "annotate",
    "annotate_in_child",
    "load_choices",
    "normal_form",
    "plan",
    "read",
    "read_in_child",
]
