"""How to see a finding on one's own machine, in the words of the repository: narrow first, then its own command."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from posixpath import relpath
from typing import Final

from diagnosis.own_commands import Own, own_commands, package_manager, python_runner
from diagnosis.probes.python_source import Function, functions, parsed
from diagnosis.probes.question import Question
from diagnosis.redact import redact
from diagnosis.repo import Repository
from diagnosis.report import Value
from diagnosis.shell_commands import Call, calls, first_call
from diagnosis.template import fill_command

MOST_COMMANDS: Final = 2
MOST_TESTS: Final = 3
WIDEST: Final = 100
"""Characters of names after `pytest`: with the runner before it, a code span still shows the whole command."""

PYTHON_TOOLS: Final = frozenset(
    [
        "python",
        "pytest",
        "ruff",
        "black",
        "isort",
        "flake8",
        "mypy",
        "pyright",
        "pylint",
        "bandit",
        "coverage",
        "alembic",
        "django-admin",
        "pydocstyle",
        "vulture",
        "interrogate",
        "sphinx-build",
        "mkdocs",
        "pip-audit",
    ]
)
NODE_TOOLS: Final = frozenset(
    ["eslint", "prettier", "jest", "vitest", "tsc", "mocha", "playwright", "stylelint", "cypress", "svelte-check"]
)
TASK_RUNNERS: Final = frozenset(["make", "tox", "nox", "npm", "pnpm", "yarn", "hatch", "just", "task", "poe"])
_OTHER_CHECKS: Final = frozenset(["go", "cargo", "dotnet", "mvn", "gradle", "gradlew"])
_CHECKING_TASK: Final = re.compile(
    r"(?:^|[^a-z])(?:test|tests|lint|check|checks|format|fmt|type|types|typecheck|mypy|ruff|cov|coverage|unit|ci|verify"
    r"|py\d*|style|static|integration)(?:[^a-z]|$)"
)
_DANGEROUS: Final = re.compile(r"deploy|release|publish|push|prod|migrat|clean|install|docker|upload")
_INSTALLING: Final = frozenset({"ci", "i", "add", "install", "exec", "dlx"})
_SEED: Final = re.compile(r"^Using --(?P<option>random-order|randomly)-seed=(?P<seed>\d{1,12})$")
_SAFE: Final = re.compile(r"[A-Za-z0-9_./:=@+,-]+(?: [A-Za-z0-9_./:=@+,-]+)*")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where commands are run: the step's folder, and how the repository starts its Python and Node tools."""

    repo: Repository
    folder: str
    script: str

    def shown(self, command: str, folder: str | None = None) -> str | None:
        """The command as it is typed at the repository's root; None where the folder cannot be typed plainly."""
        where = self.folder if folder is None else folder
        entered = fill_command("cd {folder} && ", {"folder": where}) if where else ""
        return None if entered is None else f"{entered}{command}"


def local_commands(question: Question, verify: Sequence[str]) -> tuple[str, ...]:
    """At most two commands made from a finding's own ones: what failed alone, then what the repository calls it.

    Without anything to go by, the finding's own commands as they are. One with a secret in it is left out: it must not
    be shown, and with a mask in its place it is no command.
    """
    place = _Place(question.repo, question.folder, question.step.run if question.step else "")
    tests = _of_finding(question, failing_tests(question.finding.facts))[:MOST_TESTS]
    narrow = [_narrowed(question, place, command) for command in _with_tests(verify, tests)]
    tool = _tool(verify, tests, place)
    # Each file that is looked into for the repository's own command is a request: no more than are needed.
    wide = islice(chain(_seeded(question, place), _wide(place, tool)), 1 if narrow else MOST_COMMANDS)
    ordered = dict.fromkeys([*narrow[:1], *wide, *narrow[1:]])
    return tuple(command for command in ordered if command and redact(command) == command)[:MOST_COMMANDS]


def failing_tests(facts: dict[str, Value]) -> tuple[str, ...]:
    """The tests of pytest that the log tells, without their parameters; files where collecting them failed."""
    names = [name for key in ("failing", "erroring") for name in _list(facts.get(key))]
    found = [name.partition("[")[0] for name in names if ".py" in name and not name.endswith("…")]
    return tuple(name for name in dict.fromkeys(found) if fill_command("{test}", {"test": name}))


def _of_finding(question: Question, tests: Sequence[str]) -> Sequence[str]:
    """Of several failing tests those that the finding's places lie in; all where none is known to."""
    if len(tests) < 2:
        return tests
    spots = [(place.path, place.line) for place in question.finding.places if place.line and place.path.endswith(".py")]
    files = {path: question.path(path) for path in {test.partition("::")[0] for test in tests}}
    chosen = []
    for test in tests:
        path = files[test.partition("::")[0]]
        tree = parsed(question.repo, path) if path and any(path == spot for spot, _ in spots) else None
        lines = [span for node in functions(tree) if node.name == test.rpartition("::")[2] and (span := _span(node))]
        if any(spot == path and first <= line <= last for spot, line in spots for first, last in lines):
            chosen.append(test)
    return chosen or tests


