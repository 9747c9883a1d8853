"""A module of the repository that is not in the commit because a .gitignore swallows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pathspec import GitIgnoreSpec

from diagnosis.patch import replaced
from diagnosis.probes.python_modules import own_module
from diagnosis.probes.question import Answer, Question
from diagnosis.repo import Repository
from diagnosis.report import Fix, Place
from diagnosis.template import code_span, fill_command

NAME: Final = ".gitignore"
_WORD: Final = re.compile(r"\*(?P<word>\w+)\*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line of a .gitignore, counted from 1."""

    path: str
    line: int
    text: str


def gitignored_module(question: Question) -> Answer | None:
    """Names the pattern and its line, with narrower patterns in its place."""
    expected = own_module(question, question.capture("module"))
    if expected is None or not all(map(question.repo.lacks, expected.files)):
        return None
    module, package = (deciding(question.repo, file) for file in expected.files)
    if module:
        return _answer(question.repo, expected.files[0], module)
    # Only a pattern for folders speaks of the package that the module might be as well.
    return _answer(question.repo, expected.files[1], package) if package and package[0].text.endswith("/") else None


def deciding(repo: Repository, file: str) -> list[Pattern]:
    """The patterns that keep git from adding a file, the deciding one first; none when it is not ignored."""
    found: list[Pattern] = []
    for folder in _folders(file):
        path = f"{folder}/{NAME}" if folder else NAME
        lines = repo.lines(path)
        below = file.removeprefix(f"{folder}/") if folder else file
        verdict = GitIgnoreSpec.from_lines(lines).check_file(below)
        if verdict.include is False:
            # A deeper file has the last word; a folder above that is ignored whole would not be read at all.
            return found
        if verdict.include and verdict.index is not None:
            others = [number for number, line in enumerate(lines) if _matches(line, below)]
            numbers = dict.fromkeys([verdict.index, *others])
            found += [Pattern(path, number + 1, lines[number].strip()) for number in numbers]
            return found
    return found


def _matches(line: str, path: str) -> bool:
    return bool(GitIgnoreSpec.from_lines([line]).check_file(path).include)


def _folders(file: str) -> Iterator[str]:
    """The folders that a file stands in, its own first, the root as the empty string last."""
    folder = file.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _answer(repo: Repository, file: str, patterns: Sequence[Pattern]) -> Answer:
    first = patterns[0]
    where = f"{code_span(first.path)} line {first.line} ({code_span(first.text)})"
    return Answer(
        title=f"Python module {code_span(file)} is not in git: {code_span(first.path)} ignores it",
        why=f"{code_span(file)} is not in the commit, and {where} keeps git from adding it: "
        "the file exists only on the machine where it was written, and there everything works.",
        fixes=_fixes(repo, file, patterns),
        places=(Place(first.path, first.line, first.text),),
        verify=_commands("git ls-files --error-unmatch {file}", file),
        facts={"expected": file, "ignored_by": f"{first.path}:{first.line}", "pattern": first.text},
    )


def _fixes(repo: Repository, file: str, patterns: Sequence[Pattern]) -> tuple[Fix, ...]:
    all_the_same = Fix(
        says=f"Add {code_span(file)} all the same, and leave the pattern as it is.",
        consequence="The next file with such a name is swallowed again.",
        commands=_commands("git add -f {file}", file),
    )
    path = patterns[0].path
    text = repo.text(path)
    lines = {pattern.line: narrower(pattern.text) for pattern in patterns}
    below = file.removeprefix(path.removesuffix(NAME))
    kept = [line for number, line in enumerate(repo.lines(path), 1) for line in lines.get(number, (line,))]
    if not text or not all(lines.values()) or GitIgnoreSpec.from_lines(kept).check_file(below).include:
        return (all_the_same,)
    unique = _once(lines)
    narrow = Fix(
        says=f"Narrow the pattern in {code_span(path)} to files that hold secrets and no code, then add the file.",
        commands=_commands("git add {file}", file),
        files=(replaced(path, text, unique),),
    )
    return narrow, all_the_same


def narrower(pattern: str) -> tuple[str, ...]:
    """For a pattern that takes any name with a word in it: the data files that it was written for. Else nothing."""
    found = _WORD.fullmatch(pattern)
    if not found:
        return ()
    word = found["word"]
    plural = word if word.lower().endswith("s") else word + ("S" if word.isupper() else "s")
    forms = tuple(dict.fromkeys((word, plural)))
    return (*(f"*.{form}" for form in forms), *(f"{form}.txt" for form in forms))


def _once(lines: Mapping[int, Sequence[str]]) -> dict[int, Sequence[str]]:
    seen: set[str] = set()
    told: dict[int, Sequence[str]] = {}
    for number in sorted(lines):
        told[number] = [line for line in lines[number] if line not in seen]
        seen |= set(lines[number])
    return told


def _commands(template: str, file: str) -> tuple[str, ...]:
    command = fill_command(template, {"file": file})
    return (command,) if command else ()
