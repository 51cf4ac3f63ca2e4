"""What a password must be, and how it is kept."""

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.errors import DomainError
from app.services.accounts import passwords
from app.services.accounts.passwords import refuse_weak_password
from models import Account, AccountRole, SignInSession
from tests.app.conftest import Browser
from tests.factories.doors import EMAIL, PASSWORD, invite, settle_in

pytestmark = pytest.mark.one_database

ANNA = Account(email="anna.berg@lattice-analytics.example", name="Anna Berg", role=AccountRole.MANAGER)


class TestAnAcceptablePassword:
    @pytest.mark.parametrize(
        "password",
        [
            "lantern river copper moth",
            "x7$Kq!pW2@zR",
            "Zwölf Boxkämpfer jagen Viktor",
            "пароль из четырёх слов здесь",
            " leading and trailing blanks ",
            "lantern river copper moth " * 9,
            "正しい馬の電池の留め金を選ぶ",
        ],
    )
    def test_is_long_and_hard_to_guess_and_nothing_else(self, password: str) -> None:
        refuse_weak_password(password, ANNA)

    @pytest.mark.parametrize("length", [12, 64, 65, 128, 256])
    def test_may_have_from_12_to_256_characters(self, length: int) -> None:
        refuse_weak_password(("q7Wz-mK2p_Vx4r+" * 20)[:length] if length < 20 else mixed(length), ANNA)

    @pytest.mark.parametrize(("password", "sentence"), [("x7$Kq!pW2@z", "at least 12"), ("ab" * 129, "at most 256")])
    def test_is_neither_shorter_nor_longer(self, password: str, sentence: str) -> None:
        with pytest.raises(DomainError, match=sentence):
            refuse_weak_password(password, ANNA)

    @pytest.mark.parametrize(
        "password",
        [
            "password1234",
            "PASSWORD1234",
            "iloveyou1234",
            "1qaz2wsx3edc",
            "trustno1trustno1",
            "qwertyuiop123",
            "aaaaaaaaaaaaaa",
            "abcdefghijkl",
            "123456789012",
            "november rain",
            "letmein letmein letmein",
            "000webhost4ever",
            "uhjnnthrfdfq",
            "PiramidaC1325",
            "BlueBeaches561",
            "Correct horse battery staple",
        ],
    )
    def test_is_not_on_a_list_of_common_or_stolen_ones_in_whatever_case(self, password: str) -> None:
        with pytest.raises(DomainError, match="easy to guess"):
            refuse_weak_password(password, ANNA)

    @pytest.mark.parametrize(
        "password",
        [
            "anna.berg anna.berg",
            "AnnaBerg2026!",
            "Lattice-Analytics1",
            "L4tt1ce-An4lyt1cs",
            "lattice-analytics lattice",
            "anna.berg@lattice-analytics.example",
            "musterMuster12",
            "Muster-Skills-1",
            "muster-staffing-directory",
        ],
    )
    def test_is_not_made_of_words_that_belong_to_the_person_or_to_us(self, password: str) -> None:
        with pytest.raises(DomainError, match="easy to guess"):
            refuse_weak_password(password, ANNA)

    def test_is_looked_at_only_as_far_as_the_estimate_is_quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        given: list[str] = []
        import zxcvbn

        real = zxcvbn.zxcvbn
        monkeypatch.setattr(zxcvbn, "zxcvbn", lambda told, **rest: given.append(told) or real(told, **rest))
        refuse_weak_password(mixed(256), ANNA)
        assert [len(told) for told in given] == [passwords.ESTIMATED_LENGTH]


def mixed(length: int) -> str:
    """No run of it repeats: each piece is a power of three in letters."""
    return "".join(f"{3**n:x}" for n in range(1, 60))[:length]


