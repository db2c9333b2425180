"""Set up cosyn in an environment of its own, then show it or test it.

    python3 start.py demo [DIR]       set up, then the main job with simulated answers
    python3 start.py test [...]       set up, then all tests (what follows goes to pytest)
    python3 start.py setup [--dev]    set up only; --dev adds what tests and checks need

The environment is the folder .venv beside this file, or the one named by COSYN_VENV. A second run
finds it ready. Needs the standard library alone, and pip.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

NEEDED = (3, 11)
if sys.version_info[:2] < NEEDED:  # above all that an older Python cannot read
    sys.exit(
        f"start.py needs Python {NEEDED[0]}.{NEEDED[1]} or newer, and {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}. Start it with a newer one, for example: "
        f"python{NEEDED[0]}.{NEEDED[1]} start.py demo"
    )


ROOT = Path(__file__).resolve().parent
INPUTS = ("pyproject.toml", "requirements.lock")  # what decides which packages are installed
UNFINISHED = "unfinished"
HEARTBEAT = 20.0  # seconds between two signs of life
LOG_LINES = 12  # of a failed installation that are worth showing
PIP_WITH_PYTHON_OPTION = (22, 3)  # the first that can install into another environment


class Refusal(Exception):
    """The machine lacks something; the text says what, and how to mend it."""


class Environment(NamedTuple):
    """The folder that holds cosyn and all that it needs.

    Attributes
    ----------
    folder : Path
        Absolute; need not exist yet.
    """

    folder: Path

    def program(self, name: str) -> Path:
        """Path of a program of the environment."""
        return self.folder / ("Scripts" if os.name == "nt" else "bin") / name

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.program("python.exe" if os.name == "nt" else "python")

    @property
    def survey(self) -> Path:
        """The command that users call."""
        return self.program("survey.exe" if os.name == "nt" else "survey")

    @property
    def log(self) -> Path:
        """What pip said during the last installation."""
        return self.folder / "install.log"

    @property
    def mark(self) -> Path:
        """What was installed here, and whether that was finished."""
        return self.folder / "cosyn.mark"


class Mark(NamedTuple):
    """What an environment was made for and what was installed into it; both are digests.

    Attributes
    ----------
    place : str
        Paths and Python: when they move, the environment must be made anew.
    contents : str
        Files that decide what is installed, or `UNFINISHED`.
    """

    place: str
    contents: str


def say(*lines: str) -> None:
    """Tell the user; on standard error, because standard output belongs to what is started."""
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.stderr.flush()


def digest(*parts: bytes) -> str:
    """Return one digest of several byte strings; where one ends matters."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def place(env: Environment) -> str:
    """Digest what is written into an environment when it is made."""
    minor = "{}.{}".format(*sys.version_info)
    return digest(os.fsencode(env.folder), os.fsencode(ROOT), minor.encode())


def contents(*, dev: bool) -> str:
    """Digest what decides which packages an environment gets."""
    files = [(ROOT / name).read_bytes() for name in INPUTS]
    return digest(*files, platform.python_version().encode(), b"dev" if dev else b"")


def read_mark(env: Environment) -> Mark | None:
    """Read an environment's mark; there is none if `start.py` did not make it."""
    if not env.mark.is_file():
        return None
    there, installed, *_ = [*env.mark.read_text("utf-8").split(), "", ""]
    return Mark(there, installed)


def write_mark(env: Environment, installed: str) -> None:
    """Record what is installed in an environment."""
    env.mark.write_text(f"{place(env)}\n{installed}\n", "utf-8")


def ready(env: Environment, *, dev: bool) -> bool:
    """Whether all that is wanted is installed; a `dev` environment has everything."""
    enough = {contents(dev=True)} if dev else {contents(dev=True), contents(dev=False)}
    mark = read_mark(env)
    return (
        mark is not None
        and mark.place == place(env)
        and mark.contents in enough
        and env.python.exists()
    )


def reusable(env: Environment) -> bool:
    """Whether pip can add to what is there; after an interruption nothing there is trusted."""
    mark = read_mark(env)
    return (
        mark is not None
        and mark.place == place(env)
        and mark.contents != UNFINISHED
        and env.python.exists()
    )


