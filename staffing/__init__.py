"""The matching engine: a problem in, the best teams with their reasons out. Pure; see each module for its part."""

from staffing.conflicts import Conflict
from staffing.evidence import confidence, track_record
from staffing.explain import (
    Absence,
    Alternative,
    FrontierPoint,
    SeatReason,
    SkillHolders,
    Swap,
    alternatives,
    bus_factor,
    trade_off,
    why,
    why_not,
)
from staffing.infeasible import Infeasibility
from staffing.problem import Goals, Need, People, Problem, Ratings, Role, Rules, TeamSkill, Ties, TrackPrior
from staffing.proposal import Assignment, PairPoints, Result, Team
from staffing.propose import propose
from staffing.reading import ProblemError, read_problem, write_problem
from staffing.relaxing import Adjustment, Near
from staffing.rules import Ineligible
from staffing.stopping import WorkLimit
from staffing.terms import ENGINE_VERSION
from staffing.ties import tie_strengths

__all__ = [
    "ENGINE_VERSION",
    "Absence",
    "Adjustment",
    "Alternative",
    "Assignment",
    "Conflict",
    "FrontierPoint",
    "Goals",
    "Ineligible",
    "Infeasibility",
    "Near",
    "Need",
    "PairPoints",
    "People",
    "Problem",
    "ProblemError",
    "Ratings",
    "Result",
    "Role",
    "Rules",
    "SeatReason",
    "SkillHolders",
    "Swap",
    "Team",
    "TeamSkill",
    "Ties",
    "TrackPrior",
    "WorkLimit",
    "alternatives",
    "bus_factor",
    "confidence",
    "propose",
    "read_problem",
    "tie_strengths",
    "track_record",
    "trade_off",
    "why",
    "why_not",
    "write_problem",
]
