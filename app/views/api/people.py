"""People and skills, as far as the account behind the token may see them."""

from datetime import UTC, datetime
from typing import Any

from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.api.people import (
    PeoplePage,
    PeopleQuery,
    PersonShape,
    SkillsPage,
    SkillsQuery,
    people_filters,
    person_answer,
    skill_filters,
)
from app.programs.bearer import Scope, scoped
from app.queries.lists.stretches import Stretch
from app.queries.people.listing import find_people
from app.queries.people.profile import show_person
from app.queries.people.skills import list_skills
from app.views.api.routing import Part

part = Part("people", "The directory: people and the skill catalogue.")


@part.at("/people", PeoplePage, query=PeopleQuery)
@allow(Thing.PERSON, Action.SEE)
@scoped(Scope.READ_DIRECTORY)
def list_people(query: dict[str, Any]) -> dict[str, Any]:
    """People who match, in the order of the directory's page."""
    stretch = Stretch.read(query["limit"], query["cursor"])
    today = datetime.now(UTC).date()
    found = find_people(current_session(), current_user, people_filters(query), today, stretch)
    items, following = stretch.cut(found.rows)
    return {"items": items, "next": following, "total": found.total}


@part.at("/people/<int:person_id>", PersonShape, etag=True)
@allow(Thing.PERSON, Action.SEE)
@scoped(Scope.READ_DIRECTORY)
def get_person(person_id: int) -> dict[str, Any]:
    """One person's record; what the account may not see is null."""
    return person_answer(show_person(current_session(), current_user, person_id, datetime.now(UTC).date()))


@part.at("/skills", SkillsPage, query=SkillsQuery)
@allow(Thing.SKILL, Action.SEE)
@scoped(Scope.READ_DIRECTORY)
def list_catalogue(query: dict[str, Any]) -> dict[str, Any]:
    """The skill catalogue with how many people have each skill, by category."""
    stretch = Stretch.read(query["limit"], query["cursor"])
    found = list_skills(current_session(), current_user, skill_filters(query))
    rows = [skill for group in found.groups for skill in group.skills]
    items, following = stretch.cut(rows[stretch.begin([row.id for row in rows]) :])
    return {"items": items, "next": following, "total": found.total}
