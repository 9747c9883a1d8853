"""`whyred signatures`: what is known, as a list, or one of them whole."""

from __future__ import annotations

import difflib
import sys

from bot.errors import UserError
from diagnosis import catalogue
from diagnosis.catalogue import Catalogue, Signature


def show(identifier: str | None) -> int:
    """Print the list, or the signature with this id. Raises UserError when there is none."""
    known = catalogue.load()
    sys.stdout.write(_whole(_find(known, identifier)) if identifier else _list(known))
    return 0


def _find(known: Catalogue, identifier: str) -> Signature:
    found = known.get(identifier)
    if found:
        return found
    near = difflib.get_close_matches(identifier, [item.id for item in known.signatures], 3, 0.5)
    raise UserError(f"no signature {identifier!r}{'; did you mean ' + ' or '.join(near) if near else ''}")


def _list(known: Catalogue) -> str:
    items = sorted(known.signatures, key=lambda item: item.id)
    width = max(len(item.id) for item in items)
    rows = [f"{item.id:{width}}  {item.kind:7}  {item.title}" for item in items]
    return "\n".join([*rows, f"{len(rows)} signatures"]) + "\n"


def _whole(item: Signature) -> str:
    head = [f"{item.id}: {item.title}", f"category {item.category}, kind {item.kind}, confidence {item.confidence}"]
    parts = {
        "Why": item.why,
        "Fix": item.fix,
        "Check locally": "\n".join(item.verify),
        "Pattern": item.pattern,
        "Explains away": "\n".join(item.beats),
        "Source": item.source,
    }
    blocks = ["\n".join(head), *(f"{name}\n{_indented(text)}" for name, text in parts.items() if text)]
    blocks += [f"An example\n{_indented(example.log.strip())}" for example in item.should_match[:1]]
    blocks += [f"Not taken for it: {item.because}\n{_indented(item.log.strip())}" for item in item.should_not_match[:1]]
    return "\n\n".join(blocks) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.strip("\n").split("\n"))
