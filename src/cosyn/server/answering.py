"""The questionnaire itself: consent, pages, overview, handing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.types import Change
from cosyn.server.admitting import Admitted, admitted, must_be_ours, unknown, wanted_language
from cosyn.server.keeping import keeping
from cosyn.server.marks import NONCE, is_ours
from cosyn.server.site import form_marks, made
from cosyn.server.texts import phrases
from cosyn.server.visits import BEFORE, LANGUAGE, TOKEN, Away, Reply, see_other

if TYPE_CHECKING:
    from cosyn.fielding.types import Admission, Draft
    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.server.site import Site
    from cosyn.server.visits import Visit

WAIT = {"Retry-After": "30"}
CONSENT, REVIEW, END = "q/", "q/review", "q/end"


def place(draft: Draft, asked: Questionnaire) -> str:
    """Where a respondent was: what a link opens on any device."""
    if not draft.consented:
        return CONSENT
    if draft.ended:
        return END
    return REVIEW if draft.page >= len(asked.pages) else f"q/{draft.page + 1}"


def started(site: Site, visit: Visit) -> tuple[Admission, Draft, Questionnaire]:
    """Let in who has begun.

    Raises
    ------
    Away
        Who has not is sent to the first page.
    """
    found = admitted(site, visit)
    if found.draft is None or not found.draft.consented:
        raise Away(see_other(CONSENT))
    return found.admission, found.draft, site.asked(found.draft)


def consent(site: Site, visit: Visit) -> Reply:
    """Say what is asked and what is stored; to begin is to agree."""
    found = admitted(site, visit)
    if found.draft is not None and found.draft.consented:
        return see_other(place(found.draft, site.asked(found.draft)))
    if visit.method != "POST":
        return _consent(site, visit, found, "")
    must_be_ours(site, visit, CONSENT, visit.language)
    if switched := wanted_language(site, visit):
        return see_other(CONSENT).keeping(**{LANGUAGE: switched})
    try:
        site.keeper.begin(found.admission, visit.language)
        change = Change(visit.control(NONCE), page=0, language=visit.language, consented=True)
        if site.keeper.change(found.admission, change) is None:
            raise Away(unknown(site, visit))
    except StoreError:
        text = phrases(visit.language)("notice.unavailable.text")
        return _consent(site, visit, found, text, status=503)
    return see_other("q/1").keeping(**{LANGUAGE: visit.language})


def _consent(site: Site, visit: Visit, found: Admitted, said: str, status: int = 200) -> Reply:
    words = site.wording(found.admission.department)
    asked, language = site.sheets.asked(words, 0), visit.language
    t, when = phrases(language), site.keeper.opening().when
    reply = made(
        site,
        "consent",
        language,
        status=status,
        about=False,
        form=form_marks(site, visit, CONSENT),
        title=asked.title[language],
        notice=said,
        introduction=asked.introduction[language],
        promise=asked.consent.get(language, ""),
        extent=t("consent.pages", questions=len(asked.questions), pages=len(asked.pages)),
        until=t("consent.open_until", when=when) if when else "",
        keeping=keeping(site.survey, language),
    )
    return reply if status == 200 else _waiting(reply)


def review(site: Site, visit: Visit) -> Reply:
    """Name what was left out, and hand in."""
    return _last(site, visit, REVIEW)


def end(site: Site, visit: Visit) -> Reply:
    """Say that an answer ends the questionnaire, and hand in."""
    return _last(site, visit, END)


def _last(site: Site, visit: Visit, action: str) -> Reply:
    ours = visit.method == "POST" and is_ours(
        site.survey.key, visit.token, action, dict(visit.fields)
    )
    if ours and site.keeper.handed_in(visit.token):
        return _thanked(action)  # pressed twice: the form proves that the overview was theirs
    admission, draft, asked = started(site, visit)
    if place(draft, asked) != action:
        return see_other(place(draft, asked))
    if visit.method != "POST":
        return _shown_last(site, visit, draft, asked, action)
    must_be_ours(site, visit, action, draft.language)
    try:
        if switched := wanted_language(site, visit):
            site.keeper.change(admission, Change(visit.control(NONCE), language=switched))
            return see_other(action).keeping(**{LANGUAGE: switched})
        if not site.keeper.hand_in(admission):
            raise Away(unknown(site, visit))
    except StoreError:
        said = phrases(draft.language)("review.not_saved")
        return _waiting(_shown_last(site, visit, draft, asked, action, said=said, status=503))
    return _thanked(action).keeping(**{LANGUAGE: draft.language})


def _thanked(action: str) -> Reply:
    return see_other("done" if action == REVIEW else "ended").keeping(**{TOKEN: "", BEFORE: ""})


def _shown_last(
    site: Site,
    visit: Visit,
    draft: Draft,
    asked: Questionnaire,
    action: str,
    *,
    said: str = "",
    status: int = 200,
) -> Reply:
    language, form = draft.language, form_marks(site, visit, action)
    t = phrases(language)
    if action == REVIEW:
        return made(
            site,
            "review",
            language,
            status=status,
            form=form,
            title=t("review.title"),
            notice=said,
            left=_left(asked, draft, language),
            all=len(asked.questions),
            last=len(asked.pages),
        )
    page, question = next(
        (number, question)
        for number, page in enumerate(asked.pages, start=1)
        for question in page.questions
        if question.id == draft.ended
    )
    return made(
        site,
        "end",
        language,
        status=status,
        form=form,
        title=t("end.title"),
        notice=said,
        because=t("end.because", question=question.text[language]),
        page=page,
        item=question.id,
    )


def _left(asked: Questionnaire, draft: Draft, language: str) -> list[tuple[int, str, int, str]]:
    """Number, item, page and text of each question without an answer."""
    placed = [(n, q) for n, page in enumerate(asked.pages, start=1) for q in page.questions]
    return [
        (place, question.id, page, question.text[language])
        for place, (page, question) in enumerate(placed, start=1)
        if not draft.answers.get(question.id)
    ]


def _waiting(reply: Reply) -> Reply:
    return Reply(reply.status, reply.body, headers=WAIT)
