"""The schemas of DDI-Codebook, to judge what we write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

SCHEMAS = Path(__file__).parent / "schemas" / "ddi"


@cache
def schema(version: str) -> etree.XMLSchema:
    """Read the schema of a version, without a network."""
    parser = etree.XMLParser(no_network=True)
    return etree.XMLSchema(etree.parse(str(SCHEMAS / version / "codebook.xsd"), parser))


def fault(version: str, content: bytes) -> str:
    """What a version's schema says against a file; nothing if it is valid."""
    try:
        schema(version).assertValid(etree.fromstring(content))
    except etree.DocumentInvalid as problem:
        return str(problem)
    return ""
