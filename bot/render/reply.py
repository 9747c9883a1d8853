"""What we answer to a command in words: the list of commands, or why one could not be obeyed. Pure."""

from __future__ import annotations

from typing import Final

_COMMANDS: Final = {
    "explain": "look at the failed runs of the newest commit again, and say what broke",
    "rerun": "run the failed jobs of the newest commit again",
    "wrong": "the diagnosis is wrong: keep it for whoever maintains whyred, together with what you write behind it",
    "quiet": "write nothing more on this pull request",
    "resume": "write again",
    "help": "this list",
}

HELP: Final = "\n".join(
    (
        "**whyred** listens to the author and to people with write access, at the start of a line:",
        "",
        *(f"- `/whyred {word}`: {what}" for word, what in _COMMANDS.items()),
    )
)

NO_RERUN: Final = (
    "whyred may not run jobs again here: an owner can grant the App the permission `actions: write` to let it."
)
NOTHING_FAILED: Final = "No finished run of the newest commit has failed, so that there is nothing to run again."
CLOSED: Final = "This pull request is closed: its jobs are not run again."
MOVED: Final = "The branch has moved on since these runs: their jobs are not run again."
REFUSED: Final = "GitHub does not let these jobs be run again: they run already, or it was too long ago."


def often_enough(times: int) -> str:
    """Why a commit's jobs are not run again."""
    return f"The failed jobs of this commit have been run again {times} times: once more would tell nothing new."
