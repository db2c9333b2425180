"""One page of questions: shown, autosaved, answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.types import Change
from cosyn.instrument.layout import plain
from cosyn.server.admitting import must_be_ours, unknown, wanted_language
from cosyn.server.answering import END, REVIEW, WAIT, place, started
from cosyn.server.marks import NONCE
from cosyn.server.reading import Reading, read_form
from cosyn.server.site import form_marks, made, notice
from cosyn.server.texts import phrases
from cosyn.server.visits import LANGUAGE, Reply, see_other

if TYPE_CHECKING:
    from cosyn.fielding.types import Admission, Draft
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Question, Questionnaire, QuestionnairePage
    from cosyn.server.site import Site
    from cosyn.server.visits import Visit


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a respondent's questionnaire.

    Attributes
    ----------
    number : int
        From 1, in the order of this respondent.
    """

    site: Site
    visit: Visit
    admission: Admission
    draft: Draft
    asked: Questionnaire
    number: int

    @property
    def page(self) -> QuestionnairePage:
        """What is asked on it."""
        return self.asked.pages[self.number - 1]

    @property
    def action(self) -> str:
        """Its path below the base."""
        return f"q/{self.number}"

    @property
    def reached(self) -> bool:
        """Whether every page was reached before, so that the overview may be gone back to."""
        return self.draft.page >= len(self.asked.pages)


def page(site: Site, visit: Visit) -> Reply:
    """Show a page, or take its answers."""
    admission, draft, asked = started(site, visit)
    number = int(visit.path["number"])
    if not 1 <= number <= len(asked.pages):
        return notice(site, draft.language, "missing", 404, home=False)
    if number > draft.page + 1:
        return see_other(place(draft, asked))
    leaf = Leaf(site, visit, admission, draft, asked, number)
    return _answered(leaf) if visit.method == "POST" else shown(leaf)


def shown(
    leaf: Leaf, reading: Reading | None = None, *, said: str = "", status: int = 200
) -> Reply:
    """Show a page, with what was typed and what is wrong with it."""
    draft, language = leaf.draft, leaf.draft.language
    t = phrases(language)
    wrong = {} if reading is None else _faults(leaf.page, reading, t)
    answers = {**draft.answers, **(reading.typed if reading else {})}
    words = leaf.site.wording(draft.department)
    return made(
        leaf.site,
        "page",
        language,
        status=status,
        form=form_marks(leaf.site, leaf.visit, leaf.action),
        title=leaf.page.title[language],
        instruction=leaf.page.instruction[language],
        part=t("page", number=leaf.number, count=len(leaf.asked.pages)),
        counting=t("progress", done="%d", all="%a"),
        done=sum(1 for answer in draft.answers.values() if answer),
        all=len(leaf.asked.questions),
        notice=said,
        faults={q.id: q.text[language] for q in leaf.page.questions if q.id in wrong},
        blocks=leaf.site.sheets.page(words, draft.order, leaf.number, language, answers, wrong),
        number=leaf.number,
        reached=leaf.reached,
    )


def _faults(asked: QuestionnairePage, reading: Reading, t: Catalogue) -> dict[str, str]:
    questions = {question.id: question for question in asked.questions}
    return {item: _fault(questions[item], item, reading, t) for item in reading.wrong}


def _fault(question: Question, item: str, reading: Reading, t: Catalogue) -> str:
    what, bounds = reading.wrong[item], question.response_format
    if what == "number":
        low, high = plain(bounds.minimum), plain(bounds.maximum)
        return t("page.number", typed=reading.typed[item], low=low, high=high)
    return t(f"page.{what}")


def _answered(leaf: Leaf) -> Reply:
    """Store what is right, then go on; show again what is wrong."""
    site, visit, language = leaf.site, leaf.visit, leaf.draft.language
    must_be_ours(site, visit, leaf.action, language)
    reading = _cleared(leaf, read_form(leaf.page, visit.fields))
    if reading.strangers:
        names = ", ".join(name[:40] for name in reading.strangers[:5])
        return notice(site, language, "stranger", 422, home=False, names=names)
    sequence = _sequence(visit)
    if sequence is None:
        return notice(site, language, "malformed", 400, home=False)
    try:
        stored = site.keeper.change(leaf.admission, _change(leaf, reading, sequence))
    except StoreError:
        said = phrases(language)("page.not_saved")
        reply = Reply(503) if sequence else shown(leaf, reading, said=said, status=503)
        return replace(reply, headers=WAIT)
    if stored is None:
        return unknown(site, visit)
    return Reply(204) if sequence else _onward(replace(leaf, draft=stored), reading)


def _sequence(visit: Visit) -> int | None:
    """Number of an autosave; 0 for a page that is sent, None for what is no number."""
    typed = visit.control("_save")
    if not typed:
        return 0
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0
    return number or None


def _taken_back(leaf: Leaf) -> str:
    """The question on this page whose answer is to be taken back; empty if there is none."""
    item = leaf.visit.control("_clear")
    return item if item in {question.id for question in leaf.page.questions} else ""


def _cleared(leaf: Leaf, reading: Reading) -> Reading:
    """Take an answer back where the button beside it was pressed."""
    item = _taken_back(leaf)
    if not item:
        return reading
    return replace(
        reading,
        answers={**reading.answers, item: ""},
        typed={**reading.typed, item: ""},
        wrong={name: what for name, what in reading.wrong.items() if name != item},
    )


def _change(leaf: Leaf, reading: Reading, sequence: int) -> Change:
    onward = _goes_on(leaf) and not reading.wrong
    return Change(
        nonce=leaf.visit.control(NONCE),
        sequence=sequence,
        page_id=leaf.page.id,
        page=leaf.number if onward and not sequence else None,
        answers=reading.answers,
        language=wanted_language(leaf.site, leaf.visit),
        ended=None if sequence else _ended(leaf, reading),
    )


def _goes_on(leaf: Leaf) -> bool:
    stays = wanted_language(leaf.site, leaf.visit) or _taken_back(leaf)
    return not stays and leaf.visit.control("_go") != "back"


def _ended(leaf: Leaf, reading: Reading) -> str | None:
    """The first answer on this page that screens out; empty if none does any more."""
    answers = {**leaf.draft.answers, **reading.answers}
    for question in leaf.page.questions:
        if answers.get(question.id) in {str(code) for code in question.screen_out}:
            return question.id
    here = {question.id for question in leaf.page.questions}
    return "" if leaf.draft.ended in here else None


def _onward(leaf: Leaf, reading: Reading) -> Reply:
    """Send on to the next page; show again what is wrong on this one."""
    draft, visit = leaf.draft, leaf.visit
    if reading.wrong:
        return shown(leaf, reading, said=phrases(draft.language)("page.faults"), status=422)
    if wanted_language(leaf.site, visit):
        return see_other(leaf.action).keeping(**{LANGUAGE: draft.language})
    if item := _taken_back(leaf):
        return see_other(f"{leaf.action}#q-{item}")
    return see_other(_next(leaf))


def _next(leaf: Leaf) -> str:
    go = leaf.visit.control("_go")
    if go == "back":
        return f"q/{max(1, leaf.number - 1)}"
    if leaf.draft.ended:
        return END
    last = leaf.number == len(leaf.asked.pages)
    return REVIEW if last or (go == "review" and leaf.reached) else f"q/{leaf.number + 1}"
