"""What only a real socket can send: slow and endless bodies, huge heads, two lengths, odd targets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.served_pages import FakeDesk, listened

from cosyn.server import connection
from cosyn.server.types import Limits

FORM = b"Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HEALTHY = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module", params=["Connection", "FastConnection"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Of a server that reads requests by Python, and of one that reads them in C."""
    if not hasattr(connection, request.param):
        pytest.skip("httptools is not installed")
    patch = pytest.MonkeyPatch()
    kind = getattr(connection, request.param)
    patch.setattr("cosyn.server.serving.connection_kind", lambda: kind)
    patch.setattr("cosyn.server.connection.PATIENCE_SECONDS", 0.5)
    limits = Limits(address=0, token=0, strange=0, reserve=0.0, patience=0.3)
    with listened(FakeDesk(), limits=limits) as base:
        yield int(base.rpartition(":")[2])
    patch.undo()


def told(port: int, *parts: bytes) -> bytes:
    """What the server says to these bytes until it closes the connection."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        try:
            for part in parts:
                client.sendall(part)
            while part := client.recv(65_536):
                said += part
        except ConnectionError:  # it was closed while we were still sending
            pass
    return said


def status(said: bytes) -> int:
    return int(said.split(b" ", 2)[1])


def test_a_body_that_does_not_come_is_given_up_and_the_connection_with_it(port: int) -> None:
    said = told(port, b"POST / HTTP/1.1\r\n" + FORM + b"Content-Length: 100\r\n\r\n_code=")
    assert status(said) == 408
    assert status(told(port, HEALTHY)) == 200


def test_a_body_that_is_too_long_is_refused_unread(port: int) -> None:
    said = told(port, b"POST / HTTP/1.1\r\n" + FORM + b"Content-Length: 9000000000\r\n\r\n")
    assert status(said) == 413


def test_a_body_that_nobody_reads_keeps_no_connection_open(port: int) -> None:
    head = b"POST /about HTTP/1.1\r\n" + FORM + b"Content-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(head)
        assert status(client.recv(65_536)) == 405
        client.sendall(b"a")  # the web server would now wait for ever
        while client.recv(65_536):
            pass


def test_a_small_body_that_came_late_leaves_the_connection_usable(port: int) -> None:
    head = b"POST /about HTTP/1.1\r\n" + FORM + b"Content-Length: 2\r\n\r\n"
    said = told(port, head, b"a=" + HEALTHY)
    assert said.count(b"HTTP/1.1 ") == 2
    assert b"HTTP/1.1 200" in said


def test_a_body_without_a_length_is_cut_off(port: int) -> None:
    chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    head = b"POST / HTTP/1.1\r\n" + FORM + b"Transfer-Encoding: chunked\r\n\r\n"
    assert status(told(port, head, *[chunk] * 3)) == 413


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + FORM + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"POST / HTTP/1.1\r\n" + FORM + b"Content-Length: -1\r\n\r\nab",
        b"GET / HTTP/1.1\r\nHost: x\r\nCookie: a\x00b\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_as_one(port: int, head: bytes) -> None:
    assert status(told(port, head)) == 400
    assert status(told(port, HEALTHY)) == 200


@pytest.mark.parametrize(
    "target", [b"//evil.test/q/", b"http://evil.test/q/", b"/%2e%2e/%2fevil.test"]
)
def test_addresses_of_others_lead_nowhere(port: int, target: bytes) -> None:
    said = told(
        port, b"GET " + target + b" HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n"
    )
    assert status(said) in {403, 404}  # one that begins with another host's name may be ours
    assert b"evil" not in said
