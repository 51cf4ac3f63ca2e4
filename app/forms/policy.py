"""The organisation's policy as a form: for each part of a record the audiences, and the roles of the second factor."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, FormField, HiddenField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.access import ROLE_WORDS, Bounds
from app.errors import DomainError
from app.forms.fields import WholeField
from app.queries.policy import AUDIENCE_WORDS, FIELD_WORDS, PolicyBrief, policy_fingerprint
from app.queries.privacy.retention import USUAL, periods_fingerprint
from models import AccountRole, Audience, PersonalField, RetentionKind

LONGEST_DAYS = 3650
AUDIENCES = {audience.value: label for audience, label in AUDIENCE_WORDS.items()}


class AudiencesForm(Form):
    """`choose` unticked: the usual audience holds for everybody."""

    usual = SelectField("Usually seen by", choices=AUDIENCES)
    choose = BooleanField("People may choose for themselves")
    narrowest = SelectField("Narrowest choice", choices=AUDIENCES)
    widest = SelectField("Widest choice", choices=AUDIENCES)

    def bounds(self) -> Bounds:
        usual = Audience(self.usual.data)
        if not self.choose.data:
            return Bounds(usual, usual, usual)
        return Bounds(usual, Audience(self.narrowest.data), Audience(self.widest.data))


class PolicyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The names of the parts are those of `PersonalField`; `seen` is the fingerprint of the policy that was shown."""

    ratings = FormField(AudiencesForm, FIELD_WORDS[PersonalField.RATINGS])
    goals = FormField(AudiencesForm, FIELD_WORDS[PersonalField.GOALS])
    availability = FormField(AudiencesForm, FIELD_WORDS[PersonalField.AVAILABILITY])
    absence_reasons = FormField(AudiencesForm, FIELD_WORDS[PersonalField.ABSENCE_REASONS])
    cost = FormField(AudiencesForm, FIELD_WORDS[PersonalField.COST])
    outcomes = FormField(AudiencesForm, FIELD_WORDS[PersonalField.OUTCOMES])
    contact = FormField(AudiencesForm, FIELD_WORDS[PersonalField.CONTACT])
    second_factor = SelectMultipleField(
        "Roles that need a second factor",
        choices={role.value: label for role, label in ROLE_WORDS.items()},
        description="Whoever has none is led to setting it up and reaches nothing else before.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    seen = HiddenField(validators=[Length(max=64)])

    @property
    def parts(self) -> "list[FormField[AudiencesForm]]":
        return [self[field.value] for field in PersonalField]

    def brief(self) -> PolicyBrief:
        return PolicyBrief(
            {field: self[field.value].form.bounds() for field in PersonalField},
            frozenset(AccountRole(role) for role in self.second_factor.data or ()),
        )

    def stand_at(self, brief: PolicyBrief) -> None:
        """Compare with this policy next time."""
        self.seen.data = policy_fingerprint(brief)

    def refuse(self, error: DomainError) -> None:
        """Show the sentence at the usual audience of its part."""
        if error.field in {field.value for field in PersonalField}:
            usual = self[error.field].form.usual
            usual.errors = [*usual.errors, error.sentence]
        else:
            self.form_errors.append(error.sentence)


def policy_form(brief: PolicyBrief) -> PolicyForm:
    """The form that shows a policy."""
    parts = {
        field.value: {
            "usual": bounds.usual.value,
            "choose": bounds.narrowest is not bounds.widest,
            "narrowest": bounds.narrowest.value,
            "widest": bounds.widest.value,
        }
        for field, bounds in brief.bounds.items()
    }
    return PolicyForm(
        formdata=None,
        data={
            **parts,
            "second_factor": [role.value for role in brief.second_factor],
            "seen": policy_fingerprint(brief),
        },
    )


class RetentionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Days for every kind of data that is kept for a time; the names of the fields are those of `RetentionKind`, and
    `stood` is the fingerprint of the periods that were shown."""

    stood = HiddenField(validators=[Length(max=100)])

    @property
    def kinds(self) -> list[WholeField]:
        return [self[kind.value] for kind in RetentionKind]

    def days(self) -> dict[RetentionKind, int]:
        return {kind: self[kind.value].data for kind in RetentionKind}


for _kind, _usual in USUAL.items():
    setattr(
        RetentionForm,
        _kind.value,
        WholeField(
            _usual.label,
            [
                InputRequired("Write a number of days."),
                NumberRange(1, LONGEST_DAYS, f"Choose 1 to {LONGEST_DAYS:,} days."),
            ],
            description=f"{_usual.hint} Usually {_usual.days}.",
        ),
    )


def retention_form(days: Mapping[RetentionKind, int]) -> RetentionForm:
    """The form that shows the periods."""
    shown = {kind.value: number for kind, number in days.items()}
    return RetentionForm(formdata=None, data=shown | {"stood": periods_fingerprint(days)})
