"""The secret key: made well, kept to its owner, and what it signs."""

import hashlib
from pathlib import Path

import pytest
from flask import Flask
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app import create_app
from app.access import Action, Thing
from app.config import read_settings
from app.entrance.declaring import allow
from tests.app.conftest import Browser, settings_for


class TestTheKey:
    def test_is_made_of_256_random_bits_for_its_owners_eyes(self, tmp_path: Path) -> None:
        made = []
        for name in ("one", "two"):
            made.append(read_settings({"MUSTER_DATA_DIR": str(tmp_path / name)}).secret_key)
            for path in (tmp_path / name, tmp_path / name / "secret-key"):
                assert path.stat().st_mode & 0o077 == 0, "the folder holds the database too"
        assert [len(bytes.fromhex(key)) for key in made] == [32, 32]
        assert made[0] != made[1]

    def test_signs_cookies_with_sha_256(self, app: Flask, visitor: Browser) -> None:
        visitor.get("/sign-in")
        cookie = visitor.client.get_cookie("muster")
        assert cookie is not None

        def signed(digest: object) -> URLSafeTimedSerializer:
            kwargs = {"key_derivation": "hmac", "digest_method": digest}
            return URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="cookie-session", signer_kwargs=kwargs)

        assert signed(hashlib.sha256).loads(cookie.value)
        with pytest.raises(BadSignature):
            signed(hashlib.sha1).loads(cookie.value)


class TestDebugging:
    def test_stays_off_whatever_the_environment_says(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FLASK_DEBUG", "1")
        app = create_app(settings_for(tmp_path, "sqlite://"))

        @app.get("/broken")
        @allow(Thing.HEALTH, Action.SEE)
        def broken() -> str:
            raise ZeroDivisionError("secret detail")

        answer = app.test_client().get("/broken")
        assert not app.debug
        assert answer.status_code == 500
        assert "secret detail" not in answer.get_data(as_text=True)
        assert "Traceback" not in answer.get_data(as_text=True)
