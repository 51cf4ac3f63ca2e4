"""The filters of the skill catalogue as they stand in its address; what cannot be meant is left out."""

from werkzeug.datastructures import MultiDict

from app.forms.people import read_number, read_text
from app.queries.skills import SkillFilters


def read_skill_filters(args: MultiDict[str, str]) -> SkillFilters:
    return SkillFilters(
        text=read_text(args.get("q", "")),
        category=read_number(args.get("category")),
        single=args.get("single") == "1",
    )
