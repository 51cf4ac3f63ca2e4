"""What people choose about their own record, confirming an erasure, and the periods of keeping."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from app.forms.fields import WholeField
from app.queries.retention import USUAL
from importers.names import normal_form
from models import Audience, PersonalField, RetentionKind

LONGEST_DAYS = 3650


class AudienceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """One choice: who sees one part."""

    field = StringField(validators=[AnyOf([field.value for field in PersonalField])])
    audience = StringField(validators=[AnyOf([audience.value for audience in Audience])])

    @property
    def choice(self) -> tuple[PersonalField, Audience]:
        return PersonalField(self.field.data or ""), Audience(self.audience.data or "")


class EraseForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    name = StringField("Type the name to confirm", [InputRequired("Type the name of the person.")])

    def confirms(self, name: str) -> bool:
        """Whether the name was typed; spaces and case do not matter."""
        if normal_form(self.name.data or "") == normal_form(name):
            return True
        self.name.errors = [f"This is not the name. Type: {name}"]
        return False


class RetentionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A number of days for each kind, under the kind's name."""

    @classmethod
    def showing(cls, days: Mapping[RetentionKind, int]) -> "RetentionForm":
        return cls(data={kind.value: number for kind, number in days.items()})

    @property
    def days(self) -> dict[RetentionKind, int]:
        return {kind: self[kind.value].data for kind in USUAL}


for _kind, _usual in USUAL.items():
    _range = NumberRange(1, LONGEST_DAYS, f"Choose 1 to {LONGEST_DAYS} days.")
    _field = WholeField(_usual.label, [InputRequired("Write a number of days."), _range], description=_usual.hint)
    setattr(RetentionForm, _kind.value, _field)
