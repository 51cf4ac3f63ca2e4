"""The ties within a team: who is known to whom before the work begins."""

from collections.abc import Iterable
from dataclasses import dataclass

from staffing.collaboration.brokers import ArticulationPoint, articulation_points
from staffing.collaboration.graph import PARTS, Collaboration


@dataclass(frozen=True)
class TeamTies:
    """A team as the part of the collaboration graph that its members are."""

    members: tuple[str, ...]
    """Ascending."""
    pairs: int
    tied: int
    """Pairs with a tie."""
    strength: float
    """Mean over all pairs, those without a tie counting 0; 1 where there are no pairs."""
    groups: tuple[tuple[str, ...], ...]
    """Members who reach each other over ties within the team, ids ascending; the largest group first."""
    isolated: tuple[str, ...]
    """Members without a tie to any other, where there are others."""
    articulation: tuple[ArticulationPoint, ...]
    """Members whose leaving would cut others of the team off from each other."""

    @property
    def density(self) -> float:
        """Part of the pairs that has a tie, in [0, 1]; 1 where there are no pairs."""
        return self.tied / self.pairs if self.pairs else 1.0

    @property
    def connected(self) -> bool:
        """Whether everybody reaches everybody over ties within the team."""
        return len(self.groups) <= 1


def team_ties(graph: Collaboration, members: Iterable[str]) -> TeamTies:
    """What ties a team together. Somebody who stands twice counts once."""
    import networkx as nx

    team = graph.among(members)
    count = len(team.people)
    pairs = count * (count - 1) // 2
    parts = sorted((sorted(part) for part in nx.connected_components(team.network)), key=lambda p: (-len(p), p[0]))
    groups = tuple(tuple(team.people[n] for n in part) for part in parts)
    return TeamTies(
        members=team.people,
        pairs=pairs,
        tied=len(team.first),
        strength=round(int(team.strength.sum()) / PARTS / pairs, 6) if pairs else 1.0,
        groups=groups,
        isolated=tuple(group[0] for group in groups if len(group) == 1) if count > 1 else (),
        articulation=articulation_points(team),
    )
