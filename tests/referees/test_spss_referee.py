"""GNU PSPP, which reads SPSS's language and files, labels answers as we mean it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyreadstat
import pytest
from tests.property.questionnaires import HOSTILE
from tests.referees.tools import needs, path_of, run
from tests.unit.exporters.codebook_forms import default, form, number, question, scale

from cosyn.exporters.spss import EXPORTER
from cosyn.instrument.questionnaire import Questionnaire, questionnaire

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs("pspp")

BY_SYNTAX = "INSERT FILE='{folder}/ours.sps' ENCODING='UTF-8'."
BY_DICTIONARY = "APPLY DICTIONARY FROM='{folder}/ours.sav'."


@pytest.mark.parametrize("name", ["core-40", "coordinator", "hostile"])
@pytest.mark.parametrize("command", [BY_SYNTAX, BY_DICTIONARY])
@pytest.mark.parametrize("mode", ["--batch", "--interactive"])
def test_answers_are_labelled_by_either_file(
    name: str, command: str, mode: str, tmp_path: Path
) -> None:
    asked = questionnaire(default(), name) if name != "hostile" else hostile()
    for file, content in EXPORTER.write(asked, "en").files.items():
        (tmp_path / f"ours{file[-4:]}").write_bytes(content)
    names = "\n ".join(question.id for question in asked.questions)
    row = " ".join("1" for _ in asked.questions)
    job = f"DATA LIST FREE /{names}.\nBEGIN DATA.\n{row}\nEND DATA.\n"
    job += command.format(folder=tmp_path) + f"\nSAVE OUTFILE='{tmp_path}/theirs.sav'.\n"
    (tmp_path / "job.sps").write_text(job)
    run(
        path_of("pspp"), mode, "--syntax-encoding=UTF-8", "--output=/dev/null", tmp_path / "job.sps"
    )
    theirs = pyreadstat.read_sav(tmp_path / "theirs.sav", user_missing=True)[1]
    ours = pyreadstat.read_sav(tmp_path / "ours.sav", user_missing=True)[1]
    parts = ["column_names_to_labels", "variable_value_labels", "missing_ranges"]
    # PSPP's APPLY DICTIONARY leaves the rest alone.
    by_syntax = ["variable_measure", "original_variable_types", "file_label"]
    parts += by_syntax if command == BY_SYNTAX else []
    for part in parts:
        assert getattr(theirs, part) == getattr(ours, part)


def hostile() -> Questionnaire:
    questions = [
        question(f"Q{n}", text, scale(1, 2, missing=(96, 97, 98, 99)))
        for n, text in enumerate([*HOSTILE, "'" * 200, "a\u0085b", "a\u2028b", ".", "x.\n* y."])
    ]
    labels = scale(*range(len(HOSTILE)))
    options = tuple(
        type(option)(option.code, {"en": text})
        for option, text in zip(labels.options, HOSTILE, strict=True)
    )
    answered = type(labels)("hostile", "options", options, (), 0.0, 1.0)
    return form(
        *questions, question("LABELS", "text", answered), question("N", "n", number(0, 1e9))
    )
