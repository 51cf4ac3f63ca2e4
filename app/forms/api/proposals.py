"""Staffing runs in the API."""

from typing import Any

from marshmallow import ValidationError, fields, post_load

from app.forms.api.fields import Flag, Id, Several, Shape, Whole, part, parts
from app.forms.staffing.proposals import MOST_TEAMS
from app.queries.staffing.choices import Choices
from app.queries.staffing.proposals import RunView, SeatedPerson
from staffing.terms import Measure


class Weights(Shape):
    """0..100 each; only their proportion counts."""

    fit = Whole(0, 100, load_default=0)
    cohesion = Whole(0, 100, load_default=0)
    growth = Whole(0, 100, load_default=0)
    track = Whole(0, 100, load_default=0)
    thrift = Whole(0, 100, load_default=0)
    spread = Whole(0, 100, load_default=0)

    @post_load
    def by_measure(self, given: dict[str, int], **_kwargs: Any) -> dict[Measure, int]:
        if not any(given.values()):
            raise ValidationError("Give at least one measure a weight above 0.")
        return {measure: given[measure.value] for measure in Measure}


class Lock(Shape):
    role = Id(required=True)
    person = Id(required=True)


class ChoicesShape(Shape):
    """What is left out is as usual."""

    weights = part(Weights)
    teams = Whole(1, MOST_TEAMS)
    min_difference = Whole(1, 20)
    max_seats_per_person = Whole(1, 5)
    max_people = Whole(1, 100, allow_none=True)
    within_budget = Flag()
    stretch = Flag()
    allow_gaps = Flag()
    locks = Several(part(Lock))
    excluded = Several(Id(), data_key="exclude")

    @post_load
    def chosen(self, given: dict[str, Any], **_kwargs: Any) -> Choices:
        locks = tuple((lock["role"], lock["person"]) for lock in given.pop("locks", ()))
        exclude = tuple(dict.fromkeys(given.pop("excluded", ())))
        return Choices(locks=tuple(dict.fromkeys(locks)), exclude=exclude, **given)


class ProposalRequest(Shape):
    project = Id(required=True)
    choices = part(ChoicesShape, load_default=Choices)


class SeatShape(Shape):
    person_id = fields.Integer(required=True, allow_none=True, metadata={"description": "null: the seat stays empty"})
    name = fields.String(required=True, allow_none=True)
    fit = fields.Float(required=True, allow_none=True)
    stretch = fields.String(required=True, allow_none=True)
    mentor = fields.String(required=True, allow_none=True)


class StaffedRole(Shape):
    role_id = fields.Integer(required=True)
    role = fields.String(required=True)
    seats = parts(SeatShape, required=True)


class TeamShape(Shape):
    letter = fields.String(required=True)
    units = fields.Integer(required=True, metadata={"description": "Millionths of the full score"})
    bound = fields.Integer(required=True, metadata={"description": "What no team can exceed"})
    proven = fields.Boolean(required=True)
    measures = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    roles = parts(StaffedRole, required=True)


class ProposalShape(Shape):
    """`infeasible` holds the reasons where there is no team, as in muster-solution/1."""

    id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    project = fields.String(required=True)
    requested_at = fields.DateTime(required=True)
    requested_by = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    engine_version = fields.String(required=True)
    inputs_digest = fields.String(required=True)
    choices = fields.Dict(required=True)
    considered = fields.Dict(required=True)
    infeasible = fields.Dict(required=True, allow_none=True)
    teams = parts(TeamShape, required=True)


class ProblemDocument(Shape):
    """muster-problem/1, as docs/problem-files.md describes it; the engine reads it."""

    class Meta:
        unknown = "include"


class SolutionDocument(Shape):
    """muster-solution/1."""

    class Meta:
        unknown = "include"


def proposal_answer(run: RunView) -> dict[str, Any]:
    facts = {name: getattr(run, name) for name in ProposalShape().fields if name not in {"choices", "teams"}}
    return facts | {"choices": run.choices.to_json(), "teams": [_team(run, n) for n in range(len(run.teams))]}


def _team(run: RunView, position: int) -> dict[str, Any]:
    team = run.teams[position]
    return {
        "letter": team.letter,
        "units": team.units,
        "bound": team.bound,
        "proven": team.proven,
        "measures": {measure.value: value for measure, value in team.measures.items()},
        "roles": [
            {"role_id": role.id, "role": role.name, "seats": [_seat(person) for person in role.seats[position]]}
            for role in run.roles
        ],
    }


def _seat(person: SeatedPerson | None) -> dict[str, Any]:
    if person is None:
        return dict.fromkeys(("person_id", "name", "fit", "stretch", "mentor"))
    return {
        "person_id": person.id,
        "name": person.name,
        "fit": person.fit,
        "stretch": person.stretch,
        "mentor": person.mentor,
    }