@pytest.mark.usefixtures("real_hashes")
class TestAStoredPassword:
    def test_is_an_argon2id_hash_that_names_its_parameters(self, engine: Engine, session: Session) -> None:
        settle_in(engine)
        stored = session.scalars(select(Account.password_hash)).one()
        assert stored is not None
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    def test_is_every_character_of_it_exactly(self) -> None:
        stored = passwords.hashed("x" * 200 + "é")
        assert passwords.is_right(stored, "x" * 200 + "é")
        for other in ("x" * 200 + "e\u0301", "x" * 200 + "É", "x" * 200, "x" * 200 + "é ", "x" * 72):
            assert not passwords.is_right(stored, other)

    def test_is_hashed_anew_at_sign_in_when_it_was_hashed_more_weakly(
        self, engine: Engine, session: Session, visitor: Browser
    ) -> None:
        settle_in(engine)
        account = session.scalars(select(Account)).one()
        account.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        session.commit()
        before = account.version
        visitor.post("/sign-in", email=EMAIL, password=PASSWORD)
        session.refresh(account)
        assert "m=19456,t=2,p=1" in (account.password_hash or "")
        assert account.version == before, "whoever edits the account meanwhile must not be told that it changed"
        assert passwords.is_right(account.password_hash, PASSWORD)

    def test_that_was_changed_meanwhile_is_not_overwritten(self, engine: Engine, session: Session) -> None:
        settle_in(engine)
        account = session.scalars(select(Account)).one()
        passwords.store_again(session, account.id, "another hash", "an older one")
        session.refresh(account)
        assert passwords.is_right(account.password_hash, PASSWORD)


class TestChangingOnesPassword:
    NEW = "lantern river copper moth"

    @staticmethod
    def sign_in(browser: Browser) -> Browser:
        browser.post("/sign-in", email=EMAIL, password=PASSWORD)
        return browser

    def test_needs_the_current_one(self, visitor: Browser, engine: Engine, session: Session) -> None:
        settle_in(engine)
        self.sign_in(visitor)
        answer = visitor.post("/account/password", 422, current="lantern river", password=self.NEW)
        assert "not your current password" in answer.get_data(as_text=True)
        assert passwords.is_right(session.scalars(select(Account.password_hash)).one(), PASSWORD)

    def test_ends_all_other_sessions_and_gives_this_one_a_new_secret(
        self, app: Flask, visitor: Browser, engine: Engine, session: Session
    ) -> None:
        settle_in(engine)
        other = self.sign_in(Browser(app.test_client()))
        self.sign_in(visitor)
        with visitor.client.session_transaction() as cookie:
            before = cookie["_user_id"]
        visitor.post("/account/password", current=PASSWORD, password=self.NEW)
        assert "Your password is changed" in visitor.get("/account")
        with visitor.client.session_transaction() as cookie:
            assert cookie["_user_id"] != before
            cookie["_user_id"] = before
        assert visitor.client.get("/account").status_code == 303
        assert other.client.get("/account").status_code == 303
        assert session.query(SignInSession).filter(SignInSession.ended_at.is_(None)).count() == 1
        self.works(Browser(app.test_client()))

    def works(self, browser: Browser) -> None:
        browser.post("/sign-in", 422, email=EMAIL, password=PASSWORD)
        browser.post("/sign-in", email=EMAIL, password=self.NEW)

    def test_refuses_a_weak_one_and_keeps_the_old_one(self, visitor: Browser, engine: Engine) -> None:
        settle_in(engine)
        self.sign_in(visitor)
        visitor.post("/account/password", 422, current=PASSWORD, password="password1234")
        visitor.get("/account")

    def test_is_limited_like_signing_in(self, visitor: Browser, engine: Engine) -> None:
        settle_in(engine)
        self.sign_in(visitor)
        for _ in range(10):
            visitor.post("/account/password", 422, current="wrong", password=self.NEW)
        refused = visitor.post("/account/password", 429, current=PASSWORD, password=self.NEW)
        assert int(refused.headers["Retry-After"]) <= 300


class TestThePageThatTakesAPassword:
    @pytest.mark.parametrize(
        ("path", "wanted"),
        [
            ("/sign-in", ['autocomplete="username"', 'autocomplete="current-password"']),
            ("/welcome/{}", ['autocomplete="new-password"']),
        ],
    )
    def test_hides_it_and_lets_password_managers_fill_it_in(
        self, visitor: Browser, engine: Engine, path: str, wanted: list[str]
    ) -> None:
        page = visitor.get(path.format(invite(engine)))
        assert all(attribute in page for attribute in wanted)
        assert 'type="password"' in page
        assert "onpaste" not in page
        fields = [field for field in re.findall(r"<input[^>]*>", page) if 'type="password"' in field]
        assert fields
        assert not any("maxlength" in field for field in fields), "a browser would cut off what is pasted"
