"""The line of a workflow that was meant, where what is written can only be a slip."""

from __future__ import annotations

from diagnosis.actions_schema import Difference, alike


def corrected(line: str, fault: Difference) -> str | None:
    """The line with what surely was meant; None where that is a guess."""
    head, tail = line[: fault.column - 1], line[fault.column - 1 :]
    quote = tail[:1] if tail[:1] in ("'", '"') and not fault.wrong.word.startswith(tail[0]) else ""
    meant = _word(fault, tail, quote)
    if meant is not None and tail.startswith(quote + fault.wrong.word):
        rest = tail.removeprefix(quote + fault.wrong.word)
        # What is no text stands without its quotes.
        return head + meant + rest[1:] if _unquoted(fault, quote) else head + quote + meant + rest
    ended = tail.rstrip()
    if fault.message.startswith("Unexpected tag") and head.strip(" -") == "if:" and "#" not in tail:
        return f"{head}${{{{ {ended} }}}}"
    if "is not closed" in fault.message and ended.endswith("}") and not ended.endswith("}}"):
        return head + ended + "}"
    return None


def _word(fault: Difference, tail: str, quote: str) -> str | None:
    word = fault.wrong.word
    if fault.message.startswith("Unexpected symbol") and len(word) > 2 and word[0] == word[-1] == '"':
        return f"'{word[1:-1]}'"
    if meant := alike(word, set(fault.wrong.known) - fault.wrong.present):
        return meant
    return word if _unquoted(fault, quote) and tail[1:].startswith(word + quote) else None


def _unquoted(fault: Difference, quote: str) -> bool:
    return bool(quote and fault.wrong.word and "not in quotes" in fault.expected)
