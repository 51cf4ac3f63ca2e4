"""Handing a project over."""

from typing import Self

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired
from wtforms.widgets import HiddenInput

from app.forms.fields import WholeField
from app.queries.leading import Leading


class LeadingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    leader = SelectField("Led by", description="They manage the project and whoever others confirm on it.")
    version = WholeField(validators=[InputRequired("Load this page again.")], widget=HiddenInput())

    @property
    def leader_id(self) -> int | None:
        return int(self.leader.data) if self.leader.data else None

    def offer(self, found: Leading) -> Self:
        people = {str(leader.id): leader.name for leader in found.leaders}
        self.leader.choices = {"": "Nobody: whoever manages the whole organisation"} | people
        return self
