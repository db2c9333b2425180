"""A folder of pages for training: written once, signed, checked by whoever has the public key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded, write_all
from cosyn.errors import StoreError
from cosyn.fielding.signing import is_signed, public_half, signature

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = "cosyn.training/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_OURS = frozenset({MANIFEST, SIGNATURE})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a folder found.

    Attributes
    ----------
    signed : bool
        Whether the holder of the study's key signed the manifest.
    altered, missing, added : tuple of str
        Files that are not as they are in the manifest, not there, or not in it.
    files : int
        How many the manifest names.
    """

    signed: bool
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    files: int

    @property
    def ok(self) -> bool:
        """Whether the folder is what was signed, and nothing else."""
        return self.signed and not (self.altered or self.missing or self.added)


def write_training(
    folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any], key: bytes
) -> None:
    """Write the files of a folder with a signed manifest.

    Parameters
    ----------
    about : Mapping[str, Any]
        What the manifest says of the questionnaire, beside SHA-256 of every file.
    key : bytes
        As `signing.signing_key` gives it.

    Raises
    ------
    StoreError
        ``training.folder`` if something lies there already; or the machine refuses.
    """
    with guarded(folder, "read the folder"):
        taken = folder.exists() and any(folder.iterdir())
    if taken:
        what = "the folder is not empty, and nothing in it is overwritten"
        raise StoreError("training.folder", str(folder), what, "Name a folder that is not there")
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    told = {"schema": SCHEMA, **about, "key": public_half(key).hex(), "files": listed}
    manifest = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    signed = (signature(key, manifest).hex() + "\n").encode()
    contents = {**files, MANIFEST: manifest, SIGNATURE: signed}
    write_all({folder / name: content for name, content in contents.items()})


def check_training(folder: Path, public: bytes) -> Checked:
    """Compare a folder with its manifest, and the manifest with its signature.

    Parameters
    ----------
    public : bytes
        Known from elsewhere: what the folder says of its key proves nothing.

    Raises
    ------
    StoreError
        ``training.manifest`` if the folder has no manifest of ours that can be read; or the machine
        refuses.
    """
    manifest, listed = _manifest(folder)
    there = _digests(folder)
    return Checked(
        signed=is_signed(public, manifest, _signature(folder)),
        altered=tuple(sorted(n for n in listed if n in there and there[n] != listed[n])),
        missing=tuple(sorted(set(listed) - set(there))),
        added=tuple(sorted(set(there) - set(listed) - _OURS)),
        files=len(listed),
    )


def _manifest(folder: Path) -> tuple[bytes, dict[str, str]]:
    path = folder / MANIFEST
    fix = f"Name a folder that `survey field training` wrote, with its {MANIFEST}"
    if not path.is_file():
        raise StoreError("training.manifest", str(path), "the manifest is not there", fix)
    with guarded(path, "read"):
        content = path.read_bytes()
    try:
        told = json.loads(content)
        listed = {str(name): str(digest) for name, digest in told["files"].items()}
        ours = told["schema"] == SCHEMA and all(map(_inside, listed))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        ours, listed = False, {}
    if not ours:
        raise StoreError("training.manifest", str(path), "this is no manifest of such pages", fix)
    return content, listed


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _signature(folder: Path) -> bytes:
    path = folder / SIGNATURE
    if not path.is_file():
        return b""
    with guarded(path, "read"):
        spelt = path.read_bytes()
    try:
        return bytes.fromhex(spelt.decode("ascii").strip())
    except ValueError:
        return b""


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of everything that lies there; of what is no plain file, none."""
    found = {}
    with guarded(folder, "read the folder"):
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                found[name] = ""
            elif path.is_file():
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found
