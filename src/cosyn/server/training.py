"""Every kind of page of the questionnaire as a file, for training without a server."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from cosyn.fielding.types import Admission, Change
from cosyn.server import answering, entering
from cosyn.server.frozen import Ways, frozen
from cosyn.server.paging import page
from cosyn.server.rehearsal import DEPARTMENT, Rehearsal
from cosyn.server.sheets import USUAL, asset
from cosyn.server.site import STYLE, made, notice, open_site
from cosyn.server.texts import name_of, phrases
from cosyn.server.types import Settings
from cosyn.server.visits import Visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.instrument.questionnaire import Question, Questionnaire
    from cosyn.server.site import Site
    from cosyn.server.types import Survey
    from cosyn.server.visits import Reply

BASE = "https://survey.example.org"
INDEX = "index.html"
_LINK, _OWN = "0123456789ABCDEFGHJKMNPQRS", "0123456789TVWXYZ0123456789"
_NOTICES = ("unknown", "answered", "early", "paused", "closed", "full")
_PLACES = {"": "enter", "q/": "consent", "q/review": "review", "q/end": "end"}
_WHEN = "2030-01-07 08:00 (UTC)"
_LEFT = 3
"""How many questions have no answer in the overview that is shown."""
_TITLE = re.compile("<title>(.*?) · .*</title>")


class _Example(Rehearsal):
    """Links that are the same each time: the same questionnaire makes the same files."""

    def __init__(self) -> None:
        super().__init__(0)
        self.link = _LINK
        self._given[_OWN] = None


@dataclass(frozen=True, slots=True)
class _Made:
    """One page before it is a file.

    Attributes
    ----------
    buttons : Mapping[str, str]
        What its buttons would send -> name of the page that comes then.
    ends : str
        An answer on it that ends the questionnaire; empty if none does.
    """

    name: str
    reply: Reply
    buttons: Mapping[str, str]
    ends: str = ""


def training_files(survey: Survey) -> dict[str, bytes]:
    """Make the files: path -> content.

    Each page stands alone: it loads nothing, runs no script, and can send nothing anywhere. Its
    controls lead to the page that comes next, and the same page in another language.

    Parameters
    ----------
    survey : Survey
        With `demonstration`: every page then bears its mark.
    """
    files: dict[str, bytes] = {}
    lists: list[tuple[str, str, list[tuple[str, str]]]] = []
    for language in survey.instrument.languages:
        site = open_site(survey, _Example(), Settings(BASE))
        listed: list[tuple[str, str]] = []
        for found in _pages(site, language):
            path = f"{language}/{found.name}.html"
            files[path] = _file(site, language, found).encode()
            title = _TITLE.search(found.reply.body)
            shown = unescape(title[1]) if title else found.name
            again = [known.partition(" (")[0] for _, known in listed].count(shown)
            listed.append((path, f"{shown} ({again + 1})" if again else shown))
        lists.append((language, name_of(language), listed))
    files[INDEX] = _index(site, lists).encode()
    return files


def _pages(site: Site, language: str) -> Iterator[_Made]:
    """The pages in the order in which a respondent meets them."""
    keeper, asked = site.keeper, site.sheets.asked(USUAL, 0)
    visit, link = Visit("GET", _OWN, language=language), Visit("GET", _LINK, language=language)
    admission = Admission(_OWN, "place", DEPARTMENT)
    yield _Made("enter", entering.enter(site, Visit("GET", language=language)), {"": "consent"})
    yield _Made("join", entering.join(site, link), {"join": "link"})
    yield _Made("link", entering.link(site, visit), {})
    yield _Made("about", entering.about(site, visit), {"": "enter"})
    yield _Made("consent", answering.consent(site, visit), {"next": "page-1"})
    keeper.begin(admission, language)
    keeper.change(admission, Change("consent", consented=True))
    for number, leaf in enumerate(asked.pages, start=1):
        shown = page(site, Visit("GET", _OWN, language=language, path={"number": str(number)}))
        after = "review" if number == len(asked.pages) else f"page-{number + 1}"
        buttons = {"next": after, "back": f"page-{number - 1}"}
        ends = next(filter(None, (_ends(q, language) for q in leaf.questions)), "")
        yield _Made(f"page-{number}", shown, buttons, ends)
        keeper.change(admission, Change(f"page {number}", page=number))
    keeper.change(admission, Change("answers", answers=_answers(asked)))
    yield _Made("review", answering.review(site, visit), {"next": "done"})
    yield _Made("done", entering.done(site, visit), {})
    ending = next((q.id for q in asked.questions if q.screen_out), "")
    if ending:
        keeper.change(admission, Change("end", ended=ending))
        yield _Made("end", answering.end(site, visit), {"next": "ended"})
        yield _Made("ended", entering.ended(site, visit), {})
    for kind in _NOTICES:
        yield _Made(f"notice-{kind}", notice(site, language, kind, 200, when=_WHEN), {})


def _answers(asked: Questionnaire) -> dict[str, str]:
    """Answers to all questions but a few."""
    return {
        q.id: next(str(code) for code, _ in q.offered if code not in q.screen_out)
        for q in asked.questions[:-_LEFT]
        if q.offered
    }


def _ends(question: Question, language: str) -> str:
    return next(
        (label[language] for code, label in question.offered if code in question.screen_out), ""
    )


def _file(site: Site, language: str, found: _Made) -> str:
    t, here = phrases(language), f"{found.name}.html"
    end = ""
    if found.ends:
        said = escape(t("training.ends", answer=found.ends))
        end = f'<p>{said} <a href="end.html">{escape(t("training.see"))}</a></p>'
    back = f'<p><a href="../{INDEX}">{escape(t("training.all"))}</a></p>'
    label = escape(t("training.title"))
    ways = Ways(
        addresses=_address,
        buttons={sent: f"{name}.html" for sent, name in found.buttons.items()},
        languages={tag: f"../{tag}/{here}" for tag in site.languages},
        texts=_texts(language),
        head=_head(),
        foot=f'<nav class="training" aria-label="{label}">{end}{back}</nav>\n',
    )
    return frozen(found.reply.body, ways)


def _index(site: Site, lists: list[tuple[str, str, list[tuple[str, str]]]]) -> str:
    """What the folder opens with: the pages of every language."""
    first = site.languages[0]
    sections = [
        (tag, name, phrases(tag)("training.lead"), phrases(tag)("training.begin"), listed)
        for tag, name, listed in lists
    ]
    title = " · ".join(dict.fromkeys(phrases(tag)("training.title") for tag in site.languages))
    reply = made(site, "training", first, about=False, title=title, sections=sections)
    ways = Ways(
        addresses=lambda place: place,
        buttons={},
        languages={tag: f"#{tag}" for tag in site.languages},
        texts=_texts(first),
        head=_head(),
    )
    return frozen(reply.body, ways)


def _address(place: str) -> str:
    """The file that shows what an address of the server shows."""
    path, mark, anchor = place.removeprefix(BASE).removeprefix("/").partition("#")
    number = path.removeprefix("q/")
    if path.startswith("f/"):
        name = "consent"
    elif number.isdigit():
        name = f"page-{number}"
    else:
        name = _PLACES.get(path, path)
    return f"{name}.html{mark}{anchor}"


def _texts(language: str) -> dict[str, str]:
    t = phrases(language)
    return {
        t("demonstration"): t("training.banner"),
        t("done.demonstration"): t("training.done"),
    }


def _head() -> str:
    """The style as part of the page, and a policy under which nothing else is loaded or sent."""
    style = asset(STYLE) + asset("training.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "form-action 'none'; base-uri 'none'"
    )
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<link rel="icon" href="data:,">\n'
        f"<style>{style}</style>\n"
    )
