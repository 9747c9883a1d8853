"""How many requests to GitHub's API a diagnosis takes, probes and the base branch included."""

from __future__ import annotations

import statistics

from tests.workers.story import COVERAGE, GROUP, MODULE, NAME, UNKNOWN, Story

MEDIAN = 14
MOST = 40

FILES = {
    ".github/workflows/ci.yml": "jobs:\n  test:\n    steps:\n      - run: python -m shop\n",
    ".gitignore": "*secret*\n",
    "pyproject.toml": '[project]\nname = "shop"\n[tool.pytest.ini_options]\naddopts = "--cov-fail-under=80"\n',
    "shop/__init__.py": "",
    "shop/config.py": "from shop.secrets import load\n",
    "tests/conftest.py": 'URL = "postgresql://shop:x@localhost/shop"\n',
}
HIDDEN = MODULE.replace("'discounts'", "'shop.secrets'").replace("main.py", "shop/config.py")
PASSWORD = GROUP.format("python -m pytest") + (
    'E   asyncpg.exceptions.InvalidPasswordError: password authentication failed for user "shop"\n'
    "##[error]Process completed with exit code 1.\n"
)


def calls(story: Story, branch: str, log: str | None, event: str = "pull_request") -> int:
    """Requests for one run, from its id to what was said."""
    sha = story.github.push(NAME, branch, {**FILES, "shop.py": log or "x"}, author="mona")
    run = story.run(sha, branch, log, event=event)
    before = len(story.github.requests())
    assert not story.tell(run).startswith("silent")
    asked = [one for one in story.github.requests()[before:] if one["host"] == "api"]
    return len([one for one in asked if "access_tokens" not in one["path"]])


def test_a_diagnosis_takes_few_requests(story: Story) -> None:
    story.run(story.github.push(NAME, "main", FILES, author="mona"), "main", None, event="push")
    counted: dict[str, int] = {}
    for number, (name, log) in enumerate(
        {"coverage": COVERAGE, "module": MODULE, "hidden": HIDDEN, "password": PASSWORD, "unknown": UNKNOWN}.items()
    ):
        branch = f"branch-{number}"
        story.push(branch, "1")
        story.github.open_pull(NAME, branch, author="mona")
        counted[f"{name}, a pull request"] = calls(story, branch, log)
        counted[f"{name}, again"] = calls(story, branch, log + "\n")
    counted["module, a push"] = calls(story, "main", MODULE, event="push")
    counted["module, main is red"] = calls(story, "branch-1", MODULE + "\n\n")
    counted["green"] = calls(story, "branch-1", None)
    print(*(f"{name}: {count}" for name, count in counted.items()), sep="\n")
    assert statistics.median(counted.values()) <= MEDIAN, counted
    assert max(counted.values()) <= MOST, counted
