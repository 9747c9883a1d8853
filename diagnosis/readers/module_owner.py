"""Reads from the paths of a traceback whether a missing Python module is the repository's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from diagnosis.paths import in_repository
from diagnosis.regex import compile_regex
from diagnosis.report import Value

_FRAME: Final = compile_regex(r'^(?:E\s+)?\s*(?:File ")?(?P<path>[^\s":]{1,400}\.py)(?:", line \d+|:\d+:)')
_INSTALLED: Final = ("site-packages", "dist-packages", "lib/python3", "<frozen")


def module_owner(lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """own (the package) and expected (the missing file) where a file of the same package stands in the log.

    Where the package itself is missing though its folder is there: unpathed (the folder). Else unsure (the package).
    """
    module = captures.get("module", "")
    package = module.partition(".")[0]
    for line in lines:
        found = _FRAME.search(line)
        path = found.groupdict()["path"] if found else None
        if not path or any(part in path for part in _INSTALLED):
            continue
        folders = PurePosixPath(in_repository(path)).parts[:-1]
        if package in folders and not path.startswith("/home/runner/work/_"):
            home = folders[: folders.index(package)]
            if module == package:
                return {"unpathed": "/".join((*home, package))}
            return {"own": package, "expected": "/".join((*home, *module.split("."))) + ".py"}
    return {"unsure": package} if package else {}
