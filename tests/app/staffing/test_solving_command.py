"""`muster solve` as a process of its own: problem files in, answers out, one sentence about what cannot be read."""

import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from staffing import reading, reading_people
from staffing.portfolio import reading as portfolio_reading
from tests.staffing.documents import changed

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[3]

PLAIN: dict[str, Any] = {
    "format": "muster-problem/1",
    "weeks": 4,
    "people": [
        {"id": "ann", "skills": {"go": 4, "sql": [3, 0.8]}, "free": [1, 0.5, 0.5, 1]},
        {"id": "Łucja & co", "skills": {"go": 3}},
        {"id": "cy", "skills": {"go": 2}},
    ],
    "ties": [["ann", "cy", 0.5]],
    "roles": [{"id": "dev", "fte": 0.5, "needs": [{"skill": "go", "level": 3}]}],
    "rules": {"locks": [["dev", "ann"]]},
    "teams": 1,
}
TOO_MANY = {"roles": [{"id": "dev", "seats": 3, "needs": [{"skill": "go", "level": 3}]}], "rules": {}}

PORTFOLIO: dict[str, Any] = {
    "format": "muster-portfolio/1",
    "weeks": 4,
    "people": [{"id": "ann", "skills": {"go": 4}}],
    "projects": [
        {"id": "shop", "priority": 2, "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}]}]},
        {"id": "bank", "roles": [{"id": "dev", "needs": [{"skill": "go", "level": 3}]}]},
        {
            "id": "moon",
            "roles": [{"id": "pilot", "needs": [{"skill": "fly", "level": 3}]}],
            "rules": {"locks": [["pilot", "ann"]]},
        },
    ],
}

HOLES: list[tuple[list[Any], Any, str]] = [
    (["people", 0, "title"], "guru", "people[0].title: unknown key"),
    (["people", 0, "free"], float("nan"), "people[0].free: must be a number from 0 to 4."),
    (["people", 0, "free", 3], float("-inf"), "people[0].free[3]: must be a number from 0 to 4."),
    (["people", 0, "free", 3], "NaN", "people[0].free[3]: must be a number from 0 to 4."),
    (["people", 0, "free"], [1, 1, 1], "people[0].free: must have 4 entries, not 3."),
    (["people", 2, "skills", "cobol"], 6, "people[2].skills.cobol: must be a whole number from 0 to 5."),
    (["people", 2, "skills", "cobol"], 2.5, "people[2].skills.cobol: must be a whole number from 0 to 5."),
    (["people", 2, "skills", "cobol"], True, "people[2].skills.cobol: must be a whole number from 0 to 5."),
    (["people", 2, "id"], "ann", "people[2].id: is the id of an earlier person too."),
    (["people", 2, "id"], "\ud800", "people[2].id: must be text without half characters (unpaired surrogates)."),
    (["people", 2, "cost"], -1, "people[2].cost: must be a number from 0 to 1e+12."),
    (["people", 2, "cost"], 10**400, "people[2].cost: must be a number from 0 to 1e+12."),
    (["people"], "everybody", "people: must be a list."),
    (["roles"], [], "roles: must name at least one role."),
    (["roles"], [PLAIN["roles"][0]] * 2, "roles[1].id: is the id of an earlier role too."),
    (["roles", 0, "seats"], 0, "roles[0].seats: must be a whole number from 1 to 200."),
    (["roles", 0, "seats"], -1, "roles[0].seats: must be a whole number from 1 to 200."),
    (["roles", 0, "seats"], 10**9, "roles[0].seats: must be a whole number from 1 to 200."),
    (["roles", 0, "to"], 0, "roles[0].to: must be after `from`, which is 0."),
    (["roles", 0, "needs"], "go", "roles[0].needs: must be a list."),
    (["weeks"], 0, "weeks: must be a whole number from 1 to 1040."),
    (["teams"], 0, "teams: must be a whole number from 1 to 1000."),
    (["ties", 0, 1], "eve", "ties[0][1]: is the id of no person."),
    (["ties", 0, 1], "ann", "ties[0]: ties a person to themselves."),
    (["ties"], [["ann", "cy", 0.5], ["cy", "ann", 0.6]], "ties[1]: contradicts ties[0]."),
    (["rules", "locks", 0, 1], "eve", "rules.locks[0][1]: is the id of no person."),
    (["rules", "locks", 0, 0], "chef", "rules.locks[0][0]: is the id of no role."),
    (["roles", 0, "id"], "\udfff", "roles[0].id: must be text without half characters (unpaired surrogates)."),
    (["roles", 0, "needs", 0, "skill"], "\ud800", "roles[0].needs[0].skill: must be text without half characters"),
    (["roles", 0, "needs", 0, "level"], 10**4000, "roles[0].needs[0].level: must be a whole number from 1 to 5."),
    (["roles", 0, "seats"], -(10**4000), "roles[0].seats: must be a whole number from 1 to 200."),
    (["roles", 0, "fte"], float("inf"), "roles[0].fte: must be a number from 0 to 4."),
    (["roles", 0, "from"], -1, "roles[0].from: must be a whole number from 0 to 3."),
    (["roles", 0, "to"], 5, "roles[0].to: must be a whole number from 0 to 4."),
    (["people", 0, "free", 3], [[[[1]]]], "people[0].free[3]: must be a number from 0 to 4."),
    (["people", 2, "skills"], [["go", 3]], "people[2].skills: must be an object."),
    (["people", 2, "skills", "go"], [3, 0], "people[2].skills.go[1]: must be above 0; leave the rating out instead."),
    (["people", 2, "goals"], {"go": 6}, "people[2].goals.go: must be a whole number from 0 to 5."),
    (["people", 2], None, "people[2]: must be an object."),
    (["weights"], {"fit": 0}, "weights: must have a positive weight."),
    (["cost_range"], [1, 1], "cost_range: must rise from low to high."),
    (["rules"], [[]] * 900, "rules: must be an object."),
    (["rules", "locks", 0], ["dev"], "rules.locks[0]: must have 2 entries, not 1."),
    (["rules", "exclude"], ["eve"], "rules.exclude[0]: is the id of no person."),
    (["rules", "never_together"], [["ann", "ann"]], "rules.never_together[0]: names one person twice"),
    (["rules", "budget"], float("nan"), "rules.budget: must be a number from 0 to 1e+15."),
    (["rules", "max_people"], -1, "rules.max_people: must be a whole number from 0 to 200."),
    (["rules", "team_skills"], [{"skill": "go", "level": 9}], "rules.team_skills[0].level: must be a whole number"),
    (["format"], "muster-problem/2", "format: must be 'muster-problem/1' or 'muster-portfolio/1'."),
]

RUBBISH: list[tuple[bytes, str]] = [
    (b"", " is empty."),
    (b"people: none", " is not JSON; at line 1, column 1: Expecting value."),
    (b"\xff\xfe\x00", " is not text; save it as UTF-8."),
    (b"[]", " must be an object."),
    (b"null", " must be an object."),
    (b"[" * 20_000_000, " is nested too deeply."),
    (b'{"rules":' * 100_000 + b"1" + b"}" * 100_000, " is nested too deeply."),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), " is not text; save it as UTF-8."),
    (bytes(1000), " is not JSON; at line 1, column 1: Expecting value."),
    (b'{"format": "muster-problem/1", ', " is not JSON; at line 1, column "),
    (b"{}{}", " is not JSON; at line 1, column 3: Extra data."),
    (b"NaN", " must be an object."),
    (b'{"format": "muster-problem/1", "weeks": 4, "weeks": 5}', ": weeks: stands twice in its object; keep one"),
    (b'{"format": "muster-problem/1", "weeks": ' + b"9" * 5000 + b"}", ": weeks: must be a whole number from 1 to"),
]


