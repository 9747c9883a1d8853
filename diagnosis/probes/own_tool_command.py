"""A linter's or formatter's finding in the words of the repository: its own command, settings and versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from diagnosis.own_commands import own_commands, python_runner
from diagnosis.patch import replaced
from diagnosis.probes.question import Answer, Question
from diagnosis.probes.tool_settings import Version, hook_version, pinned_version, setting
from diagnosis.report import Fix, Place, Value
from diagnosis.shell_commands import Call, calls
from diagnosis.template import code_span, fill_command

_TOOLS: Final = {
    "ruff/lint": "ruff check",
    "ruff/format": "ruff format",
    "black/": "black",
    "isort/": "isort",
    "flake8/": "flake8",
    "mypy/": "mypy",
    "eslint/": "eslint",
    "prettier/": "prettier",
}
_ONLY_CHECKING: Final = frozenset({"--check", "--check-only", "--diff", "-c", "-l", "--list-different", "--no-fix"})
_FIXING: Final = {"ruff check": "--fix", "eslint": "--fix", "prettier": "--write"}
_WRITERS: Final = frozenset({"ruff check", "ruff format", "black", "isort", "eslint", "prettier"})


def own_tool_command(question: Question) -> Answer | None:
    """Names the repository's own command that mends it, the line that sets the rule, and versions that differ."""
    tool = next((tool for start, tool in _TOOLS.items() if (question.finding.signature or "").startswith(start)), None)
    if tool is None:
        return None
    place = setting(question.repo, tool, question.folder, question.capture("code"))
    differing = _differing(question, tool.partition(" ")[0])
    command = _mending(question, tool) if tool in _WRITERS else None
    if not (place or differing or command):
        return None
    said = [question.finding.why, *([_settings_told(place)] if place else []), *(_told(*pair) for pair in differing)]
    fixes = [*_command_fix(tool, command), *(fix for pair in differing for fix in _same_version(question, *pair))]
    kept = () if command or not fixes else question.finding.fixes
    return Answer(
        why=" ".join(said),
        fixes=(*kept, *fixes),
        facts=_facts(place, command, differing),
    )


def _facts(
    place: Place | None, command: tuple[str, str] | None, differing: list[tuple[Version, Version]]
) -> dict[str, Value]:
    facts: dict[str, Value] = {"configured_at": f"{place.path}:{place.line}"} if place else {}
    if command:
        facts["own_command"] = command[0]
    for hook, pinned in differing:
        facts |= {"hook_version": hook.text, "pinned_version": pinned.text}
    return facts


def _settings_told(place: Place) -> str:
    if place.path.endswith(place.message):
        return f"The rules are set in {code_span(place.path)}."
    return f"The rules are set in {code_span(place.path)} line {place.line} ({code_span(place.message)})."


def _mending(question: Question, tool: str) -> tuple[str, str] | None:
    """The command that rewrites the files, and where the repository defines it (empty where it only follows)."""
    found = [call for call in calls(question.step.run if question.step else "") if call.tool == tool]
    checks = [(call, question.folder) for call in found]
    for own in own_commands(question.repo, question.folder):
        if own.call.tool != tool or re.search(r"deploy|release|publish|ci\b", own.command):
            continue
        if own.call.writes:
            entered = fill_command("cd {folder} && ", {"folder": own.folder}) if own.folder else ""
            return (f"{entered}{own.command}", f"{own.path}:{own.line}") if entered is not None else None
        checks += [(own.call, own.folder)] if not found else []
    turned = {_turned(question, call, folder) for call, folder in checks}
    command = turned.pop() if len(turned) == 1 else None
    return (command, "") if command else None


def _turned(question: Question, call: Call, folder: str) -> str | None:
    """A call that only checks, told to write: the options that say how to check or how to show it are left out."""
    kept, words = list[str](), iter(call.arguments)
    for word in words:
        if word == "--output-format":
            next(words, None)
        elif word not in _ONLY_CHECKING and not word.startswith("--output-format="):
            kept.append(word)
    option = [_FIXING[call.tool]] if call.tool in _FIXING else []
    if any(fill_command("{word}", {"word": word.lstrip("-")}) is None for word in kept):
        return None
    node = call.tool in ("eslint", "prettier")
    runner = call.runner or ("npx" if node else python_runner(question.repo, question.folder))
    entered = fill_command("cd {folder} && ", {"folder": folder}) if folder else ""
    if entered is None:
        return None
    return entered + " ".join([*([runner] if runner else []), call.tool, *option, *kept])


def _command_fix(tool: str, command: tuple[str, str] | None) -> Iterator[Fix]:
    if command is None:
        return
    where = f" ({code_span(command[1])})" if command[1] else ""
    rest = " Correct by hand what it leaves." if tool in ("ruff check", "eslint") else ""
    whose = "the repository's own command" if command[1] else f"{code_span(tool)} as the check runs it, told to write"
    yield Fix(says=f"Run {whose}{where} and commit what it changes.{rest}", commands=(command[0],))


def _differing(question: Question, tool: str) -> list[tuple[Version, Version]]:
    """The hook's version and the pinned one, where they are not the same and the step does not run the hooks."""
    script = question.step.run if question.step else ""
    if question.step is None or "pre-commit" in script or "pre-commit" in question.step.uses:
        return []
    hook = hook_version(question.repo, tool)
    pinned = pinned_version(question.repo, tool, question.folder) if hook else None
    return [(hook, pinned)] if hook and pinned and hook.text != pinned.text else []


def _told(hook: Version, pinned: Version) -> str:
    return (
        f"Where it looks right locally: the pre-commit hook runs {code_span(hook.text)} ({code_span(hook.path)} line "
        f"{hook.line}), the requirements pin {code_span(pinned.text)} ({code_span(pinned.path)} line {pinned.line})."
    )


def _same_version(question: Question, hook: Version, pinned: Version) -> Iterator[Fix]:
    text, lines = question.repo.text(hook.path), question.repo.lines(hook.path)
    if text is not None:
        line = lines[hook.line - 1].replace(hook.text, pinned.text, 1)
        yield Fix(
            says=f"Let the hook run the version that CI installs: {code_span(pinned.text)}.",
            consequence="Then what a commit lets through is what CI asks for.",
            files=(replaced(hook.path, text, {hook.line: [line]}),),
        )
