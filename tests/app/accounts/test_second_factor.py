"""A second factor: codes of an app, recovery codes, and who must have one."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from pyotp import TOTP
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.db import make_engine, reading_session, writing_session
from app.entrance.signed_in import find_signed_in
from app.errors import Conflict, DomainError, NotFound
from app.queries.accounts.second_factor import factor_state
from app.services.accounts import accounts, passwords, second_factor
from app.services.accounts.second_step import take_second_step
from app.services.accounts.sessions import start_session
from app.services.audit import COMMAND_LINE, Actor
from models import Account, AccountRole, AuditEntry, RecoveryCode, RolePolicy, SecondFactor, SignInSession
from tests.app.conftest import Browser
from tests.factories.commands import muster

KEY = "a key for tests that nobody else will ever use"
NOW = datetime(2027, 3, 1, 12, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


def app_on_phone(key: str, account_id: int, salt: str) -> TOTP:
    return TOTP(second_factor.seed(key, account_id, salt))


class Phone:
    """An account with a second factor set up at NOW, and the app that shows its codes."""

    def __init__(self, session: Session) -> None:
        self.session, self.salt = session, second_factor.new_salt()
        self.account = accounts.create_account(
            session, COMMAND_LINE, email="a@x.org", name="A", role=AccountRole.MANAGER
        )
        self.actor = Actor("account", self.account.id)
        self.totp = app_on_phone(KEY, self.account.id, self.salt)
        self.codes = self.set_up(self.totp.at(NOW), NOW)

    def set_up(self, code: str, at: datetime) -> list[str]:
        return second_factor.set_up(
            self.session, self.actor, self.account.id, key=KEY, salt=self.salt, code=code, at=at
        )

    def check(self, code: str, at: datetime) -> None:
        second_factor.check_code(self.session, self.account.id, code, key=KEY, at=at)


@pytest.fixture
def phone(session: Session) -> Phone:
    return Phone(session)


class TestACodeOfTheApp:
    def test_works_once(self, phone: Phone) -> None:
        later = NOW + 4 * STEP
        phone.check(phone.totp.at(later), later)
        with pytest.raises(DomainError, match="has been used"):
            phone.check(phone.totp.at(later), later)

    def test_that_turned_the_factor_on_does_not_sign_in(self, phone: Phone) -> None:
        with pytest.raises(DomainError, match="has been used"):
            phone.check(phone.totp.at(NOW), NOW)

    def test_older_than_the_one_used_last_is_refused(self, phone: Phone) -> None:
        later = NOW + 4 * STEP
        phone.check(phone.totp.at(later), later)
        with pytest.raises(DomainError, match="has been used"):
            phone.check(phone.totp.at(later - STEP), later)

    @pytest.mark.parametrize("steps", [-1, 0, 1])
    def test_may_be_one_step_early_or_late(self, phone: Phone, steps: int) -> None:
        later = NOW + 4 * STEP
        phone.check(phone.totp.at(later + steps * STEP), later)

    @pytest.mark.parametrize("steps", [-2, 2])
    def test_further_off_says_to_check_the_clock(self, phone: Phone, steps: int) -> None:
        later = NOW + 4 * STEP
        with pytest.raises(DomainError, match="check that the clock of your phone"):
            phone.check(phone.totp.at(later + steps * STEP), later)

    def test_may_be_typed_in_two_groups(self, phone: Phone) -> None:
        later = NOW + 4 * STEP
        code = phone.totp.at(later)
        phone.check(f" {code[:3]} {code[3:]} ", later)

    @pytest.mark.parametrize("code", ["", "abc", "١٢٣٤٥٦", "000000000000000000000000000", "\ud800"])
    def test_that_is_none_is_wrong(self, phone: Phone, code: str) -> None:
        with pytest.raises(DomainError):
            phone.check(code.encode("utf-8", "replace").decode(), NOW + 4 * STEP)

    def test_needs_the_servers_key(self, phone: Phone) -> None:
        later = NOW + 4 * STEP
        with pytest.raises(DomainError, match="wrong"):
            phone.check(
                app_on_phone("another key of the same length as it", phone.account.id, phone.salt).at(later), later
            )

    def test_of_another_account_with_the_same_salt_is_wrong(self, phone: Phone) -> None:
        later = NOW + 4 * STEP
        with pytest.raises(DomainError, match="wrong"):
            phone.check(app_on_phone(KEY, phone.account.id + 1, phone.salt).at(later), later)

    def test_has_a_seed_of_160_bits_that_is_not_stored(self, phone: Phone, session: Session) -> None:
        session.flush()
        seed = second_factor.seed(KEY, phone.account.id, phone.salt)
        assert len(seed) == 32
        stored = session.scalars(select(SecondFactor)).one()
        assert seed not in str(vars(stored))


class TestACodeSentByManyAtOnce:
    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_is_taken_once(self, engine: Engine, kind: str) -> None:
        with writing_session(engine) as session:
            phone = Phone(session)
            account_id = phone.account.id
            session.commit()
        later = NOW + 4 * STEP
        code = phone.totp.at(later) if kind == "app" else phone.codes[0]

        def send(_: int) -> bool:
            with writing_session(engine) as session:
                try:
                    second_factor.check_code(session, account_id, code, key=KEY, at=later)
                except DomainError:
                    return False
                session.commit()
                return True

        with ThreadPoolExecutor(8) as many:
            assert sum(many.map(send, range(8))) == 1


class TestTheSecondStep:
    def test_of_a_sign_in_ends_with_it_when_the_password_is_changed_meanwhile(self, engine: Engine) -> None:
        with writing_session(engine) as session:
            phone = Phone(session)
            account_id, code = phone.account.id, phone.codes[0]
            pending = start_session(session, phone.account, "test")
            session.commit()

        def change() -> None:
            with writing_session(engine) as changing:
                passwords.set_password(changing, changing.get_one(Account, account_id), "lantern river copper moth")
                changing.commit()

        with writing_session(engine) as entering, ThreadPoolExecutor(1) as meanwhile:
            secret = take_second_step(entering, pending, code, key=KEY, at=NOW)
            changed = meanwhile.submit(change)
            wait([changed], timeout=0.5)
            entering.commit()
            changed.result(10)
        with reading_session(engine) as reading:
            assert find_signed_in(reading, secret, datetime.now(UTC)) is None


class TestSettingUp:
    def test_says_by_how_much_the_clock_of_the_phone_is_off(self, phone: Phone) -> None:
        for steps, told in ((8, "about 4 minutes ahead"), (-2, "about a minute behind")):
            with pytest.raises(DomainError, match=told):
                phone.set_up(phone.totp.at(NOW + steps * STEP), NOW)

    def test_again_moves_to_the_new_phone_and_replaces_the_recovery_codes(self, phone: Phone) -> None:
        phone.salt = second_factor.new_salt()
        newer = app_on_phone(KEY, phone.account.id, phone.salt)
        phone.set_up(newer.at(NOW), NOW)
        later = NOW + 4 * STEP
        with pytest.raises(DomainError, match="wrong"):
            phone.check(phone.totp.at(later), later)
        with pytest.raises(DomainError, match="wrong or has been used"):
            phone.check(phone.codes[0], later)
        phone.check(newer.at(later), later)

    def test_and_every_change_stands_in_the_audit_trail(self, phone: Phone, session: Session) -> None:
        phone.set_up(phone.totp.at(NOW), NOW)
        second_factor.renew_recovery_codes(session, phone.actor, phone.account.id, key=KEY)
        second_factor.remove(session, phone.actor, phone.account.id)
        told = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert told[-4:] == [
            "second_factor.set_up",
            "second_factor.change",
            "recovery_codes.renew",
            "second_factor.remove",
        ]


class TestARecoveryCode:
    def test_works_once(self, phone: Phone, session: Session) -> None:
        phone.check(phone.codes[3], NOW)
        with pytest.raises(DomainError, match="wrong or has been used"):
            phone.check(phone.codes[3], NOW)
        assert factor_state(session, phone.account.id).recovery_codes == 9

    def test_may_be_typed_small_without_its_dashes_and_with_letters_that_look_alike(self, phone: Phone) -> None:
        phone.check(phone.codes[0].lower().replace("-", "").replace("0", "o").replace("1", "l"), NOW)

    def test_is_one_of_ten_different_ones_of_120_bits(self, phone: Phone) -> None:
        assert len(set(phone.codes)) == 10
        assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{6}-){3}[0-9A-HJKMNP-TV-Z]{6}", code) for code in phone.codes)

    def test_is_not_stored(self, phone: Phone, session: Session) -> None:
        stored = str([row.code_hash for row in session.scalars(select(RecoveryCode))])
        assert not any(code in stored or code.replace("-", "") in stored for code in phone.codes)

    def test_of_another_account_is_wrong(self, phone: Phone, session: Session) -> None:
        other = accounts.create_account(session, COMMAND_LINE, email="b@x.org", name="B", role=AccountRole.MANAGER)
        with pytest.raises(DomainError, match="wrong or has been used"):
            second_factor.check_code(session, other.id, phone.codes[0], key=KEY, at=NOW)

    def test_stops_working_when_new_ones_are_made(self, phone: Phone, session: Session) -> None:
        newer = second_factor.renew_recovery_codes(session, phone.actor, phone.account.id, key=KEY)
        with pytest.raises(DomainError):
            phone.check(phone.codes[0], NOW)
        phone.check(newer[0], NOW)

    def test_is_not_made_without_a_second_factor(self, session: Session) -> None:
        other = accounts.create_account(session, COMMAND_LINE, email="b@x.org", name="B", role=AccountRole.MANAGER)
        with pytest.raises(NotFound):
            second_factor.renew_recovery_codes(session, COMMAND_LINE, other.id, key=KEY)


class TestRemoving:
    def test_is_refused_where_the_role_needs_one(self, phone: Phone, session: Session) -> None:
        session.add(RolePolicy(role=AccountRole.MANAGER, second_factor=True))
        session.flush()
        with pytest.raises(Conflict, match="cannot be removed"):
            second_factor.remove(session, phone.actor, phone.account.id)

    def test_is_what_an_administrator_does_for_a_lost_phone(self, phone: Phone, session: Session) -> None:
        second_factor.reset(session, COMMAND_LINE, phone.account)
        assert factor_state(session, phone.account.id).set_up_at is None
        with pytest.raises(NotFound):
            second_factor.reset(session, COMMAND_LINE, phone.account)


def shown_seed(page: str) -> TOTP:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found, "the page shows no key"
    return TOTP(found[1].replace(" ", ""))


class TestThePages:
    PATH = "/account/second-factor"

    def test_set_it_up_with_a_picture_and_a_key_and_show_the_codes_once(self, manager: Browser) -> None:
        assert "Set up" in manager.get(self.PATH)
        page = manager.get(f"{self.PATH}/set-up")
        assert "<svg" in page
        totp = shown_seed(page)
        assert shown_seed(manager.get(f"{self.PATH}/set-up")).secret == totp.secret
        shown = manager.post(f"{self.PATH}/set-up", 200, code=totp.at(datetime.now(UTC))).get_data(as_text=True)
        codes = re.findall(r"<code>((?:\w{6}-){3}\w{6})</code>", shown)
        assert len(codes) == 10
        after = manager.get(self.PATH)
        assert "10 recovery codes are left" in after
        assert not any(code in after for code in codes)

    def test_keep_the_picture_when_the_code_was_wrong(self, manager: Browser) -> None:
        totp = shown_seed(manager.get(f"{self.PATH}/set-up"))
        refused = manager.post(f"{self.PATH}/set-up", 422, code="abcdef").get_data(as_text=True)
        assert "clock of your phone" in refused
        assert shown_seed(refused).secret == totp.secret

    def test_make_new_recovery_codes_and_remove_it(self, manager: Browser) -> None:
        totp = shown_seed(manager.get(f"{self.PATH}/set-up"))
        manager.post(f"{self.PATH}/set-up", 200, code=totp.at(datetime.now(UTC)))
        manager.post(f"{self.PATH}/recovery-codes", 200, page=self.PATH)
        manager.post(f"{self.PATH}/remove", page=self.PATH)
        assert "Your second factor is removed" in manager.get(self.PATH)

    def test_end_all_other_sessions_when_it_is_set_up(self, app: Flask, manager: Browser, session: Session) -> None:
        other = Browser(app.test_client())
        secret = start_session(session, session.scalars(select(Account)).one(), "another browser")
        session.commit()
        with other.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = secret, True
        other.get("/people")
        totp = shown_seed(manager.get(f"{self.PATH}/set-up"))
        manager.post(f"{self.PATH}/set-up", 200, code=totp.at(datetime.now(UTC)))
        assert other.client.get("/people").status_code == 303
        manager.get("/people")

    def test_end_all_other_sessions_when_it_is_removed(self, app: Flask, manager: Browser, session: Session) -> None:
        totp = shown_seed(manager.get(f"{self.PATH}/set-up"))
        manager.post(f"{self.PATH}/set-up", 200, code=totp.at(datetime.now(UTC)))
        session.rollback()
        other = Browser(app.test_client())
        secret = start_session(session, session.scalars(select(Account)).one(), "another browser", two_factors=True)
        session.commit()
        with other.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = secret, True
        other.get("/people")
        manager.post(f"{self.PATH}/remove", page=self.PATH)
        assert other.client.get("/people").status_code == 303
        manager.get("/people")

    def test_ask_first_who_is_there_when_that_was_long_ago(self, manager: Browser, session: Session) -> None:
        opened = session.scalars(select(SignInSession)).one()
        opened.authenticated_at = datetime.now(UTC) - timedelta(minutes=11)
        session.commit()
        assert manager.client.get(f"{self.PATH}/set-up").location.startswith("/account/confirm?")
        for path in ("set-up", "recovery-codes", "remove"):
            asked = manager.post(f"{self.PATH}/{path}", 307, page=self.PATH)
            assert asked.location.startswith("/account/confirm/form?")

    def test_offer_the_new_picture_when_the_one_before_is_forgotten(self, manager: Browser) -> None:
        manager.get(f"{self.PATH}/set-up")
        with manager.client.session_transaction() as cookie:
            cookie.pop("factor_salt")
        assert manager.post(f"{self.PATH}/set-up", page=self.PATH, code="123456").location == f"{self.PATH}/set-up"


class TestWhereTheRoleNeedsOne:
    @pytest.fixture
    def required(self, engine: Engine) -> None:
        with writing_session(engine) as session:
            session.add(RolePolicy(role=AccountRole.MANAGER, second_factor=True))
            session.commit()

    @pytest.mark.usefixtures("required")
    def test_nothing_else_opens_before_it_is_set_up(self, app: Flask, manager: Browser) -> None:
        for path in ("/", "/people", "/projects", "/proposals"):
            assert manager.client.get(path).location == "/account/second-factor"
        assert manager.post("/projects/new", page="/account/second-factor").location == "/account/second-factor"
        assert "asks accounts of your role" in manager.get("/account/second-factor")
        totp = shown_seed(manager.get("/account/second-factor/set-up"))
        manager.post("/account/second-factor/set-up", 200, code=totp.at(datetime.now(UTC)))
        manager.get("/people")
        manager.post("/account/second-factor/remove", 409, page="/account/second-factor")

    @pytest.mark.usefixtures("required")
    def test_setting_it_up_gives_the_session_a_new_secret(self, app: Flask, manager: Browser) -> None:
        with manager.client.session_transaction() as cookie:
            before = cookie["_user_id"]
        totp = shown_seed(manager.get("/account/second-factor/set-up"))
        manager.post("/account/second-factor/set-up", 200, code=totp.at(datetime.now(UTC)))
        copied = app.test_client()
        with copied.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = before, True
        assert copied.get("/people").location == "/sign-in?next=/people", "a copy of the cookie opens nothing more"
        manager.get("/people")

    @pytest.mark.usefixtures("required")
    def test_signing_out_stays_possible(self, manager: Browser) -> None:
        manager.post("/sign-out", page="/account/second-factor")

    @pytest.mark.usefixtures("required")
    def test_other_roles_are_left_alone(self, signed_in: Callable[..., Browser]) -> None:
        signed_in("practitioner").get("/people")

    def test_nobody_needs_one_on_a_fresh_install(self, session: Session) -> None:
        assert session.scalars(select(RolePolicy).where(RolePolicy.second_factor)).all() == []


def test_an_account_that_is_deleted_takes_its_factor_along(phone: Phone, session: Session) -> None:
    session.flush()
    session.delete(session.get_one(Account, phone.account.id))
    session.flush()
    assert session.scalars(select(SecondFactor)).all() == []
    assert session.scalars(select(RecoveryCode)).all() == []


class TestTheCommand:
    def test_takes_a_lost_second_factor_away(self, sqlite_url: str, tmp_path: Path) -> None:
        engine = make_engine(sqlite_url)
        with writing_session(engine) as session:
            Phone(session)
            session.commit()
        engine.dispose()
        answers = [
            muster(tmp_path, "user", "reset-second-factor", email, MUSTER_DATABASE_URL=sqlite_url)
            for email in ("a@x.org", "a@x.org", "nobody@x.org")
        ]
        assert answers == [
            (0, "a@x.org has no second factor now.\n", ""),
            (2, "", "muster: This account has no second factor.\n"),
            (2, "", "muster: There is no account for nobody@x.org.\n"),
        ]
