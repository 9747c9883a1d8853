"""A pytest fixture that is not found: misspelt, defined where the test does not see it, or of a missing plugin."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.probes.declared import Declared, beside, declarations, locking
from diagnosis.probes.pytest_plugins import PLUGINS
from diagnosis.probes.python_source import Function, functions, parsed, respelt
from diagnosis.probes.question import Answer, Question
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span

CLOSE: Final = 0.8
MOST_FILES: Final = 8

_REQUESTER: Final = re.compile(r"^file (?P<path>\S.*\.py), line (?P<line>\d+)$")
_AVAILABLE: Final = re.compile(r"^>? +available fixtures: (?P<names>.+)$")
_FIXTURE: Final = re.compile(r"(?:pytest|pytest_asyncio)\.fixture|fixture")


@dataclass(frozen=True, slots=True)
class _Request:
    """Who asks for the fixture, and what pytest says there is."""

    path: str
    line: int
    available: tuple[str, ...]

    def sees(self, conftest: str) -> bool:
        """Whether a conftest.py holds for the test: those of its folder and the folders above."""
        folder = conftest.rpartition("/")[0]
        return not folder or self.path.startswith(f"{folder}/")


def fixture_missing(question: Question) -> Answer | None:
    """Tells the reason where the repository shows it: defined elsewhere, a plugin's, or misspelt."""
    name = question.capture("fixture")
    request = _request(question, name)
    if request is None or name in request.available:
        return None
    return (
        _elsewhere(question, request, name) or _of_plugin(question, request, name) or _misspelt(question, request, name)
    )


def _request(question: Question, name: str) -> _Request | None:
    """The first of the log that asks for it; None where its file is not in the repository, or is another there."""
    wanted = f"fixture '{name}' not found"
    for number, text in enumerate(question.lines):
        if not text.endswith(wanted):
            continue
        above = [found for line in question.lines[max(0, number - 30) : number] if (found := _REQUESTER.match(line))]
        below = [found for line in question.lines[number + 1 : number + 3] if (found := _AVAILABLE.match(line))]
        path = question.path(above[-1]["path"]) if above else None
        if path and below and re.search(rf"\b{re.escape(name)}\b", question.repo.text(path) or ""):
            return _Request(path, int(above[-1]["line"]), tuple(below[0]["names"].split(", ")))
    return None


def _elsewhere(question: Question, request: _Request, name: str) -> Answer | None:
    """The same fixture in a conftest.py of another folder, or in a file that no conftest.py hands on."""
    for path in _conftests(question, request):
        node = _fixture(question, path, name)
        if node and request.sees(path):
            return None
        if node:
            return _moved(question, request, name, Place(path, node.lineno, f"def {node.name}"))
    return _not_loaded(question, request, name)


def _conftests(question: Question, request: _Request) -> list[str]:
    """Those that hold for the test first, then those in the folders nearest to it."""
    found = question.repo.named("conftest.py")
    parts = request.path.split("/")
    return sorted(found, key=lambda path: (not request.sees(path), -_common(path.split("/"), parts), path))[:MOST_FILES]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _moved(question: Question, request: _Request, name: str, place: Place) -> Answer:
    parts = request.path.split("/")[:-1]
    common = "/".join(parts[: _common(place.path.split("/")[:-1], parts)])
    target = f"{common}/conftest.py".lstrip("/")
    exists = "" if question.repo.has(target) else " (a new file)"
    return Answer(
        title=f"Fixture {code_span(name)} is out of the test's sight",
        why=f"{code_span(name)} is defined in {code_span(place.path)} line {place.line}, and a `conftest.py` holds "
        f"for its own folder and those below it: {code_span(request.path)} (line {request.line}) is not among them.",
        fixes=(
            Fix(
                says=f"Move the fixture, and the imports that it needs, to {code_span(target)}{exists}.",
                consequence="All tests below that folder see it then.",
            ),
            Fix(says=f"Move the test into {code_span(place.path.rpartition('/')[0])}."),
        ),
        places=(Place(request.path, request.line, f"asks for {name}"), place),
        facts={"defined_at": f"{place.path}:{place.line}", "asked_at": f"{request.path}:{request.line}"},
    )


def _not_loaded(question: Question, request: _Request, name: str) -> Answer | None:
    """A fixture in a file of fixtures that is no conftest.py, and that none which holds for the test names."""
    files = [*question.repo.matching("fixtures.py"), *question.repo.matching("fixtures/*.py")]
    near = sorted(files, key=lambda path: (-_common(path.split("/"), request.path.split("/")), path))[:4]
    for path in near:
        node = _fixture(question, path, name)
        if node is None:
            continue
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        stem = module.rpartition(".")[2]
        texts = [question.repo.text(conftest) for conftest in question.repo.named("conftest.py")[:MOST_FILES]]
        if any(text is None or stem in text for text in texts):
            return None
        return Answer(
            why=f"{code_span(name)} is defined in {code_span(path)} line {node.lineno}, but pytest looks for fixtures "
            "only in the test's own file, `conftest.py` and plugins, and no `conftest.py` names that file.",
            fixes=(
                Fix(
                    says=f"Write `pytest_plugins = [...]` with {code_span(module)} into the `conftest.py` at the root."
                ),
                Fix(says="Import the fixture in the `conftest.py` of the test's folder."),
            ),
            places=(Place(path, node.lineno, f"def {node.name}"),),
            facts={"defined_at": f"{path}:{node.lineno}"},
        )
    return None


