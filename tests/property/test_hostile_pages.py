"""Whatever is sent to the pages: no failure, no echo of markup, nothing stored that was not asked.

`benchmarks/fuzz_pages.py` sends many more.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from tests.hostile_requests import begun, requests, send


@settings(max_examples=300)
@given(request=requests())
def test_no_request_breaks_a_page(request: dict[str, Any]) -> None:
    desk, person, token = begun()
    send(desk, person, token, request)
