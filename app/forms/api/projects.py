"""Projects and their roles in the API."""

from dataclasses import replace
from typing import Any

from marshmallow import fields

from app.forms.api.fields import Amount, Choice, Day, Shape, Whole, Words, parts
from app.forms.api.shared import Page, StretchQuery
from app.forms.staffing.projects import LONGEST_NAME, LONGEST_TEXT
from app.queries.briefs import ProjectBrief
from app.queries.projects.listing import ProjectFilters, Shown, Sort
from app.queries.projects.pages import ProjectView
from models import AllocationState, MeasureKind, ProjectState

LARGEST_BUDGET = 10**11


class ProjectsQuery(StretchQuery):
    """The filters of the page of projects, under the same names."""

    q = Words(load_default="", metadata={"description": "Name, client or industry"})
    state = Choice(Shown, load_default=Shown.OPEN)
    sort = Choice(Sort, load_default=Sort.START)


def project_filters(query: dict[str, Any]) -> ProjectFilters:
    return ProjectFilters(text=query["q"], shown=query["state"], sort=query["sort"])


class ProjectLine(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    client = fields.String(required=True, allow_none=True)
    state = fields.Enum(ProjectState, by_value=fields.String, required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    seats = fields.Integer(required=True)
    filled = fields.Integer(required=True)


class ProjectsPage(Page):
    items = parts(ProjectLine, required=True)
    total = fields.Integer(required=True)


class NeedShape(Shape):
    skill_id = fields.Integer(required=True, attribute="id")
    skill = fields.String(required=True, attribute="name")
    level = fields.Integer(required=True)
    must = fields.Boolean(required=True)


class AllocatedShape(Shape):
    person_id = fields.Integer(required=True, attribute="id")
    name = fields.String(required=True)
    state = fields.Enum(AllocationState, by_value=fields.String, required=True)
    share = fields.Float(required=True, allow_none=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)


class RoleShape(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    function = fields.String(required=True, allow_none=True)
    responsibilities = fields.List(fields.String(), required=True)
    headcount = fields.Integer(required=True)
    filled = fields.Integer(required=True)
    fte = fields.Float(required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    phase = fields.String(required=True, allow_none=True)
    subteam = fields.String(required=True, allow_none=True)
    catalogue_role = fields.String(required=True, allow_none=True)
    needs = parts(NeedShape, required=True)
    people = parts(AllocatedShape, required=True)


class PhaseShape(Shape):
    name = fields.String(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)


class MeasureShape(Shape):
    name = fields.String(required=True)
    kind = fields.Enum(MeasureKind, by_value=fields.String, required=True)
    unit = fields.String(required=True, allow_none=True)
    expected = fields.Float(required=True, allow_none=True)
    actual = fields.Float(required=True, allow_none=True)


class ProjectShape(Shape):
    """`budget` is null for accounts that may not see it."""

    id = fields.Integer(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    client = fields.String(required=True, allow_none=True)
    domain = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    state = fields.Enum(ProjectState, by_value=fields.String, required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    priority = fields.Integer(required=True)
    budget = fields.Float(required=True, allow_none=True)
    team_template = fields.String(required=True, allow_none=True)
    roles = parts(RoleShape, required=True)
    phases = parts(PhaseShape, required=True)
    measures = parts(MeasureShape, required=True)
    others = parts(AllocatedShape, required=True, metadata={"description": "On the project without one of its roles"})


FACTS = tuple(name for name in ProjectShape().fields if name != "version")


def project_answer(project: ProjectView, version: int) -> dict[str, Any]:
    return {name: getattr(project, name) for name in FACTS} | {"version": version}


class ProjectChange(Shape):
    """What is left out stays as it is; null clears it."""

    name = Words(LONGEST_NAME, shortest=1)
    client = Words(LONGEST_NAME, allow_none=True)
    domain = Words(LONGEST_NAME, allow_none=True)
    description = Words(LONGEST_TEXT, lines=True, allow_none=True)
    state = Choice(ProjectState)
    starts_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)
    priority = Whole(1, 5)
    budget = Amount(LARGEST_BUDGET, allow_none=True)


def changed_brief(brief: ProjectBrief, change: dict[str, Any]) -> ProjectBrief:
    changes: dict[str, Any] = {name: None if value == "" else value for name, value in change.items()}
    return replace(brief, **changes)
