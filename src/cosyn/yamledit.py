"""Replace single texts in a YAML file and leave everything else as it is: comments, layout."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

from cosyn.yamlfile import child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.yamlfile import Step

Path = tuple["Step", ...]
# What a YAML reader refuses, takes for a line break or strips, and JSON leaves as it is.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK_COMMENT = re.compile(r"[|>][-+0-9]*[ \t]+(#.*)")


def quoted(text: str) -> str:
    """Write a text as a double-quoted scalar of one line; it stands wherever a scalar may."""
    plain = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)


def replace(content: str, changes: Mapping[Path, str]) -> str:
    """Put texts in place of the scalars at some paths.

    Parameters
    ----------
    content : str
        The file's text.
    changes : Mapping
        Keys and positions that lead to a scalar -> what it shall be.

    Raises
    ------
    KeyError
        If a path leads to no scalar.
    """
    # The loader in Python, whose marks count characters; the one in C was not made for editing.
    root = yaml.compose(content, Loader=yaml.SafeLoader)
    spans = [(*_span(content, _scalar(root, path)), text) for path, text in changes.items()]
    for start, end, comment, text in sorted(spans, reverse=True):
        content = f"{content[:start]}{quoted(text)}{comment}{content[end:]}"
    return content


def insert(content: str, path: Path, texts: Mapping[str, str]) -> str:
    """Add keys with their texts at the end of a mapping that is written one key a line.

    Parameters
    ----------
    content : str
        The file's text.
    path : tuple of str or int
        Keys and positions that lead to the mapping; it holds a text already.
    texts : Mapping
        What to add; the keys are plain words.

    Raises
    ------
    KeyError
        If the path leads to something else.
    """
    node = _node(yaml.compose(content, Loader=yaml.SafeLoader), path)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        raise KeyError(path)
    key, last = node.value[-1]
    if not isinstance(last, yaml.ScalarNode):
        raise KeyError(path)
    _, end, _ = _span(content, last)
    line_end = content.find("\n", end)
    if line_end < 0:
        content, line_end = f"{content}\n", len(content)
    indent = " " * key.start_mark.column
    lines = "".join(f"{indent}{name}: {quoted(text)}\n" for name, text in texts.items())
    return content[: line_end + 1] + lines + content[line_end + 1 :]


def _node(root: yaml.Node | None, path: Path) -> yaml.Node | None:
    node = root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def _scalar(root: yaml.Node | None, path: Path) -> yaml.ScalarNode:
    node = _node(root, path)
    if not isinstance(node, yaml.ScalarNode):
        raise KeyError(path)
    return node


def _span(content: str, node: yaml.ScalarNode) -> tuple[int, int, str]:
    """Where a scalar begins and ends, and the comment in between that shall stay."""
    start, end = node.start_mark.index, node.end_mark.index
    written = content[start:end]
    # A block scalar runs to the next key: the line breaks before that belong to the layout.
    end = start + len(written.rstrip(" \t\r\n"))
    comment = _BLOCK_COMMENT.match(written) if node.style in ("|", ">") else None
    return start, end, f" {comment[1]}" if comment else ""
