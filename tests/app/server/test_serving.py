"""The server in front of the application, over real connections."""

import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from flask import Flask

from app.cli.front import listening
from app.cli.server import SLOWEST_CLIENT_SECONDS, own_address, reachable_in_clear, server_options
from app.config import read_settings
from tests.app.conftest import settings_for

Address = tuple[str, int]


@pytest.fixture
def served(app: Flask, tmp_path: Path) -> Iterator[Address]:
    """As `muster serve` serves, but for one second of patience instead of thirty."""
    options = server_options(settings_for(tmp_path, "sqlite://")) | {"channel_timeout": 1, "cleanup_interval": 1}
    server = listening(app, host="127.0.0.1", port=0, **options)

    def run() -> None:
        with suppress(OSError):  # its socket is closed while it waits for somebody
            server.run()

    thread = Thread(target=run, daemon=True)
    thread.start()
    yield "127.0.0.1", server.effective_port  # type: ignore[union-attr]  # of a single address it is known
    server.close()
    thread.join(5)


def health(served: Address) -> HTTPResponse:
    with closing(HTTPConnection(*served, timeout=5)) as connection:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        answer.read()
        return answer


ANY_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


POST = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
SERVERS_OWN = {
    b"no request\r\n\r\n": "400",
    POST + b"Content-Length: many\r\n\r\n": "400",
    POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n": "400",
    POST + b"Content-Length: 99999999999\r\n\r\n": "413",
    b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n": "431",
}
"""What never reaches the application, and the status of the server's answer."""


class TestTheServer:
    @ANY_DATABASE
    def test_cuts_off_a_client_that_sends_nothing_more_and_serves_the_others_meanwhile(self, served: Address) -> None:
        assert SLOWEST_CLIENT_SECONDS <= 30
        with socket.create_connection(served, timeout=10) as slow:
            slow.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nemail=")
            began = monotonic()
            assert health(served).status == 200
            assert monotonic() - began < 1
            assert slow.recv(1000) == b"" or b"408" in slow.recv(1000), "the connection is closed"

    @ANY_DATABASE
    @pytest.mark.parametrize(
        "begun",
        [
            b"GET /",
            b"GET /healthz HTTP/1.1\r\nX-A: ",
            POST + b"Content-Length: 100000\r\n\r\n",
            POST + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n",
        ],
        ids=["address", "headers", "body", "chunks"],
    )
    def test_cuts_off_a_client_that_sends_a_byte_now_and_then(self, served: Address, begun: bytes) -> None:
        with socket.create_connection(served, timeout=0.1) as slow:
            slow.sendall(begun)
            began, cut_off = monotonic(), False
            while not cut_off and monotonic() - began < 6:
                try:
                    slow.sendall(b"a")
                    cut_off = slow.recv(1000) == b""
                except TimeoutError:
                    continue
                except ConnectionError:
                    cut_off = True
            assert cut_off
        assert health(served).status == 200

    @ANY_DATABASE
    def test_takes_a_request_that_comes_slowly_but_comes(self, served: Address) -> None:
        with socket.create_connection(served, timeout=10) as slow:
            slow.sendall(POST + b"Content-Type: text/plain\r\nContent-Length: 9000\r\n\r\n")
            for _ in range(30):
                slow.sendall(b"x" * 300)
                sleep(0.1)
            assert slow.recv(1000).startswith(b"HTTP/1.1 400 ")

    def test_looks_often_enough_to_cut_off_in_time(self, tmp_path: Path) -> None:
        options = server_options(settings_for(tmp_path, "sqlite://"))
        assert options["channel_timeout"] + options["cleanup_interval"] <= SLOWEST_CLIENT_SECONDS

    @ANY_DATABASE
    def test_says_nothing_of_itself(self, served: Address) -> None:
        assert health(served).getheader("Server") is None

    @ANY_DATABASE
    def test_forbids_browsers_everything_in_what_it_answers_itself(self, served: Address, app: Flask) -> None:
        app.config["SESSION_COOKIE_SECURE"] = True
        for sent, status in SERVERS_OWN.items():
            with socket.create_connection(served, timeout=10) as asking:
                asking.sendall(sent)
                head = asking.recv(4000).decode().partition("\r\n\r\n")[0]
            first, *lines = head.splitlines()
            assert first.split()[1] == status
            told = dict(line.split(": ", 1) for line in lines)
            assert told["Content-Security-Policy"].startswith("default-src 'none'")
            assert (told["X-Content-Type-Options"], told["Cache-Control"]) == ("nosniff", "no-store")
            assert told["Strict-Transport-Security"].startswith("max-age=31536000")
            assert told["Content-Type"] == "text/plain; charset=utf-8"
            assert "Server" not in told

    @ANY_DATABASE
    def test_answers_with_the_last_page_what_fails_after_its_answer_was_made(
        self, served: Address, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_error: object) -> None:
            raise ZeroDivisionError("secret detail")

        monkeypatch.setattr(app, "testing", False)
        monkeypatch.setattr(app, "teardown_appcontext_funcs", [fail])
        answer = health(served)
        assert answer.status == 500
        assert (answer.getheader("Content-Security-Policy") or "").startswith("default-src 'none'")
        assert answer.getheader("X-Request-Id")

    def test_drops_the_headers_of_proxies_that_it_was_not_told_of(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path, "sqlite://")
        assert server_options(settings)["clear_untrusted_proxy_headers"]
        assert not server_options(replace(settings, proxies=1))["clear_untrusted_proxy_headers"]


class TestTheAddressInLinks:
    @pytest.mark.parametrize(
        ("host", "address"),
        [
            ("127.0.0.1", "http://127.0.0.1:8171"),
            ("0.0.0.0", "http://127.0.0.1:8171"),
            ("::", "http://[::1]:8171"),
            ("::1", "http://[::1]:8171"),
            ("muster.local", "http://muster.local:8171"),
        ],
    )
    def test_is_where_the_server_listens(self, tmp_path: Path, host: str, address: str) -> None:
        stated = {"MUSTER_DATA_DIR": str(tmp_path)}
        assert read_settings(stated, own_address(host, 8171)).base_url == address

    def test_is_the_one_that_the_settings_state(self, tmp_path: Path) -> None:
        stated = {"MUSTER_DATA_DIR": str(tmp_path), "MUSTER_BASE_URL": "https://muster.example/"}
        assert read_settings(stated, own_address("127.0.0.1", 8171)).base_url == "https://muster.example"


class TestPlainHttp:
    @pytest.mark.parametrize(
        ("host", "base_url", "in_clear"),
        [
            ("127.0.0.1", "http://127.0.0.1:8000", False),
            ("::1", "http://localhost:8000", False),
            ("0.0.0.0", "http://127.0.0.1:8000", True),
            ("192.0.2.7", "http://192.0.2.7:8000", True),
            ("127.0.0.1", "http://muster.example", True),
            ("0.0.0.0", "https://muster.example", False),
        ],
    )
    def test_beyond_this_machine_is_warned_of(self, tmp_path: Path, host: str, base_url: str, in_clear: bool) -> None:
        settings = replace(settings_for(tmp_path, "sqlite://"), base_url=base_url)
        assert reachable_in_clear(settings, host) == in_clear
