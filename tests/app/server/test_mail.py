"""Mail: what is sent, to whom, how, and what its server's moods change."""

import logging
import re
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import mail
from app.config import SettingsError, read_settings
from app.mail import Mail, Postbox, written
from app.services.accounts.tokens import issue_token
from app.services.audit import COMMAND_LINE
from models import Account, AuditEntry, OneTimeLink, Scope, SecondFactor
from tests.app.conftest import Browser, Started, mailing
from tests.factories.accounts import account
from tests.factories.doors import EMAIL, PASSWORD, invite, reset_link, settle_in
from tests.mail_server import MailServer, serving

pytestmark = pytest.mark.one_database

NEW = "lantern river copper moth"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def app(engine: Engine, tmp_path: Path, server: MailServer, started: Started) -> Flask:
    return mailing(started, engine, tmp_path, server.port)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def arrived(app: Flask, server: MailServer) -> Callable[[], list[str]]:
    """Waits for what is under way, then says what arrived, oldest first."""

    def wait() -> list[str]:
        app.extensions[mail.EXTENSION].settle(20)
        return [message.get_content() for message in server.mails]

    return wait


def link_in(text: str, kind: str = "welcome") -> str:
    found = re.search(rf"http://muster\.localhost(/{kind}/\S+)", text)
    assert found, text
    return found[1]


