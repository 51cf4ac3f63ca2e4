"""The skill catalogue and the page of one skill."""

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.people import read_number
from app.forms.skills import address_of_skills, read_skill_filters
from app.queries.people.skills import CataloguePage, page_of_skills, show_skill

pages = Blueprint("skills", __name__)


@pages.get("/skills")
@allow(Thing.SKILL, Action.SEE)
def index() -> str:
    filters, number = read_skill_filters(request.args), read_number(request.args.get("page")) or 1
    found = page_of_skills(current_session(), current_user, filters, number)
    return render_template(
        "skills/index.html",
        found=found,
        previous=_page(found, found.page.page - 1),
        next=_page(found, found.page.page + 1),
    )


@pages.get("/skills/<int:skill_id>")
@allow(Thing.SKILL, Action.SEE)
def show(skill_id: int) -> str:
    return render_template("skills/show.html", skill=show_skill(current_session(), current_user, skill_id))


def _page(found: CataloguePage, number: int) -> str | None:
    if not 1 <= number <= found.page.pages:
        return None
    return url_for("skills.index", **address_of_skills(found.whole.filters, number))  # type: ignore[arg-type]  # values only
