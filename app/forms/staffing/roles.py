"""What a role of a project needs, and how much roles talk to each other."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.forms.fields import MOST_ROWS, DayField, NumberField, RowForm, WholeField, rows_of, stripped
from app.forms.kept_text import LineField, LinesField, WordField
from app.forms.staffing.projects import LONGEST_TEXT, short
from app.queries.briefs import Communication, Need, RoleBrief

MOST_SEATS = 50
LEVELS = {"1": "1 Aware", "2": "2 Working", "3": "3 Proficient", "4": "4 Advanced", "5": "5 Expert"}
THOUSANDTH = Decimal("0.001")


class NeedForm(RowForm):
    telling = ("skill",)

    skill = LineField(
        "Skill", [DataRequired("Name the skill."), short()], render_kw={"list": "skills", "autocomplete": "off"}
    )
    level = SelectField("At least", choices=LEVELS, coerce=int, default=3)
    must = BooleanField("Must have", default=True)
    weight = NumberField(
        "Weight",
        [InputRequired("Give a weight."), NumberRange(0.01, 100, "A weight lies between 0.01 and 100.")],
        default=Decimal(1),
    )

    def need(self) -> Need:
        assert self.weight.data is not None
        return Need(stripped(self.skill.data) or "", self.level.data, self.must.data, round(self.weight.data, 2))


class RoleForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """`seen` is the fingerprint of the role that the form was filled with, `catalogue_role` where it came from."""

    seen = HiddenField()
    catalogue_role = HiddenField()
    name = LineField("Name", [DataRequired("Give the role a name."), short()])
    headcount = WholeField(
        "Seats",
        [InputRequired("How many people?"), NumberRange(1, MOST_SEATS, f"A role has 1 to {MOST_SEATS} seats.")],
        default=1,
        render_kw={"min": 1, "max": MOST_SEATS},
    )
    fte = NumberField(
        "Share of full time",
        [InputRequired("How much of a full week?"), NumberRange(0.01, 1, "A share lies between 0.01 and 1.")],
        default=Decimal(1),
        description="Per seat: 1 is full time, 0.5 half of each week.",
        render_kw={"min": 0.05, "max": 1, "step": 0.05},
    )
    phase = SelectField("Phase", validate_choice=False)
    starts_on = DayField("First day", [Optional()])
    ends_on = DayField("Last day", [Optional()])
    subteam = SelectField("Sub-team", validate_choice=False)
    function = WordField(
        "Function",
        [short()],
        validate_choice=False,
        description="What the role contributes to a cross-functional team.",
    )
    responsibilities = LinesField(
        "Responsibilities",
        [Optional(), Length(max=LONGEST_TEXT, message="Use at most 10,000 characters.")],
        description="One a line.",
    )
    needs = rows_of(NeedForm, f"Use at most {MOST_ROWS} skill needs.")

    def offer(self, phases: Sequence[str], subteams: Sequence[str], functions: Sequence[str]) -> Self:
        """Give the lists their choices; the function that the role has stays among them."""
        self.phase.choices = {"": "The whole project"} | {name: name for name in phases}
        self.subteam.choices = {"": "None: works across all"} | {name: name for name in subteams}
        known = dict.fromkeys([*functions, *filter(None, [self.function.data])])
        self.function.choices = {"": "Not stated"} | {name: name.capitalize() for name in known}
        return self

    @property
    def stated_needs(self) -> list[NeedForm]:
        return [row.form for row in self.needs if row.form.stated]

    def brief(self) -> RoleBrief:
        assert self.headcount.data is not None
        assert self.fte.data is not None
        return RoleBrief(
            name=stripped(self.name.data) or "",
            headcount=self.headcount.data,
            fte=self.fte.data.quantize(THOUSANDTH),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            function=self.function.data or None,
            responsibilities=stripped(self.responsibilities.data),
            phase=self.phase.data or None,
            subteam=self.subteam.data or None,
            catalogue_role=self.catalogue_role.data or None,
            needs=tuple(row.need() for row in self.stated_needs),
        )


class PairForm(RowForm):
    telling = ("role_a", "role_b")

    role_a = SelectField("Role", [InputRequired("Choose a role.")], validate_choice=False)
    role_b = SelectField("Talks with", [InputRequired("Choose a role.")], validate_choice=False)
    amount = NumberField(
        "How much",
        [InputRequired("Say how much."), NumberRange(0, 100, "Write a number from 0 to 100.")],
        default=Decimal(2),
    )

    def offer(self, roles: Sequence[str]) -> Self:
        self.role_a.choices = self.role_b.choices = {"": "Choose a role"} | {name: name for name in roles}
        return self

    def pair(self) -> Communication:
        assert self.amount.data is not None
        return Communication(self.role_a.data, self.role_b.data, round(self.amount.data, 2))


class CommunicationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    seen = HiddenField()
    pairs = rows_of(PairForm, f"Use at most {MOST_ROWS} pairs.")

    def offer(self, roles: Sequence[str]) -> Self:
        for row in self.pairs:
            row.form.offer(roles)
        return self

    def communication(self) -> tuple[Communication, ...]:
        return tuple(row.form.pair() for row in self.pairs if row.form.stated)
