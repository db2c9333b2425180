"""How long respondents are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject

MOST_MINUTES = 15


def find(subject: Subject) -> Iterator[Note]:
    """Compare each form in each language with what people bear."""
    for form, by_language in subject.minutes.items():
        long = {tag: time for tag, time in by_language.items() if time > MOST_MINUTES}
        if long:
            told = ", ".join(f"{time:.0f} minutes in {tag}" for tag, time in long.items())
            yield Note("long-form", ("forms", form), f"form {form} takes about {told}")


RULE = Rule(
    {
        "long-form": Advice(
            f"reading and answering a form takes more than {MOST_MINUTES} minutes (the cap of Pew "
            "Research Center's online panel, Decoded, 8 December 2022), at 238 English words or "
            "330 Chinese characters a minute and 3 seconds an answer",
            "Leave something out, or field it in two parts",
        ),
    },
    find,
)