def _of_plugin(question: Question, request: _Request, name: str) -> Answer | None:
    plugin = PLUGINS.get(name)
    declared = declarations(question.repo, question.folder)
    if plugin is None or declared is None or _installed_by_hand(question, plugin):
        return None
    place = Place(request.path, request.line, f"asks for {name}")
    own = [item for item in declared if item.name == plugin.lower()]
    if own:
        return _not_installed(name, plugin, own[0], place)
    anchors = [item for item in declared if item.name == "pytest"]
    patch = beside(question.repo, anchors[0], plugin) if anchors else None
    where = f" beside `pytest` in {code_span(anchors[0].path)}" if anchors else " in the test dependencies"
    return Answer(
        title=f"Fixture {code_span(name)} needs the plugin {code_span(plugin)}",
        why=f"{code_span(name)}, which {code_span(request.path)} line {request.line} asks for, is a fixture of "
        f"{code_span(plugin)}, and the repository does not declare that: where it works, it was installed by hand.",
        fixes=(
            Fix(
                says=f"Declare {code_span(plugin)}{where}.",
                commands=locking(question.repo, question.folder) if patch else (),
                files=(patch,) if patch else (),
            ),
        ),
        places=(place,),
        facts={"plugin": plugin},
    )


def _installed_by_hand(question: Question, plugin: str) -> bool:
    """Whether a step of the job names the plugin itself, so that no file has to declare it."""
    return any(plugin.lower() in step.run.lower() for step in (question.job.steps if question.job else ()))


def _not_installed(name: str, plugin: str, own: Declared, place: Place) -> Answer:
    where = f"{code_span(own.path)} line {own.line} (group {code_span(own.group)})"
    gone = name == "event_loop"
    reason = (
        "that fixture is gone since 1.0 of it."
        if gone
        else "pytest did not load it: the job does not install that group, or loading it is switched off."
    )
    fix = (
        f"Take {code_span(name)} out of the test, and `asyncio.get_running_loop()` inside it; or pin `{plugin}<1`."
        if gone
        else f"Install the group {code_span(own.group)} of {code_span(own.path)} in the job."
    )
    return Answer(
        why=f"{code_span(name)} is a fixture of {code_span(plugin)}. It is declared in {where}, but {reason}",
        fixes=(Fix(says=fix),),
        places=(place, Place(own.path, own.line, own.text)),
        facts={"plugin": plugin, "declared_at": f"{own.path}:{own.line}"},
    )


def _misspelt(question: Question, request: _Request, name: str) -> Answer | None:
    """The only fixture that pytest knows there with nearly this name."""
    close = difflib.get_close_matches(name, request.available, n=2, cutoff=CLOSE)
    if len(close) != 1:
        return None
    function = _asking(question, request, name)
    if function is None:
        return None
    defined = _definition(question, request, close[0])
    where = f" ({code_span(defined.path)} line {defined.line})" if defined else ""
    patch = _renamed(question, request.path, function, name, close[0])
    return Answer(
        why=f"{code_span(request.path)} line {request.line} asks for {code_span(name)}. There is no such fixture; the "
        f"nearest that pytest knows there is {code_span(close[0])}{where}.",
        fixes=(
            Fix(says=f"Ask for {code_span(close[0])} instead.", files=(patch,) if patch else ()),
            Fix(
                says=f"If {code_span(name)} is another one: define it in a `conftest.py` of the test's folder or above."
            ),
        ),
        places=tuple(filter(None, (Place(request.path, request.line, f"asks for {name}"), defined))),
        facts={"nearest": close[0]},
    )


def _definition(question: Question, request: _Request, name: str) -> Place | None:
    for path in (request.path, *(path for path in _conftests(question, request) if request.sees(path))):
        if node := _fixture(question, path, name):
            return Place(path, node.lineno, f"def {node.name}")
    return None


def _fixture(question: Question, path: str, name: str) -> Function | None:
    """The function of a file that defines this fixture."""
    for node in functions(parsed(question.repo, path)):
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if not _FIXTURE.fullmatch(ast.unparse(called)):
                continue
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            named = [item.value for item in keywords if item.arg == "name"]
            if (ast.literal_eval(named[0]) if named and isinstance(named[0], ast.Constant) else node.name) == name:
                return node
    return None


def _asking(question: Question, request: _Request, name: str) -> Function | None:
    """The function at the line that pytest prints, which is that of its first decorator, if it has the parameter."""
    for node in functions(parsed(question.repo, request.path)):
        first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        if first <= request.line <= node.lineno and any(item.arg == name for item in node.args.args):
            return node
    return None


def _renamed(question: Question, path: str, function: Function, old: str, new: str) -> FilePatch | None:
    """The parameter and its uses by the other name; None where the body gives the name a meaning of its own."""
    uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id in (old, new)]
    if any(isinstance(node.ctx, ast.Store) or node.id == new for node in uses):
        return None
    spots = [(item.lineno, item.col_offset) for item in function.args.args if item.arg == old]
    return respelt(question.repo, path, [*spots, *((node.lineno, node.col_offset) for node in uses)], old, new)
