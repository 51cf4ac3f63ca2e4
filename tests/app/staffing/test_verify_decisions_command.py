"""`muster verify-decisions`: exit code 0 all hold, 1 one does not and what is wrong, 2 there is none such."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.services.staffing.decisions import choose_team
from models import Decision
from tests.factories.commands import muster
from tests.factories.decisions import AT, chooser, proposed, staffable


@pytest.fixture
def decision(session: Session) -> Decision:
    decision = choose_team(session, chooser(session), proposed(session, staffable(session)).id, "Because", AT)
    session.commit()
    return decision


class TestTheCommand:
    def test_says_that_all_hold(self, tmp_path: Path, database_url: str, decision: Decision) -> None:
        code, said, complaint = muster(tmp_path, "verify-decisions", MUSTER_DATABASE_URL=database_url)
        assert (code, complaint) == (0, "")
        assert said.splitlines() == [f"Decision {decision.id}: holds.", "Checked 1 decision."]

    def test_says_what_is_wrong(self, tmp_path: Path, database_url: str, session: Session, decision: Decision) -> None:
        decision.record = (decision.record or {}) | {"chosen": "C"}
        session.commit()
        code, said, _ = muster(tmp_path, "verify-decisions", str(decision.id), MUSTER_DATABASE_URL=database_url)
        assert code == 1
        assert f"Decision {decision.id}: does not hold: its record is not as it was frozen." in said
        code, said, _ = muster(tmp_path, "verify-decisions", "--json", MUSTER_DATABASE_URL=database_url)
        told = json.loads(said)
        assert (code, told["holds"], told["decisions"][0]["record"]) == (1, False, False)

    @pytest.mark.parametrize(
        ("number", "sentence"),
        [
            ("4711", "There is no decision 4711. Nothing was checked; without a number all are."),
            *(
                (text, f"There is no decision '{text}'. Give its number, as in the address of its page.")
                for text in ("x", "0", "99999999999", "²")
            ),
        ],
    )
    def test_says_that_there_is_none_such(self, tmp_path: Path, database_url: str, number: str, sentence: str) -> None:
        code, said, complaint = muster(tmp_path, "verify-decisions", number, MUSTER_DATABASE_URL=database_url)
        assert (code, said, complaint.strip()) == (2, "", f"muster: {sentence}")
