"""What of a stored run a viewer may not see: people may have hidden since then what it was worked out from, and whoever
opens it may not be shown what the one who asked was."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.queries.sight.visibility import Viewer, hidden_fields
from models import PersonalField, StaffingRun

USED = frozenset(
    {
        PersonalField.RATINGS,
        PersonalField.GOALS,
        PersonalField.AVAILABILITY,
        PersonalField.OUTCOMES,
        PersonalField.COST,
    }
)
"""What a run is worked out from."""
UNSEEN = "unseen"


def unseen_json(hidden: Mapping[int, frozenset[PersonalField]]) -> dict[str, Any]:
    """What whoever asked was not shown of the people in the answer, as it stands beside the choices; nothing where they
    were shown all."""
    told = {str(person): sorted(fields & USED) for person, fields in sorted(hidden.items()) if fields & USED}
    return {UNSEEN: told} if told else {}


def withheld_people(session: Session, viewer: Viewer, run: StaffingRun, named: Collection[int]) -> frozenset[int]:
    """Those of the people named in the run of whom it used what the viewer is not shown."""
    return _withheld(run.choices, hidden_fields(session, viewer, named), named)


def withheld_runs(
    session: Session,
    viewer: Viewer,
    choices: Mapping[int, Mapping[str, Any]],
    named: Mapping[int, Collection[int]],
) -> frozenset[int]:
    """Those of some runs, given by their choices and the people named in them, that show the viewer no team. One
    statement."""
    hidden = hidden_fields(session, viewer, {person for people in named.values() for person in people})
    return frozenset(run for run, chosen in choices.items() if _withheld(chosen, hidden, named.get(run, ())))


def _withheld(
    choices: Mapping[str, Any], hidden: Mapping[int, frozenset[PersonalField]], named: Collection[int]
) -> frozenset[int]:
    unseen = choices.get(UNSEEN, {})
    return frozenset(
        person for person in named if (hidden.get(person, frozenset()) & USED) - set(unseen.get(str(person), ()))
    )
