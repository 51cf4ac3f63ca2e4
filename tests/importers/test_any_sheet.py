"""Whatever team is written in whatever layout and language, with the noise that people put around it: it is read."""

from hypothesis import given, settings

from tests.importers.sheets import Written, sheets
from tests.importers.workbooks import levels, names, read_rows


class TestAnySheet:
    @settings(max_examples=60, deadline=None)
    @given(sheets())
    def test_gives_its_people_and_their_levels(self, sheet: Written) -> None:
        reading = read_rows(sheet.rows)
        assert levels(reading) == sheet.levels
        assert sorted(map(str, names(reading))) == sorted({person for person, _ in sheet.levels})
