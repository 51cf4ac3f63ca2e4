"""`muster solve --verify`: every answer is checked, and said to hold or not, in a line of its own."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.solving import NOT_VERIFIED, exit_code
from staffing import propose, propose_portfolio, read_portfolio, read_problem

ROOT = Path(__file__).resolve().parents[3]
NEEDS = [{"skill": "go", "level": 3}]
PROBLEM: dict[str, Any] = {
    "format": "muster-problem/1",
    "weeks": 4,
    "people": [{"id": "ann", "skills": {"go": 4}}, {"id": "bob", "skills": {"go": 3}}],
    "roles": [{"id": "dev", "needs": NEEDS}],
    "min_difference": 1,
}
HOPELESS = {**PROBLEM, "rules": {"exclude": ["ann", "bob"]}}
PORTFOLIO: dict[str, Any] = {
    "format": "muster-portfolio/1",
    "weeks": 4,
    "people": PROBLEM["people"],
    "projects": [{"id": "shop", "roles": PROBLEM["roles"]}],
}


class TestVerifying:
    def test_says_of_each_file_that_its_answer_holds(self, tmp_path: Path) -> None:
        names = ["a.json", "b.json", "c.json"]
        for name, document in zip(names, (PROBLEM, HOPELESS, PORTFOLIO), strict=True):
            (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
        done = [
            subprocess.run(
                [sys.executable, "-m", "app.cli", "solve", "--json", *options, *names],
                cwd=tmp_path,
                env={"PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            for options in ((), ("--verify",))
        ]
        assert {run.returncode for run in done} == {1}
        assert done[0].stdout == done[1].stdout
        assert done[1].stderr.splitlines() == [
            "a.json: verified: 2 of 2 teams proven.",
            "b.json: verified: there is no team.",
            "c.json: verified: every team keeps its rules, nobody's weeks are overfull, the total is right.",
        ]

    def test_ends_with_a_code_of_its_own_where_an_answer_does_not_hold(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        problem = read_problem(PROBLEM)
        result = propose(problem, certificate=True)
        first, second = result.teams
        off = replace(result, teams=(replace(first, units=first.units + 1, bound=first.bound + 1), second))
        assert exit_code("a.json", problem, off, verify=True) == NOT_VERIFIED == 3
        said = f"not verified: team 1: the units are others (says {first.units + 1}, is {first.units})."
        assert capsys.readouterr().err == f"a.json: {said}\n"
        assert exit_code("a.json", problem, result, verify=True) == 0
        assert exit_code("a.json", problem, off, verify=False) == 0

    def test_names_seats_and_people(self, capsys: pytest.CaptureFixture[str]) -> None:
        problem = read_problem(PROBLEM)
        result = propose(problem, certificate=True)
        short = replace(result, teams=result.teams[:1])
        exit_code("a.json", problem, short, verify=True)
        assert "team 2: there is a better team (bob; is 850000)" in capsys.readouterr().err

    def test_finds_a_wrong_total_of_a_portfolio(self, capsys: pytest.CaptureFixture[str]) -> None:
        portfolio = read_portfolio(PORTFOLIO)
        result = propose_portfolio(portfolio)
        off = replace(result, total=result.total + 1)
        assert exit_code("a.json", portfolio, off, verify=True) == NOT_VERIFIED
        assert "not verified: the total is another one (says " in capsys.readouterr().err
