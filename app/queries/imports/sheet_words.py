"""What the words of a sheet become in our columns. None: nothing that the column can hold."""

import re
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

from models import AllocationState

LONGEST = 200
FARTHEST = timedelta(hours=14)
OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?\Z", re.IGNORECASE)

STATES: dict[AllocationState, frozenset[str]] = {
    AllocationState.PROPOSED: frozenset(
        {
            "proposed",
            "planned",
            "plan",
            "requested",
            "pending",
            "draft",
            "geplant",
            "vorgeschlagen",
            "prévu",
            "propuesto",
        }
    ),
    AllocationState.HELD: frozenset(
        {"held", "hold", "on hold", "soft", "soft booked", "tentative", "reserved", "provisional", "option", "optional"}
        | {"reserviert", "vorgemerkt", "réservé", "reservado"}
    ),
    AllocationState.CONFIRMED: frozenset(
        {
            "confirmed",
            "booked",
            "hard",
            "hard booked",
            "firm",
            "active",
            "approved",
            "accepted",
            "assigned",
            "allocated",
        }
        | {"in progress", "ongoing", "current", "running", "bestätigt", "gebucht", "aktiv", "confirmé", "confirmado"}
    ),
    AllocationState.DECLINED: frozenset({"declined", "rejected", "refused", "abgelehnt", "refusé", "rechazado"}),
    AllocationState.RELEASED: frozenset(
        {"released", "cancelled", "canceled", "withdrawn", "rolled off", "freigegeben", "storniert", "annulé"}
    ),
    AllocationState.COMPLETED: frozenset(
        {"completed", "complete", "done", "finished", "closed", "ended", "past", "abgeschlossen", "beendet", "terminé"}
    ),
}
STATE_OF = {word: state for state, words in STATES.items() for word in words}

SUCCESS_OF = {
    word: success
    for success, words in {
        Decimal(1): ("success", "successful", "succeeded", "delivered", "achieved", "good", "erfolg", "erfolgreich"),
        Decimal("0.5"): (
            "partial",
            "partly",
            "partially",
            "partial success",
            "mixed",
            "teilweise",
            "partiel",
            "parcial",
        ),
        Decimal(0): ("failed", "failure", "fail", "unsuccessful", "not delivered", "gescheitert", "échec", "fracaso"),
    }.items()
    for word in words
}


class Zone(NamedTuple):
    """One of the two: an IANA name, or minutes east of UTC."""

    name: str | None
    offset_minutes: int | None


def short_text(written: str | None) -> str | None:
    """As much as a short column holds."""
    return written[:LONGEST] if written else None


def share_of(written: float | None) -> Decimal | None:
    """A share of full time to a thousandth, above 0 and at most 1."""
    if written is None:
        return None
    share = round(Decimal(str(written)), 3)
    return share if 0 < share <= 1 else None


@cache  # the names of all zones are read from disk each time
def zone_of(written: str | None) -> Zone | None:
    """An IANA name such as Europe/Berlin, or an offset such as UTC+5:30."""
    if written is None:
        return None
    if written in available_timezones():
        return Zone(written, None)
    found = OFFSET.match(written.strip())
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    minutes = offset // timedelta(minutes=1)
    return Zone(None, minutes if found[1] == "+" else -minutes) if offset <= FARTHEST else None


def state_of(written: str | None) -> AllocationState | None:
    """An allocation in a sheet without states is a confirmed one: people write down where somebody works."""
    return AllocationState.CONFIRMED if written is None else STATE_OF.get(" ".join(written.casefold().split()))


def success_of(outcome: str | None, score: float | None) -> Decimal | None:
    """How a project went, 0..1: the score, else what its outcome says in one word."""
    if score is not None and 0 <= score <= 1:
        return round(Decimal(str(score)), 3)
    return SUCCESS_OF.get(" ".join((outcome or "").casefold().split()))
