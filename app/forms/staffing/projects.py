"""What a project is described by, apart from its roles."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.forms.fields import MOST_ROWS, DayField, NumberField, RowForm, WholeField, rows_of, stripped
from app.forms.kept_text import LineField, LinesField
from app.queries.briefs import MeasureBrief, PhaseBrief, ProjectBrief, SubteamBrief
from app.queries.projects.catalogue import Template
from models import MeasureKind, ProjectState

LONGEST_NAME = 200
LONGEST_TEXT = 10_000
LARGEST_EXPECTED = 10**12
STATES = {
    ProjectState.PLANNED: "Planned",
    ProjectState.ACTIVE: "Active",
    ProjectState.FINISHED: "Finished",
    ProjectState.CANCELLED: "Cancelled",
}
PRIORITIES = {"1": "1 Low", "2": "2", "3": "3 Normal", "4": "4", "5": "5 Urgent"}
KINDS = {MeasureKind.BUSINESS: "Business", MeasureKind.TECHNICAL: "Technical"}


def short(message: str = f"Use at most {LONGEST_NAME} characters.") -> Length:
    return Length(max=LONGEST_NAME, message=message)


class ProjectForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The facts that a new project begins with."""

    name = LineField("Name", [DataRequired("Give the project a name."), short()])
    client = LineField("Client", [Optional(), short()])
    domain = LineField(
        "Industry",
        [Optional(), short()],
        description="A skill of the catalogue, such as Insurance; roles can then ask for knowledge of it.",
        render_kw={"list": "industries"},
    )
    description = LinesField(
        "Goal and description", [Optional(), Length(max=LONGEST_TEXT, message="Use at most 10,000 characters.")]
    )
    state = SelectField("State", choices={state.value: label for state, label in STATES.items()})
    priority = SelectField("Priority", choices=PRIORITIES, coerce=int, default=3)
    starts_on = DayField("First day", [Optional()])
    ends_on = DayField("Last day", [Optional()])
    budget = NumberField("Budget", [Optional(), NumberRange(0, 10**11, "Write an amount from 0 to 100,000,000,000.")])

    def brief(self) -> ProjectBrief:
        return ProjectBrief(
            name=stripped(self.name.data) or "",
            client=stripped(self.client.data),
            domain=stripped(self.domain.data),
            description=stripped(self.description.data),
            state=ProjectState(self.state.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            priority=self.priority.data,
            budget=None if self.budget.data is None else round(self.budget.data, 2),
        )


class NewProjectForm(ProjectForm):
    """`start_from` is the code of a team template, or nothing for a blank project."""

    start_from = RadioField("Start from", default="", validate_choice=False)

    def offer(self, templates: Sequence[Template]) -> Self:
        self.start_from.choices = {"": "A blank project"} | {known.code: known.name for known in templates}
        return self


class PhaseForm(RowForm):
    telling = ("name", "starts_on", "ends_on")

    id = WholeField(validators=[Optional()], widget=HiddenInput())
    name = LineField("Phase", [DataRequired("Name the phase."), short()])
    starts_on = DayField("First day", [InputRequired("Say when the phase starts.")])
    ends_on = DayField("Last day", [InputRequired("Say when the phase ends.")])

    def brief(self) -> PhaseBrief:
        assert self.starts_on.data is not None
        assert self.ends_on.data is not None
        return PhaseBrief(stripped(self.name.data) or "", self.starts_on.data, self.ends_on.data, self.id.data)


class SubteamForm(RowForm):
    telling = ("name", "focus")
    id = WholeField(validators=[Optional()], widget=HiddenInput())
    name = LineField("Sub-team", [DataRequired("Name the sub-team."), short()])
    focus = LineField("Focus", [Optional(), short()])

    def brief(self) -> SubteamBrief:
        return SubteamBrief(stripped(self.name.data) or "", stripped(self.focus.data), self.id.data)


class MeasureForm(RowForm):
    telling = ("name", "unit", "expected")
    id = WholeField(validators=[Optional()], widget=HiddenInput())
    name = LineField("Measure", [DataRequired("Name the measure."), short()])
    kind = SelectField("Kind", choices={kind.value: label for kind, label in KINDS.items()})
    expected = NumberField(
        "Expected", [Optional(), NumberRange(-LARGEST_EXPECTED, LARGEST_EXPECTED, "This number is too large.")]
    )
    unit = LineField("Unit", [Optional(), short()])
    higher_is_better = SelectField("Direction", choices={str(True): "Higher is better", str(False): "Lower is better"})

    def brief(self) -> MeasureBrief:
        return MeasureBrief(
            name=stripped(self.name.data) or "",
            kind=MeasureKind(self.kind.data),
            unit=stripped(self.unit.data),
            expected=None if self.expected.data is None else round(self.expected.data, 4),
            higher_is_better=self.higher_is_better.data == str(True),
            id=self.id.data,
        )


class EditProjectForm(ProjectForm):
    version = WholeField(validators=[InputRequired("Open this page again.")], widget=HiddenInput())
    team_template = SelectField(
        "Checked against",
        validate_choice=False,
        description="A warning appears when the roles fall below this team template.",
    )
    phases = rows_of(PhaseForm, f"Use at most {MOST_ROWS} phases.")
    subteams = rows_of(SubteamForm, f"Use at most {MOST_ROWS} sub-teams.")
    measures = rows_of(MeasureForm, f"Use at most {MOST_ROWS} measures.")

    def offer(self, templates: Sequence[Template]) -> Self:
        self.team_template.choices = {"": "Nothing"} | {known.code: known.name for known in templates}
        return self

    def stand_at(self, version: int) -> None:
        """Send this version back next time, whatever was sent this time."""
        self.version.data, self.version.raw_data = version, None

    def brief(self) -> ProjectBrief:
        return replace(
            super().brief(),
            team_template=self.team_template.data or None,
            phases=tuple(row.form.brief() for row in self.phases if row.form.stated),
            subteams=tuple(row.form.brief() for row in self.subteams if row.form.stated),
            measures=tuple(row.form.brief() for row in self.measures if row.form.stated),
        )
