"""The flow of a QSF file: blocks in order, random halves, and where an answer ends it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from cosyn.exporters._stamps import stamps
from cosyn.instrument.arrange import swapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cosyn.exporters._qsf_questions import Json, Sheet
    from cosyn.instrument.questionnaire import Questionnaire, QuestionnairePage

_PAUSE = {"BlockLocking": "false", "BlockVisibility": "Collapsed"}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A sheet with its id and those of its questions."""

    id: str
    sheet: Sheet
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What a survey shows: blocks for the beginning, each page by its id, and the ends."""

    opening: Numbered
    pages: Mapping[str, tuple[Numbered, ...]]
    closing: Numbered
    screened_out: Numbered | None

    def blocks(self) -> list[Numbered]:
        """Every block once."""
        of_pages = [block for blocks in self.pages.values() for block in blocks]
        ends = [self.closing, *([self.screened_out] if self.screened_out else [])]
        return [self.opening, *of_pages, *ends]


def flow(questionnaire: Questionnaire, course: Course) -> Json:
    """Lay out the whole flow."""
    names = (f"FL_{number}" for number in count(2))
    nodes = [
        _stored(stamps(questionnaire), names),
        _block(course.opening, names),
        *_pages(questionnaire, course, names),
        _block(course.closing, names),
    ]
    last = int(next(names).removeprefix("FL_")) - 1
    return {"Type": "Root", "FlowID": "FL_1", "Flow": nodes, "Properties": {"Count": last}}


def _pages(questionnaire: Questionnaire, course: Course, names: Iterator[str]) -> Iterator[Json]:
    """Yield the pages; those between the first and the last that moves stand in both orders."""
    listed = questionnaire.pages
    other = swapped(listed, questionnaire)
    moved = [place for place, page in enumerate(listed) if other[place] is not page]
    start, end = (moved[0], moved[-1] + 1) if moved else (0, 0)
    yield from _shown(listed[:start], course, names)
    if moved:
        orders = (listed[start:end], other[start:end])
        yield {
            "Type": "BlockRandomizer",
            "FlowID": next(names),
            "SubSet": 1,
            "EvenPresentation": True,
            "Flow": [
                {
                    "Type": "Group",
                    "FlowID": next(names),
                    "Description": f"half {half}",
                    "Flow": [
                        _stored({"half": str(half)}, names),
                        *_shown(pages, course, names),
                    ],
                }
                for half, pages in enumerate(orders, start=1)
            ],
        }
    yield from _shown(listed[end:], course, names)


def _shown(
    pages: Iterable[QuestionnairePage], course: Course, names: Iterator[str]
) -> Iterator[Json]:
    for page in pages:
        for block in course.pages[page.id]:
            yield _block(block, names)
            for option in block.sheet.endings:
                yield _ending(block, option, course.screened_out, names)


def _block(block: Numbered, names: Iterator[str]) -> Json:
    return {"Type": "Standard", "ID": block.id, "FlowID": next(names), "Autofill": []}


def _stored(values: Mapping[str, str], names: Iterator[str]) -> Json:
    fields = [
        {
            "Description": name,
            "Type": "Custom",
            "Field": name,
            "VariableType": "String",
            "DataVisibility": [],
            "AnalyzeText": False,
            "Value": value,
        }
        for name, value in values.items()
    ]
    return {"Type": "EmbeddedData", "FlowID": next(names), "EmbeddedData": fields}


def _ending(block: Numbered, option: int, out: Numbered | None, names: Iterator[str]) -> Json:
    """End the survey for whoever chose an option of the block's last question."""
    question = block.questions[-1]
    chosen = f"q://{question}/SelectableChoice/{option}"
    expression = {
        "LogicType": "Question",
        "QuestionID": question,
        "QuestionIsInLoop": "no",
        "ChoiceLocator": chosen,
        "Operator": "Selected",
        "QuestionIDFromLocator": question,
        "LeftOperand": chosen,
        "Type": "Expression",
        "Description": f"If {block.sheet.questions[-1]['DataExportTag']}, option {option}",
    }
    options = {
        "Advanced": "true",
        "SurveyTermination": "DefaultMessage",
        "ResponseFlag": "Screened",
    }
    return {
        "Type": "Branch",
        "FlowID": next(names),
        "Description": "screened out",
        "BranchLogic": {"0": {"0": expression, "Type": "If"}, "Type": "BooleanExpression"},
        "Flow": [
            *([_block(out, names)] if out else []),
            {
                "Type": "EndSurvey",
                "FlowID": next(names),
                "EndingType": "Advanced",
                "Options": options,
            },
        ],
    }


def in_blocks(blocks: Sequence[Numbered], bin_id: str) -> Json:
    """List the blocks with their questions, and the bin that every survey has."""
    listed = [
        {
            "Type": "Standard" if place else "Default",
            "SubType": "",
            "Description": block.sheet.name,
            "ID": block.id,
            "BlockElements": [{"Type": "Question", "QuestionID": q} for q in block.questions],
            "Options": {**_PAUSE, **_mixing(block)},
        }
        for place, block in enumerate(blocks)
    ]
    listed.append(
        {
            "Type": "Trash",
            "Description": "Trash / Unused Questions",
            "ID": bin_id,
            "BlockElements": [],
        }
    )
    return {str(place): block for place, block in enumerate(listed)}


def _mixing(block: Numbered) -> Json:
    order = block.sheet.order(block.questions)
    if order is None:
        return {"RandomizeQuestions": "false"}
    return {
        "RandomizeQuestions": "Advanced",
        "Randomization": {"Advanced": order | {"QuestionsPerPage": 0}, "EvenPresentation": False},
    }
