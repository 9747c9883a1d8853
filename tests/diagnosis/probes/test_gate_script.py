"""Where a gate of the repository's own is set."""

from __future__ import annotations

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, ask

SCRIPT = "import sys\n# 98 is enough\nGATE = 98.0\nif rate < GATE:\n    sys.exit(1)\n"


def workflow(run: str, folder: str = ".") -> str:
    return f"jobs: {{test: {{steps: [{{name: Run pytest, run: {run}, working-directory: {folder}}}]}}}}\n"


def answer(files: Files | Tree, required: str = "98") -> Answer | None:
    return ask("gate_script", files, {"actual": "95.0", "required": required})


@pytest.mark.parametrize(
    ("files", "required", "where"),
    [
        ({CI: workflow("python scripts/rate.py report.json"), "scripts/rate.py": SCRIPT}, "98", "scripts/rate.py:3"),
        (
            {CI: workflow("bash ci/gate.sh", "api"), "api/ci/gate.sh": "exit $((rate < 90))\n"},
            "90.0",
            "api/ci/gate.sh:1",
        ),
        ({CI: workflow("./tools/gate.py"), "tools/gate.py": "MINIMUM = 0.975\n"}, "97.5", "tools/gate.py:1"),
    ],
)
def test_the_line_of_the_gate_is_named(files: Files, required: str, where: str) -> None:
    told = answer(files, required)
    assert told
    assert told.facts == {"gate_at": where}
    assert told.why.startswith("Why. The gate is set in")


RUN = workflow("python rate.py")


@pytest.mark.parametrize(
    ("files", "required"),
    [
        pytest.param({CI: RUN, "rate.py": "A = 98\nB = 98\n"}, "98", id="two lines hold the number"),
        pytest.param({CI: RUN, "rate.py": "A = 980\nB = 1.98\nC = 'x98'\n"}, "98", id="other numbers"),
        pytest.param({CI: RUN, "rate.py": "GATE = int(sys.argv[1])\n"}, "98", id="the gate is given to it"),
        pytest.param({CI: workflow("make gate"), "rate.py": SCRIPT}, "98", id="the step calls no script"),
        pytest.param({CI: RUN, "rate.py": Unknown("big")}, "98", id="unreadable"),
        pytest.param({CI: RUN, "rate.py": SCRIPT}, "", id="the log tells no gate"),
        pytest.param(Tree({CI: RUN, "rate.py": ""}, paths=Unknown("cut")), "98", id="no tree is known"),
    ],
)
def test_silent_where_the_line_is_not_sure(files: Files | Tree, required: str) -> None:
    assert answer(files, required) is None
