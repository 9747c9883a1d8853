"""A package that is in the repository but not on Python's path in the job, and the setting that puts it there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname, normpath
from typing import Final

from diagnosis.patch import inserted
from diagnosis.probes.coverage_places import config_file
from diagnosis.probes.import_names import is_standard, providers
from diagnosis.probes.installs import Install, installs
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import VENDORED, Repository
from diagnosis.report import FilePatch, Fix
from diagnosis.template import code_span, fill_command

_PYTEST: Final = re.compile(r"(?:^|[\s/;&(])(?P<how>python[\d.]* -m |poetry run |uv run |coverage run -m )*py\.?test\b")
_AS_MODULE: Final = re.compile(r"\bpython[\d.]* (?:-m|-c) |\bcoverage run -m\b")
"""What puts the current folder on the path."""
_SCRIPT: Final = re.compile(r"\b(?:python[\d.]*|coverage run) (?P<script>(?:[\w.-]+/)*[\w.-]+\.py)\b")
_OLD_PYTEST: Final = re.compile(r"\bpytest-[0-6]\.")
_SECTIONS: Final = {
    "pytest.ini": "[pytest]",
    "pyproject.toml": "[tool.pytest.ini_options]",
    "tox.ini": "[pytest]",
    "setup.cfg": "[tool:pytest]",
}


@dataclass(frozen=True, slots=True)
class _Package:
    """The folder that must be on the path, and the project's folder above it."""

    path: str
    home: str
    project: str


def unpathed(question: Question, top: str) -> Answer | None:
    """Says which folder is missing on the path, and writes `pythonpath` into pytest's settings where they are clear."""
    package = _package(question.repo, top)
    done = installs(question)
    step = question.step
    if package is None or done is None or step is None or is_standard(top):
        return None
    named = _is_project(question.repo, package.project, top)
    if (providers(top) and not named) or _is_reached(question, package, done):
        return None
    left_out = next((install for install in done if _leaves_out(install, package)), None)
    return _answer(question, top, package, left_out)


def _package(repo: Repository, top: str) -> _Package | None:
    """The only package or module of this name that no other package holds."""
    regular = [path.rpartition("/")[0] for path in repo.named("__init__.py") if path.endswith(f"{top}/__init__.py")]
    folders = [folder for folder in regular if folder.rpartition("/")[2] == top]
    plain = [] if folders else [folder for folder in sorted(repo.folders) if _is_plain(repo, folder, top)]
    files = [] if folders or plain else list(repo.named(f"{top}.py"))
    found = [path for path in (*folders, *plain, *files) if not _inside(repo, path)]
    if len(found) != 1:
        return None
    home = found[0].rpartition("/")[0]
    project = home.removesuffix("src").rstrip("/") if home.rpartition("/")[2] == "src" else home
    return _Package(found[0], home, project)


def _is_plain(repo: Repository, folder: str, top: str) -> bool:
    """Whether a folder of this name holds Python files without being declared a package."""
    own = folder.rpartition("/")[2] == top and VENDORED.isdisjoint(folder.split("/"))
    return own and any(path.rpartition("/")[0] == folder and path.endswith(".py") for path in repo.paths)


def _inside(repo: Repository, path: str) -> bool:
    return repo.has(f"{path.rpartition('/')[0]}/__init__.py".lstrip("/"))


def _is_project(repo: Repository, project: str, top: str) -> bool:
    text = repo.text(f"{project}/pyproject.toml".lstrip("/")) or repo.text(f"{project}/setup.cfg".lstrip("/")) or ""
    found = re.search(r"^name\s*=\s*[\"']?([\w.-]+)", text, re.MULTILINE)
    return bool(found) and re.sub(r"[-_.]+", "_", found[1]).lower() == top.lower() if found else False


