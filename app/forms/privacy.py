"""What people choose about their own record, and confirming an erasure."""

from flask_wtf import FlaskForm
from wtforms.validators import AnyOf, InputRequired

from app.forms.kept_text import LineField
from importers.names import normal_form
from models import Audience, PersonalField


class AudienceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """One choice: who sees one part."""

    field = LineField(validators=[AnyOf([field.value for field in PersonalField])])
    audience = LineField(validators=[AnyOf([audience.value for audience in Audience])])

    @property
    def choice(self) -> tuple[PersonalField, Audience]:
        return PersonalField(self.field.data or ""), Audience(self.audience.data or "")


class EraseForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    name = LineField("Type the name to confirm", [InputRequired("Type the name of the person.")])

    def confirms(self, name: str) -> bool:
        """Whether the name was typed; spaces and case do not matter."""
        if normal_form(self.name.data or "") == normal_form(name):
            return True
        self.name.errors = [f"This is not the name. Type: {name}"]
        return False
