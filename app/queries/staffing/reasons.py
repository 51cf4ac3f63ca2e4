"""What speaks for and against a team, as codes and numbers; the words stand in templates/proposals/words.html."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST = 4
FAR_APART_HOURS = 6
BUSY = 0.8


@dataclass(frozen=True, slots=True)
class Reason:
    """`speaks_for` is false for a drawback. `numbers` are what the sentence says."""

    code: str
    speaks_for: bool
    numbers: Mapping[str, Any]


def reasons(facts: Mapping[str, Any], first: Mapping[str, Any] | None) -> list[Reason]:
    """At most four for and four against, from the counts alone. `first`: the counts of team A, None for A itself."""
    found = [*_on_its_own(facts), *(_against_first(facts, first) if first else ())]
    return [reason for kind in (True, False) for reason in [r for r in found if r.speaks_for is kind][:MOST]]


def _on_its_own(facts: Mapping[str, Any]) -> list[Reason]:
    short = facts["needs"] - facts["needs_met"]
    found = [
        Reason("needs_all_met", True, {}) if not short else Reason("needs_short", False, {"count": short}),
        Reason("seats_empty", False, {"count": facts["empty"]}),
        Reason("nobody_together", False, {}),
        Reason("all_together", True, {}),
        Reason("learning", True, {"count": facts["learning"]}),
        Reason("stretches", False, {"count": facts["stretches"]}),
        Reason("hours_apart", False, {"hours": facts["hours_apart"]}),
        Reason("same_hours", True, {"hours": facts["hours_apart"]}),
        Reason("busy", False, {"load": facts["highest_load"]}),
    ]
    holds = {
        "seats_empty": facts["empty"] > 0,
        "nobody_together": facts["pairs"] > 0 and facts["pairs_tied"] == 0,
        "all_together": facts["pairs"] > 0 and facts["pairs_tied"] == facts["pairs"],
        "learning": facts["learning"] > 0,
        "stretches": facts["stretches"] > 0,
        "hours_apart": facts["hours_apart"] >= FAR_APART_HOURS,
        "same_hours": facts["pairs"] > 0 and facts["hours_apart"] <= 1,
        "busy": facts["highest_load"] >= BUSY,
    }
    return [reason for reason in found if holds.get(reason.code, True)]


def _against_first(facts: Mapping[str, Any], first: Mapping[str, Any]) -> list[Reason]:
    """What differs from team A enough to be said."""
    found = []
    cost = facts["cost"] - first["cost"]
    if abs(cost) >= 0.01 * max(first["cost"], 1):
        found.append(Reason("cheaper" if cost < 0 else "dearer", cost < 0, {"amount": abs(cost)}))
    together = facts["pairs_tied"] - first["pairs_tied"]
    if together:
        found.append(
            Reason("more_together" if together > 0 else "fewer_together", together > 0, {"count": abs(together)})
        )
    met = facts["needs_met"] - first["needs_met"]
    if met:
        found.append(Reason("more_needs" if met > 0 else "fewer_needs", met > 0, {"count": abs(met)}))
    return found
