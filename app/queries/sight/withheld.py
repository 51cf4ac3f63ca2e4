"""What of a stored run a viewer may not see: people may have hidden since then what it was worked out from, and whoever
opens it may not be shown what the one who asked was."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from app.queries.sight.visibility import COMMAND_LINE_VIEWER, AccountViewer, Viewer, hidden_fields, seen_by
from models import PersonalField, Practitioner, StaffingRun

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
COUNTED = (PersonalField.RATINGS, PersonalField.GOALS, PersonalField.AVAILABILITY)
"""What decides who can take a seat, and so how many can."""
UNSEEN = "unseen"


def unseen_json(hidden: Mapping[int, frozenset[PersonalField]]) -> dict[str, Any]:
    """What whoever asked was not shown of the people in the answer, as it stands beside the choices; nothing where they
    were shown all."""
    told = {str(person): sorted(fields & USED) for person, fields in sorted(hidden.items()) if fields & USED}
    return {UNSEEN: told} if told else {}


def withheld_people(session: Session, viewer: Viewer, run: StaffingRun, named: Collection[int]) -> frozenset[int]:
    """Those of the people named in the run of whom it used what the viewer is not shown."""
    return _withheld(run.choices, hidden_fields(session, viewer, named), named)


def counts_shown(session: Session, viewer: Viewer, run: StaffingRun, withheld: Collection[int]) -> Mapping[str, Any]:
    """How many people the run looked at; and how many could take its seats, unless whoever asked is shown more of
    anybody: beside the counts of a run of the viewer's own, one more would tell what that person hides."""
    considered: Mapping[str, Any] = run.result["considered"]
    if withheld or _saw_more(session, viewer, run):
        return {**considered, "eligible": {}, "excluded": {}}
    return considered


def _saw_more(session: Session, viewer: Viewer, run: StaffingRun) -> bool:
    """Whether somebody shows whoever asked for the run what they do not show the viewer. At most two statements."""
    if run.requested_by_id is None:
        asker: Viewer = COMMAND_LINE_VIEWER
    elif run.requested_by_id == viewer.account_id:
        return False
    else:
        asker = AccountViewer.of(session, run.requested_by_id)
    more = [and_(seen_by(session, asker, part), not_(seen_by(session, viewer, part))) for part in COUNTED]
    return bool(session.scalar(select(exists().where(Practitioner.active, or_(*more)))))


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
