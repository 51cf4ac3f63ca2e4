"""The matching engine: a problem in, the best teams with their reasons out. Pure; see each module for its part."""

from staffing.evidence import confidence, track_record
from staffing.problem import Goals, Need, People, Problem, Ratings, Role, Rules, TeamSkill, Ties, TrackPrior
from staffing.proposal import Result, Team
from staffing.propose import propose
from staffing.reading import ProblemError, read_problem, write_problem
from staffing.stopping import WorkLimit
from staffing.terms import ENGINE_VERSION
from staffing.ties import tie_strengths

__all__ = [
    "ENGINE_VERSION",
    "Goals",
    "Need",
    "People",
    "Problem",
    "ProblemError",
    "Ratings",
    "Result",
    "Role",
    "Rules",
    "Team",
    "TeamSkill",
    "Ties",
    "TrackPrior",
    "WorkLimit",
    "confidence",
    "propose",
    "read_problem",
    "tie_strengths",
    "track_record",
    "write_problem",
]
