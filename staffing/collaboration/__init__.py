"""The collaboration graph: people as nodes, known ties as edges, and what its shape says about an organisation.

The same people and ties give the same answers, in whatever order they come. Communities, betweenness and drawings come
from networkx, which is imported by the first question that needs it.
"""

from staffing.collaboration.brokers import ArticulationPoint, Broker, Brokers, articulation_points, brokers
from staffing.collaboration.communities import Bridge, Communities, communities
from staffing.collaboration.drawing import LARGEST_DRAWING, layout
from staffing.collaboration.graph import LEAST_TIE, Collaboration
from staffing.collaboration.introductions import MOST_HOPS, Chain, Untied, introductions, team_introductions
from staffing.collaboration.within import TeamTies, team_ties

__all__ = [
    "LARGEST_DRAWING",
    "LEAST_TIE",
    "MOST_HOPS",
    "ArticulationPoint",
    "Bridge",
    "Broker",
    "Brokers",
    "Chain",
    "Collaboration",
    "Communities",
    "TeamTies",
    "Untied",
    "articulation_points",
    "brokers",
    "communities",
    "introductions",
    "layout",
    "team_introductions",
    "team_ties",
]
