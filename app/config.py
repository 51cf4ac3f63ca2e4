"""Settings: frozen, read once from the environment.

A test compares the table in docs/operations.md with `SETTINGS`.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32

SETTINGS = {
    "MUSTER_DATABASE_URL": "SQLAlchemy address of the database; default: a SQLite file in the data folder",
    "MUSTER_DATA_DIR": "folder for the database file and the secret key; default: `instance` beside the code",
    "MUSTER_SECRET_KEY": "secret for cookies and form tokens, at least 32 characters",
    "MUSTER_SECRET_KEY_FILE": "file that holds the secret; made on first run when neither is set",
    "MUSTER_BASE_URL": "address under which people reach Muster, used in links; default: where the server listens",
    "MUSTER_PROXIES": "how many proxies in front add to X-Forwarded-For; default: 0, the header is not believed",
    "MUSTER_SMTP_URL": "mail server, `smtp://user:password@host:port` or `smtps://...`; default: no mail is sent",
    "MUSTER_MAIL_FROM": "sender of mails; default: `muster@` and the host of MUSTER_BASE_URL",
    "MUSTER_OIDC_ISSUER": "OpenID Connect provider, exactly as it names itself; with it people sign in there too",
    "MUSTER_OIDC_CLIENT_ID": "the name by which the provider knows Muster",
    "MUSTER_OIDC_CLIENT_SECRET": "the secret that goes with it",
    "MUSTER_OIDC_CLIENT_SECRET_FILE": "file that holds that secret",
    "MUSTER_OIDC_NAME": "what the button says after “Sign in with”; default: single sign-on",
    "MUSTER_OIDC_JOIN": "`known`: only accounts that exist (default); `directory`: people of the directory get one too",
    "MUSTER_OIDC_ONLY": "`1`: only administrators may sign in with a password",
    "MUSTER_LOG": "log level: DEBUG, INFO, WARNING or ERROR; default: INFO",
}


class SettingsError(Exception):
    """A setting that cannot work, with the sentence for whoever set it."""


class Join(StrEnum):
    """Who may come in through single sign-on for the first time."""

    KNOWN = "known"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The OpenID Connect provider. `only`: but for administrators, nobody signs in with a password."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "single sign-on"
    join: Join = Join.KNOWN
    only: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    data_dir: Path
    secret_key: str = field(repr=False)
    base_url: str
    log_level: str
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "muster@localhost"
    single_sign_on: SingleSignOn | None = None
    proxies: int = 0

    @property
    def secure(self) -> bool:
        """Whether people reach us over https; plain http is for one's own machine."""
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None, served_at: str = "http://127.0.0.1:8000") -> Settings:
    """Settings from the environment, by default this process's and a file `.env`. `served_at`: the address under which
    people reach this server unless MUSTER_BASE_URL says another.

    Creates the data folder and the secret key when they are missing. Raises SettingsError.
    """
    if environment is None:
        stated = {name: value for name, value in dotenv_values(".env").items() if value is not None}
        environment = stated | dict(os.environ)
    data_dir = Path(environment.get("MUSTER_DATA_DIR") or ROOT / "instance")
    if not data_dir.exists() and "MUSTER_DATA_DIR" in environment and not data_dir.parent.exists():
        raise SettingsError(f"The folder {data_dir.parent} does not exist. Create it or change MUSTER_DATA_DIR.")
    try:
        data_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{data_dir} cannot hold data: {error.strerror}. Change MUSTER_DATA_DIR.") from error
    log_level = environment.get("MUSTER_LOG", "INFO").upper()
    if log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingsError(f"MUSTER_LOG is {log_level!r}. Use DEBUG, INFO, WARNING or ERROR.")
    base_url = (environment.get("MUSTER_BASE_URL") or served_at).rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError(f"MUSTER_BASE_URL is {base_url!r}. It starts with http:// or https://.")
    return Settings(
        database_url=_database_url(environment, data_dir),
        data_dir=data_dir,
        secret_key=_secret_key(environment, data_dir),
        base_url=base_url,
        log_level=log_level,
        smtp_url=_smtp_url(environment),
        mail_from=_mail_from(environment, base_url),
        single_sign_on=_single_sign_on(environment),
        proxies=_proxies(environment),
    )


def _proxies(environment: Mapping[str, str]) -> int:
    stated = environment.get("MUSTER_PROXIES") or "0"
    if stated not in {"0", "1", "2", "3", "4", "5"}:
        raise SettingsError(f"MUSTER_PROXIES is {stated!r}. Write how many proxies stand in front of Muster, 0 to 5.")
    return int(stated)


