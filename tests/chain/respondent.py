"""A respondent as a program: follows a link, fills in the forms it is shown, without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import lxml.html


class Browser:
    """Knows only what a browser without scripts knows: the page it was given.

    Parameters
    ----------
    base : str
        Address of the server.
    """

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=30)
        self.page: Any = lxml.html.fromstring("<html></html>")
        self.status = 0
        self.path = ""

    def close(self) -> None:
        """Forget everything, cookies too: what a chat program's browser does."""
        self.client.close()

    def open(self, link: str) -> None:
        """Follow a link."""
        self._took(self.client.get(link))

    def send(self, answers: Mapping[str, str] | None = None, **pressed: str) -> None:
        """Fill in the form of the page and press one of its buttons."""
        form = self.page.get_element_by_id("form")
        fields = {k: v for k, v in form.form_values() if isinstance(k, str)}
        response = self.client.post(form.action, data={**fields, **(answers or {}), **pressed})
        self._took(response)

    def asked(self) -> list[str]:
        """Items on the page."""
        found = self.page.xpath('//div[contains(concat(" ", @class, " "), " question ")]/@id')
        return [str(name).removeprefix("q-") for name in found]

    @property
    def language(self) -> str:
        """Of the page."""
        return str(self.page.get("lang"))

    @property
    def text(self) -> str:
        """Everything it says."""
        return " ".join(self.page.text_content().split())

    def _took(self, response: httpx.Response) -> None:
        self.status, self.path = response.status_code, response.url.path
        self.page = lxml.html.fromstring(response.text, base_url=str(response.url))
        self.page.make_links_absolute()


def begin(base: str, link: str, language: str) -> Browser:
    """Open a link, choose the language, and agree."""
    browser = Browser(base)
    browser.open(link)
    if browser.language != language:
        browser.send(_language=language)
    assert browser.language == language
    browser.send(_go="next")
    assert browser.path.endswith("/q/1")
    return browser


def answer_page(browser: Browser, answers: Mapping[str, str]) -> list[str]:
    """Answer what the page asks, as far as there is an answer, and go on; tell what it asked."""
    asked = browser.asked()
    assert asked
    browser.send({item: answers[item] for item in asked if answers.get(item)}, _go="next")
    assert browser.status == 200
    return asked


def finish(browser: Browser, answers: Mapping[str, str]) -> None:
    """Answer all further pages and hand in."""
    while not browser.path.endswith(("/q/review", "/q/end")):
        answer_page(browser, answers)
    browser.send(_go="next")
    assert browser.path.endswith(("/done", "/ended")), (browser.path, browser.text)
    browser.close()
