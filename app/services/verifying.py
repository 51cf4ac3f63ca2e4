"""Verifying ratings: a manager says that somebody's level is right. Nobody verifies their own."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.services.audit import Actor, record
from models import Rating


def verify_ratings(
    session: Session, actor: Actor, person_id: int, seen: Mapping[int, int], marked: Collection[int], at: datetime
) -> int:
    """Mark ratings of the person as verified at the levels in which they were seen (rating id -> level), and take the
    mark off others that had one when they were seen (`marked`). The number of ratings that changed.

    Raises NotFound for a rating of somebody else and Conflict for one whose level or mark somebody else changed since.
    """
    held = select(Rating).where(Rating.practitioner_id == person_id).order_by(Rating.id).with_for_update()
    found = session.scalars(held.execution_options(populate_existing=True))
    ratings = {rating.id: rating for rating in found}
    if not seen.keys() <= ratings.keys():
        raise NotFound("There is no such rating.")
    if any(ratings[number].level != level for number, level in seen.items()):
        raise Conflict("A level was changed while you were looking at it. Look again and verify once more.")
    if any(ratings[number].verified_at is None for number in seen.keys() & set(marked)):
        raise Conflict("Somebody else took a mark off while you were looking at it. Look again and verify once more.")
    looked_at = [rating for rating in ratings.values() if rating.id in seen or rating.id in marked]
    changed = [rating for rating in looked_at if (rating.verified_at is not None) is not (rating.id in seen)]
    for rating in changed:
        verified = rating.id in seen
        rating.verified_at, rating.verified_by_id = (at, actor.account_id) if verified else (None, None)
        before, after = {"verified": not verified}, {"verified": verified, "level": rating.level}
        record(session, actor, "rating.verify", "rating", rating.id, before=before, after=after)
    return len(changed)
