"""A source of COPY or ADD that the build context lacks: left out by .dockerignore, elsewhere, or not committed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from posixpath import normpath
from typing import Final

from diagnosis.patch import inserted
from diagnosis.probes.docker_context import Context, Excluding, context_of, excluding
from diagnosis.probes.gitignored_module import deciding
from diagnosis.probes.question import Answer, Question
from diagnosis.report import Fix, Place
from diagnosis.template import code_span

_COPY: Final = re.compile(r"^\s*(?:COPY|ADD)\s+(?P<rest>.+)$", re.IGNORECASE)
_PRIVATE: Final = re.compile(r"(?i)(?:^|/)\.env|\.(?:pem|key|p12|pfx|secret)$|secret|credential|(?:^|/)\.git(?:/|$)")


def dockerfile_copy(question: Question) -> Answer | None:
    """Tells why the path is not in the context, from the Dockerfile's line, the context and the ignore files."""
    path = normpath(question.capture("path").strip("/"))
    context = context_of(question)
    if context is None or path in (".", "") or path.startswith("..") or re.search(r"[*?$\[\]]", path):
        return None
    line = next((number for number, source in _sources(question, context) if source == path), 0)
    if not line:
        return None
    at = f"{code_span(context.dockerfile)} line {line} copies {code_span(path)}"
    place = Place(context.dockerfile, line, f"copies {path}")
    whole = context.inside(path)
    if question.repo.has(whole) or whole in question.repo.folders:
        found = excluding(question.repo, context, path)
        return _ignored(question, path, at, place, found) if found else None
    if not question.repo.lacks(whole):
        return None
    return _elsewhere(question, context, path, at, place) or _uncommitted(question, context, path, at, place)


def _sources(question: Question, context: Context) -> Iterator[tuple[int, str]]:
    """The sources that a Dockerfile takes from its context, with their lines."""
    for number, line in enumerate(question.repo.lines(context.dockerfile), 1):
        found = _COPY.match(line)
        if not found:
            continue
        words = found["rest"].split()
        options = [word for word in words if word.startswith("--")]
        if any(option.startswith("--from") for option in options):
            continue
        rest = found["rest"][found["rest"].index(options[-1]) + len(options[-1]) :] if options else found["rest"]
        for source in _listed(rest.strip())[:-1]:
            yield number, normpath(source.strip("/"))


def _listed(rest: str) -> list[str]:
    if not rest.startswith("["):
        return rest.split()
    try:
        told = json.loads(rest)
    except ValueError:
        return []
    return [word for word in told if isinstance(word, str)]


def _ignored(question: Question, path: str, at: str, place: Place, found: Excluding) -> Answer:
    where = f"{code_span(found.path)} line {found.line} ({code_span(found.pattern)})"
    says = f"Make an exception at the end of {code_span(found.path)}: {code_span('!' + path)}."
    text = question.repo.text(found.path)
    private = bool(_PRIVATE.search(path))
    patches = (inserted(found.path, text, len(text.splitlines()), [f"!{path}"]),) if text and not private else ()
    consequence = "It looks private: in an image everybody who pulls it can read it." if private else ""
    return Answer(
        title=f"Docker cannot copy {code_span(path)}: {code_span(found.path)} leaves it out",
        why=f"{at}. The file is committed, but {where} keeps it out of the build context.",
        fixes=(Fix(says=says, consequence=consequence, files=patches),),
        places=(Place(found.path, found.line, found.pattern), place),
        facts={"ignored_by": f"{found.path}:{found.line}", "pattern": found.pattern},
    )


def _elsewhere(question: Question, context: Context, path: str, at: str, place: Place) -> Answer | None:
    root = f"the context is {code_span(context.folder or '.')}"
    alike = [known for known in question.repo.paths if known.lower() == context.inside(path).lower()]
    if len(alike) == 1:
        written = alike[0].removeprefix(context.folder).lstrip("/")
        why = (
            f"{at}, but the file is called {code_span(written)}: Linux tells capitals apart, macOS and Windows do not."
        )
        return Answer(why=why, fixes=(Fix(says=f"Write {code_span(written)} there."),), places=(place,))
    home = context.dockerfile.rpartition("/")[0]
    for folder in dict.fromkeys((home, "", question.folder)):
        other = f"{folder}/{path}".strip("/")
        if folder != context.folder and (question.repo.has(other) or other in question.repo.folders):
            why = f"{at}, but {root}, and there is no such path in it: the file is {code_span(other)}."
            fixes = [Fix(says=f"Build with the context {code_span(folder or '.')}, keeping the Dockerfile's path.")]
            if not context.folder:
                fixes.insert(
                    0, Fix(says=f"Copy {code_span(other)}: paths begin at the context, not at the Dockerfile.")
                )
            return Answer(why=why, fixes=tuple(fixes), places=(place,), facts={"found": other})
    return None


def _uncommitted(question: Question, context: Context, path: str, at: str, place: Place) -> Answer:
    whole = context.inside(path)
    patterns = deciding(question.repo, whole)
    places: tuple[Place, ...] = (place,)
    why = f"{at}, and {code_span(whole)} is not in the commit."
    if patterns:
        first = patterns[0]
        why = f"{at}, and {code_span(whole)} is not in the commit: {code_span(first.path)} line {first.line}"
        why += f" ({code_span(first.text)}) keeps git from adding it, so it exists only where it was made."
        places = (place, Place(first.path, first.line, first.text))
    if context.committed:
        why += " Without `context:` the action builds from the commit itself, so what earlier steps make is not seen."
        says = f"Set `context: .` on the step, and make {code_span(path)} in a step before it; or commit it."
    else:
        says = (
            f"Make {code_span(path)} in a step before the build, or "
            f"in an earlier stage of the Dockerfile; or commit it."
        )
    return Answer(why=why, fixes=(Fix(says=says),), places=places)
