"""What GitHub's API says of a job's steps, for logs that do not tell which of several errors ended the job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_TO_THE_SECOND: Final = len("2026-01-31T23:59:59")


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step with the conclusion `failure`: its name and when it ran, ISO 8601 in UTC, to the second or finer."""

    name: str
    started_at: str
    completed_at: str

    def ran_at(self, time: str) -> bool:
        """Whether it ran at this time. The API's clock shows whole seconds, the log's ten-millionths."""
        first, last = self.started_at[:_TO_THE_SECOND], self.completed_at[:_TO_THE_SECOND]
        return first <= time[:_TO_THE_SECOND] <= last