def _smtp_url(environment: Mapping[str, str]) -> str | None:
    """The sentence of an error never repeats the value: it may hold a password."""
    url = environment.get("MUSTER_SMTP_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        usable = False
    if not usable:
        raise SettingsError("MUSTER_SMTP_URL must look like smtp://user:password@mail.example.org:587 or smtps://...")
    return url


def _mail_from(environment: Mapping[str, str], base_url: str) -> str:
    sender = environment.get("MUSTER_MAIL_FROM") or f"muster@{urlsplit(base_url).hostname}"
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        raise SettingsError(f"MUSTER_MAIL_FROM is {sender!r}. Write an address like muster@example.org.")
    return sender


def _single_sign_on(environment: Mapping[str, str]) -> SingleSignOn | None:
    issuer, client_id = environment.get("MUSTER_OIDC_ISSUER", ""), environment.get("MUSTER_OIDC_CLIENT_ID", "")
    stated = [name for name in SETTINGS if name.startswith("MUSTER_OIDC_") and environment.get(name)]
    if not stated:
        return None
    secret = environment.get("MUSTER_OIDC_CLIENT_SECRET") or _file_of(environment, "MUSTER_OIDC_CLIENT_SECRET_FILE")
    if not (issuer and client_id and secret):
        raise SettingsError(
            f"{stated[0]} is set, but single sign-on needs MUSTER_OIDC_ISSUER, MUSTER_OIDC_CLIENT_ID and "
            "MUSTER_OIDC_CLIENT_SECRET or MUSTER_OIDC_CLIENT_SECRET_FILE."
        )
    try:
        parts = urlsplit(issuer)
        here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        usable = parts.hostname and parts.scheme in ({"https", "http"} if here else {"https"}) and not parts.query
    except ValueError:  # an address of brackets
        usable = False
    if not usable:
        raise SettingsError(f"MUSTER_OIDC_ISSUER is {issuer!r}. Write the provider's https:// address.")
    join, only = environment.get("MUSTER_OIDC_JOIN") or "known", environment.get("MUSTER_OIDC_ONLY") or "0"
    if join not in list(Join):
        raise SettingsError(f"MUSTER_OIDC_JOIN is {join!r}. Use known or directory.")
    if only not in {"0", "1"}:
        raise SettingsError(f"MUSTER_OIDC_ONLY is {only!r}. Use 1, or leave it out.")
    name = environment.get("MUSTER_OIDC_NAME") or "single sign-on"
    return SingleSignOn(issuer, client_id, secret, name, Join(join), only == "1")


def _file_of(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        return ""
    try:
        return Path(environment[name]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file of {name} cannot be read: {error}.") from error


def _database_url(environment: Mapping[str, str], data_dir: Path) -> str:
    url = environment.get("MUSTER_DATABASE_URL") or f"sqlite:///{data_dir / 'muster.sqlite3'}"
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("MUSTER_DATABASE_URL must start with sqlite:/// or postgresql://.")
    folder = Path(url.removeprefix("sqlite:///")).parent
    if url.startswith("sqlite:///") and not folder.is_dir():
        raise SettingsError(f"The database folder {folder} does not exist. Create it or change MUSTER_DATABASE_URL.")
    return url


def _secret_key(environment: Mapping[str, str], data_dir: Path) -> str:
    if key := environment.get("MUSTER_SECRET_KEY"):
        return _strong(key, "MUSTER_SECRET_KEY")
    path = Path(environment.get("MUSTER_SECRET_KEY_FILE") or data_dir / "secret-key")
    if not path.exists() and "MUSTER_SECRET_KEY_FILE" not in environment:
        # Exclusive creation: of two processes starting at once, one writes and both read.
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        except OSError as error:
            raise SettingsError(f"The secret key cannot be written to {path}: {error.strerror}.") from error
    try:
        return _strong(path.read_text(encoding="utf-8").strip(), str(path))
    except OSError as error:
        raise SettingsError(f"The secret key cannot be read from {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} does not hold text. Write at least {SHORTEST_KEY} random characters to it."
        ) from error


def _strong(key: str, source: str) -> str:
    if len(key) < SHORTEST_KEY or len(set(key)) < 10:
        raise SettingsError(f"{source} holds a weak secret. Use at least {SHORTEST_KEY} random characters.")
    return key
