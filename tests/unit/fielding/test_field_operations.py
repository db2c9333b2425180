"""The commands that look after a wave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.fielded_wave import add_departments, complete, instrument, invite
from typer.testing import CliRunner

from cosyn.cli._app import app
from cosyn.errors import StoreError
from cosyn.fielding.counts import counts
from cosyn.fielding.desk import Desk, open_desk
from cosyn.fielding.events import events
from cosyn.fielding.once import serving
from cosyn.fielding.opening import make_wave
from cosyn.fielding.rounds import drawing
from cosyn.fielding.settings import Settings
from cosyn.workflow import fielding_operations, versions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    from cosyn.study import create

    study = create(tmp_path / "study")
    done = versions.lock(study.root)
    settings = Settings(smallest_batch=3)
    make_wave(study.root / "fielding" / "1", instrument(), settings, lock=done.lock.id)
    with fielding_operations.opened(study.root, "1", "") as desk:
        add_departments(desk, ("D1",))
        fill(desk)
    return study.root


def fill(desk: Desk) -> None:
    for _ in range(3):
        complete(desk, invite(desk), {})


def run(root: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["field", *arguments, "--study", str(root)])
    assert done.exit_code == code, (done.output, done.exception)
    return done.stdout


def told(root: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(root, *arguments, "--json", code=code))
    return found


def test_a_wave_from_its_first_batch_to_its_certificate(root: Path) -> None:
    assert "3 released together" in run(root, "draw")
    assert "nothing was marked" in run(root, "draw")
    made = told(root, "backup")["files"]
    assert [found["store"] for found in made] == ["roster", "answers"]
    assert "The wave is whole." in run(root, "verify")
    run(root, "destroy", "--yes", code=1)
    assert "Closed for good." in run(root, "close", "--yes")
    assert "certificate.txt" in run(root, "destroy", "--yes")
    verbs = [event.verb for event in events(root / "fielding" / "1")]
    assert verbs == ["draw", "backup", "close", "destroy"]


def test_what_is_not_whole_has_an_exit_code(root: Path) -> None:
    (root / "fielding" / "1" / "keys" / "server.key").chmod(0o644)
    found = told(root, "verify", code=6)
    assert not found["whole"]
    assert [check["name"] for check in found["checks"] if not check["ok"]] == ["access"]


def test_a_wave_is_opened_paused_and_limited(root: Path) -> None:
    assert "Now: open." in run(root, "schedule")
    assert told(root, "schedule", "--pause")["state"] == "paused"
    found = told(root, "schedule", "--resume", "--opens", "2001-01-01", "--closes", "2001-02-01")
    assert found["state"] == "over"
    assert told(root, "schedule", "--closes", "")["state"] == "open"


def test_a_backup_is_put_back(root: Path) -> None:
    made = told(root, "backup")["files"]
    run(root, "draw")
    archive = made[1]["file"]
    done = CliRunner().invoke(app, ["field", "restore", archive, "--study", str(root)])
    assert isinstance(done.exception, StoreError)
    assert done.exception.code == "field.live-store"
    assert "older than the roster" in run(root, "restore", archive, "--force")


def test_a_wave_that_is_served_is_not_restored(root: Path) -> None:
    archive = told(root, "backup")["files"][0]["file"]
    with fielding_operations.opened(root, "1", "") as desk, serving(desk):
        done = CliRunner().invoke(
            app, ["field", "restore", archive, "--force", "--study", str(root)]
        )
    assert isinstance(done.exception, StoreError)
    assert done.exception.code == "field.served"


def test_closing_asks_first(root: Path) -> None:
    done = CliRunner().invoke(app, ["field", "close", "--study", str(root)], input="n\n")
    assert done.exit_code == 1
    assert told(root, "schedule")["state"] == "open"


def test_a_server_draws_from_time_to_time(root: Path) -> None:
    desk = open_desk(root / "fielding" / "1")
    with drawing(desk, every=0.01):
        while counts(desk).waiting:
            pass
    desk.close()
    assert [event.verb for event in events(desk.folder)] == ["draw"]
