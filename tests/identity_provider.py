"""A small OpenID Connect provider: discovery, authorize, token, keys and userinfo over HTTP, with keys of its own.

It checks what a strict provider checks (client, return address, PKCE, codes used once), and can be told to do wrong.
"""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "muster-client"
CLIENT_SECRET = "a secret that only the two know"


def new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig", "alg": "RS256"})


ANNA = {"sub": "person-1", "email": "anna@example.org", "email_verified": True, "name": "Anna Berg"}


class SmallProvider:
    """`wrong` names what it does wrong; `changed` overrides claims of the id token, None leaves one out."""

    def __init__(self, address: str, key: RSAKey) -> None:
        self.address, self.key, self.published = address, key, [key]
        self.person: dict[str, Any] = dict(ANNA)
        self.wrong: str | None = None
        self.changed: dict[str, Any] = {}
        self.refuses: str | None = None
        self.asked: list[str] = []
        self.last_request: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.access: dict[str, dict[str, Any]] = {}

    def rotate(self, key: RSAKey) -> None:
        self.key, self.published = key, [key]

    def discovery(self) -> dict[str, Any]:
        at = self.address
        told = {
            "issuer": {"issuer": "https://evil.example", "closing slash": f"{at}/"}.get(self.wrong or "", at),
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "userinfo_endpoint": f"{at}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return {**told, "token_endpoint": "javascript:x"} if self.wrong == "endpoint" else told

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.last_request = asked
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == "http://localhost/sign-in/single-sign-on/return"
        if self.refuses:
            return f"{asked['redirect_uri']}?{urlencode({'error': self.refuses, 'state': asked['state']})}"
        code = token_urlsafe(12)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(sent.get("code", ""), None)
        verifier = sent.get("code_verifier", "")
        challenge = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        access = token_urlsafe(12)
        self.access[access] = self.person
        return 200, {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        told = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        if "max_age" in self.last_request:
            told["auth_time"] = now
        claims = {name: value for name, value in {**told, **self.changed}.items() if value is not None}
        if self.wrong == "alg none":
            parts = ({"alg": "none"}, claims)
            return ".".join([*(_base64(json.dumps(part)) for part in parts), ""])
        if self.wrong == "shared secret":
            # What whoever knows the client's secret could sign.
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET.ljust(32, "x")), ["HS256"])
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)
        if self.wrong == "signature":
            head, body, signature = signed.split(".")
            return f"{head}.{body}.{signature[::-1]}"
        return "not.a token" if self.wrong == "garbage" else signed

    def answer(self, path: str, sent: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.asked.append(path)
        if self.wrong == f"500 {path}":
            return 500, "Internal error"
        if self.wrong == f"slow {path}":
            time.sleep(0.6)
        if self.wrong == f"words {path}":
            return 200, "no JSON"
        if path == "/token":
            return self.token(sent, authorization)
        if path == "/userinfo":
            person = dict(self.access[authorization.removeprefix("Bearer ")])
            if self.wrong == "unverified userinfo":
                person.pop("email_verified", None)
            return 200, {**person, "sub": "another"} if self.wrong == "userinfo" else person
        if path == "/jwks":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        return (200, self.discovery()) if path == "/.well-known/openid-configuration" else (404, {})


@contextmanager
def small_provider(key: RSAKey) -> Iterator[SmallProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_flat(asked.query)))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._answer(asked.path, {})

        def do_POST(self) -> None:
            self._answer(self.path, _flat(self.rfile.read(int(self.headers["Content-Length"])).decode()))

        def _answer(self, path: str, sent: dict[str, str]) -> None:
            status, told = provider.answer(path, sent, self.headers.get("Authorization", ""))
            body = (told if isinstance(told, str) else json.dumps(told)).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):  # whoever asked did not wait
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing: the tests say what happened."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = SmallProvider(f"http://127.0.0.1:{server.server_port}", key)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
