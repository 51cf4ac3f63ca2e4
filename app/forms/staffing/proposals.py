"""What a manager chooses before teams are proposed, and the one-click changes on a proposal."""

from collections.abc import Callable
from dataclasses import replace
from typing import Self

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.queries.staffing.choices import Choices
from staffing.terms import Measure

MOST_TEAMS = 5
PRESETS: dict[str, dict[Measure, int]] = {
    "balanced": dict(Choices().weights),
    "skills": dict(zip(Measure, (70, 10, 0, 10, 5, 5), strict=True)),
    "together": dict(zip(Measure, (35, 45, 5, 10, 0, 5), strict=True)),
    "growth": dict(zip(Measure, (35, 15, 35, 5, 5, 5), strict=True)),
    "thrift": dict(zip(Measure, (35, 10, 5, 5, 40, 5), strict=True)),
}
"""Sets of weights to start from, in the order of `Measure`."""


def weight_field(label: str, description: str) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired("Give a weight from 0 to 100."), NumberRange(0, 100, "A weight lies between 0 and 100.")],
        description=description,
        render_kw={"min": 0, "max": 100},
    )


class ChoicesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    fit = weight_field("Skill fit", "People at or above the levels that the roles ask for")
    cohesion = weight_field("Works together", "Shared past projects and shared working hours")
    growth = weight_field("Growth", "People practise what they want to learn")
    track = weight_field("Track record", "How the projects of the people went")
    thrift = weight_field("Day rates", "People in cheaper cost bands")
    spread = weight_field("Fair spread", "People who were drawn on less in the last twelve weeks")
    teams = IntegerField(
        "Teams to propose", [InputRequired("How many teams?"), NumberRange(1, MOST_TEAMS, "From 1 to 5 teams.")]
    )
    min_difference = IntegerField(
        "Members that differ at least",
        [InputRequired("How many members differ?"), NumberRange(1, 20, "From 1 to 20 members.")],
        description="Between any two of the teams",
    )
    max_seats_per_person = IntegerField(
        "Seats one person may hold", [InputRequired("How many seats?"), NumberRange(1, 5, "From 1 to 5 seats.")]
    )
    max_people = IntegerField("At most this many people", [Optional(), NumberRange(1, 100, "From 1 to 100 people.")])
    within_budget = BooleanField("Stay within the project's budget")
    stretch = BooleanField(
        "Allow stretch seats", description="One level short of one must-have, if it is a goal and a member can teach it"
    )
    allow_gaps = BooleanField("Allow empty seats", description="When no complete team exists, fill as many as possible")

    @classmethod
    def showing(cls, choices: Choices) -> Self:
        """The form with these choices filled in."""
        weights = {measure.value: choices.weights.get(measure, 0) for measure in Measure}
        return cls(obj=choices, data=weights)

    def validate(self, extra_validators: object = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not any(self[measure.value].data for measure in Measure):
            self.fit.errors = [*self.fit.errors, "Give at least one measure a weight above 0."]
            return False
        return True

    def choices(self, base: Choices) -> Choices:
        """What was chosen; locks, exclusions and team skills stay as in `base`."""
        return replace(
            base,
            weights={measure: self[measure.value].data for measure in Measure},
            teams=self.teams.data or base.teams,
            min_difference=self.min_difference.data or base.min_difference,
            max_seats_per_person=self.max_seats_per_person.data or base.max_seats_per_person,
            max_people=self.max_people.data,
            within_budget=self.within_budget.data,
            stretch=self.stretch.data,
            allow_gaps=self.allow_gaps.data,
        )


class ChangeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Whom and which role a change of one choice is about."""

    role = IntegerField(validators=[Optional()])
    person = IntegerField(validators=[Optional()])


CHANGES: dict[str, Callable[[Choices, int, int], Choices]] = {
    "lock": lambda choices, role, person: choices.with_lock(role, person),
    "unlock": lambda choices, role, person: choices.without_lock(role, person),
    "exclude": lambda choices, _role, person: choices.with_exclusion(person),
    "include": lambda choices, _role, person: choices.without_exclusion(person),
    "budget": lambda choices, _role, _person: replace(choices, within_budget=False),
    "stretch": lambda choices, _role, _person: replace(choices, stretch=False),
    "gaps": lambda choices, _role, _person: replace(choices, allow_gaps=False),
    "people": lambda choices, _role, _person: replace(choices, max_people=None),
    "seats": lambda choices, _role, _person: replace(choices, max_seats_per_person=1),
    "weights": lambda choices, _role, _person: replace(choices, weights=Choices().weights),
}
"""The buttons of the proposal page: new choices from the old ones, a role and a person."""
