"""Whatever is sent to the pages: no failure, no echo of markup, nothing stored that was not asked.

`benchmarks/fuzz_pages.py` sends many more.
"""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from tests.hostile_requests import ECHOED, MARK, begun, requests, send

PLAIN: dict[str, Any] = {"method": "POST", "raw": None, "headers": {}, "marked": True}
CODE: dict[str, Any] = {**PLAIN, "place": "/", "form": "core-40", "fields": [(ECHOED[0], MARK)]}
NUMBER: dict[str, Any] = {
    **PLAIN,
    "place": "/q/2",
    "form": "coordinator",
    "fields": [(ECHOED[1], MARK)],
}


@example(request=CODE)
@example(request=NUMBER)
@settings(max_examples=300)
@given(request=requests())
def test_no_request_breaks_a_page(request: dict[str, Any]) -> None:
    desk, person, token = begun(request["form"])
    send(desk, person, token, request)