def muster_solve(folder: Path, *arguments: str, said: bytes = b"", **settings: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MUSTER_")}
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "solve", *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), **settings},
        input=said,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def written(folder: Path, name: str, document: Any) -> str:
    (folder / name).write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return name


class TestAnAnswer:
    def test_is_one_document(self, tmp_path: Path) -> None:
        code, said, complaint = muster_solve(tmp_path, "--json", written(tmp_path, "a.json", PLAIN))
        answer = json.loads(said)
        assert (code, complaint, said.count("\n")) == (0, "", 1)
        assert (answer["format"], answer["status"]) == ("muster-solution/1", "optimal")
        assert [seat["person"] for team in answer["teams"] for seat in team["assignments"]] == ["ann"]

    def test_is_a_table_for_people(self, tmp_path: Path) -> None:
        code, said, _ = muster_solve(tmp_path, written(tmp_path, "a.json", PLAIN))
        assert code == 0
        assert said.startswith("a.json: optimal\nSeat ")
        assert "\ndev 1 " in said
        assert said.endswith("Looked at 3 people. No better team exists under these rules.\n")

    def test_that_there_is_no_team_gives_the_reasons_in_words(self, tmp_path: Path) -> None:
        code, said, complaint = muster_solve(tmp_path, written(tmp_path, "a.json", {**PLAIN, **TOO_MANY}))
        assert (code, complaint) == (1, "")
        assert said.splitlines() == [
            "a.json: infeasible",
            "- dev needs 2 people, but only Łucja & co can fill them. (2 times)",
            "- Near to dev: cy has go 2 of 3.",
            "- Near to dev: ann is short of 50% in 2 weeks.",
            "A way out:",
            "- Ask for go 2 instead of 3 in dev for cy.",
            "- Reduce dev from 100% to 50% for ann.",
            "Looked at 3 people. No team covers every role under these rules.",
        ]

    def test_among_nobody_is_explained_too(self, tmp_path: Path) -> None:
        nobody = {**PLAIN, "people": [], "ties": [], "rules": {}}
        code, said, _ = muster_solve(tmp_path, "--json", written(tmp_path, "a.json", nobody))
        assert (code, json.loads(said)["infeasible"]["conflicts"][0]["cause"]) == (1, "seats")

    def test_comes_from_standard_input_too(self, tmp_path: Path) -> None:
        code, said, _ = muster_solve(tmp_path, "-", said=json.dumps(PLAIN).encode("utf-16"))
        assert (code, said.splitlines()[0]) == (0, "standard input: optimal")
        assert muster_solve(tmp_path, "-") == (2, "", "muster: standard input is empty.\n")

    def test_survives_a_terminal_without_the_letters(self, tmp_path: Path) -> None:
        infeasible = written(tmp_path, "a.json", {**PLAIN, **TOO_MANY})
        assert "only ?ucja & co" in muster_solve(tmp_path, infeasible, PYTHONIOENCODING="iso-8859-1")[1]
        assert "Łucja & co" in muster_solve(tmp_path, "--json", infeasible, PYTHONIOENCODING="iso-8859-1")[1]

    def test_steers_no_terminal(self, tmp_path: Path) -> None:
        roles = [{"id": "\x1b]0;dev\x07", "needs": []}]
        rude = {**PLAIN, "people": [{"id": "\x1b[2J"}], "ties": [], "roles": roles, "rules": {}}
        code, said, _ = muster_solve(tmp_path, written(tmp_path, "a.json", rude))
        assert (code, said.replace("\n", "").isprintable()) == (0, True)
        assert "\ufffd[2J" in said

    def test_takes_neither_the_web_nor_the_database(self, tmp_path: Path) -> None:
        problem = written(tmp_path, "a.json", PLAIN)
        _, _, loaded = muster_solve(tmp_path, "--json", problem, PYTHONPROFILEIMPORTTIME="1")
        modules = {line.rsplit("|", 1)[-1].strip() for line in loaded.splitlines()}
        assert "staffing" in modules
        assert not modules & {"flask", "sqlalchemy", "jinja2", "openpyxl", "scipy.optimize", "networkx"}


