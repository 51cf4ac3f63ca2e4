"""The application without a database: enough to read its addresses."""

from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Settings


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path / 'never.sqlite3'}",
            data_dir=tmp_path,
            secret_key="a key for tests that nobody else will ever use",
            base_url="http://localhost",
            log_level="WARNING",
        )
    )
