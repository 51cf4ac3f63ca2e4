"""The settings of single sign-on, and what a command does about it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import Join, SettingsError, SingleSignOn, read_settings
from app.services.accounts.external_identities import unlink
from app.services.audit import COMMAND_LINE
from models import Account, ExternalIdentity
from tests.app.accounts.single_sign_on.conftest import sign_in
from tests.app.conftest import Browser
from tests.identity_provider import SmallProvider

pytestmark = pytest.mark.one_database

WHOLE = {
    "MUSTER_OIDC_ISSUER": "https://login.example.org/realms/staff",
    "MUSTER_OIDC_CLIENT_ID": "muster",
    "MUSTER_OIDC_CLIENT_SECRET": "s3cret-that-nobody-sees",
}


def read(folder: Path, **settings: str) -> SingleSignOn | None:
    return read_settings({"MUSTER_DATA_DIR": str(folder), **settings}).single_sign_on


class TestSettings:
    def test_are_none_by_default(self, tmp_path: Path) -> None:
        assert read(tmp_path) is None

    def test_are_read_with_their_defaults(self, tmp_path: Path) -> None:
        chosen = read(tmp_path, **WHOLE)
        assert chosen is not None
        assert (chosen.name, chosen.join, chosen.only) == ("single sign-on", Join.KNOWN, False)

    def test_show_no_secret_when_they_are_printed(self, tmp_path: Path) -> None:
        assert "s3cret" not in repr(read(tmp_path, **WHOLE))

    def test_take_the_secret_from_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
        parts = {name: value for name, value in WHOLE.items() if name != "MUSTER_OIDC_CLIENT_SECRET"}
        chosen = read(tmp_path, **parts, MUSTER_OIDC_CLIENT_SECRET_FILE=str(tmp_path / "secret"))
        assert chosen is not None
        assert chosen.client_secret == "from the file"

    @pytest.mark.parametrize("missing", WHOLE)
    def test_are_refused_in_part(self, tmp_path: Path, missing: str) -> None:
        with pytest.raises(SettingsError, match="single sign-on needs MUSTER_OIDC_ISSUER"):
            read(tmp_path, **{name: value for name, value in WHOLE.items() if name != missing})

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("MUSTER_OIDC_ISSUER", "http://login.example.org", "Write the provider's https:// address"),
            ("MUSTER_OIDC_ISSUER", "login.example.org", "Write the provider's https:// address"),
            ("MUSTER_OIDC_ISSUER", "https://[", "Write the provider's https:// address"),
            ("MUSTER_OIDC_JOIN", "everybody", "Use known or directory"),
            ("MUSTER_OIDC_ONLY", "yes", "Use 1, or leave it out"),
        ],
    )
    def test_that_cannot_work_are_refused(self, tmp_path: Path, name: str, value: str, sentence: str) -> None:
        with pytest.raises(SettingsError, match=sentence):
            read(tmp_path, **{**WHOLE, name: value})

    def test_name_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        parts = {**WHOLE, "MUSTER_OIDC_CLIENT_SECRET": "", "MUSTER_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "none")}
        with pytest.raises(SettingsError, match="cannot be read"):
            read(tmp_path, **parts)

    def test_without_them_the_library_is_not_even_imported(self, tmp_path: Path) -> None:
        program = (
            "import sys; from app import create_app; from app.config import read_settings;"
            f"create_app(read_settings({{'MUSTER_DATA_DIR': {str(tmp_path)!r}}}));"
            "print([name for name in ('authlib', 'joserfc', 'requests') if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


class TestUnlinking:
    def test_lets_the_address_link_anew_and_ends_the_sessions(
        self, visitor: Browser, anna: Account, session: Session, provider: SmallProvider
    ) -> None:
        sign_in(visitor)
        session.rollback()
        unlink(session, COMMAND_LINE, anna.id)
        session.commit()
        assert visitor.client.get("/people").status_code == 303
        provider.person |= {"sub": "person-2"}
        assert sign_in(visitor).location == "/"
        session.rollback()
        assert session.scalars(select(ExternalIdentity.subject)).all() == ["person-2"]
