"""A module of the repository's own that the commit does not have, or has where Python does not look for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from diagnosis.patch import replaced
from diagnosis.probes.gitignored_module import deciding
from diagnosis.probes.home_paths import likely_files
from diagnosis.probes.module_path import unpathed
from diagnosis.probes.python_modules import own_module
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import Hit, Repository
from diagnosis.report import FilePatch, Fix, Place
from diagnosis.template import code_span, fill_command

_BUILT: Final = re.compile(r"_.*|.*_pb2(?:_grpc)?|version|build_info|.*_ui|.*_rc")
"""Modules that a build makes: extensions, what protoc and Qt's compilers write, versions."""
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class _Near:
    """A module that may be meant: its dotted name, its file, and what sets it apart."""

    module: str
    path: str
    how: str


def absent_module(question: Question) -> Answer | None:
    """Names the module that was likely meant, or that the file was never committed; else why it is not on the path."""
    module = question.capture("module")
    expected = own_module(question, module)
    if expected is None:
        return unpathed(question, module) if "." not in module else None
    folder, name = expected.files[0].removesuffix(".py").rpartition("/")[::2]
    repo = question.repo
    if folder not in repo.folders or not all(map(repo.lacks, expected.files)):
        return None
    if (
        f"{folder}/{name}" in repo.folders
        or _is_untold(repo, folder)
        or any(deciding(repo, file) for file in expected.files)
    ):
        return None
    modules = _modules(repo, folder)
    near = _nearest(repo, expected.package, folder, module, modules)
    if near is None and (_BUILT.fullmatch(name) or _has_other_source(repo, folder, name) or not modules):
        return None
    imports = _imports(question, module)
    return _meant(question, module, near, imports) if near else _never(expected.files[0], module, modules, imports)


def _is_untold(repo: Repository, folder: str) -> bool:
    """Whether an ignore file that speaks of the folder cannot be read."""
    above = [folder.rsplit("/", count)[0] for count in range(folder.count("/") + 1)]
    ignores = [f"{part}/.gitignore" for part in above] + [".gitignore"]
    return any(repo.has(path) and repo.text(path) is None for path in ignores)


def _modules(repo: Repository, folder: str) -> dict[str, str]:
    """The names that can be imported from a package, with their files."""
    found: dict[str, str] = {}
    for path in repo.paths:
        if not path.startswith(f"{folder}/") or not path.endswith(".py"):
            continue
        first, slash, _ = path.removeprefix(f"{folder}/").partition("/")
        if first != "__init__.py":
            found.setdefault(first if slash else first.removesuffix(".py"), path)
    return found


def _has_other_source(repo: Repository, folder: str, name: str) -> bool:
    """Whether something is there that a build makes the module from."""
    start = f"{folder}/{name}."
    return any(path.startswith(start) for path in repo.paths) or bool(repo.named(f"{name}.proto", f"{name}.pyx"))


def _nearest(repo: Repository, package: str, folder: str, module: str, modules: Mapping[str, str]) -> _Near | None:
    parent, _, name = module.rpartition(".")
    tests = (
        ("differs in the case of its letters", lambda other: other.lower() == name.lower()),
        ("is spelt otherwise", lambda other: _plain(other) == _plain(name)),
    )
    for how, same in tests:
        found = [other for other in modules if same(other)]
        if found:
            return _Near(f"{parent}.{found[0]}", modules[found[0]], how) if len(found) == 1 else None
    moved = [path for path in repo.named(f"{name}.py") if path.startswith(f"{package}/") and "-" not in path]
    if len(moved) != 1 or len(name) < 4:
        return None
    below = moved[0].removeprefix(package.rpartition("/")[0] + "/" if "/" in package else "").removesuffix(".py")
    return _Near(below.replace("/", "."), moved[0], "has the name in another package")


def _plain(name: str) -> str:
    """The name without what is easily mistaken: case, underscores, hyphens, the plural."""
    bare = re.sub(r"[-_]", "", name.lower())
    return bare.removesuffix("ies") + "y" if bare.endswith("ies") else bare.removesuffix("s")


def _imports(question: Question, module: str) -> list[Hit]:
    """The lines of the traceback's files that import the module by its whole name."""
    whole = re.compile(rf"^\s*(?:from|import)\s+{re.escape(module)}\b(?!\s*\.\w)")
    traced = [path for path in likely_files(question) if path.endswith(".py")]
    return list(question.repo.search(whole, traced))


def _meant(question: Question, module: str, near: _Near, imports: Sequence[Hit]) -> Answer:
    case = near.how.startswith("differs in the case")
    local = (
        " The disks of macOS and Windows do not tell the case apart, so it works there; the runner's does."
        if case
        else ""
    )
    written = f"{_where(imports[0])} imports {code_span(module)}" if imports else f"{code_span(module)} is imported"
    fix = Fix(
        says=f"Import {code_span(near.module)}, or give the file back the name that is imported.",
        files=tuple(_patches(question.repo, module, near.module, imports)),
    )
    return Answer(
        title=f"Python module {code_span(module)} is not in the commit; {code_span(near.module)} is",
        why=f"{written}, and the commit has no such file: {code_span(near.path)} {near.how}.{local}",
        fixes=(fix,),
        places=(*_places(imports), Place(near.path)),
        verify=_verify(near.path),
        facts={"meant": near.module, "meant_file": near.path},
    )


def _patches(repo: Repository, module: str, meant: str, imports: Sequence[Hit]) -> Iterator[FilePatch]:
    """The imports corrected; nothing for a plain `import a.b`, whose name the rest of the file uses."""
    if not meant.replace(".", "_").isidentifier() or any(hit.text.lstrip().startswith("import") for hit in imports):
        return
    for path in dict.fromkeys(hit.path for hit in imports):
        lines: dict[int, Sequence[str]] = {
            hit.line: [hit.text.replace(module, meant, 1)] for hit in imports if hit.path == path
        }
        yield replaced(path, repo.text(path) or "", lines)


def _never(file: str, module: str, modules: Mapping[str, str], imports: Sequence[Hit]) -> Answer:
    folder = file.rpartition("/")[0]
    names = ", ".join(code_span(name) for name in sorted(modules)[:_LISTED])
    more = f" and {len(modules) - _LISTED} more" if len(modules) > _LISTED else ""
    written = f"{_where(imports[0])} imports it. " if imports else ""
    add = fill_command("git add {file}", {"file": file})
    close = difflib.get_close_matches(module.rpartition(".")[2], modules, n=1, cutoff=0.7)
    nearest = f"; the nearest name there is {code_span(close[0])}" if close else ""
    return Answer(
        title=f"Python module {code_span(module)} is not in the commit",
        why=f"{code_span(file)} is not in the commit, and no .gitignore keeps it out: it was never added, or is gone. "
        f"{written}{code_span(folder)} has {names}{more}.",
        fixes=(
            Fix(
                says=f"Where {code_span(file)} exists on your machine, add it: locally the import finds it there.",
                commands=(add,) if add else (),
            ),
            Fix(says=f"Where it was removed or renamed, correct the imports of it{nearest}."),
        ),
        places=_places(imports),
        verify=_verify(file),
        facts={"expected": file},
    )


def _where(hit: Hit) -> str:
    return f"{code_span(hit.path)} line {hit.line}"


def _places(imports: Sequence[Hit]) -> tuple[Place, ...]:
    return tuple(Place(hit.path, hit.line, hit.text.strip()) for hit in imports[:3])


def _verify(file: str) -> tuple[str, ...]:
    command = fill_command("git ls-files --error-unmatch {file}", {"file": file})
    return (command,) if command else ()