def _is_reached(question: Question, package: _Package, done: list[Install]) -> bool:
    """Whether the package should be on the path by what the job does, so that the reason is another."""
    step, repo = question.step, question.repo
    if step is None or "PYTHONPATH" in question.environment or "PYTHONPATH" in step.run or "cd " in step.run:
        return True
    if any(install.project in (package.project, package.home) for install in done):
        return True
    if _AS_MODULE.search(step.run) and question.folder == package.home:
        return True
    scripts = [normpath(f"{question.folder}/{name}".strip("/")) for name in _SCRIPT.findall(step.run)]
    if any(dirname(script) == package.home for script in scripts):
        return True
    beside = [f"{package.home}/{name}".lstrip("/") for name in ("conftest.py", "tests/__init__.py", "test/__init__.py")]
    return bool(_PYTEST.search(step.run)) and any(map(repo.has, beside))


def _leaves_out(install: Install, package: _Package) -> bool:
    words = {"--no-root", "--no-install-project", "--no-install-workspace"} & set(install.words)
    return bool(words) and install.folder == package.project


def _answer(question: Question, top: str, package: _Package, left_out: Install | None) -> Answer:
    home = code_span(package.home) if package.home else "the repository's root"
    reason = "no step before this one installs the project"
    if left_out and question.workflow:
        reason = f"{code_span(question.workflow.path)} line {left_out.line} ({code_span(left_out.text)}) leaves it out"
    return Answer(
        title=f"Package {code_span(top)} is in the repository but not on Python's path",
        why=f"{code_span(package.path)} is in the commit, but {home} is not on Python's path in this job: {reason}. "
        "Locally it works because the project is installed there, or the folder is on the path.",
        fixes=_fixes(question, package, left_out),
        facts={"package": package.path, "missing_on_path": package.home or "."},
    )


def _fixes(question: Question, package: _Package, left_out: Install | None) -> tuple[Fix, ...]:
    run = question.step.run if question.step else ""
    setting = _pythonpath(question, package) if _PYTEST.search(run) else None
    target = f"./{package.project}" if package.project != question.folder else "."
    installable = any(
        question.repo.has(f"{package.project}/{name}".lstrip("/")) for name in ("pyproject.toml", "setup.py")
    )
    command = fill_command("pip install -e {target}", {"target": target if target != "./" else "."})
    ways: list[Fix] = []
    if setting:
        where = code_span(setting[0].path)
        ways.append(
            Fix(
                says=f"Tell pytest in {where}: {code_span(setting[1])}.",
                consequence="The tests find the package wherever they run; other programs do not.",
                files=(setting[0],),
            )
        )
    if left_out:
        ways.append(Fix(says=f"Take the option that leaves the project out from {code_span(left_out.text)}."))
    elif installable and command:
        ways.append(
            Fix(
                says="Install the project in a step before this one.",
                consequence="Its dependencies are installed with it.",
                commands=(command,),
            )
        )
    if not ways:
        home = package.home or "."
        variable = "PYTHONPATH: ${{ github.workspace }}" + (f"/{home}" if home != "." else "")
        ways.append(Fix(says=f"Set {code_span(variable)} under `env:` of the step."))
    return tuple(ways)


def _pythonpath(question: Question, package: _Package) -> tuple[FilePatch, str] | None:
    """The patch that adds `pythonpath` to the settings in force; None where they set it, or cannot be told."""
    repo = question.repo
    if any(_OLD_PYTEST.search(line) for line in question.lines):
        return None
    told = config_file(question)
    nearest = [path for name in _SECTIONS if (path := repo.nearest(name, question.folder)) and _header(repo, path)]
    path = told or next(iter(nearest), None)
    at = _header(repo, path) if path else 0
    text = repo.text(path) if path else None
    if path is None or text is None or not at or re.search(r"^\s*pythonpath\s*=", text, re.MULTILINE):
        return None
    folder = path.rpartition("/")[0]
    if folder and package.home != folder and not package.home.startswith(f"{folder}/"):
        return None
    below = package.home.removeprefix(folder).strip("/") or "."
    line = f'pythonpath = ["{below}"]' if path.endswith(".toml") else f"pythonpath = {below}"
    return inserted(path, text, at, [line]), line


def _header(repo: Repository, path: str) -> int:
    """The line of the section that pytest reads, from 1; 0 where there is none."""
    section = _SECTIONS.get(path.rpartition("/")[2], "")
    lines = repo.lines(path)
    return next((number for number, line in enumerate(lines, 1) if line.split("#")[0].strip() == section), 0)
