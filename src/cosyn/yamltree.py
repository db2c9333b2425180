"""Plain YAML in one pass: values with their lines, and every fault of the text.

Files are hostile until read: what YAML offers beyond keys, lists and words (aliases that multiply,
tags that make objects, nesting that exhausts the stack) is refused, not interpreted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.reader import Reader as Characters

if TYPE_CHECKING:
    from collections.abc import Iterator

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader, in C where the library has it (ten times as fast)."""
DEEPEST = 40
"""Most levels in one another; an instrument has eight. Libyaml composes recursively: a hundred
thousand open brackets end the process."""
_LONGEST_NUMBER = 40
_ANY = ""  # nodes are asked for their lines; `_value` says what they are


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the text; `line` counts from 1."""

    code: str
    line: int
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Tree:
    """What a text holds.

    Attributes
    ----------
    root : yaml.Node or None
        The nodes, which know their lines; None if there are none, or if reading had to stop.
    data : object
        The same as dicts (keys as written), lists, strings, numbers, booleans and None.
    problems : tuple of Problem
        Every fault, in the order of the lines.
    """

    root: yaml.Node | None
    data: object
    problems: tuple[Problem, ...]


def compose(text: str) -> Tree:
    """Read a text; nothing in it is evaluated, whatever it says."""
    unseen = [*_control_characters(text)]
    if unseen:
        return Tree(None, None, tuple(unseen))
    growing = _Growing()
    try:
        for event in yaml.parse(text, Loader=LOADER):
            growing.take(event)
    except _Stop as stop:
        return Tree(None, None, (*growing.problems, stop.problem))
    except yaml.YAMLError as error:
        return Tree(None, None, (*growing.problems, _not_yaml(error)))
    return Tree(growing.root, growing.data, tuple(growing.problems))


def _control_characters(text: str) -> Iterator[Problem]:
    """Find those that no file of words holds (a file in another encoding is full of them)."""
    seen = 0
    for number, line in enumerate(text.split("\n"), start=1):
        found = Characters.NON_PRINTABLE.search(line)
        if found and seen < 10:
            seen += 1
            yield _control(found[0], number)


def _control(character: str, line: int) -> Problem:
    what = f"the text holds the control character U+{ord(character):04X}"
    return Problem("control-character", line, what, "Delete it, or save the file as UTF-8 text")


def _not_yaml(error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = " ".join(str(getattr(error, "problem", None) or error).split())
    return Problem(
        "not-yaml",
        mark.line + 1 if mark else 1,
        f"this is not valid YAML ({what})",
        "Check indentation, colons and quotes on this line and the one before it",
    )


class _Stop(Exception):
    """A fault after which the rest cannot be understood."""

    def __init__(self, event: Any, code: str, what: str, fix: str) -> None:
        super().__init__(what)
        self.problem = Problem(code, _line(event), what, fix)


@dataclass(slots=True)
class _Open:
    """A mapping or list that has begun: its node and data, and the key that waits for a value."""

    node: yaml.CollectionNode
    data: Any
    key: yaml.ScalarNode | None = None


@dataclass(slots=True)
class _Growing:
    """A tree under way; a stack instead of recursion, so that depth costs nothing."""

    root: yaml.Node | None = None
    data: object = None
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)

    def take(self, event: Any) -> None:
        """Add what an event of the parser brings."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_tag(event)
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._refuse_tag(event)
            self._begin(event, yaml.MappingNode, {})
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_tag(event)
            self._begin(event, yaml.SequenceNode, [])
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            fix = "Write the value out in full"
            raise _Stop(event, "alias", "YAML aliases are not used here", fix)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            fix = "Delete the line with ---"
            raise _Stop(event, "not-yaml", "a second document begins here", fix)

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            shown = event.tag.replace("tag:yaml.org,2002:", "!!")[:40]
            what = f"YAML tags such as {shown} are not used here"
            self._note("tag", event, what, "Write the value itself")

    def _note(self, code: str, event: Any, what: str, fix: str) -> None:
        self.problems.append(Problem(code, _line(event), what, fix))

    def _scalar(self, event: Any) -> None:
        found = Characters.NON_PRINTABLE.search(event.value)
        if found:
            self.problems.append(_control(found[0], _line(event)))
        node = yaml.ScalarNode(_ANY, event.value, event.start_mark, event.end_mark, event.style)
        top = self._key_wanted()
        if top is None:
            self._put(node, _value(event))
            return
        if event.value in top.data:
            what = f"the key {event.value[:60]!r} stands twice"
            self._note("duplicate-key", event, what, "Keep one of the two")
        top.key = node

    def _begin(self, event: Any, kind: type[yaml.CollectionNode], data: Any) -> None:
        if len(self.stack) >= DEEPEST:
            what = f"more than {DEEPEST} levels stand in one another here"
            raise _Stop(event, "too-deep", what, "Check brackets and indentation")
        if self._key_wanted() is not None:
            what = "a key is a list or a mapping"
            raise _Stop(event, "not-yaml", what, "Write a word as the key")
        node = kind(_ANY, [], event.start_mark)
        self._put(node, data)
        self.stack.append(_Open(node, data))

    def _key_wanted(self) -> _Open | None:
        """The mapping that is open, if a key comes next in it."""
        top = self.stack[-1] if self.stack else None
        return top if top and top.key is None and isinstance(top.data, dict) else None

    def _put(self, node: yaml.Node, data: object) -> None:
        if not self.stack:
            self.root, self.data = node, data
            return
        top = self.stack[-1]
        if top.key is None:
            top.node.value.append(node)
            top.data.append(data)
        else:
            top.node.value.append((top.key, node))
            top.data[top.key.value] = data
            top.key = None


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _value(event: Any) -> object:
    """What an unquoted word stands for in YAML 1.1; anything but a small number is itself."""
    text: str = event.value
    if not event.style and event.tag is None:
        for tag, pattern in LOADER.yaml_implicit_resolvers.get(text[:1], ()):
            if pattern.match(text):
                return _converted(tag.rpartition(":")[2], text)
    return text


def _converted(kind: str, text: str) -> object:
    if kind == "null":
        return None
    if kind == "bool":
        return SafeConstructor.bool_values[text.lower()]
    if kind in {"int", "float"} and len(text) <= _LONGEST_NUMBER:
        node = yaml.ScalarNode(_ANY, text)
        try:
            number = getattr(_CONSTRUCTOR, f"construct_yaml_{kind}")(node)
        except ValueError:  # 0x_ looks like a number to YAML, and is none
            return text
        return number if math.isfinite(number) else text
    return text


_CONSTRUCTOR = SafeConstructor()
