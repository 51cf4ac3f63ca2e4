"""What a decision about proposed teams says, and a step of an allocation."""

import re
from collections.abc import Sequence
from typing import Self

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import RadioField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.forms.kept_text import LinesField
from app.queries.staffing.allocations import Seen
from models import AllocationState

LONGEST_REASON = 2000
TOO_LONG = Length(max=LONGEST_REASON, message="Use at most 2,000 characters.")
STEPS = {
    "hold": AllocationState.HELD,
    "confirm": AllocationState.CONFIRMED,
    "release": AllocationState.RELEASED,
    "decline": AllocationState.DECLINED,
}
"""The last word of a step's address."""


class ChooseForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    team = RadioField("Team", [InputRequired("Choose one of the teams.")])
    reason = LinesField(
        "Why this team",
        [DataRequired("Say why: a decision is kept with its reason."), TOO_LONG],
        description="Kept with the decision; the people of the team can read it.",
    )

    def offer(self, teams: Sequence[tuple[str, str]]) -> Self:
        """`teams`: letter and title."""
        self.team.choices = list(teams)
        return self


class SetAsideForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    why = LinesField("Why none of them", [DataRequired("Say why: a decision is kept with its reason."), TOO_LONG])


class StepForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    reason = LinesField(
        "Reason", [Optional(), TOO_LONG], description="Needed to release or to decline; kept with the step."
    )


def read_seen(sent: MultiDict[str, str]) -> dict[int, Seen]:
    """By allocation, what the page showed of it: `<id>-<version>-<state>`. What is not of this shape is left out."""
    seen = {}
    for text in sent.getlist("allocation"):
        found = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})-([a-z]{1,20})", text)
        if found and found[3] in list(AllocationState):
            seen[int(found[1])] = Seen(int(found[2]), AllocationState(found[3]))
    return seen
