"""Rules of the house that no linter knows."""

import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app.access import opens
from app.config import SETTINGS
from app.entrance.declaring import declared_access

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400


def tracked(*patterns: str) -> list[Path]:
    """The files that git tracks; without git, everything outside folders that begin with a dot."""
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    return [
        path
        for pattern in patterns
        for path in ROOT.rglob(pattern)
        if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    ]


class TestFiles:
    def test_no_module_is_longer_than_400_lines(self) -> None:
        long = {
            str(path.relative_to(ROOT)): count
            for path in tracked("*.py", "*.html", "*.css", "*.js")
            if "vendor" not in path.parts
            and (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        }
        assert not long

    def test_no_module_is_a_drawer_for_everything(self) -> None:
        drawers = {"utils", "helpers", "common", "misc", "manager"}
        assert not [path for path in tracked("*.py") if path.stem in drawers]

    def test_templates_hold_no_inline_style_script_or_handler(self) -> None:
        found = [
            f"{path.relative_to(ROOT)}: {match[0]}"
            for path in tracked("*.html")
            for match in re.finditer(
                r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son(?!ce=)[a-z]+=|javascript:", path.read_text("utf-8")
            )
        ]
        assert not found

    def test_nothing_mutes_a_whole_file(self) -> None:
        muted = [
            path
            for path in tracked("*.py")
            if re.search(r"^# (ruff: noqa|mypy: ignore-errors)", path.read_text("utf-8"), re.M)
        ]
        assert not muted


class TestLocks:
    @pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
    def test_every_package_is_pinned_by_hash_and_names_no_registry(self, name: str) -> None:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        for entry in re.split(r"\n(?=[a-z])", text.strip()):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", entry, re.I), entry.splitlines()[0]
            assert "--hash=sha256:" in entry

    def test_the_tests_lock_holds_every_pin_of_the_programs_lock(self) -> None:
        pins = [
            {line.rstrip(" \\") for line in (ROOT / name).read_text("utf-8").splitlines() if "==" in line}
            for name in ("requirements.lock", "requirements-dev.lock")
        ]
        assert pins[0] <= pins[1]


class TestSettings:
    def test_the_operations_guide_lists_exactly_the_settings_that_the_code_reads(self) -> None:
        guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        assert dict(re.findall(r"^\| `(MUSTER_\w+)` \| (.+) \|$", guide, re.M)) == SETTINGS

    def test_only_the_config_reads_the_environment(self) -> None:
        readers = [path for path in tracked("app", "models", "staffing", "importers") if path.suffix == ".py"
                   and re.search(r"os\.(environ|getenv)", path.read_text("utf-8"))]  # fmt: skip
        assert [path.name for path in readers] == ["config.py"]


class TestAccess:
    def test_every_endpoint_declares_who_may_use_it(self, app: Flask) -> None:
        undeclared = [name for name in app.view_functions if declared_access(app, name) is None]
        assert not undeclared

    def test_only_entering_and_health_are_public(self, app: Flask) -> None:
        public = {name for name in app.view_functions if opens(None, *(declared_access(app, name) or ()))}
        assert public == {
            "static",
            "api_documents.openapi",
            "signing_in.sign_in",
            "signing_in.sign_in_now",
            "signing_in.welcome",
            "signing_in.set_password",
            "appearance.choose",
            "second_step.ask",
            "second_step.take",
            "links.forgot",
            "links.send_link",
            "links.new_address",
            "links.use_address",
            "single_sign_on.begin",
            "single_sign_on.come_back",
            "service.healthz",
            "service.readyz",
        }

    def test_no_address_changes_anything_when_it_is_read(self, app: Flask) -> None:
        mixed = [rule.rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())]
        assert not mixed
