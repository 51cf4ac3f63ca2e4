"""The matching engine: a problem in, the best teams with their reasons out. Pure; see each module for its part."""

from staffing.asked import QUESTION_LIMIT, Asked
from staffing.bus_factor import SkillCover, SkillHolders, bus_factor, needed_levels, organisation_bus_factor
from staffing.certificate import Certificate
from staffing.checking import Fault, Verdict, check, check_portfolio
from staffing.collaboration import (
    ArticulationPoint,
    Bridge,
    Broker,
    Brokers,
    Chain,
    Collaboration,
    Communities,
    TeamTies,
    Untied,
    articulation_points,
    brokers,
    communities,
    introductions,
    layout,
    team_introductions,
    team_ties,
)
from staffing.conflicts import Conflict
from staffing.evidence import confidence, track_record
from staffing.explain import (
    Absence,
    Alternative,
    SeatReason,
    alternatives,
    why,
    why_not,
)
from staffing.infeasible import Infeasibility
from staffing.parsing import parse_document
from staffing.portfolio import (
    CapacityPrice,
    Competition,
    Portfolio,
    PortfolioResult,
    Project,
    ProjectAnswer,
    Staffing,
    propose_portfolio,
    read_portfolio,
)
from staffing.problem import Goals, Need, People, Problem, Ratings, Role, Rules, TeamSkill, Ties, TrackPrior
from staffing.proposal import Assignment, PairPoints, Result, Team
from staffing.propose import propose
from staffing.reading import ProblemError, read_problem, write_problem
from staffing.relaxing import Adjustment, Near
from staffing.rules import Ineligible
from staffing.stopping import WorkLimit
from staffing.swaps import RoleChange, Swap
from staffing.terms import ENGINE_VERSION
from staffing.ties import tie_strengths
from staffing.tradeoff import FrontierPoint, trade_off

__all__ = [
    "ENGINE_VERSION",
    "QUESTION_LIMIT",
    "Absence",
    "Adjustment",
    "Alternative",
    "ArticulationPoint",
    "Asked",
    "Assignment",
    "Bridge",
    "Broker",
    "Brokers",
    "CapacityPrice",
    "Certificate",
    "Chain",
    "Collaboration",
    "Communities",
    "Competition",
    "Conflict",
    "Fault",
    "FrontierPoint",
    "Goals",
    "Ineligible",
    "Infeasibility",
    "Near",
    "Need",
    "PairPoints",
    "People",
    "Portfolio",
    "PortfolioResult",
    "Problem",
    "ProblemError",
    "Project",
    "ProjectAnswer",
    "Ratings",
    "Result",
    "Role",
    "RoleChange",
    "Rules",
    "SeatReason",
    "SkillCover",
    "SkillHolders",
    "Staffing",
    "Swap",
    "Team",
    "TeamSkill",
    "TeamTies",
    "Ties",
    "TrackPrior",
    "Untied",
    "Verdict",
    "WorkLimit",
    "alternatives",
    "articulation_points",
    "brokers",
    "bus_factor",
    "check",
    "check_portfolio",
    "communities",
    "confidence",
    "introductions",
    "layout",
    "needed_levels",
    "organisation_bus_factor",
    "parse_document",
    "propose",
    "propose_portfolio",
    "read_portfolio",
    "read_problem",
    "team_introductions",
    "team_ties",
    "tie_strengths",
    "track_record",
    "trade_off",
    "why",
    "why_not",
    "write_problem",
]
