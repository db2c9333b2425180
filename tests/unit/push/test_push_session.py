"""Over the wire: log in, push, log out; and what is said where a server does not play along."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.fake_limesurvey import FakeLimeSurvey

from cosyn.cli import main
from cosyn.errors import ExtraError, PlanError, ServerError
from cosyn.messages import MOST_SHOWN
from cosyn.messages.push import pushed_lines
from cosyn.push.session import connected, endpoint
from cosyn.study import create
from cosyn.workflow.push import push_limesurvey

pytest.importorskip("citric")
SESAME = "open sesame {x} 芝麻"


@contextmanager
def serving(server: Any) -> Iterator[str]:
    """Put a fake on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = server.answer(self.path, asked)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/survey/"
        finally:
            listening.shutdown()
            thread.join()


class Remote(FakeLimeSurvey):
    """The fake with sessions, as the remote interface speaks."""

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        assert path == "/survey/index.php/admin/remotecontrol"
        method, parameters = asked["method"], asked["params"]
        if method == "get_session_key":
            self.calls.append(method)
            known = parameters[:2] == ["author", SESAME]
            result: Any = "key" if known else {"status": "Invalid user name or password"}
        elif method == "release_session_key":
            self.calls.append(method)
            result = "OK"
        else:
            assert parameters[0] == "key"
            result = self(method, *parameters[1:])["result"]
        return 200, json.dumps({"id": asked["id"], "result": result, "error": None}).encode()


class Broken:
    """Answers everything in one way."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body

    def answer(self, *_: Any) -> tuple[int, bytes]:
        return self.status, self.body


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create(tmp_path_factory.mktemp("push") / "study").root


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["survey", "push", "limesurvey", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example", "https://a.example/index.php/admin/remotecontrol"),
        ("https://a.example/ls/", "https://a.example/ls/index.php/admin/remotecontrol"),
        ("http://a.example/index.php", "http://a.example/index.php/admin/remotecontrol"),
        (
            "https://a.example/index.php?r=admin/remotecontrol",
            "https://a.example/index.php?r=admin/remotecontrol",
        ),
    ],
)
def test_the_remote_interface_is_found(url: str, address: str) -> None:
    assert endpoint(url) == address


@pytest.mark.parametrize("url", ["", "a.example", "ftp://a.example", "https://me:pw@a.example"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(PlanError, match=r"push\.no-url"):
        endpoint(url)


def test_the_command_pushes_and_reads_back(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIME", SESAME)
    server = Remote(filtered=True)
    with serving(server) as url:
        options = ("--url", url, "--user", "author", "--password-env", "LIME", "--study", study)
        assert run(monkeypatch, *options) == 0
    out, err = capsys.readouterr()
    assert "all equal" in out
    assert SESAME not in out + err
    assert (server.calls[0], server.calls[-1]) == ("get_session_key", "release_session_key")


def test_the_command_exits_with_4_where_something_differs(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Dated(Remote):
        def get_survey_properties(self, survey: int, names: list[str]) -> dict[str, Any]:
            return {**super().get_survey_properties(survey, names), "datestamp": "Y"}

    monkeypatch.setenv("LIME", SESAME)
    with serving(Dated()) as url:
        options = ("--url", url, "--user", "author", "--password-env", "LIME", "--study", study)
        assert run(monkeypatch, *options, "--json") == 4
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "cosyn.push/1"
    assert document["survey"] == 123456
    assert document["differences"] == [
        {"item": "survey", "language": "", "field": "datestamp", "sent": "N", "held": "Y"}
    ]


def test_differences_are_told_in_words(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Emptied(Remote):
        def list_questions(self, *_: Any) -> Any:
            return {"status": "No questions found"}

    with serving(Emptied()) as url:
        done = push_limesurvey(study, url, "author", SESAME)
    lines = pushed_lines(done)
    assert lines[0] == "Survey 123456 is in LimeSurvey and not yet active"
    assert sum(line.startswith("Differs, ") for line in lines) == MOST_SHOWN
    assert lines[-1].startswith("Do not activate it")


def test_a_wrong_password_is_told_and_not_shown(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIME", "wrong sesame")
    with serving(Remote()) as url:
        options = ("--url", url, "--user", "author", "--password-env", "LIME", "--study", study)
        assert run(monkeypatch, *options) == 6
    out, err = capsys.readouterr()
    assert "Invalid user name or password" in err
    assert "wrong sesame" not in out + err


def test_a_password_that_is_not_there_is_wrong_use(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIME", raising=False)
    options = ("--url", "http://127.0.0.1:1", "--user", "author", "--password-env", "LIME")
    assert run(monkeypatch, *options, "--study", study) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (200, b""), (200, b"<html>"), (404, b"not here"), (200, b'{"id":0,"result":0}')],
)
def test_a_server_that_speaks_otherwise_is_told(status: int, body: bytes) -> None:
    with (
        serving(Broken(status, body)) as url,
        pytest.raises(ServerError, match=r"push\.no-answer") as caught,
        connected(url, "author", SESAME),
    ):
        pass
    assert SESAME not in str(caught.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with (
        pytest.raises(ServerError, match=r"push\.no-answer"),
        connected("http://127.0.0.1:1", "author", SESAME),
    ):
        pass


def test_without_citric_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "citric.session", None)
    with (
        pytest.raises(ExtraError, match=r"pip install cosyn\[limesurvey\]") as caught,
        connected("http://127.0.0.1:1", "author", SESAME),
    ):
        pass
    assert caught.value.exit_code == 5
