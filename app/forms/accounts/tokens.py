"""A new API token."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.forms.fields import DayField, stripped
from app.forms.kept_text import LineField
from models import Scope

SCOPE_LABELS = {
    Scope.READ_DIRECTORY: "Read people and skills",
    Scope.READ_PROJECTS: "Read projects",
    Scope.WRITE_PROJECTS: "Change projects",
    Scope.PROPOSE: "Ask for teams and read proposals",
    Scope.READ_AUDIT: "Read the audit trail",
}
USUAL_LIFE = timedelta(days=90)


class TokenForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    name = LineField(
        "Name",
        [DataRequired("Give the token a name that says what it is for."), Length(max=100, message="Use at most 100.")],
        description="What it is for, such as the program that will use it.",
    )
    scopes = SelectMultipleField(
        "What it may do",
        [DataRequired("Choose at least one thing that the token is for.")],
        description="Never more than your account may do at that moment.",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    expires_on = DayField(
        "Last day",
        [InputRequired("Say until when the token is needed.")],
        description="A year from today at most.",
    )

    @classmethod
    def blank(cls, today: date) -> Self:
        return cls(expires_on=today + USUAL_LIFE)

    def offer(self, scopes: Sequence[Scope]) -> Self:
        self.scopes.choices = {scope.value: SCOPE_LABELS[scope] for scope in scopes}
        return self

    @property
    def chosen(self) -> list[Scope]:
        return [Scope(value) for value in self.scopes.data or ()]

    @property
    def token_name(self) -> str:
        return stripped(self.name.data) or ""

    @property
    def expires_at(self) -> datetime:
        """The end of the last day."""
        assert self.expires_on.data is not None
        return datetime.combine(self.expires_on.data + timedelta(days=1), time(), UTC)
