"""Makes small problems take the ways of large ones, so that these are tested against enumeration too."""

import pytest

from staffing import groups, incumbents, parts, solving


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes small problems take the way of large ones: bounds over everybody first, then a search over the rest."""
    monkeypatch.setattr(solving, "SMALL", 0)
    monkeypatch.setattr(solving, "MARGIN", 1_000_000)
    monkeypatch.setattr(incumbents, "FIRST_LOOK", 1)
    monkeypatch.setattr(incumbents, "FIRST_NODES", 3)


@pytest.fixture
def overcrowded(crowded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes small problems take the way of the hardest: everything is taken apart before it is searched."""
    monkeypatch.setattr(solving, "LARGEST", 0)
    monkeypatch.setattr(incumbents, "LARGEST", 0)
    monkeypatch.setattr(parts, "SEARCHABLE", 10)
    monkeypatch.setattr(groups, "FEW", 1)
