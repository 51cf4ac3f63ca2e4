"""The filters of the skill catalogue as they stand in its address; what cannot be meant is left out."""

from werkzeug.datastructures import MultiDict

from app.forms.people import read_number, read_text
from app.queries.people.skills import SkillFilters


def read_skill_filters(args: MultiDict[str, str]) -> SkillFilters:
    return SkillFilters(
        text=read_text(args.get("q", "")),
        category=read_number(args.get("category")),
        single=args.get("single") == "1",
    )


def address_of_skills(filters: SkillFilters, page: int) -> dict[str, str | int]:
    """The names and values of that page's address; the first page is not named."""
    wanted: dict[str, str | int | None] = {
        "q": filters.text,
        "category": filters.category,
        "single": "1" if filters.single else None,
        "page": page if page > 1 else None,
    }
    return {name: value for name, value in wanted.items() if value}