class TestAPortfolio:
    def test_is_answered_beside_problems(self, tmp_path: Path) -> None:
        problem, portfolio = written(tmp_path, "a.json", PLAIN), written(tmp_path, "b.json", PORTFOLIO)
        code, said, _ = muster_solve(tmp_path, "--json", problem, portfolio)
        formats = [json.loads(line)["format"] for line in said.splitlines()]
        assert (code, formats) == (0, ["muster-solution/1", "muster-portfolio-solution/1"])

    def test_shows_each_team_and_who_is_contested(self, tmp_path: Path) -> None:
        code, said, complaint = muster_solve(tmp_path, written(tmp_path, "a.json", PORTFOLIO))
        assert (code, complaint) == (0, "")
        assert said.splitlines() == [
            "a.json: partial",
            "Project  Seat     Person",
            "-------  -------  ------",
            "shop     dev 1    ann",
            "bank     dev 1    -",
            "moon     pilot 1  -",
            "",
            "Project  Outcome     Filled  Score of 100  With everybody to itself",
            "-------  ----------  ------  ------------  ------------------------",
            "shop     complete    1 of 1  85.0000       1 of 1, 85.0000",
            "bank     partial     0 of 1  20.0000       1 of 1, 85.0000",
            "moon     infeasible  0 of 1  -             -",
            "",
            "- bank, dev: everybody who can fill it is busy on other projects.",
            "- moon: ann is locked to pilot but has fly 0 of 3.",
            "- bank and shop compete for ann.",
            "- Another person like ann would be worth up to 42.31% of the total, to shop and bank.",
            "",
            "Worth 3,900,000 of at most 3,900,000, 0.00% apart.",
            "Looked at 1 person. Not every seat can be filled; no choice of teams is worth more.",
        ]

    def test_that_is_wrong_names_the_path(self, tmp_path: Path) -> None:
        wrong = copy.deepcopy(PORTFOLIO)
        wrong["projects"][1]["roles"][0]["seats"] = 0
        code, said, complaint = muster_solve(tmp_path, "--json", written(tmp_path, "a.json", wrong))
        sentence = "projects[1].roles[0].seats: must be a whole number from 1 to 200."
        assert (code, said, complaint) == (2, "", f"muster: a.json: {sentence}\n")

    def test_without_any_team_is_a_no(self, tmp_path: Path) -> None:
        hopeless = {**PORTFOLIO, "projects": PORTFOLIO["projects"][2:]}
        code, said, _ = muster_solve(tmp_path, written(tmp_path, "a.json", hopeless))
        assert (code, said.splitlines()[-1]) == (1, "Looked at 1 person. No project can have a team under its rules.")


