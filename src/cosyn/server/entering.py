"""The ways in: a link, a typed code, a department's link; and the pages that need none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import extra
from cosyn.fielding.tokens import read_token, spelt
from cosyn.server.admitting import admitted, must_be_ours, unknown, wanted_language
from cosyn.server.keeping import keeping
from cosyn.server.marks import NONCE
from cosyn.server.sheets import USUAL
from cosyn.server.site import form_marks, made
from cosyn.server.texts import phrases
from cosyn.server.visits import BEFORE, LANGUAGE, TOKEN, Reply, see_other

with extra("field"):
    import segno

if TYPE_CHECKING:
    from cosyn.i18n import Text
    from cosyn.server.site import Site
    from cosyn.server.visits import Visit

_BACK = {"", "about", "q/", "join", "link", "done", "ended"}


def enter(site: Site, visit: Visit) -> Reply:
    """Take a code that was typed from paper."""
    if visit.method != "POST":
        return _enter(site, visit.language)
    typed = visit.control("_code")
    token = read_token(typed)
    if token is None:
        return _enter(site, visit.language, typed=typed[:120], status=422)
    return _opened(visit, token)


def _enter(site: Site, language: str, *, typed: str | None = None, status: int = 200) -> Reply:
    t = phrases(language)
    count = sum(c.isalnum() for c in typed or "")
    fault = "" if typed is None else t("enter.wrong", count=count)
    return made(
        site,
        "enter",
        language,
        status=status,
        title=t("enter.title"),
        lead=t("enter.lead"),
        fault=fault,
        typed=typed or "",
    )


def follow(site: Site, visit: Visit) -> Reply:
    """Take a link: the token goes into a cookie at once, out of the address."""
    token = read_token(visit.path["token"])
    if token is None:
        return unknown(site, visit)
    return _opened(visit, token)


def _opened(visit: Visit, token: str) -> Reply:
    before = visit.token if visit.token not in {"", token} else visit.before
    return see_other("q/").keeping(**{TOKEN: token, BEFORE: before})


def join(site: Site, visit: Visit) -> Reply:
    """Hand out a personal link for a department's link."""
    found = admitted(site, visit, of=("department",))
    before = _before(site, visit, found.admission.department)
    if visit.method != "POST":
        return _join(site, visit, before=bool(before))
    must_be_ours(site, visit, "join", visit.language)
    if switched := wanted_language(site, visit):
        return see_other("join").keeping(**{LANGUAGE: switched})
    if before and visit.control("_go") == "before":
        return see_other("q/").keeping(**{TOKEN: before, BEFORE: ""})
    token = site.keeper.join(visit.token, visit.control(NONCE))
    reply = see_other("link").keeping(**{TOKEN: token or "", BEFORE: ""})
    return reply if token else unknown(site, visit)


def _join(site: Site, visit: Visit, *, before: bool) -> Reply:
    t, form = phrases(visit.language), form_marks(site, visit, "join")
    title = t("join.title")
    return made(site, "join", visit.language, form=form, title=title, notice="", before=before)


def _before(site: Site, visit: Visit, department: str) -> str:
    """The link that was in use on this device, if it still opens one of this department."""
    found = site.keeper.admit(visit.before) if visit.before else None
    ours = found is not None and (found.kind, found.department) == ("place", department)
    return visit.before if ours else ""


def link(site: Site, visit: Visit) -> Reply:
    """Show the link in use, to come back with."""
    admitted(site, visit)
    t, address = phrases(visit.language), f"{site.settings.base}/f/{visit.token}"
    return made(
        site,
        "link",
        visit.language,
        back="link",
        title=t("link.title"),
        link=address,
        code=spelt(visit.token),
        qr=_qr(address),
    )


def _qr(address: str) -> str:
    """A picture as part of the page: nothing else is loaded, nobody else is asked."""
    return str(segno.make(address, error="m").png_data_uri(scale=5, border=3))


def about(site: Site, visit: Visit) -> Reply:
    """Tell what is stored; whoever asks is not looked up."""
    return made(
        site,
        "about",
        visit.language,
        about=False,
        back="about",
        title=phrases(visit.language)("about.title"),
        keeping=keeping(site.survey, visit.language),
        promise=site.sheets.asked(USUAL, 0).consent.get(visit.language, ""),
        known=bool(visit.token),
    )


def leave(_: Site, __: Visit) -> Reply:
    """Forget the links on this device."""
    return see_other("").keeping(**{TOKEN: "", BEFORE: ""})


def language(site: Site, visit: Visit) -> Reply:
    """Switch the language of a page that holds no answers."""
    back = visit.control("_back")
    chosen = wanted_language(site, visit) or visit.language
    return see_other(back if back in _BACK else "").keeping(**{LANGUAGE: chosen})


def done(site: Site, visit: Visit) -> Reply:
    """Thank; nothing about the respondent is known here any more."""
    return _thanks(site, visit, site.sheets.asked(USUAL, 0).closing, "done")


def ended(site: Site, visit: Visit) -> Reply:
    """Thank whom an answer screened out."""
    asked = site.sheets.asked(USUAL, 0)
    return _thanks(site, visit, asked.screened_out or asked.closing, "ended")


def _thanks(site: Site, visit: Visit, words: Text, back: str) -> Reply:
    return made(
        site,
        "done",
        visit.language,
        back=back,
        title=phrases(visit.language)("done.title"),
        closing=words[visit.language],
    )


def health(site: Site, _: Visit) -> Reply:
    """Tell whoever watches the server that it and its stores answer, and nothing else."""
    site.keeper.opening()
    site.keeper.admit("")  # nobody's: both stores are asked
    return Reply(200, "ok\n", headers={"Content-Type": "text/plain; charset=utf-8"})
