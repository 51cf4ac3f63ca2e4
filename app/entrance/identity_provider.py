"""Single sign-on: speaking OpenID Connect with the organisation's provider.

Authorization code with PKCE, state and nonce. What the provider says is believed only after its signature, issuer,
audience, age and nonce were checked. The library behind it is imported when a provider is set up, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeGuard

from app.config import Settings, SettingsError, SingleSignOn
from app.errors import DomainError

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session
    from flask import Flask

EXTENSION = "muster-identity-provider"
RETURN_PATH = "/sign-in/single-sign-on/return"
SCOPE = "openid email profile"
# Signatures by a key of the provider's alone: with "none" or a shared secret anybody or we ourselves could have signed.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
KEY_TYPES = ("RSA", "EC", "OKP")
SKEW_SECONDS = 120
TIMEOUT = (3.05, 5.0)
"""Seconds for connecting, and for each wait for an answer."""
LONGEST_SUBJECT = 255
LONGEST_EMAIL = 200
KEPT_FOR = timedelta(hours=1)
"""How long what the provider publishes about itself is believed without asking again."""


class ProviderAway(DomainError):
    status = 503

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} does not answer, so it cannot sign you in now. Try again in a minute; if that does not help, tell "
            "an administrator."
        )


class NotBelieved(DomainError):
    """The provider answered, but not so that its answer can be believed. `reason` is for the log."""

    status = 502

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at the provider. `email` is None unless it was told; `authenticated_at` is when they last proved
    it there, if that was told; `two_factors` when the provider says that it asked for more than one proof."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    authenticated_at: datetime | None
    two_factors: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What the provider says about itself: addresses, and the keys that it signs with."""

    metadata: Mapping[str, Any]
    keys: Mapping[str, Any]
    at: datetime


