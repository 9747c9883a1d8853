"""What GitHub's API says of a job's steps, for logs that do not tell which of several errors ended the job."""

from __future__ import annotations

from typing import Final, NamedTuple

_TO_THE_SECOND: Final = len("2026-01-31T23:59:59")


class FailedStep(NamedTuple):
    """A step with the conclusion `failure`: its name and when it ran, ISO 8601 in UTC, to the second or finer.

    `number` is the one that the job's page has in its links, and `before` when the step that ran before it ended; both
    as far as they are known.
    """

    name: str
    started_at: str
    completed_at: str
    number: int | None = None
    before: str | None = None

    def ran_at(self, time: str) -> bool:
        """Whether it ran at this time. The API's clock shows whole seconds, the log's ten-millionths."""
        first, last = self.started_at[:_TO_THE_SECOND], self.completed_at[:_TO_THE_SECOND]
        return first <= time[:_TO_THE_SECOND] <= last

    def alone_at(self, time: str) -> bool:
        """Whether the step before it had surely ended at this time."""
        return self.before is not None and self.before[:_TO_THE_SECOND] < time[:_TO_THE_SECOND]
