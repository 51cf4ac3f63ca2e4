"""Partial teams grown side by side: the same teams as when they are looked at one by one, whatever the rules."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from staffing import WorkLimit, groups, incumbents, parts, propose, read_problem, solving, wide
from tests.staffing.documents import documents
from tests.staffing.enumeration import Yardstick

thorough = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Makes small problems take the way of the hardest, a few partial teams at a time; counts those handed over."""
    for module, name, value in (
        (solving, "SMALL", 0),
        (solving, "LARGEST", 0),
        (incumbents, "FIRST_LOOK", 1),
        (incumbents, "FIRST_NODES", 3),
        (groups, "FEW", 1),
        (parts, "SEARCHABLE", 30),
        (parts, "NARROW", 0),
        (wide, "ENTRIES", 12),
    ):
        monkeypatch.setattr(module, name, value)
    seen: Counter[str] = Counter()
    below = parts.Search.below

    def counted(search: parts.Search, *arguments: Any) -> int:
        seen["handed over"] += 1
        return below(search, *arguments)

    monkeypatch.setattr(parts.Search, "below", counted)
    return seen


class TestTeamsGrownSideBySide:
    def test_are_those_of_exhaustive_enumeration(self, side_by_side: Counter[str]) -> None:
        @thorough
        @given(documents())
        def holds(document: dict[str, Any]) -> None:
            found = [(team.units, team.people) for team in propose(read_problem(document)).teams]
            assert found == Yardstick(document).answer()

        holds()
        assert side_by_side["handed over"]

    def test_are_a_bound_when_the_work_is_cut_short(self, side_by_side: Counter[str]) -> None:
        @thorough
        @given(documents())
        def holds(document: dict[str, Any]) -> None:
            best = Yardstick(document).answer()
            for team in propose(read_problem(document), limit=parts_of_the_work).teams[:1]:
                if best and None not in best[0][1] and None not in team.people:
                    assert team.units <= best[0][0] <= team.bound

        parts_of_the_work = WorkLimit(nodes=30, seconds=None)
        holds()
