"""What every page is made with, and how a page is made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cosyn.server.marks import mark, new_nonce
from cosyn.server.sheets import USUAL, Sheets, asset, rendered, wording
from cosyn.server.texts import name_of, phrases
from cosyn.server.visits import Reply

if TYPE_CHECKING:
    from cosyn.fielding.types import Draft
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.server.sheets import Wording
    from cosyn.server.types import Keeper, Settings, Survey
    from cosyn.server.visits import Visit

STYLE, SCRIPT, WATCH_STYLE = "pages.css", "pages.js", "dashboard.css"
KEYING_STYLE, KEYING_SCRIPT = "keying.css", "keying.js"


@dataclass(frozen=True, slots=True)
class View:
    """What the frame of every page shows.

    Attributes
    ----------
    root : str
        Path of the base with a slash at its end.
    others : tuple of (str, str)
        Tag and name of each language to switch to.
    """

    language: str
    title: str
    root: str
    css: str
    js: str
    others: tuple[tuple[str, str], ...]
    demonstration: bool
    rehearsal: bool
    identified: bool
    about: bool
    stamp: str


@dataclass(frozen=True, slots=True)
class FormMarks:
    """What makes a form one of ours."""

    action: str
    nonce: str
    check: str


@dataclass(frozen=True, slots=True)
class Site:
    """A wave on the web."""

    survey: Survey
    keeper: Keeper
    settings: Settings
    sheets: Sheets
    views: dict[tuple[str, bool], View]

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of the questionnaire, the usual one first."""
        return self.survey.instrument.languages

    def wording(self, department: str) -> Wording:
        """The words of a department."""
        return wording(self.keeper.words(department))

    def asked(self, draft: Draft) -> Questionnaire:
        """The questionnaire of a draft, in its words and its order."""
        return self.sheets.asked(self.wording(draft.department), draft.order)


def open_site(survey: Survey, keeper: Keeper, settings: Settings) -> Site:
    """Make what the pages of a wave need."""
    sheets = Sheets(survey)
    views = {
        (language, about): _view(survey, settings, sheets, language, about=about)
        for language in survey.instrument.languages
        for about in (False, True)
    }
    return Site(survey, keeper, settings, sheets, views)


def _view(
    survey: Survey, settings: Settings, sheets: Sheets, language: str, *, about: bool
) -> View:
    asked, t = sheets.asked(USUAL, 0), phrases(language)
    return View(
        language=language,
        title=asked.title[language],
        root=f"{settings.prefix}/",
        css=static_name(STYLE),
        js=static_name(SCRIPT),
        others=tuple((tag, name_of(tag)) for tag in asked.languages if tag != language),
        demonstration=survey.demonstration,
        rehearsal=survey.rehearsal,
        identified=survey.mode == "identified",
        about=about,
        stamp=t("stamp", version=asked.version, form=asked.form, digest=asked.digest[:12]),
    )


@cache
def static_name(name: str) -> str:
    """Name of a file of ours that changes when its content does."""
    stem, _, kind = name.rpartition(".")
    digest = hashlib.sha256(asset(name).encode()).hexdigest()[:12]
    return f"{stem}.{digest}.{kind}"


def made(
    site: Site,
    template: str,
    language: str,
    *,
    status: int = 200,
    about: bool = True,
    form: FormMarks | None = None,
    back: str = "",
    **values: Any,
) -> Reply:
    """Make a page.

    Parameters
    ----------
    about : bool
        Whether it has a link to the page that tells what is stored.
    form : FormMarks, optional
        Where the page is one form; else it has one only to switch the language.
    back : str
        The page to come back to after a switch, where it is no form.
    """
    body = rendered(
        f"{template}.html.j2",
        view=site.views[language, about],
        t=phrases(language),
        form=form,
        back=back,
        **values,
    )
    return Reply(status, body)


def form_marks(site: Site, visit: Visit, action: str) -> FormMarks:
    """Mark a form for a link and a page, each time it is shown anew."""
    nonce = new_nonce()
    return FormMarks(action, nonce, mark(site.survey.key, visit.token, action, nonce))


def notice(site: Site, language: str, kind: str, status: int, **values: object) -> Reply:
    """Make a page that says one thing, and where to go on."""
    t = phrases(language)
    home = values.pop("home", True)
    way, way_text = ("", t("notice.home")) if home else ("q/", t("notice.back"))
    text = t(f"notice.{kind}.text", **values)
    title = t(f"notice.{kind}.title")
    return made(
        site, "notice", language, status=status, title=title, text=text, way=way, way_text=way_text
    )
