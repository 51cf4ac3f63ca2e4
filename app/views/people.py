"""The directory and the page of one person."""

from dataclasses import replace
from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.people import (
    AVAILABILITY_LABELS,
    ORDER_LABELS,
    SHARES,
    chips_of,
    query_of,
    read_filters,
    write_filters,
)
from app.queries.people.listing import Directory, find_people
from app.queries.people.profile import show_person

pages = Blueprint("people", __name__)


@pages.get("/people")
@allow(Thing.PERSON, Action.SEE)
def index() -> str:
    filters = read_filters(request.args)
    asked = write_filters(filters)
    found = find_people(current_session(), current_user, filters, datetime.now(UTC).date())
    return render_template(
        "people/index.html",
        found=found,
        chips=chips_of(found),
        availability_labels=AVAILABILITY_LABELS,
        orders=[(order.value, label) for order, label in ORDER_LABELS.items()],
        shares=[(share, f"{share}%") for share in SHARES],
        asked=asked,
        kept=[pair for pair in asked if pair[0] not in ("sort", "page")],
        previous=_page(found, found.page - 1),
        next=_page(found, found.page + 1),
        search_query=filters.text,
    )


@pages.get("/people/<int:person_id>")
@allow(Thing.PERSON, Action.SEE)
def show(person_id: int) -> str:
    profile = show_person(current_session(), current_user, person_id, datetime.now(UTC).date())
    return render_template("people/show.html", profile=profile)


def _page(found: Directory, number: int) -> str | None:
    if not 1 <= number <= found.pages:
        return None
    return f"{url_for('people.index')}?{query_of(replace(found.filters, page=number))}"
