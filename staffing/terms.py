"""The vocabulary that the engine shares with everybody else: levels, measures, units and codes."""

from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

ENGINE_VERSION: Final = "1.0"
"""Changes whenever the same problem may be answered differently."""

FULL_UNITS: Final = 1_000_000
"""Units of the full score; scores are shown as units / 10,000, that is out of 100."""

SHARE_SCALE: Final = 1_000_000
"""Usual number of parts that full time is counted in, so that 0.2 + 0.5 + 0.3 is exactly 1."""

NEAR_MISSES: Final = 400
"""People per role, nearest by level, whose calendars are looked at to say what it would take; more are never needed."""


class Level(IntEnum):
    """How well somebody knows a skill. Not stated is the absence of a rating, never `NONE`."""

    NONE = 0
    AWARE = 1
    WORKING = 2
    PROFICIENT = 3
    ADVANCED = 4
    EXPERT = 5


class Measure(StrEnum):
    """What a score is made of; every measure lies in [0, 1], 1 being best."""

    FIT = "fit"
    COHESION = "cohesion"
    GROWTH = "growth"
    TRACK = "track"
    THRIFT = "thrift"
    SPREAD = "spread"


MEASURES: Final = tuple(Measure)
SEAT_MEASURES: Final = tuple(measure for measure in Measure if measure is not Measure.COHESION)
"""The measures that one seat has on its own; cohesion belongs to pairs of seats."""

DEFAULT_WEIGHTS: Final = MappingProxyType(
    {
        Measure.FIT: 45.0,
        Measure.COHESION: 20.0,
        Measure.GROWTH: 10.0,
        Measure.TRACK: 10.0,
        Measure.THRIFT: 10.0,
        Measure.SPREAD: 5.0,
    }
)


class Status(StrEnum):
    """How an answer ended."""

    OPTIMAL = "optimal"
    """Every team is proven: the best, then the best of those that differ enough, and so on."""
    LIMIT = "limit"
    """The work limit ended the search; each team says how far from the best it can be."""
    INFEASIBLE = "infeasible"
    PARTIAL = "partial"
    """Proven, but no team fills every seat."""


class Cause(StrEnum):
    """Why there is no team."""

    SEATS = "seats"
    """Seats compete for too few people."""
    LOCKED_OUT = "locked_out"
    """Somebody is locked to a role that they cannot take."""
    OVERLOCKED = "overlocked"
    """More people are locked to a role than it has seats."""
    RULES = "rules"
    """Rules that no team keeps all at once, though dropping any one of them would do."""
    CAPACITY = "capacity"
    """There are people for every seat, but nobody's weeks or seats add up."""
    UNKNOWN = "unknown"
    """The search for the reason was cut short."""


class RuleKind(StrEnum):
    """The rules that a team can be kept from."""

    LOCK = "lock"
    NEVER_TOGETHER = "never_together"
    MAX_PEOPLE = "max_people"
    BUDGET = "budget"
    TEAM_SKILL = "team_skill"
    MENTOR = "mentor"
    """Whoever stretches needs a mentor on the team."""


class Change(StrEnum):
    """A way to make room for somebody, or for a team."""

    LOWER_LEVEL = "lower_level"
    REDUCE_SHARE = "reduce_share"
    MOVE_PERIOD = "move_period"
    HIRE = "hire"
    DROP_RULE = "drop_rule"
    RAISE_BUDGET = "raise_budget"


class Vacancy(StrEnum):
    """Why a seat stays empty."""

    NOBODY = "nobody"
    """Nobody is eligible."""
    TAKEN = "taken"
    """Everybody eligible sits elsewhere on the team."""
    RULE = "rule"
    """Somebody is eligible and free, and a rule about the team keeps them off."""


class Bar(StrEnum):
    """What keeps somebody from a seat."""

    SKILL = "skill"
    AVAILABILITY = "availability"
    RULE = "rule"
