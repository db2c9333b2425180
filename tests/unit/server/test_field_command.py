"""`survey field`: what it says, what it refuses, and how it stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.fielded_wave import invite, new_desk

from cosyn.errors import InstrumentError, StoreError
from cosyn.fielding.desk import Desk
from cosyn.fielding.once import serving
from cosyn.fielding.schedule import Schedule, write_schedule
from cosyn.messages.fielding_serve import served_json, served_lines
from cosyn.server.fielded import Fielded
from cosyn.server.serving import listening, own_address
from cosyn.study import create
from cosyn.workflow.fielding_serve import rehearse, serve


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return create(tmp_path / "study").root


@pytest.fixture
def desk(study: Path) -> Desk:
    shutil.copytree(study / "instrument", study / "locks" / "2.0.0" / "instrument")
    return new_desk(study / "fielding" / "1")


def test_it_says_where_the_questionnaire_is_and_what_to_do(study: Path, desk: Desk) -> None:
    with serve(study, port=0) as served:
        lines = served_lines(served)
        assert lines[0].startswith("Wave 1 (anonymous) is served at http://127.0.0.1:")
        assert any("█" in line for line in lines)
        assert any("answers.key" in line for line in lines)
        assert any("Only this machine" in line for line in lines)
        assert served_json(served)["state"] == "open"
    with serve(study, port=0, base_url="https://a.example/b/") as served:
        assert served.link == "https://a.example/b"
        assert not any("Only this machine" in line for line in served_lines(served))


def test_a_wave_that_is_not_open_is_served_with_a_word(study: Path, desk: Desk) -> None:
    write_schedule(desk.folder, Schedule(paused=True))
    with serve(study, port=0) as served:
        assert any("It is paused" in line for line in served_lines(served))
    assert Fielded(desk).opening().state == "paused"
    write_schedule(desk.folder, Schedule(closes="2099-01-02T03:04+08:00"))
    assert Fielded(desk).opening().when == "2099-01-02 03:04 (UTC+08:00)"


def test_there_is_one_server_a_wave(study: Path, desk: Desk) -> None:
    with serving(desk), pytest.raises(StoreError) as refused, serve(study, port=0):
        pass
    assert refused.value.code == "field.served"


def test_a_port_in_use_is_told(study: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StoreError) as refused, rehearse(study, port=port):
            pass
    assert (refused.value.code, refused.value.where) == ("field.port", "--port")


def test_an_address_of_nobody_is_told() -> None:
    with pytest.raises(StoreError) as refused, listening("no.such.host.invalid", 0):
        pass
    assert refused.value.code == "field.host"


@pytest.mark.parametrize(
    "base", ["example.org", "ftp://a", "https://a/b?c", "https://a\r\nb", "http://"]
)
def test_a_base_that_is_no_address_is_told(study: Path, base: str) -> None:
    with pytest.raises(InstrumentError) as refused, rehearse(study, port=0, base_url=base):
        pass
    assert refused.value.code == "field.base-url"


def test_several_processes_need_a_database(study: Path, desk: Desk) -> None:
    with pytest.raises(InstrumentError) as refused, serve(study, port=0, workers=2):
        pass
    assert refused.value.code == "field.workers"


def test_a_wave_without_its_locked_questionnaire_is_told_before_a_link_is(
    study: Path, desk: Desk
) -> None:
    shutil.rmtree(study / "locks")
    with pytest.raises(StoreError) as refused, serve(study, port=0):
        pass
    assert refused.value.code == "field.no-lock"


@pytest.mark.parametrize("content", ["constructs: []\n", ""])
def test_a_locked_questionnaire_that_was_changed_is_told_before_a_link_is(
    study: Path, desk: Desk, content: str
) -> None:
    changed = next((study / "locks").glob("*/instrument/items/*.yaml"))
    changed.write_text(content)
    with pytest.raises(StoreError) as refused, serve(study, port=0):
        pass
    assert refused.value.code == "field.other-lock"
    assert refused.value.fix == "Restore the locked folder"
    assert "locks" in refused.value.where


def test_without_a_wave_there_is_nothing_to_serve(study: Path) -> None:
    with pytest.raises(StoreError) as refused, serve(study, port=0):
        pass
    assert refused.value.code == "field.no-wave"


def test_addresses_for_others() -> None:
    assert own_address("::1", 5) == "http://[::1]:5"
    everywhere = own_address("::", 5)
    assert everywhere.endswith(":5")
    assert "[::]" not in everywhere


def started(study: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """The command as a process of its own, when it answers; with its link."""
    command = [sys.executable, "-m", "cosyn", "field", "--port", "0", "--json", *options]
    process = subprocess.Popen(
        [*command, "--study", str(study)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    told = ""
    while not told.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, process.communicate()
        told += line
    return process, json.loads(told)["link"]


def answered(link: str) -> httpx.Response:
    for _ in range(200):
        try:
            return httpx.get(link, trust_env=False)
        except httpx.ConnectError:
            time.sleep(0.1)
    pytest.fail("the server does not answer")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_without_a_fault(study: Path, number: signal.Signals) -> None:
    process, link = started(study, "--demo")
    reply = answered(link)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert (reply.status_code, reply.headers["location"]) == (303, "/q/")
    assert "server" not in reply.headers
    assert [json.loads(line)["event"] for line in said.splitlines()] == ["started", "stopped"]
    assert link.rpartition("/")[2] not in said


def test_a_wave_is_served_by_a_process_of_its_own(study: Path, desk: Desk) -> None:
    token = invite(desk)
    process, link = started(study)
    reply = answered(f"{link}/f/{token}")
    page = httpx.get(f"{link}/q/", cookies=dict(reply.cookies), trust_env=False)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert (process.returncode, page.status_code) == (0, 200), said
    assert "What is stored" in page.text
    assert token not in said


@pytest.fixture(params=["Connection", "FastConnection"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the two readers of requests."""
    from cosyn.server import connection

    if request.param == "FastConnection":
        pytest.importorskip("httptools")
    found = getattr(connection, request.param)
    monkeypatch.setattr("cosyn.server.serving.connection_kind", lambda: found)


@pytest.mark.usefixtures("kind")
def test_a_head_that_never_ends_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.served_pages import FakeDesk, listened

    monkeypatch.setattr("cosyn.server.connection.PATIENCE_SECONDS", 0.2)
    with listened(FakeDesk()) as base:
        host, port = base.removeprefix("http://").split(":")
        for begun in (b"", b"GET / HTTP/1.1\r\nHost: x\r\nX: "):
            with socket.create_connection((host, int(port)), timeout=30) as client:
                client.sendall(begun)
                assert client.recv(100) == b""
        assert httpx.get(f"{base}/healthz", trust_env=False).status_code == 200


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("line", [b"X: " + b"x" * 1000, b"X" * 70_000])
def test_a_head_that_is_too_long_is_refused(line: bytes) -> None:
    from tests.served_pages import FakeDesk, listened

    with listened(FakeDesk()) as base:
        host, port = base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            with suppress(ConnectionError):
                for _ in range(200):
                    client.sendall(line + b"\r\n")
            said = b""
            with suppress(ConnectionError):
                said = client.recv(100)
        assert said[:12] in {b"", b"HTTP/1.1 400"}
        assert httpx.get(f"{base}/healthz", trust_env=False).status_code == 200
