"""What a skills directory should not keep never leaves the reading process: not as a sample, not in a problem."""

import json

import pytest

from importers.process.packing import pack
from tests.importers.workbooks import Rows, read_rows

SECRETS = ("hunter2", "+49 170 1234567", 61_234, "1980-01-02", "female", "catholic", "asthma", "Utopian")
HEADINGS = ("Password", "Phone", "Salary", "Date of birth", "Gender", "Religion", "Health", "Nationality")
MATRIX = [["Name", *HEADINGS, "Python"], ["Anna Nowak", *SECRETS, 5], ["Ben Okoro", *SECRETS, 3]]
SKILLS = [["Name", "Python"], ["Anna Nowak", 5], ["Ben Okoro", 3]]


class TestAPrivateColumn:
    @pytest.mark.parametrize(
        "sheets",
        [
            {"Skills": MATRIX},
            {"Skills": [["Team sheet"], [], *MATRIX]},
            {"Skills": SKILLS, "Logins": [["User", *HEADINGS], ["anowak", *SECRETS], ["bokoro", *SECRETS]]},
            {"Logins": [["User", *HEADINGS], ["anowak", *SECRETS], ["bokoro", *SECRETS]]},
        ],
        ids=["beside levels", "under a title", "on another sheet", "on a sheet without skills"],
    )
    def test_leaves_nothing_in_what_is_sent_on(self, sheets: dict[str, Rows]) -> None:
        sent = json.dumps(pack(read_rows(sheets)))
        assert [secret for secret in map(str, SECRETS) if secret in sent] == []

    def test_is_named_as_left_out(self) -> None:
        told = [problem.text for problem in read_rows(MATRIX).problems if problem.code == "private_column"]
        assert len(told) == len(HEADINGS)
