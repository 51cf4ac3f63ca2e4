"""What a check says: nothing is wrong, or what is wrong first and where."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What can be wrong with an answer or with its certificate."""

    SEATS = "seats"
    """The assignments are not the seats of the problem in their order."""
    PERSON = "person"
    """Somebody whom the problem does not know."""
    ORDER = "order"
    """Seats of one role are not in ascending order of person, empty ones last."""
    GAP = "gap"
    """A seat is empty although all must be filled."""
    INELIGIBLE = "ineligible"
    MENTOR = "mentor"
    """Somebody stretches without the mentor, or a mentor is named who is not the right one."""
    SEATS_PER_PERSON = "seats_per_person"
    OVERBOOKED = "overbooked"
    LOCK = "lock"
    NEVER_TOGETHER = "never_together"
    MAX_PEOPLE = "max_people"
    BUDGET = "budget"
    TEAM_SKILL = "team_skill"
    VACANCY = "vacancy"
    """The reason why a seat is empty is another one."""
    UNITS = "units"
    """Units of a seat, a pair or the whole team."""
    MEASURE = "measure"
    """A measure or the points it brings."""
    PAIRS = "pairs"
    """Not exactly the pairs of filled seats, or their tie, shared working time or communication are others."""
    BOUND = "bound"
    """Below the team's units, or a team counts as proven without being worth its bound, or the other way round."""
    STATUS = "status"
    RANK = "rank"
    """A team is better than the one before it."""
    DIFFERENCE = "difference"
    """Two teams differ in too few members."""
    COUNT = "count"
    """More teams than were asked for."""
    CONFLICT = "conflict"
    """A reason why there is no team does not hold."""
    BETTER = "better"
    """There is a better team than the one that is claimed to be best, or one where none is said to be."""
    NO_PROOF = "no_proof"
    """The certificate says nothing about a claim."""
    MALFORMED = "malformed"
    """The certificate does not hold what it should in the shape that it should."""
    POTENTIAL = "potential"
    """An allowed pair is worth more than what was moved from it."""
    LEFT_OUT = "left_out"
    """The certificate leaves out somebody who may be on a team as good."""
    UNDECIDED = "undecided"
    """What the certificate leaves open is too much to be looked through."""
    TOTAL = "total"
    """The total of a portfolio, or a project's part of it."""


@dataclass(frozen=True)
class Verdict:
    """What is wrong first, and where; nothing when `fault` is None."""

    fault: Fault | None = None
    project: str | None = None
    """In a portfolio."""
    team: int | None = None
    """Place of the team in the answer, from 1."""
    seats: tuple[tuple[str, int], ...] = ()
    """As (role, number)."""
    people: tuple[str | None, ...] = ()
    """Those concerned; for `BETTER` the other team in seat order."""
    name: str | None = None
    """A measure, a skill or a role."""
    stated: float | None = None
    actual: float | None = None

    @property
    def accepted(self) -> bool:
        return self.fault is None

    def to_json(self) -> dict[str, Any]:
        return {"accepted": self.accepted, **asdict(self)}


class Refused(Exception):
    """Ends a check with its verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict
