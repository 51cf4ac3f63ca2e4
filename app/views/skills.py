"""The skill catalogue and the page of one skill."""

from flask import Blueprint, render_template, request
from flask_login import current_user

from app.access import Action, Thing
from app.db import current_session
from app.entrance.declaring import allow
from app.forms.skills import read_skill_filters
from app.queries.skills import list_skills, show_skill

pages = Blueprint("skills", __name__)


@pages.get("/skills")
@allow(Thing.SKILL, Action.SEE)
def index() -> str:
    found = list_skills(current_session(), current_user, read_skill_filters(request.args))
    return render_template("skills/index.html", found=found)


@pages.get("/skills/<int:skill_id>")
@allow(Thing.SKILL, Action.SEE)
def show(skill_id: int) -> str:
    return render_template("skills/show.html", skill=show_skill(current_session(), current_user, skill_id))