class TestSeveralFiles:
    def test_are_answered_in_the_order_given(self, tmp_path: Path) -> None:
        optimal = written(tmp_path, "b.json", PLAIN)
        infeasible = written(tmp_path, "a.json", {**PLAIN, **TOO_MANY})
        code, said, times = muster_solve(tmp_path, "--json", "--timing", optimal, infeasible)
        assert code == 1
        assert said == "".join(muster_solve(tmp_path, "--json", name)[1] for name in (optimal, infeasible))
        assert [sorted(json.loads(line)) for line in times.splitlines()] == [["load_s", "solve_s"]] * 2

    def test_are_all_answered_but_those_that_are_refused(self, tmp_path: Path) -> None:
        good = written(tmp_path, "good.json", PLAIN)
        bad = written(tmp_path, "bad.json", {**PLAIN, "weeks": 0})
        infeasible = written(tmp_path, "none.json", {**PLAIN, **TOO_MANY})
        code, said, complaint = muster_solve(tmp_path, "--json", good, bad, "missing.json", infeasible)
        answers = [json.loads(line) for line in said.splitlines()]
        assert code == 2
        assert [answer and answer["status"] for answer in answers] == ["optimal", None, None, "infeasible"]
        assert complaint.splitlines() == [
            "muster: bad.json: weeks: must be a whole number from 1 to 1040.",
            "muster: missing.json cannot be read: No such file or directory.",
        ]

    def test_appear_one_by_one(self, tmp_path: Path) -> None:
        good = written(tmp_path, "good.json", PLAIN)
        os.mkfifo(tmp_path / "later.json")
        with subprocess.Popen(
            [sys.executable, "-m", "app.cli", "solve", "--json", good, "later.json"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
        ) as running:
            assert running.stdout is not None
            first = json.loads(running.stdout.readline())
            (tmp_path / "later.json").write_text(json.dumps({**PLAIN, **TOO_MANY}))
            second = json.loads(running.stdout.readline())
        assert (first["status"], second["status"], running.returncode) == ("optimal", "infeasible", 1)


class TestARefusedFile:
    def test_is_named_with_the_path_of_the_value(self, tmp_path: Path) -> None:
        holed = [changed(PLAIN, path, value) for path, value, _ in HOLES]
        names = [written(tmp_path, f"{n}.json", document) for n, document in enumerate(holed)]
        code, said, complaint = muster_solve(tmp_path, *names)
        assert (code, said.strip()) == (2, "")
        for name, (_, _, sentence), line in zip(names, HOLES, complaint.splitlines(), strict=True):
            assert line.startswith(f"muster: {name}: {sentence}")

    def test_that_is_no_document_is_told_in_one_sentence(self, tmp_path: Path) -> None:
        names = [written(tmp_path, f"{n}.json", content) for n, (content, _) in enumerate(RUBBISH)]
        code, said, complaint = muster_solve(tmp_path, *names)
        assert (code, said.strip()) == (2, "")
        for name, (_, sentence), line in zip(names, RUBBISH, complaint.splitlines(), strict=True):
            assert line.startswith(f"muster: {name}{sentence}")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
    def test_that_may_not_be_read_is_told(self, tmp_path: Path) -> None:
        (tmp_path / written(tmp_path, "secret.json", PLAIN)).chmod(0)
        told = muster_solve(tmp_path, "secret.json")
        assert told == (2, "", "muster: secret.json cannot be read: Permission denied.\n")

    def test_may_be_a_folder(self, tmp_path: Path) -> None:
        assert muster_solve(tmp_path, "--json", ".") == (2, "", "muster: . cannot be read: Is a directory.\n")

    def test_alone_prints_nothing_on_standard_output(self, tmp_path: Path) -> None:
        bad = written(tmp_path, "bad.json", {**PLAIN, "surprise": 1})
        code, said, complaint = muster_solve(tmp_path, "--json", "--timing", bad)
        assert (code, said) == (2, "")
        assert complaint.startswith("muster: bad.json: surprise: unknown key; known here are format,")
        assert complaint.count("\n") == 1


class TestTheDocumentation:
    TEXT = (ROOT / "docs" / "problem-files.md").read_text("utf-8")

    def test_shows_a_problem_that_can_be_solved(self, tmp_path: Path) -> None:
        example = re.findall(r"^```json\n(.*?)^```", self.TEXT, re.M | re.S)[0].encode()
        code, said, _ = muster_solve(tmp_path, "--json", written(tmp_path, "a.json", example))
        assert (code, len(json.loads(said)["teams"])) == (0, 2)

    def test_shows_a_portfolio_that_can_be_solved(self, tmp_path: Path) -> None:
        example = re.findall(r"^```json\n(.*?)^```", self.TEXT, re.M | re.S)[1].encode()
        code, said, _ = muster_solve(tmp_path, "--json", written(tmp_path, "a.json", example))
        assert (code, json.loads(said)["status"]) == (0, "partial")

    def test_names_every_key(self) -> None:
        keys = {*reading._PROBLEM, *reading.ROLE_KEYS, *reading.RULES_KEYS, *reading_people._PERSON}
        keys |= {*portfolio_reading._PORTFOLIO, *portfolio_reading._PROJECT}
        assert keys <= set(re.findall(r"`(\w+)`", self.TEXT))


class TestAProblemWithoutATeam:
    """However many seats and rules it has, that there is no team is known before the search would begin."""

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"roles": [{"id": "dev", "seats": 200, "needs": [{"skill": "go", "level": 5}]}]}, "dev needs 101 people"),
            ({"rules": {"max_people": 11}}, "at most 11 people"),
            ({"rules": {"budget": 1199}}, "the budget of 1199"),
            ({"rules": {"team_skills": [{"skill": "gdpr", "level": 1, "people": 1}]}}, "the skill gdpr on the team"),
        ],
    )
    def test_says_which_seats_or_rule(self, tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
        people = [{"id": f"p{n}", "skills": {"go": 4 + n % 2}, "cost": 100} for n in range(200)]
        roles = [{"id": "dev", "seats": 12, "needs": [{"skill": "go", "level": 3}]}]
        document = {"format": "muster-problem/1", "weeks": 1, "people": people, "roles": roles, **changes}
        name = written(tmp_path, "a.json", document)
        code, said, _ = muster_solve(tmp_path, name)
        assert (code, reason in said.splitlines()[1]) == (1, True)
        assert "A way out:" in said
        work = json.loads(muster_solve(tmp_path, "--json", name)[1])["work"]
        assert (work["nodes"], work["sweeps"]) == (0, 0)


class TestVeryManyPeople:
    def test_of_whom_nobody_is_eligible_are_read_and_explained(self, tmp_path: Path) -> None:
        count = 200_000
        someone = b'{"id":"p%06d","skills":{"go":%d,"sql":[3,0.5]},"free":0.5}'
        roles = b'"roles":[{"id":"dev","needs":[{"skill":"go","level":3}]}]'
        people = b",".join(someone % (n, n % 3) for n in range(count))
        many = b'{"format":"muster-problem/1","weeks":4,%s,"people":[%s]}' % (roles, people)
        code, said, complaint = muster_solve(tmp_path, "--json", written(tmp_path, "many.json", many))
        answer = json.loads(said)
        assert (code, complaint, answer["status"]) == (1, "", "infeasible")
        assert answer["considered"]["people"] == count
        assert len(answer["infeasible"]["nearest"]["dev"]) == 3
