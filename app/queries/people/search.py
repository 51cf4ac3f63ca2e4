"""The search box of the directory: every word has to be found somewhere in what is known about a person."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer, seen_by
from importers.names import normal_form
from models import PersonalField, Practitioner, Rating, Skill, SkillAlias, Unit

LONGEST_TEXT = 200
MOST_WORDS = 10
SHORTEST_PART = 3
"""A shorter word stands for a whole skill or the beginning of a name: "R" is no part of "Berlin" here."""
NAME_HIT = 100
"""More than levels can add up to: people of that name or title come before people of that skill."""


class Search(NamedTuple):
    """What a person has to fulfil, how well they do, and the skills that the words named."""

    conditions: tuple[ColumnElement[bool], ...]
    score: ColumnElement[int]
    skill_ids: tuple[int, ...]


class _Word(NamedTuple):
    typed: str
    key: str
    skill_ids: tuple[int, ...]


def read_search(session: Session, viewer: Viewer, text: str) -> Search:
    """Signs alone find nobody; beside words they are passed over.

    Titles, places and units are compared in normal form here: there are few different ones, and no database folds
    accents as names are folded. Four statements; none without a word.
    """
    if not text:
        return Search((), literal(0), ())
    words_once = dict.fromkeys(text[:LONGEST_TEXT].lower().split())
    typed = [word for word in words_once if normal_form(word)][:MOST_WORDS]
    if not typed:
        return Search((false(),), literal(0), ())
    skills = _skill_keys(session, [normal_form(word) for word in typed])
    words = [_word(word, skills) for word in typed]
    titles = [title for title in session.scalars(select(Practitioner.title).distinct()) if title]
    places = [place for place in session.scalars(select(Practitioner.location).distinct()) if place]
    units = dict(session.execute(select(Unit.name, Unit.id)).all())
    rated = seen_by(session, viewer, PersonalField.RATINGS)
    contact = seen_by(session, viewer, PersonalField.CONTACT)
    conditions = tuple(
        or_(
            _in_name(word),
            _in_title(word, titles),
            Practitioner.location.in_(_with(word, places)),
            Practitioner.home_unit_id.in_([units[name] for name in _with(word, list(units))]),
            and_(Practitioner.email.contains(word.typed, autoescape=True), contact),
            and_(_has_skill(word.skill_ids), rated),
        )
        for word in words
    )
    found = tuple(dict.fromkeys(number for word in words for number in word.skill_ids))
    best_level = (
        select(func.max(Rating.level))
        .where(Rating.practitioner_id == Practitioner.id, Rating.skill_id.in_(found), rated)
        .scalar_subquery()
    )
    named = and_(*(or_(_in_name(word), _in_title(word, titles)) for word in words))
    score = case((named, NAME_HIT), else_=0) + func.coalesce(best_level, 0)
    return Search(conditions, score, found)


def _skill_keys(session: Session, keys: Sequence[str]) -> list[tuple[int, str]]:
    """Skill and the name or alias by which one of the keys finds it."""
    spelling = union_all(
        select(Skill.id.label("skill_id"), Skill.name_key.label("spelling")),
        select(SkillAlias.skill_id, SkillAlias.alias_key),
    ).subquery()
    found = select(spelling.c.skill_id, spelling.c.spelling).where(
        or_(*(spelling.c.spelling.contains(key, autoescape=True) for key in keys))
    )
    return [(number, name) for number, name in session.execute(found.order_by(spelling.c.skill_id))]


def _word(typed: str, skills: list[tuple[int, str]]) -> _Word:
    key = normal_form(typed)
    found = (number for number, name in skills if (key in name if len(key) >= SHORTEST_PART else key == name))
    return _Word(typed, key, tuple(dict.fromkeys(found)))


def _in_name(word: _Word) -> ColumnElement[bool]:
    if len(word.key) >= SHORTEST_PART:
        return Practitioner.name_key.contains(word.key, autoescape=True)
    return Practitioner.name_key.startswith(word.key, autoescape=True)


def _in_title(word: _Word, titles: list[str]) -> ColumnElement[bool]:
    return Practitioner.title.in_(_with(word, titles))


def _with(word: _Word, values: list[str]) -> list[str]:
    if len(word.key) < SHORTEST_PART:
        return [value for value in values if word.key in map(normal_form, value.split())]
    return [value for value in values if word.key in normal_form(value)]


def _has_skill(skill_ids: Sequence[int]) -> ColumnElement[bool]:
    rated = select(Rating.practitioner_id).where(Rating.skill_id.in_(skill_ids), Rating.level >= 1)
    return Practitioner.id.in_(rated)
