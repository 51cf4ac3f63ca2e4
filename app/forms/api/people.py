"""People and skills in the API."""

from typing import Any

from marshmallow import fields

from app.forms.api.fields import Choice, Flag, Id, Several, Shape, Whole, Words, part, parts
from app.forms.api.shared import Page, StretchQuery
from app.forms.people import MOST_CHOICES, SHARES
from app.queries.people.listing import Availability, Order, PeopleFilters
from app.queries.people.profile import Profile
from app.queries.people.skills import SkillFilters
from models import AllocationState, RatingSource


class PeopleQuery(StretchQuery):
    """The filters of the directory's page, under the same names."""

    q = Words(load_default="", metadata={"description": "Name, skill, place, title or unit"})
    skill = Several(Id(in_address=True), MOST_CHOICES, load_default=list, metadata={"description": "All of them"})
    level = Whole(1, 5, in_address=True, load_default=3, metadata={"description": "At least this, for every skill"})
    free = Several(Choice(Availability), len(Availability), load_default=list)
    share = Whole(
        min(SHARES), max(SHARES), in_address=True, load_default=50, metadata={"description": "Per cent of full time"}
    )
    location = Several(Words(shortest=1), MOST_CHOICES, load_default=list)
    unit = Several(Id(in_address=True), MOST_CHOICES, load_default=list)
    sort = Choice(Order, load_default=Order.MATCH)


def people_filters(query: dict[str, Any]) -> PeopleFilters:
    return PeopleFilters(
        text=query["q"],
        skills=tuple(dict.fromkeys(query["skill"])),
        level=query["level"],
        availability=tuple(dict.fromkeys(query["free"])),
        at_least=query["share"],
        locations=tuple(dict.fromkeys(query["location"])),
        units=tuple(dict.fromkeys(query["unit"])),
        order=query["sort"],
    )


class Held(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    level = fields.Integer(required=True)


class OpeningShape(Shape):
    monday = fields.Date(required=True)
    share = fields.Float(required=True)
    now = fields.Boolean(required=True)


class PersonLine(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True, allow_none=True)
    location = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    skills = parts(Held, required=True, metadata={"description": "The best, the searched ones first"})
    more_skills = fields.Integer(required=True)
    free = fields.List(fields.Float(), required=True, metadata={"description": "Shares 0..1 of the coming weeks"})
    opening = part(OpeningShape, required=True, allow_none=True)


class PeoplePage(Page):
    items = parts(PersonLine, required=True)
    total = fields.Integer(required=True, metadata={"description": "How many people match"})


class CostBandShape(Shape):
    name = fields.String(required=True)
    daily_cost = fields.Float(required=True, allow_none=True)


class RatingShape(Shape):
    id = fields.Integer(required=True, attribute="rating_id")
    skill_id = fields.Integer(required=True)
    skill = fields.String(required=True, attribute="name")
    category = fields.String(required=True)
    level = fields.Integer(required=True)
    source = fields.Enum(RatingSource, by_value=fields.String, required=True)
    rated_on = fields.Date(required=True, allow_none=True)
    last_used = fields.Date(required=True, allow_none=True)
    verified_on = fields.Date(required=True, allow_none=True)
    endorsements = fields.Integer(required=True)


class GoalShape(Shape):
    id = fields.Integer(required=True)
    skill_id = fields.Integer(required=True)
    skill = fields.String(required=True)
    target_level = fields.Integer(required=True)
    priority = fields.Integer(required=True)
    due_on = fields.Date(required=True, allow_none=True)


class StintShape(Shape):
    project_id = fields.Integer(required=True)
    project = fields.String(required=True)
    client = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    share = fields.Float(required=True, allow_none=True)
    success = fields.Float(required=True, allow_none=True)


class TrackShape(Shape):
    successes = fields.Float(required=True)
    projects = fields.Integer(required=True)
    rate = fields.Float(required=True)
    mean = fields.Float(required=True)


class BookingShape(Shape):
    id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    project = fields.String(required=True)
    role = fields.String(required=True, allow_none=True)
    share = fields.Float(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True, allow_none=True)
    state = fields.Enum(AllocationState, by_value=fields.String, required=True)


class AbsenceShape(Shape):
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    share = fields.Float(required=True)
    reason = fields.String(required=True, allow_none=True)


class AvailabilityShape(Shape):
    free = fields.List(fields.Float(), required=True)
    opening = part(OpeningShape, required=True, allow_none=True)
    bookings = parts(BookingShape, required=True)
    absences = parts(AbsenceShape, required=True)
    rolls_off_on = fields.Date(required=True, allow_none=True)


class PersonShape(Shape):
    """A part that the account behind the token may not see is null."""

    id = fields.Integer(required=True, attribute="person.id")
    name = fields.String(required=True, attribute="person.name")
    title = fields.String(required=True, allow_none=True, attribute="person.title")
    about = fields.String(required=True, allow_none=True, attribute="person.about")
    location = fields.String(required=True, allow_none=True, attribute="person.location")
    unit = fields.String(required=True, allow_none=True, attribute="person.unit")
    time_zone = fields.String(required=True, allow_none=True, attribute="person.time_zone")
    working_share = fields.Float(required=True, attribute="person.working_share")
    working_days = fields.String(required=True, attribute="person.working_days")
    active = fields.Boolean(required=True, attribute="person.active")
    email = fields.String(required=True, allow_none=True, attribute="person.email")
    cost_band = part(CostBandShape, required=True, allow_none=True, attribute="person.cost_band")
    ratings = parts(RatingShape, required=True, allow_none=True)
    goals = parts(GoalShape, required=True, allow_none=True)
    history = parts(StintShape, required=True)
    track_record = part(TrackShape, required=True, allow_none=True, attribute="track")
    availability = part(AvailabilityShape, required=True, allow_none=True)


def person_answer(profile: Profile) -> dict[str, Any]:
    expertise = profile.expertise
    held = None if expertise is None else [skill for category in expertise.categories for skill in category.skills]
    return {
        "person": profile.person,
        "ratings": held,
        "goals": profile.goals,
        "history": profile.history,
        "track": profile.track,
        "availability": profile.availability,
    }


class SkillsQuery(StretchQuery):
    q = Words(load_default="")
    category = Id(in_address=True, load_default=None, allow_none=False)
    single = Flag(
        in_address=True, load_default=False, metadata={"description": "Only those that one person alone has at level 3"}
    )


def skill_filters(query: dict[str, Any]) -> SkillFilters:
    return SkillFilters(query["q"], query["category"], query["single"])


class SkillLine(Shape):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    category = fields.String(required=True)
    people = fields.Integer(required=True, metadata={"description": "At level 1 or above"})
    solid = fields.Integer(required=True, metadata={"description": "At level 3 or above"})
    learners = fields.Integer(required=True)


class SkillsPage(Page):
    items = parts(SkillLine, required=True)
    total = fields.Integer(required=True)