def clear(env: Environment) -> None:
    """Make sure that the folder holds the mark alone, which says that it is ours.

    Raises
    ------
    Refusal
        If the folder holds something that is not ours.
    """
    env.folder.mkdir(parents=True, exist_ok=True)
    there = [path for path in env.folder.iterdir() if path != env.mark]
    if there and not env.mark.is_file():
        raise Refusal(
            f"{env.folder} was not made by start.py and is left alone. Remove it, or name "
            "another folder in COSYN_VENV"
        )
    write_mark(env, UNFINISHED)
    for path in there:
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def make(env: Environment) -> None:
    """Make a fresh environment, without pip: Debian's Python has none to put into it.

    Raises
    ------
    Refusal
        If this Python or this folder does not allow it.
    """
    say(f"Making an environment in {shown(env.folder)} with Python {platform.python_version()}")
    try:
        clear(env)
    except OSError as error:
        raise Refusal(f"{env.folder} cannot be written: {error.strerror}") from error
    command = [sys.executable, "-m", "venv", "--without-pip", str(env.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = [*(done.stdout + done.stderr).strip().splitlines(), "it gives no reason"][-1]
        raise Refusal(f"{sys.executable} cannot make an environment in {env.folder}: {reason}")


def pip_version() -> tuple[int, int] | None:
    """Version of the pip beside this Python, if there is one."""
    command = [sys.executable, "-m", "pip", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else None


def pip_command(env: Environment) -> list[str]:
    """Return how to call pip for the environment: this Python's, else one made from ensurepip.

    Raises
    ------
    Refusal
        If there is neither: Debian packs them apart from Python.
    """
    found = pip_version()
    if found is not None and found >= PIP_WITH_PYTHON_OPTION:
        return [sys.executable, "-m", "pip", "--python", str(env.python)]
    if find_spec("ensurepip"):
        return [str(env.python), "-m", "pip"]
    there = "no pip" if found is None else "pip {}.{}, which is too old".format(*found)
    raise Refusal(
        f"{sys.executable} has {there}. On Debian and Ubuntu: apt-get install python3-pip"
    )


def provide_pip(env: Environment, command: list[str]) -> None:
    """Unpack the pip that comes with Python, if it is that one that will be called."""
    if command[0] == str(env.python):
        unpack = [command[0], "-m", "ensurepip"]
        if subprocess.run(unpack, capture_output=True, check=False).returncode:
            raise Refusal(f"{command[0]} -m ensurepip failed: install pip for {sys.executable}")


def pip_settings() -> dict[str, str]:
    """Environment variables of pip.

    The lock binds the isolated builds as well, and only variables reach those. It goes by its
    URI, for pip splits variables at spaces.
    """
    lock = (ROOT / "requirements.lock").as_uri()
    own = {"PIP_CONSTRAINT": lock, "PIP_BUILD_CONSTRAINT": lock, "PIP_USER": "0"}
    return {**os.environ, **own}


def watch(command: list[str], log: Path) -> int:
    """Run a command in the repository, its words in a log, with a sign of life now and then."""
    started = time.monotonic()
    with log.open("wb") as words:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=pip_settings(),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
    while True:
        try:
            return process.wait(timeout=HEARTBEAT)
        except subprocess.TimeoutExpired:
            say(f"  still installing ({time.monotonic() - started:.0f} s)")


def install(env: Environment, command: list[str], *, dev: bool) -> None:
    """Install cosyn and all that it needs, exactly as the lock says.

    Raises
    ------
    Refusal
        If pip failed; the next run starts with a fresh environment.
    """
    say("Installing cosyn and what it needs (the first time takes some minutes)")
    write_mark(env, UNFINISHED)
    provide_pip(env, command)
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    what = ".[dev]" if dev else ".[all]"
    if watch([*command, "install", *options, "--editable", what], env.log):
        say(*env.log.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:])
        raise Refusal(
            f"pip could not install cosyn: its last lines are above, all of them in {env.log}. "
            "Mend the cause, then run the same command again"
        )
    write_mark(env, contents(dev=dev))


def set_up(env: Environment, *, dev: bool) -> None:
    """See that the environment holds all that is wanted; quick if it does."""
    if ready(env, dev=dev):
        return
    command = pip_command(env)
    if not reusable(env):
        make(env)
    install(env, command, dev=dev)
    say(f"Ready: {shown(env.folder)}")


def shown(path: Path) -> str:
    """Return a path as a user in the present folder would type it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def call(*command: str | Path) -> int:
    """Run a program in the present folder and return its exit code as a shell does."""
    code = subprocess.run(list(map(str, command)), check=False).returncode
    return code if code >= 0 else 128 - code


def demo(env: Environment, arguments: list[str]) -> int:
    """Set up, then run the main job with simulated answers."""
    set_up(env, dev=False)
    code = call(env.survey, "demo", *arguments)
    say(f"The command is {shown(env.survey)}; try: {shown(env.survey)} --help")
    return code


def test(env: Environment, arguments: list[str]) -> int:
    """Set up, then run the tests on two to four processes; pytest's closing line is the last."""
    set_up(env, dev=True)
    processes = min(4, max(2, os.cpu_count() or 2))
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each process has a core of its own
    os.chdir(ROOT)
    return call(env.python, "-m", "pytest", "-n", str(processes), *arguments)


def setup(env: Environment, arguments: list[str]) -> int:
    """Set up only."""
    if arguments not in ([], ["--dev"]):
        say(f"setup knows --dev alone, not {' '.join(arguments)}")
        return 2
    set_up(env, dev=bool(arguments))
    say(f"The command is {shown(env.survey)}")
    return 0


VERBS = {"demo": demo, "test": test, "setup": setup}


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code."""
    if not arguments or arguments[0] not in VERBS:
        asked = arguments[:1] in (["-h"], ["--help"])
        say(*(__doc__ or "").splitlines())
        return 0 if asked else 2
    env = Environment(Path(os.environ.get("COSYN_VENV") or ROOT / ".venv").absolute())
    try:
        return VERBS[arguments[0]](env, arguments[1:])
    except Refusal as refusal:
        say(f"start.py: {refusal}.")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. The same command takes up the work again.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
