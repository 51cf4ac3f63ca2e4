"""The matching engine: a problem in, the best teams with their reasons out. Pure; see each module for its part."""

from staffing.problem import Goals, Need, People, Problem, Ratings, Role, Rules, TeamSkill, Ties, TrackPrior
from staffing.terms import ENGINE_VERSION

__all__ = [
    "ENGINE_VERSION",
    "Goals",
    "Need",
    "People",
    "Problem",
    "Ratings",
    "Role",
    "Rules",
    "TeamSkill",
    "Ties",
    "TrackPrior",
]
