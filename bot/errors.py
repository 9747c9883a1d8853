"""The two kinds of failure that the rooms tell each other about."""

from __future__ import annotations


class UserError(Exception):
    """Something that the user can put right; its text is shown to them where they are, in one line."""


class RetryLater(Exception):
    """The job cannot go on now (a rate limit, a log not written yet) and must be put back into the queue.

    `seconds` is how long to wait at least.
    """

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(f"{reason}; again in {seconds:.0f} s")
        self.reason = reason
        self.seconds = seconds