class TestAForgottenPassword:
    def test_is_replaced_by_a_link_that_comes_by_mail(
        self, visitor: Browser, engine: Engine, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        answer = visitor.post("/forgot-password", 200, email="Anna@Example.org")
        assert "If there is an account" in answer.get_data(as_text=True)
        (text,) = arrived()
        assert (server.mails[0]["To"], server.mails[0]["From"]) == (EMAIL, "Muster <muster@lattice.example>")
        assert "new password" in server.mails[0]["Subject"]
        visitor.post(link_in(text), password=NEW)
        assert (
            "Your password in Muster was changed" in [m["Subject"] for m in server.mails]
            or "was changed" in arrived()[1]
        )
        visitor.post("/sign-out", page="/account")
        visitor.post("/sign-in", email=EMAIL, password=NEW)

    def test_is_answered_the_same_for_everybody_and_only_owners_get_mail(
        self, visitor: Browser, engine: Engine, session: Session, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        settle_in(engine, "gone@example.org")
        session.scalars(select(Account).where(Account.email == "gone@example.org")).one().active = False
        session.commit()
        answers = set()
        for email in (EMAIL, "nobody@example.org", "gone@example.org"):
            page = visitor.post("/forgot-password", 200, email=email).get_data(as_text=True)
            answers.add(re.sub(r'(value|nonce)="[^"]*"', "", page))
        assert len(answers) == 1
        assert len(arrived()) == 1

    def test_is_answered_without_waiting_for_the_mail_server(
        self, app: Flask, visitor: Browser, engine: Engine, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        app.extensions[mail.EXTENSION].pauses = (0.01,)
        server.refusals.append("451 later")
        visitor.post("/forgot-password", 200, email=EMAIL)
        assert len(arrived()) == 1, "tried again"

    def test_is_mailed_at_most_three_times_an_hour(
        self, visitor: Browser, engine: Engine, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        for _ in range(5):
            visitor.post("/forgot-password", 200, email=EMAIL)
        assert len(arrived()) == 3

    def test_changes_nothing_until_the_link_is_opened(
        self, app: Flask, visitor: Browser, engine: Engine, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        visitor.post("/forgot-password", 200, email=EMAIL)
        arrived()
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)

    def test_follows_the_address_that_is_set_up_and_not_the_one_asked_for(
        self, visitor: Browser, engine: Engine, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        visitor.client.environ_base["HTTP_X_FORWARDED_HOST"] = "evil.example"
        visitor.client.environ_base["HTTP_HOST"] = "localhost"
        visitor.post("/forgot-password", 200, email=EMAIL)
        (text,) = arrived()
        assert set(re.findall(r"https?://[^/\s]+", text)) == {"http://muster.localhost"}

    def test_leaves_a_link_of_256_bits_as_a_digest_and_an_entry_in_the_audit_trail(
        self, visitor: Browser, engine: Engine, session: Session, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        visitor.post("/forgot-password", 200, email=EMAIL)
        secret = link_in(arrived()[0]).rpartition("/")[2]
        assert len(secret) >= 43
        assert secret not in {row.token_hash for row in session.scalars(select(OneTimeLink))}
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "account.reset_asked")).one()

    def test_needs_an_address(self, visitor: Browser) -> None:
        visitor.post("/forgot-password", 422, email="")


class TestANewAddress:
    @pytest.fixture
    def anna(self, visitor: Browser, engine: Engine) -> Browser:
        settle_in(engine)
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        return visitor

    def test_is_used_once_its_link_is_opened_and_the_old_one_is_told(
        self, anna: Browser, engine: Engine, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        anna.post("/account/email", email="New@example.org")
        with Session(engine) as session:
            assert session.scalar(select(AuditEntry.id).where(AuditEntry.action == "account.email_asked"))
        (text,) = arrived()
        assert server.mails[0]["To"] == "new@example.org"
        assert EMAIL in anna.get("/account"), "not yet"
        anna.post(link_in(text, "new-address"))
        assert "new@example.org" in anna.get("/account")
        arrived()
        assert server.mails[1]["To"] == EMAIL

    def test_that_somebody_has_is_answered_the_same_and_its_owner_is_told(
        self, anna: Browser, engine: Engine, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine, "ben@example.org")
        anna.post("/account/email", email="ben@example.org")
        assert "A link was sent to the new address" in anna.get("/account")
        (text,) = arrived()
        assert "an account with this address exists already" in text
        assert server.mails[0]["To"] == "ben@example.org"

    @pytest.mark.parametrize("email", ["", "nonsense", EMAIL, "a@b\nBcc: c@d", f"{'a' * 200}@x.org"])
    def test_that_is_none_is_refused(self, anna: Browser, arrived: Callable[[], list[str]], email: str) -> None:
        anna.post("/account/email", 422, email=email)
        assert arrived() == []


class TestNotices:
    def test_tell_of_a_changed_password_but_not_of_the_first_one(
        self, app: Flask, visitor: Browser, engine: Engine, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        visitor.post(f"/welcome/{invite(engine)}", password=PASSWORD)
        assert arrived() == []
        visitor.post("/account/password", current=PASSWORD, password=NEW)
        assert "was changed, and all other sessions" in arrived()[0]

    def test_of_a_reset_password_say_that_tokens_are_ended(
        self, visitor: Browser, engine: Engine, arrived: Callable[[], list[str]]
    ) -> None:
        settle_in(engine)
        with Session(engine) as session:
            anna, now = session.scalars(select(Account)).one(), datetime.now(UTC)
            issue_token(session, COMMAND_LINE, anna.id, "Nightly", [Scope.PROPOSE], now + timedelta(days=1), now)
            session.commit()
        visitor.post(f"/welcome/{reset_link(engine)}", password=NEW)
        assert "and so were its API tokens" in arrived()[0]

    def test_tell_the_owner_what_an_administrator_changed(
        self, engine: Engine, admin: Browser, server: MailServer, arrived: Callable[[], list[str]]
    ) -> None:
        with Session(engine) as session:
            ben = account(session, "Ben")
            session.add(SecondFactor(account_id=ben.id, salt="ab" * 16, last_step=0, set_up_at=datetime.now(UTC)))
            session.commit()
            there, version = f"/admin/accounts/{ben.id}", ben.version
        rights = {"role": "manager", "reach": "organisation"}
        admin.post(there, version=version, name="Ben", **rights)
        admin.post(f"{there}/reset-second-factor", page=there)
        admin.post(f"{there}/email", page=there, email="new@example.org")
        told = arrived()
        assert [message["To"] for message in server.mails] == ["ben@example.org"] * 3
        assert "Its role is Manager now." in told[0]
        assert "was taken away by an administrator" in told[1]
        assert "uses another e-mail address" in told[2]

    def test_tell_nobody_of_a_name_that_an_administrator_wrote_better(
        self, engine: Engine, admin: Browser, arrived: Callable[[], list[str]]
    ) -> None:
        with Session(engine) as session:
            ben = account(session, "Ben Ode")
            session.commit()
            there, version = f"/admin/accounts/{ben.id}", ben.version
        admin.post(there, version=version, name="Ben Odé", role="practitioner", reach="organisation")
        assert "Ben Odé" in admin.get(there)
        assert arrived() == []

    def test_of_every_kind_have_a_subject_and_a_text_without_a_password(self) -> None:
        kinds = sorted(path.stem for path in (Path(__file__).parents[3] / "templates" / "mail").glob("*.txt"))
        assert {
            "invitation",
            "reset",
            "password_changed",
            "second_factor_changed",
            "new_address",
            "rights_changed",
        } <= set(kinds)
        for kind in kinds:
            note = written(kind, "a@x.org", base_url="http://muster.localhost", name="Anna & Ben", secret="s")
            assert 10 < len(note.subject) < 80
            assert "{{" not in note.text
            assert "&amp;" not in note.text

    def test_with_a_name_of_several_lines_forge_no_header(self, server: MailServer) -> None:
        Postbox(f"smtp://127.0.0.1:{server.port}", "a@x.org", "http://x").send(
            written("reset", "b@x.org", base_url="http://x", name="Anna\nBcc: c@x.org", secret="s")
        )
        assert server.mails[0]["Bcc"] is None


class TestAServer:
    NOTE = Mail("anna@example.org", "Grüße", "Žofie: 正しい")

    def test_is_signed_in_to_with_what_the_address_says(self) -> None:
        with serving(authentication=True) as server:
            Postbox(f"smtp://us%40er:s3cret%2F%3A%40@127.0.0.1:{server.port}", "a@x.org", "http://x").send(self.NOTE)
        assert server.signed_in == ["us@er"]
        assert server.mails[0]["Subject"] == "Grüße"
        assert server.mails[0].get_content().strip() == "Žofie: 正しい"

    def test_that_offers_encryption_is_spoken_to_in_private(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        context, certificate = certified(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with serving(context) as server:
            Postbox(f"smtp://localhost:{server.port}", "a@x.org", "http://x").send(self.NOTE)
        assert server.encrypted == [True]

    def test_whose_certificate_nobody_vouches_for_gets_nothing(self, tmp_path: Path) -> None:
        context, _ = certified(tmp_path)
        with serving(context) as server:
            box = Postbox(f"smtp://localhost:{server.port}", "a@x.org", "http://x", pauses=())
            with pytest.raises(ssl.SSLCertVerificationError):
                box.send(self.NOTE)
        assert server.mails == []

    def test_that_is_away_is_logged_without_the_password(self, caplog: pytest.LogCaptureFixture) -> None:
        box = Postbox("smtp://user:s3cret@127.0.0.1:1", "a@x.org", "http://x", pauses=(0.01,))
        with caplog.at_level(logging.ERROR):
            box.later(lambda: box.send(self.NOTE))
            box.settle(20)
        assert "could not be sent" in caplog.text
        assert "s3cret" not in caplog.text

    def test_is_not_needed(self, app: Flask) -> None:
        Postbox(None, "a@x.org", "http://x").send(self.NOTE)
        app.extensions[mail.EXTENSION].server = None
        with app.app_context():
            assert mail.post("reset", EMAIL, name="Anna", secret="s") is False


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for localhost that vouches for itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    asked = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate, *asked],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


class TestSettings:
    @pytest.mark.parametrize(
        "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://x:y", "smtp://u:s3cret@h:99999999"]
    )
    def test_that_name_no_server_are_refused_without_repeating_a_password(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(SettingsError, match="MUSTER_SMTP_URL must look like") as refused:
            read_settings({"MUSTER_DATA_DIR": str(tmp_path), "MUSTER_SMTP_URL": url})
        assert "s3cret" not in str(refused.value)

    def test_hide_the_password_when_they_are_printed(self, tmp_path: Path) -> None:
        url = "smtps://u:s3cret@mail.example.org"
        settings = read_settings({"MUSTER_DATA_DIR": str(tmp_path), "MUSTER_SMTP_URL": url})
        assert settings.smtp_url == url
        assert "s3cret" not in repr(settings)
        assert settings.secret_key not in repr(settings)
        assert settings.mail_from == "muster@127.0.0.1"

    def test_refuse_a_sender_that_is_no_address(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="MUSTER_MAIL_FROM"):
            read_settings({"MUSTER_DATA_DIR": str(tmp_path), "MUSTER_MAIL_FROM": "Muster <a@b>"})
