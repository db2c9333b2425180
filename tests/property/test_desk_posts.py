"""Every POST has one effect: sent twice, out of order, an hour late, from two tabs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cosyn.fielding.drafts import Sheet, changed, first_sheet, opened_sheet, sealed_sheet
from cosyn.fielding.tokens import new_token
from cosyn.fielding.types import Change, Draft

ITEMS = ("A1", "A2", "A3")
POSTS = st.builds(
    Change,
    nonce=st.sampled_from(("tab1", "tab2", "tab3")),
    sequence=st.integers(0, 4),
    page_id=st.sampled_from(("p1", "p2")),
    page=st.integers(0, 5),
    answers=st.dictionaries(st.sampled_from(ITEMS), st.sampled_from(("", "1", "2", "3"))),
    language=st.sampled_from(("", "en", "zh-Hans")),
    consented=st.sampled_from((None, True)),
    ended=st.sampled_from((None, "", "A1")),
)


def delivered(posts: list[Change], start: Sheet | None = None, at: float = 0.0) -> Sheet:
    sheet = start or first_sheet(Draft("D1", 1, "en"), 0.0)
    for number, post in enumerate(posts):
        sheet = changed(sheet, post, at + 3600.0 * number)
    return sheet


@given(st.lists(POSTS, min_size=1, max_size=12), st.data())
def test_what_was_delivered_changes_nothing_when_it_comes_again(
    posts: list[Change], data: st.DataObject
) -> None:
    once = delivered(posts)
    again = data.draw(st.lists(st.sampled_from(posts), min_size=1, max_size=12))
    assert delivered(again, once, at=1e6) == once


@given(st.lists(POSTS, min_size=1, max_size=8))
def test_each_sent_twice_in_a_row_is_each_sent_once(posts: list[Change]) -> None:
    twice = [post for post in posts for _ in range(2)]
    assert delivered(twice).draft == delivered(posts).draft


@given(st.lists(POSTS, max_size=15))
def test_the_last_write_that_counts_wins_item_by_item(posts: list[Change]) -> None:
    last: dict[str, int] = {}
    finished: dict[str, list[Change]] = {}
    answers: dict[str, str] = {}
    for post in posts:
        if post.sequence:
            if post.nonce in finished or post.sequence <= last.get(post.nonce, 0):
                continue
            last[post.nonce] = post.sequence
        else:
            if post in finished.get(post.nonce, []):
                continue
            finished.setdefault(post.nonce, []).append(post)
        answers |= post.answers
    assert delivered(posts).draft.answers == answers


@given(st.lists(POSTS, max_size=10))
def test_a_draft_is_the_same_after_it_was_sealed_and_opened(posts: list[Change]) -> None:
    sheet, token = delivered(posts), new_token()
    again = opened_sheet(token, "here", sealed_sheet(token, "here", sheet))
    assert again.draft == sheet.draft
    assert (again.pages, again.history) == (sheet.pages, sheet.history)
