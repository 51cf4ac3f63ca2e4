"""The process that reads a file: what it is given arrives whole, however slowly it begins."""

import pytest

from importers import Catalogue, CatalogueSkill, read_in_child
from importers.process import sandbox


class TestWhatTheReaderIsGiven:
    def test_arrives_when_it_listens_late(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sandbox, "LISTEN_SECONDS", 0.001)  # long before a process has started
        known = Catalogue(tuple(CatalogueSkill(f"Skill number {n}") for n in range(5_000)))
        content = b"Name,Python,SQL\nAnna Berg,4,5\nTom Rahman,2,1\n"
        found = read_in_child(content, "skills.csv", catalogue=known, seconds=60, stopped=lambda: False)
        assert [person.name for person in found.people] == ["Anna Berg", "Tom Rahman"]
