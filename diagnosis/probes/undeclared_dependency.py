"""A missing module of others: which distribution provides it, whether it is declared, whether the job installs it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import dirname, relpath
from typing import Final

from packaging.utils import canonicalize_name

from diagnosis.patch import replaced
from diagnosis.probes.declared import Declared, beside, declarations, locking
from diagnosis.probes.dependency_groups import Group, group_of, includes, is_installed, pyproject
from diagnosis.probes.home_paths import likely_files
from diagnosis.probes.import_names import is_standard, providers
from diagnosis.probes.installs import Install, installs
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import VENDORED, Hit, Repository
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

_OWN: Final = re.compile(
    r"(?P<edit>(?:-e|--editable)[\s=]+)?[\"']?(?P<where>\.(?:/[\w./-]*)?)(?:\[(?P<extras>[^\]]*)\])?[\"']?(?=\s|$)"
)
_ASIDE: Final = re.compile(r"test|dev|lint|doc|type|ci\b|bench|build", re.IGNORECASE)
_INSTALLERS: Final = ("noxfile.py", "tox.ini", "Makefile", "justfile")
_DYNAMIC: Final = re.compile(r"dependencies\s*=\s*\{[^}]*\bfile\s*=")


def undeclared_dependency(question: Question) -> Answer | None:
    """Says where the distribution is declared and not installed, or that no file declares it, with the line to add."""
    module = question.capture("module")
    top = module.partition(".")[0]
    known = declarations(question.repo, question.folder)
    if not top or known is None or is_standard(top) or _is_own(question.repo, top):
        return None
    names = {canonicalize_name(name) for name in (*providers(top), top, module.replace(".", "-"))}
    declared = [item for item in known if item.name in names]
    done = installs(question)
    if done is None and question.job is not None:
        return None
    if declared:
        return _not_installed(question, top, declared, done or [])
    return _nowhere(question, top, known, done or [])


def _is_own(repo: Repository, top: str) -> bool:
    """Whether a package, folder or file of the repository has the name."""
    if repo.named(f"{top}.py", f"{top}.pyi"):
        return True
    start, inside = f"{top}/", f"/{top}/"
    return any(
        path.endswith(".py") and (path.startswith(start) or inside in path) and VENDORED.isdisjoint(path.split("/"))
        for path in repo.paths
    )


def _not_installed(
    question: Question, top: str, declared: Sequence[Declared], done: Sequence[Install]
) -> Answer | None:
    groups = [group_of(question.repo, item) for item in declared]
    if not done or any(group is None or is_installed(question.repo, group, done) for group in groups):
        return None
    item, group = declared[0], groups[0]
    if group is None or question.workflow is None or _names_it(done, item.name):
        return None
    near = _closest(group, done)
    if near is None:
        return None
    listed = {"main": "", "extra": f" as the extra {code_span(group.name)}", "file": ""}
    where = listed.get(group.kind, f" in the group {code_span(group.name)}")
    provides = f", which provides {code_span(top)}," if item.name != canonicalize_name(top) else ""
    step = f"{code_span(question.workflow.path)} line {near.line} ({code_span(near.text)})"
    return Answer(
        title=f"{code_span(item.name)}{provides} is declared but not installed in this job",
        why=f"{code_span(item.path)} line {item.line} declares {code_span(item.name)}{where}, and {step} does not "
        "install that. Locally it works because everything is installed there.",
        fixes=(_command(question, near, group),),
        places=(Place(item.path, item.line, item.text), Place(question.workflow.path, near.line, near.text)),
        facts={"distribution": item.name, "declared": f"{item.path}:{item.line}", "group": group.name},
    )


def _names_it(done: Sequence[Install], name: str) -> bool:
    words = (re.split(r"[\[<>=!~;@ ]", word)[0] for install in done for word in install.words)
    return any(canonicalize_name(word) == name for word in words if word and not word.startswith("-"))


def _closest(group: Group, done: Sequence[Install]) -> Install | None:
    """The command that is to install the list as well: that of the project, or that of the other requirement files."""
    if group.kind == "file":
        likely = [install for install in done if install.files]
    else:
        folder = dirname(group.path)
        likely = [one for one in done if one.project == folder or (one.tool != "pip" and one.folder == folder)]
    likely = [one for one in likely if not one.text.startswith("uv run")] or likely
    return likely[-1] if likely else None


def _command(question: Question, install: Install, group: Group) -> Fix:
    new = _corrected(install, group)
    path = question.workflow.path if question.workflow else ""
    lines = question.repo.lines(path)
    line = lines[install.line - 1] if 0 < install.line <= len(lines) else ""
    patch = None
    if new and line.count(install.text) == 1:
        text = question.repo.text(path) or ""
        patch = replaced(path, text, {install.line: [line.replace(install.text, new)]})
    return Fix(
        says=f"Install it in that step: {code_span(new)}." if new else "Install that list in the same step.",
        commands=(new,) if new else (),
        files=(patch,) if patch else (),
    )


def _corrected(install: Install, group: Group) -> str:
    """The command with the list added; empty where it would be a guess."""
    text, name = install.text, group.name
    if group.kind == "file":
        return f"{text} -r {relpath(group.path, install.folder or '.')}"
    if install.tool == "pip":
        if group.kind != "extra" or len(_OWN.findall(text)) != 1:
            return f"{text} --group {name}" if group.kind == "group" else ""
        return _OWN.sub(lambda at: f'{at["edit"] or ""}"{at["where"]}[{_joined(at["extras"], name)}]"', text)
    if group.kind == "extra":
        return _added(install, f"{'--extra' if install.tool == 'uv' else '--extras'} {name}")
    if group.kind == "main":
        return ""
    return _with_group(install, name)


def _with_group(install: Install, name: str) -> str:
    text = install.text
    if "--no-dev" in install.words and name == "dev":
        return re.sub(r"\s+--no-dev\b", "", text)
    if install.tool == "pipenv":
        return f"{text} --dev"
    for option in ("--without", "--only"):
        found = re.search(rf"(?P<head>{option}[\s=])(?P<names>[\w,-]+)", text)
        if not found:
            continue
        names = found["names"].split(",")
        left = [other for other in names if other != name] if option == "--without" else [*names, name]
        new = f"{found['head']}{','.join(left)}" if left else ""
        return re.sub(r"\s+$", "", re.sub(r"  +", " ", text[: found.start()] + new + text[found.end() :]))
    if "--only-group" in text or "--no-group" in text or "--no-default-groups" in text:
        return ""
    return _added(install, f"{'--with' if install.tool == 'poetry' else '--group'} {name}")


def _added(install: Install, option: str) -> str:
    """The command with an option of its own: what follows `uv run` belongs to another program."""
    if install.text.startswith("uv run "):
        return install.text.replace("uv run", f"uv run {option}", 1)
    return f"{install.text} {option}"


def _joined(extras: str | None, name: str) -> str:
    return f"{extras},{name}" if extras else name


def _nowhere(question: Question, top: str, known: Sequence[Declared], done: Sequence[Install]) -> Answer | None:
    found = providers(top)
    read = {item.path for item in known}
    if not found or any(path.endswith(("environment.yml", "tox.ini")) for path in read):
        return None
    if any(_may_bring(item.name, top, found) for item in known) or any(_names_it(done, name) for name in found):
        return None
    if question.job is None and _is_written_elsewhere(question.repo, found):
        return None
    if includes(question.repo, [path for path in read if path.endswith((".txt", ".in"))]) - read or _is_elsewhere(
        question.repo, read
    ):
        return None
    imported = _imports(question, top)
    where = f" {code_span(imported[0].path)} line {imported[0].line} imports it." if imported else ""
    files = " and ".join(code_span(path) for path in sorted(read))
    name = code_span(found[0])
    others = f" (or {', '.join(map(code_span, found[1:]))})" if len(found) > 1 else ""
    return Answer(
        title=f"Python module {code_span(top)} comes from {name}, which is not declared",
        why=f"The module {code_span(top)} comes from the distribution {name}{others}, which {files} "
        f"{'do' if len(read) > 1 else 'does'} not declare.{where} "
        "Locally it works because it was installed there by hand, or came with another package.",
        fixes=_additions(question, found, known, done, imported),
        places=tuple(Place(hit.path, hit.line, hit.text.strip()) for hit in imported[:3]),
        facts={"distribution": found[0], "declared_in": sorted(read)},
    )


def _is_written_elsewhere(repo: Repository, names: Sequence[str]) -> bool:
    """Whether a workflow or a task runner names the distribution: without the job nobody knows what it installs."""
    workflows = [path for end in ("yml", "yaml") for path in repo.matching(f".github/workflows/*.{end}")]
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, names))})(?![\w.-])", re.IGNORECASE)
    return any(repo.search(pattern, [*repo.named(*_INSTALLERS)[:4], *workflows[:8]]))


def _may_bring(name: str, top: str, found: Sequence[str]) -> bool:
    """Whether a declared distribution's name says that it may hold the module, or bring it along."""
    if name.startswith("types-" if top == "pytest" else ("types-", "pytest-")) or name.endswith("-stubs"):
        return False
    words = set(canonicalize_name(top).split("-"))
    kin = any(name.startswith(f"{other}-") or other.startswith(f"{name}-") for other in found)
    return kin or words <= set(name.split("-"))


