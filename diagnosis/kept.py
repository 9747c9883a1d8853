"""The catalogue as it was read last time: reading hundreds of files takes longer than explaining a log."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from diagnosis.cache import write_whole
from diagnosis.catalogue import BUILT_IN, Catalogue, Signature, load

FILE: Final = "catalogue.json"
_EXAMPLES: Final = ("should_match", "should_not_match")
_KEPT: Final = tuple(item.name for item in fields(Signature) if item.name not in _EXAMPLES)


def load_kept(cache: Path, stamp: str, folder: Path = BUILT_IN) -> Catalogue:
    """All signatures below a folder, without their examples: from the `cache` folder if it was written with the stamp.

    The stamp says which files were read, and with which code: the caller makes it of their sizes and times.
    """
    known = _read(cache / FILE, stamp)
    if known is None:
        known = load(folder)
        rows = [
            [item.expression.decode("ascii"), *(getattr(item, name) for name in _KEPT)] for item in known.signatures
        ]
        write_whole(cache / FILE, f"{stamp}\n{json.dumps(rows)}".encode())
    return known


def _read(kept: Path, stamp: str) -> Catalogue | None:
    try:
        with kept.open(encoding="utf-8") as file:
            if file.readline() != stamp + "\n":
                return None
            return Catalogue(map(_signature, json.loads(file.read())))
    except (OSError, ValueError, TypeError):
        return None


def _signature(row: list[Any]) -> Signature:
    expression, *values = row
    fitting: list[Any] = [tuple(value) if isinstance(value, list) else value for value in values]
    signature = Signature(*fitting)
    # Where the property keeps what it found out once.
    vars(signature)["expression"] = expression.encode("ascii")
    return signature
