"""Read YAML strictly: every fault is named with its file and line, all of them in one pass."""

from __future__ import annotations

import difflib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cosyn.atomic import guarded
from cosyn.yamltree import compose

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.errors import SurveyError

M = TypeVar("M", bound=BaseModel)
Step = str | int
MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file that was read, with the places of its nodes.

    Attributes
    ----------
    name : str
        Path as shown to the user, relative to the study.
    root : yaml.Node
        The composed tree, which knows every line.
    """

    name: str
    root: yaml.Node

    def at(self, *path: Step) -> str:
        """``file:line`` of the node at a path, or of the nearest node above it."""
        node = self.root
        for step in path:
            found = child(node, step)
            if found is None:
                break
            node = found
        return f"{self.name}:{node.start_mark.line + 1}"


@dataclass(frozen=True, slots=True)
class Loaded(Generic[M]):
    """A file's content, checked, with its places."""

    content: M
    source: Source


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files of one kind and collects their faults.

    Attributes
    ----------
    error : type[SurveyError]
        What a fault is raised as.
    prefix : str
        First part of the fault codes, e.g. ``"instrument"``.
    faults : list[SurveyError]
        Filled while reading; the caller raises them together.
    root : Path or None
        The folder that no file may lead out of by a symbolic link; None for files that the user
        names one by one.
    """

    error: type[SurveyError]
    prefix: str
    faults: list[SurveyError]
    root: Path | None = None

    def fault(self, code: str, where: str, what: str, fix: str) -> None:
        """Note a fault and go on."""
        self.faults.append(self.error(f"{self.prefix}.{code}", where, what, fix))

    def read(self, path: Path, name: str, model: type[M]) -> Loaded[M] | None:
        """Read and check one file; None (and faults noted) if it is not as it should be."""
        text = self.text(path, name)
        if text is None:
            return None
        tree = compose(text)
        for problem in tree.problems:
            self.fault(problem.code, f"{name}:{problem.line}", problem.what, problem.fix)
        if tree.problems:
            return None
        if tree.root is None:
            fix = "Fill it in, or copy it from a fresh `survey init`"
            self.fault("empty", name, "the file is empty", fix)
            return None
        source = Source(name, tree.root)
        try:
            # JSON, because strict validation of JSON accepts arrays for tuples and nothing vaguer.
            content = model.model_validate_json(json.dumps(tree.data))
        except ValidationError as invalid:
            for entry in invalid.errors():
                self._note(entry, source, model)
            return None
        return Loaded(content, source)

    def text(self, path: Path, name: str) -> str | None:
        """Read one file of UTF-8 text; None (and a fault noted) if it is none of the study's."""
        with guarded(path, "read"):
            if not self._is_ours(path, name):
                return None
            raw = path.read_bytes()
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            line = raw[: problem.start].count(b"\n") + 1
            self.fault(
                "not-utf8",
                f"{name}:{line}",
                "the file is not UTF-8 text",
                "Save it with the encoding UTF-8",
            )
            return None

    def _is_ours(self, path: Path, name: str) -> bool:
        """Tell whether there is an ordinary file of bearable size within the root."""
        if self.root is not None and not _within(path, self.root):
            what = "a symbolic link or `..` leads out of the study's folder"
            self.fault("link", name, what, "Put a copy of the file in its place")
        elif path.is_file():
            size = path.stat().st_size
            if size <= MAX_BYTES:
                return True
            fix = "Check that it is the right file"
            self.fault("too-big", name, f"the file has {size / 1e6:.0f} MB", fix)
        elif path.exists() or path.is_symlink():
            what = "this is a folder, a device or a broken link, not a file"
            self.fault("no-file", name, what, "Put a file in its place")
        else:
            fix = "Create it, or copy it from a fresh `survey init`"
            self.fault("missing-file", name, "the file does not exist", fix)
        return False

    def _note(self, entry: Any, source: Source, model: type[BaseModel]) -> None:
        path = tuple(entry["loc"])
        kind = str(entry["type"])
        shown = ".".join(str(step) for step in path) or "the file"
        if kind == "extra_forbidden":
            # A key that stands elsewhere in the file is no misspelling of itself.
            known = [field for field in _all_fields(model) if field != path[-1]]
            close = difflib.get_close_matches(str(path[-1]), known, 1)
            hint = f"Did you mean {close[0]!r}?" if close else "Remove it"
            self.fault(
                "unknown-key",
                _key_line(source, path),
                f"{shown}: unknown key {path[-1]!r}",
                hint.rstrip("."),
            )
        elif kind == "missing":
            self.fault(
                "missing-key",
                source.at(*path[:-1]),
                f"{shown}: the key {path[-1]!r} is missing",
                "Add it",
            )
        else:
            message = str(entry["msg"]).removeprefix("Value error, ")
            shown_value = repr(entry["input"])[:60]
            self.fault(
                "wrong-value",
                source.at(*path),
                f"{shown} is {shown_value}: {message[0].lower()}{message[1:]}",
                "Write a value of that kind",
            )


def _within(path: Path, root: Path) -> bool:
    real, folder = os.path.realpath(path), os.path.realpath(root)
    return os.path.commonpath([real, folder]) == folder


def child(node: yaml.Node, step: Step) -> yaml.Node | None:
    """The node below another at a key or position; None if there is none."""
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


def _key_line(source: Source, path: tuple[Step, ...]) -> str:
    """Line of the key itself (the value may start lower)."""
    node: yaml.Node | None = source.root
    for step in path[:-1]:
        node = child(node, step) if node is not None else None
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if key.value == str(path[-1]):
                return f"{source.name}:{key.start_mark.line + 1}"
    return source.at(*path)


def _all_fields(model: type[BaseModel]) -> list[str]:
    """Names of every field of a model and the models inside it, for `did you mean`."""
    names: list[str] = []
    todo: list[type[BaseModel]] = [model]
    seen: set[type[BaseModel]] = set()
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        for name, field in current.model_fields.items():
            names.append(field.alias or name)
            todo += [
                a
                for a in _arguments(field.annotation)
                if isinstance(a, type) and issubclass(a, BaseModel)
            ]
    return names


def _arguments(annotation: Any) -> list[Any]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(deep for a in inner for deep in _arguments(a))]