def _span(node: Function) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def _list(value: Value | None) -> list[str]:
    return value if isinstance(value, list) else []


def _with_tests(verify: Sequence[str], tests: Sequence[str]) -> list[str]:
    """The commands; where tests are known to fail, pytest is told them in the place of nothing or of everything."""
    if not tests:
        return list(verify)
    told = [command for command in verify if not _is_general_pytest(command)]
    one = f"pytest {' '.join(_fitting(tests))}"
    return [one, *told] if len(told) < len(verify) else [*told, one]


def _fitting(tests: Sequence[str]) -> Sequence[str]:
    """The tests where one line holds them; else their files, else the first test: a command that is cut is none."""
    files = tuple(dict.fromkeys(test.partition("::")[0] for test in tests))
    return next((names for names in (tests, files) if len(" ".join(names)) <= WIDEST), tests[:1])


def _is_general_pytest(command: str) -> bool:
    call = first_call(command)
    return bool(call and call.tool == "pytest" and not any(".py" in word for word in call.arguments))


def _tool(verify: Sequence[str], tests: Sequence[str], place: _Place) -> str | None:
    """The checking program that the finding is about."""
    known = PYTHON_TOOLS | NODE_TOOLS
    for command in verify:
        call = first_call(command)
        if call and call.tool.partition(" ")[0] in known - {"python"}:
            return call.tool
    if tests:
        return "pytest"
    used = [call.tool for call in calls(place.script) if call.tool.partition(" ")[0] in known - {"python", "alembic"}]
    return used[0] if len(set(used)) == 1 else None


def _narrowed(question: Question, place: _Place, command: str) -> str | None:
    """A finding's own command, with paths as seen from the step's folder, started as the repository starts it."""
    call = first_call(command)
    head = call.tool.partition(" ")[0] if call else ""
    if call is None or head not in PYTHON_TOOLS | NODE_TOOLS | _OTHER_CHECKS:
        return command
    words = [_relative(question, place, word) for word in command.split(" ")]
    return place.shown(" ".join(_started(place, call, head, words)))


def _relative(question: Question, place: _Place, word: str) -> str:
    name, colons, test = word.partition("::")
    path = question.path(name) if "/" in name or "." in name[1:] else None
    below = relpath(path, place.folder or ".") if path else name
    return f"{below}{colons}{test}" if fill_command("{path}", {"path": below}) else word


def _started(place: _Place, call: Call, head: str, words: list[str]) -> list[str]:
    if head in PYTHON_TOOLS and not call.runner:
        runner = python_runner(place.repo, place.folder, place.script)
        return [runner, *words] if runner else words
    if head in NODE_TOOLS and call.runner in ("", "npx"):
        manager = package_manager(place.repo, place.folder)
        bare = words[1:] if call.runner else words
        return [{"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn"}[manager], *bare]
    return words


def _seeded(question: Question, place: _Place) -> Iterator[str | None]:
    """The whole run in the very order that failed, where the log tells its seed: a single test has no order."""
    found = [seed for line in question.lines if (seed := _SEED.match(line))]
    if len({seed[0] for seed in found}) == 1 and failing_tests(question.finding.facts):
        runner = python_runner(place.repo, place.folder, place.script)
        yield place.shown(f"{runner} pytest --{found[0]['option']}-seed={found[0]['seed']}".strip())


def _wide(place: _Place, tool: str | None) -> Iterator[str | None]:
    """What the repository calls this check: what the step itself types if it is a task, else the task that runs it."""
    step = list(_typed(place.script))
    tasks = [place.shown(line) for line, call in step if call.tool in TASK_RUNNERS]
    if len(tasks) == 1:
        yield tasks[0]
    if tool:
        yield from (place.shown(own.command, own.folder) for own in _running(place, tool))
        if len(tasks) != 1:
            yield from (place.shown(line) for line, call in step if call.tool == tool)


def _typed(script: str) -> Iterator[tuple[str, Call]]:
    """The lines of a script that one can type as they are: one plain program each."""
    for line in script.splitlines():
        found = list(calls(line))
        text = line.strip()
        if len(found) == 1 and _SAFE.fullmatch(text) and _checks(found[0]):
            yield text, found[0]


def _checks(call: Call) -> bool:
    """Whether the program only checks: tasks are told by their names, so that none that deploys is proposed."""
    if call.tool in TASK_RUNNERS:
        told = " ".join(call.arguments)
        installs = call.tool in ("npm", "pnpm", "yarn") and not _INSTALLING.isdisjoint(call.arguments[:1])
        return bool(_CHECKING_TASK.search(told)) and not installs and not _DANGEROUS.search(told)
    return not call.writes


def _running(place: _Place, tool: str) -> Iterator[Own]:
    """The repository's own commands for a tool; tox and nox only where the step does not call the tool itself."""
    direct = any(call.tool == tool for call in calls(place.script))
    for own in own_commands(place.repo, place.folder):
        isolated = own.command.startswith(("tox", "nox"))
        unfit = own.call.writes or (direct and isolated) or _DANGEROUS.search(own.command)
        if own.call.tool == tool and not unfit:
            yield own