@dataclass
class Provider:
    settings: SingleSignOn
    return_address: str
    timeout: tuple[float, float] = TIMEOUT
    _published: Published | None = None
    _lock: Lock = field(default_factory=Lock)

    def authorization_address(self, state: str, nonce: str, verifier: str, *, again: bool, at: datetime) -> str:
        """Where to send the browser. `again` asks the provider to have the person prove once more who they are."""
        endpoint = self._endpoint(self._about(at).metadata, "authorization_endpoint")
        asked = {"prompt": "login", "max_age": "0"} if again else {}
        with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint, state=state, code_verifier=verifier, nonce=nonce, **asked
            )
        return str(address)

    def identify(self, code: str, *, nonce: str, verifier: str, at: datetime) -> Identity:
        """Exchange the code that the browser brought. ProviderAway, or NotBelieved with what to do."""
        from authlib.integrations.base_client import OAuthError
        from requests import RequestException

        about = self._about(at)
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._endpoint(about.metadata, "token_endpoint"),
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                    redirect_uri=self.return_address,
                    timeout=self.timeout,
                    allow_redirects=False,
                )
                claims = self._believed(about, token, nonce, at)
                # Whether an address is verified, only whoever tells the address says.
                about_them = {name: claim for name, claim in claims.items() if name != "email_verified"}
                person = claims if "email" in claims else {**about_them, **self._asked(client, about, claims["sub"])}
        except OAuthError as error:
            raise self._not_believed(f"token endpoint: {error.error}") from error
        except (RequestException, ValueError) as error:
            raise ProviderAway(self.settings.name) from error
        if not _storable(person["sub"], LONGEST_SUBJECT):
            raise self._not_believed("id token: sub")
        return _identity(person)

    def _believed(self, about: Published, token: Mapping[str, Any], nonce: str, at: datetime) -> dict[str, Any]:
        """The claims of the id token, once everything about it was checked."""
        from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError

        try:
            try:
                return self._verified(about, token, nonce, at)
            except (InvalidKeyIdError, BadSignatureError):
                # The provider may have new keys since we asked.
                return self._verified(self._about(at, anew=True), token, nonce, at)
        except ExpiredTokenError as error:
            raise self._clocks_differ("exp") from error
        except JoseError as error:
            if isinstance(error, InvalidClaimError) and error.claim in {"iat", "nbf"}:
                raise self._clocks_differ(str(error)) from error
            raise self._not_believed(f"id token: {error}") from error
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise self._not_believed(f"id token: {type(error).__name__}") from error

    def _verified(self, about: Published, token: Mapping[str, Any], nonce: str, at: datetime) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.jwk import KeySet
        from joserfc.jws import JWSRegistry

        # A key for something else, or of a kind that is not known here, does not spoil the others.
        usable = [key for key in about.keys["keys"] if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]
        keys = KeySet.import_key_set({"keys": usable})
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        decoded = jwt.decode(token["id_token"], key=keys, registry=registry)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": about.metadata["issuer"]},
                "aud": {"essential": True, "value": self.settings.client_id},
            },
            {"nonce": nonce, "client_id": self.settings.client_id, "access_token": token.get("access_token")},
        )
        claims.validate(now=int(at.timestamp()), leeway=SKEW_SECONDS)
        return dict(claims)

    def _asked(self, client: OAuth2Session, about: Published, subject: str) -> dict[str, Any]:
        """What the provider tells about the person beside the id token, which some keep short."""
        if "userinfo_endpoint" not in about.metadata:
            return {}
        answer = client.get(
            self._endpoint(about.metadata, "userinfo_endpoint"), timeout=self.timeout, allow_redirects=False
        )
        answer.raise_for_status()
        told = answer.json()
        if not isinstance(told, dict) or told.get("sub") != subject:
            raise self._not_believed("userinfo: another subject")
        return {name: told[name] for name in ("email", "email_verified", "name") if name in told}

    def _about(self, at: datetime, *, anew: bool = False) -> Published:
        # The lock is held while asking: when what we know is old, one thread asks and the others wait for its answer.
        with self._lock:
            known = self._published
            if known is None or anew or not timedelta(0) <= at - known.at < KEPT_FOR:
                self._published = known = self._ask(at)
            return known

    def _ask(self, at: datetime) -> Published:
        from requests import RequestException

        issuer = self.settings.issuer
        try:
            with self._client() as client:
                metadata = self._read(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                if metadata.get("issuer") != issuer:
                    raise self._not_believed(f"discovery: issuer {metadata.get('issuer')!r} is not MUSTER_OIDC_ISSUER")
                keys = self._read(client, self._endpoint(metadata, "jwks_uri"))
        except (RequestException, ValueError) as error:
            raise ProviderAway(self.settings.name) from error
        if not isinstance(keys.get("keys"), list):
            raise self._not_believed("jwks: no keys")
        return Published(metadata, keys, at)

    def _read(self, client: OAuth2Session, address: str) -> dict[str, Any]:
        answer = client.request("GET", address, withhold_token=True, timeout=self.timeout, allow_redirects=False)
        answer.raise_for_status()
        told = answer.json()
        if answer.status_code != 200 or not isinstance(told, dict):
            raise ValueError(f"{address}: {answer.status_code}")
        return told

    def _client(self) -> OAuth2Session:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            scope=SCOPE,
            redirect_uri=self.return_address,
            code_challenge_method="S256",
        )

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        """An address that the provider publishes, and that is no less private than the provider's own."""
        address = metadata.get(name)
        secure = self.settings.issuer.startswith("https://")
        if not isinstance(address, str) or not address.startswith("https://" if secure else ("http://", "https://")):
            raise self._not_believed(f"discovery: {name} is {address!r}")
        return address

    def _not_believed(self, reason: str) -> NotBelieved:
        return NotBelieved(
            f"The answer of {self.settings.name} could not be verified, so nobody was signed in. Try once more; if "
            "that does not help, tell an administrator.",
            reason,
        )

    def _clocks_differ(self, reason: str) -> NotBelieved:
        return NotBelieved(
            f"The clocks of Muster and of {self.settings.name} differ by more than {SKEW_SECONDS // 60} minutes, so "
            "nobody was signed in. An administrator should check the clock of the server.",
            reason,
        )


def _identity(claims: Mapping[str, Any]) -> Identity:
    email, name, proved_at = claims.get("email"), claims.get("name"), claims.get("auth_time")
    methods = claims.get("amr") or []
    return Identity(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=email.strip().lower() if _storable(email, LONGEST_EMAIL) and "@" in email else None,
        # Some send the word instead of the value.
        email_verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        name=name.strip() if _storable(name, LONGEST_EMAIL) else None,
        authenticated_at=_moment(proved_at),
        two_factors=isinstance(methods, list) and "mfa" in methods,
    )


def _storable(value: object, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest and value.isprintable()


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def init_app(app: Flask, settings: Settings) -> None:
    """SettingsError when a provider is set up and the packages that speak with it are not installed."""
    from importlib.util import find_spec

    chosen = settings.single_sign_on
    if chosen and not (find_spec("authlib") and find_spec("requests")):
        raise SettingsError("MUSTER_OIDC_ISSUER is set, but Authlib is not installed: pip install authlib requests.")
    app.extensions[EXTENSION] = Provider(chosen, settings.base_url + RETURN_PATH) if chosen else None
    app.jinja_env.globals["single_sign_on"] = chosen


def current_provider() -> Provider | None:
    from flask import current_app

    provider: Provider | None = current_app.extensions[EXTENSION]
    return provider