def _is_elsewhere(repo: Repository, read: set[str]) -> bool:
    """Whether a project says that its dependencies stand in another file."""
    for path in read:
        settings = pyproject(repo, path)
        if settings and "dependencies" in settings.get("project", {}).get("dynamic", ()) and len(read) == 1:
            return True
        if _DYNAMIC.search(repo.text(path) or "") and len(read) == 1:
            return True
    return False


def _imports(question: Question, top: str) -> list[Hit]:
    pattern = re.compile(rf"^\s*(?:from|import)\s+{re.escape(top)}\b")
    traced = [path for path in likely_files(question) if path.endswith(".py")]
    return list(question.repo.search(pattern, traced))


def _additions(
    question: Question,
    found: Sequence[str],
    known: Sequence[Declared],
    done: Sequence[Install],
    imported: Sequence[Hit],
) -> tuple[Fix, ...]:
    tests = bool(imported) and all(_is_test(hit.path) for hit in imported)
    lists = list(_installed_lists(question.repo, known, done))
    aside = [items for group, items in lists if _ASIDE.search(group.name)]
    plain = [items for group, items in lists if not _ASIDE.search(group.name)]
    with_pytest = [items for items in aside if any(item.name == "pytest" for item in items)]
    chosen = with_pytest if tests and with_pytest else plain
    if len(found) > 1 or len(chosen) != 1:
        either = " or ".join(map(code_span, found))
        return (Fix(says=f"Declare {either} where this job installs from{' (a test uses it)' if tests else ''}."),)
    anchor = _anchor(chosen[0], found[0])
    patch = beside(question.repo, anchor, found[0])
    return (
        Fix(
            says=f"Declare {code_span(found[0])} beside {code_span(anchor.text)} in {code_span(anchor.path)}.",
            commands=locking(question.repo, dirname(anchor.path)),
            files=(patch,) if patch else (),
        ),
    )


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return "tests" in path.split("/") or name.startswith("test_") or name == "conftest.py"


def _installed_lists(
    repo: Repository, known: Sequence[Declared], done: Sequence[Install]
) -> Iterator[tuple[Group, list[Declared]]]:
    lists: dict[Group, list[Declared]] = {}
    for item in known:
        if group := group_of(repo, item):
            lists.setdefault(group, []).append(item)
    yield from ((group, items) for group, items in lists.items() if is_installed(repo, group, done))


def _anchor(items: Sequence[Declared], name: str) -> Declared:
    """The declaration to stand behind: the one before by the alphabet where the list is sorted by it, else the last."""
    names = [item.name for item in items]
    before = [item for item in items if item.name < name]
    return before[-1] if before and names == sorted(names) else items[-1]
